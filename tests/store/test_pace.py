"""The pace: turns are handed out one step apart, to all processes together."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.pace import Pace


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_turns_of_two_processes_are_one_step_apart(redis: Redis) -> None:
    step, turns = 0.05, 8
    paces = [Pace(redis, "smsfactor", step) for _ in range(2)]
    came: list[float] = []

    async def turn(pace: Pace) -> None:
        await pace.turn()
        came.append(time.monotonic())

    began = time.monotonic()
    await asyncio.gather(*(turn(paces[index % 2]) for index in range(turns)))
    # A late wake-up may bring two turns together, but none may come before its time.
    assert all(at - began >= index * step - 0.01 for index, at in enumerate(sorted(came)))


async def test_a_pace_of_zero_never_waits_and_leaves_nothing_for_long(redis: Redis) -> None:
    pace = Pace(redis, "smsfactor", 0.0)
    async with asyncio.timeout(5):
        for _ in range(200):
            await pace.turn()
    assert await redis.pttl("pace:{smsfactor}") <= 1_001


async def test_paces_of_two_names_do_not_wait_for_each_other(redis: Redis) -> None:
    await Pace(redis, "one", 30.0).turn()
    async with asyncio.timeout(5):
        await Pace(redis, "other", 30.0).turn()
