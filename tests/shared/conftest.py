"""What the tests here compare with: the full descriptions, in an optional ``../shared`` beside the clone."""

from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "slack"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say it once, in words, where there is nothing to compare with."""
    if not BESIDE.is_dir():
        why = "There is no ../shared beside this clone, so tests/contracts could not be compared with it."
        for item in items:
            if item.path.is_relative_to(Path(__file__).parent):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def originals() -> Path:
    """The folder that tests/contracts is made from."""
    return BESIDE
