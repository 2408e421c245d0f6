"""What the tests here compare with: the full descriptions, in an optional ``../shared`` beside the clone."""

from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "slack"


@pytest.fixture(scope="session")
def originals() -> Path:
    """The folder that tests/contracts is made from."""
    if not BESIDE.is_dir():
        pytest.skip("There is no ../shared beside this clone, so tests/contracts could not be compared with it.")
    return BESIDE
