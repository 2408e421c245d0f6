"""Fixtures of the tests of the sandbox: bots that start quickly."""

from collections.abc import Iterator
from functools import partial

import pytest

from bot.sandbox.town import Start
from tests.nursery import ForkedBot, open_nursery


@pytest.fixture(scope="session")
def start() -> Iterator[Start]:
    """For ``open_town``: a bot that is forked, at its real pace. How one is started anew, ``test_demo`` tries."""
    with open_nursery() as nursery:
        yield partial(ForkedBot, nursery)
