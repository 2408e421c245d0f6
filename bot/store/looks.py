"""What has to be looked at again: campaigns that are held, and sends whose outcome is not known."""

import time
from collections.abc import Callable

from redis.asyncio import Redis

from bot.store.answers import as_texts
from bot.store.script import Script


class Looks:
    """``<name>`` → sorted set of campaign id by the time of the next look; an id leaves it with its end."""

    def __init__(self, redis: Redis, name: str, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now
        self._key = name
        self._claim = Script(redis, "looks_claim")

    async def add(self, campaign: str, wait: float) -> None:
        """Look at ``campaign`` in ``wait`` seconds; replaces an earlier appointment."""
        await self._redis.zadd(self._key, {campaign: self._now() + wait})

    async def claim(self, again: float, count: int = 50) -> list[str]:
        """The ids that are due. Each is put off by ``again`` seconds, in case its looker dies."""
        rows = await self._claim([self._key], [self._now(), self._now() + again, count])
        return as_texts(rows)

    async def all(self) -> list[str]:
        """Every id, the next due first."""
        return as_texts(await self._redis.zrange(self._key, 0, -1))

    async def count(self) -> int:
        """How many there are."""
        return int(await self._redis.zcard(self._key))

    async def remove(self, campaign: str) -> None:
        """It has come to its end."""
        await self._redis.zrem(self._key, campaign)
