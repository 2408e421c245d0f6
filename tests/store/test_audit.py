"""Who did what."""

import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.audit import KEPT_DAYS, Audit


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_newest_entries_come_first(redis: Redis) -> None:
    audit = Audit(redis)
    assert await audit.last(5) == []
    for index in range(3):
        await audit.record("U0ALICE", "send", f"c{index}")
    assert await audit.last(2) == [{"who": "U0ALICE", "what": "send", "subject": f"c{n}"} for n in (2, 1)]


async def test_entries_leave_after_a_year(redis: Redis) -> None:
    """Redis trims by whole nodes of its tree, so there have to be more entries than fit into one."""
    old = int((time.time() - (KEPT_DAYS + 1) * 86_400) * 1000)
    for index in range(300):
        await redis.xadd("audit", {"who": "U0ALICE", "what": "send", "subject": "old"}, id=f"{old}-{index + 1}")
    await Audit(redis).record("U0ALICE", "send", "new")
    assert await redis.xlen("audit") <= 201
