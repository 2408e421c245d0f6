"""Who the people in Slack are, as Slack last said."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.people import KEPT, People, Person

ALICE = Person("U0ALICE", "T0DESK", full_member=True, admin=False, timezone="Europe/Paris")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_person_comes_back_whole_for_some_minutes(redis: Redis) -> None:
    people = People(redis)
    assert await people.get("U0ALICE") is None
    await people.put(ALICE)
    assert await people.get("U0ALICE") == ALICE
    assert 0 < await redis.ttl("person:{U0ALICE}") <= KEPT


async def test_forgotten_person_is_asked_for_again(redis: Redis) -> None:
    people = People(redis)
    await people.put(ALICE)
    await people.forget("U0ALICE")
    assert await people.get("U0ALICE") is None
