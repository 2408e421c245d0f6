"""What the tests of several rules need."""

from collections.abc import Iterator

import pytest

from tests.rules.worker_process import Nursery, nursery


@pytest.fixture(scope="session")
def bots() -> Iterator[Nursery]:
    """Where bots that are to be killed come from."""
    with nursery() as opened:
        yield opened
