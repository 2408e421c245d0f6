"""The inbox: who is not resolved, and who has to be looked at when; nobody is forgotten in it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.store.conversation import Conversation, ConversationState
from bot.store.inbox import LISTED, Inbox
from tests.conftest import NUMBER, OTHER

OPEN = Conversation("k1", NUMBER, state=ConversationState.OPEN)
RESOLVED = replace(OPEN, state=ConversationState.RESOLVED)
ELSE = replace(OPEN, id="k2", number=OTHER)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, seconds: float = 1_770_000_000.25) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(redis: Redis, clock: Clock) -> Inbox:
    return Inbox(redis, clock)


async def test_what_is_not_resolved_is_listed_the_longest_untouched_first(inbox: Inbox, clock: Clock) -> None:
    for about in (OPEN, replace(ELSE, state=ConversationState.SNOOZED), OPEN):
        await inbox.note(about)
        clock.seconds += 1
    assert await inbox.numbers() == [OTHER, NUMBER]
    await inbox.note(RESOLVED)
    assert await inbox.numbers() == [OTHER]
    await inbox.drop([OTHER])
    await inbox.drop([])
    assert await inbox.numbers() == []


async def test_whatever_changes_is_looked_at_at_once_and_once(inbox: Inbox, clock: Clock) -> None:
    await inbox.note(RESOLVED)
    await inbox.note(ELSE)
    assert sorted(await inbox.due(30)) == [NUMBER, OTHER]
    assert await inbox.due(30) == []
    clock.seconds += 30
    assert sorted(await inbox.due(30)) == [NUMBER, OTHER], "their looker has died"


async def test_a_look_comes_back_when_it_was_asked_for_or_not_at_all(inbox: Inbox, clock: Clock) -> None:
    await inbox.note(OPEN)
    await inbox.note(ELSE)
    await inbox.due(30)
    await inbox.look_later(NUMBER, 60)
    await inbox.look_later(OTHER, None)
    clock.seconds += 59.5
    assert await inbox.due(30) == []
    clock.seconds += 0.5
    assert await inbox.due(30) == [NUMBER]
    clock.seconds += 10**6
    assert await inbox.due(30) == [NUMBER]


@pytest.mark.parametrize("wait", [60, None])
async def test_what_changes_during_a_look_is_looked_at_again(inbox: Inbox, wait: float | None) -> None:
    await inbox.note(OPEN)
    await inbox.due(30)
    await inbox.note(OPEN)
    await inbox.look_later(NUMBER, wait)
    assert await inbox.due(30) == [NUMBER]


@pytest.mark.parametrize("late", [-600, -1, 1, 600])
@pytest.mark.parametrize("wait", [60, None])
async def test_it_is_also_if_the_machines_disagree_about_the_time(
    redis: Redis, inbox: Inbox, clock: Clock, wait: float | None, late: float
) -> None:
    await inbox.note(OPEN)
    await inbox.due(30)
    await Inbox(redis, Clock(clock.seconds + late)).note(OPEN)
    await inbox.look_later(NUMBER, wait)
    assert await inbox.due(30) == [NUMBER]


async def test_when_the_rules_change_all_are_looked_at_however_many_there_are(inbox: Inbox) -> None:
    numbers = [f"336{index:08}" for index in range(LISTED + 5)]
    for number in numbers:
        await inbox.note(replace(OPEN, number=number))
        await inbox.look_later(number, None)
    while await inbox.due(10**6):
        pass
    await inbox.look_at_all()
    seen: list[str] = []
    while due := await inbox.due(10**6):
        seen += due
    assert sorted(seen) == numbers
    assert len(await inbox.numbers()) == LISTED


async def test_a_look_mends_what_two_changes_at_once_have_left_wrong(inbox: Inbox, clock: Clock) -> None:
    await inbox.note(OPEN)
    await inbox.mend(RESOLVED)
    assert await inbox.numbers() == []
    await inbox.mend(OPEN)
    clock.seconds += 1
    await inbox.note(ELSE)
    clock.seconds += 1
    await inbox.mend(OPEN)
    assert await inbox.numbers() == [NUMBER, OTHER], "to be looked at is not to be touched"
