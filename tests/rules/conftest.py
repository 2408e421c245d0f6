"""What the tests of several rules need."""

from collections.abc import Iterator

import pytest

from tests.rules.worker_process import Nursery, nursery


@pytest.fixture(scope="session")
def bots() -> Iterator[Nursery]:
    """Where bots that are to be killed come from."""
    with nursery() as opened:
        yield opened


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that kill bots take longest, so they come first; and they count time, so never two of them at once."""
    killing = [item for item in items if "bots" in getattr(item, "fixturenames", ())]
    for item in killing:
        item.add_marker(pytest.mark.xdist_group("killing"))
    items.sort(key=lambda item: item not in killing)
