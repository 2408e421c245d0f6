"""Fixtures of the tests of the sandbox: bots that start quickly."""

from functools import partial

import pytest

from bot.sandbox.town import Start
from tests.nursery import ForkedBot, Nursery


@pytest.fixture(scope="session")
def start(nursery: Nursery) -> Start:
    """For ``open_town``: a bot that is forked, at its real pace. How one is started anew, ``test_demo`` tries."""
    return partial(ForkedBot, nursery)
