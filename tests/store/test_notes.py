"""Small facts that all processes share."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.notes import Notes


@pytest.fixture
async def notes(redis_url: str) -> AsyncIterator[Notes]:
    async with Redis.from_url(redis_url) as client:
        yield Notes(client)


async def test_figures_add_up(notes: Notes) -> None:
    await notes.count("receipts")
    await notes.count("receipts", 4)
    await notes.count("others")
    assert await notes.figures() == {"receipts": 5, "others": 1}


async def test_only_the_first_of_many_may_tell(notes: Notes) -> None:
    answers = await asyncio.gather(*(notes.tell_once("low balance", 60) for _ in range(20)))
    assert sorted(answers) == [False] * 19 + [True]
    assert await notes.told("low balance")
    assert not await notes.told("something else")


async def test_it_may_be_told_again_when_it_is_over(notes: Notes) -> None:
    await notes.tell_once("low balance", 60)
    await notes.untell("low balance")
    assert not await notes.told("low balance")
    assert await notes.tell_once("low balance", 60)


async def test_a_spell_has_one_word_until_it_is_over(notes: Notes) -> None:
    first = await notes.spell("low balance")
    assert await notes.spell("low balance") == first
    await notes.untell("low balance")
    assert await notes.spell("low balance") != first


async def test_of_acts_that_come_in_any_order_the_latest_is_known(notes: Notes) -> None:
    assert [await notes.newest("typing", at, 60) for at in (1.0, 3.000001, 2.0, 3.0, 3.000001, 4.0)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]
    assert await notes.newest("elsewhere", 1.0, 60)
    assert await notes.newest("typing", float("inf"), 60)
    assert not await notes.newest("typing", 9e9, 60)
