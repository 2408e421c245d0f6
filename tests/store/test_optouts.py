"""Opt-outs: for good, told by their first event, and nobody's number in sight."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.optouts import OptOuts

NUMBER, OTHER = "33612345678", "33698765432"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def optouts(redis: Redis) -> OptOuts:
    """Nobody yet."""
    return OptOuts(redis)


async def test_those_who_opted_out_are_found_among_others(optouts: OptOuts) -> None:
    await optouts.record(NUMBER, "STOP", "mark")
    assert await optouts.among([NUMBER, OTHER]) == {NUMBER}
    assert await optouts.among([]) == frozenset()
    assert await optouts.get(OTHER) is None


async def test_the_first_event_stays_and_is_known_again(optouts: OptOuts) -> None:
    first = await optouts.record(NUMBER, "STOP", "mark 1", "c1")
    assert await optouts.record(NUMBER, "STOP", "mark 1", "c1") == first
    assert await optouts.record(NUMBER, "STOP", "mark 2", "c2") == first
    assert await optouts.record(NUMBER, "provider") == first
    assert await optouts.get(NUMBER) == first


async def test_an_event_after_a_list_counts_as_the_first(optouts: OptOuts) -> None:
    """The provider's list is read now and then; the webhook that comes later is the one to tell the team."""
    listed = await optouts.record(NUMBER, "provider")
    assert listed.mark == ""
    told = await optouts.record(NUMBER, "STOP", "mark", "c1")
    assert (told.mark, told.campaign) == ("mark", "c1")
    assert await optouts.get(NUMBER) == told


async def test_a_number_counts_once_however_often_it_is_recorded(optouts: OptOuts) -> None:
    assert await optouts.count() == 0
    for mark in ("", "mark 1", "mark 2"):
        await optouts.record(NUMBER, "STOP", mark)
    await optouts.record(OTHER, "provider")
    assert await optouts.count() == 2


async def test_nothing_in_redis_shows_the_number_or_expires(optouts: OptOuts, redis: Redis) -> None:
    await optouts.record(NUMBER, "STOP", "mark", "c1")
    keys = [key async for key in redis.scan_iter("*")]
    assert len(keys) == 2
    for key in keys:
        assert await redis.ttl(key) == -1
        assert NUMBER[3:].encode() not in key + await redis.dump(key)
