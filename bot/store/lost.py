"""Channels in which the desk cannot post: since when, what Slack said, and whether an admin was told."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.store.answers import as_text

_SINCE, _LAST, _TOLD = "lost", "lost:last", "lost:told"


@dataclass(frozen=True, slots=True)
class LostChannel:
    """``code``: what Slack said first; ``since`` and ``last``: when the first and the latest post failed (epoch s)."""

    id: str
    code: str
    since: float
    last: float
    told: bool


class LostChannels:
    """``lost`` → hash of channel → since when and with which code; ``lost:last`` → when it failed last;
    ``lost:told`` → since when the channel had been lost that an admin was told of.  All until it is found again.
    """

    def __init__(self, redis: Redis, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now

    async def note(self, channel: str, code: str) -> None:
        """A post into it failed. Only the first one of a loss says since when."""
        now = self._now()
        await self._redis.hset(_LAST, channel, now)
        await self._redis.hsetnx(_SINCE, channel, f"{now} {code}")

    async def all(self) -> list[LostChannel]:
        """Those that are lost, the longest first."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in (_SINCE, _LAST, _TOLD):
                pipe.hgetall(key)
            rows = await pipe.execute()
        since, last, told = ({as_text(name): as_text(value) for name, value in row.items()} for row in rows)
        found = []
        for channel, entry in since.items():
            begun, _, code = entry.partition(" ")
            latest = float(last.get(channel, begun))
            found.append(LostChannel(channel, code, float(begun), latest, told.get(channel) == begun))
        return sorted(found, key=lambda lost: lost.since)

    async def told(self, lost: LostChannel) -> None:
        """An admin knows of this loss."""
        await self._redis.hset(_TOLD, lost.id, str(lost.since))

    async def found(self, lost: LostChannel) -> None:
        """The desk can post there again; the next loss is another one."""
        await self._redis.hdel(_SINCE, lost.id)
        for key in (_LAST, _TOLD):
            await self._redis.hdel(key, lost.id)
