"""Looks: what falls due is handed to one looker, and comes again if that one dies."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.looks import Looks


@pytest.fixture
async def looks(redis_url: str) -> AsyncIterator[Looks]:
    """Nothing to look at yet."""
    async with Redis.from_url(redis_url) as redis:
        yield Looks(redis, "held")


async def test_only_what_is_due_is_claimed_the_longest_due_first(looks: Looks) -> None:
    await looks.add("later", 60)
    await looks.add("now", -1)
    await looks.add("long ago", -100)
    assert await looks.claim(again=60) == ["long ago", "now"]
    assert await looks.count() == 3


async def test_what_was_claimed_is_put_off_until_its_looker_would_be_dead(looks: Looks) -> None:
    await looks.add("c1", -1)
    assert await looks.claim(again=60) == ["c1"]
    assert await looks.claim(again=60) == []
    await looks.add("c2", -1)
    assert await looks.claim(again=-1) == ["c2"]
    assert await looks.claim(again=60) == ["c2"]


async def test_a_new_appointment_replaces_the_earlier_one(looks: Looks) -> None:
    await looks.add("c1", -1)
    await looks.add("c1", 60)
    assert await looks.claim(again=60) == []
    assert await looks.all() == ["c1"]


async def test_what_has_come_to_its_end_is_gone(looks: Looks) -> None:
    await looks.add("c1", -1)
    await looks.remove("c1")
    assert (await looks.count(), await looks.claim(again=60)) == (0, [])


async def test_two_who_claim_at_once_share_what_is_due(looks: Looks) -> None:
    for index in range(100):
        await looks.add(f"c{index}", -1)
    claims = await asyncio.gather(*(looks.claim(again=60, count=30) for _ in range(4)))
    claimed = [campaign for claim in claims for campaign in claim]
    assert sorted(map(len, claims)) == [10, 30, 30, 30]
    assert len(set(claimed)) == 100
