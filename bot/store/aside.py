"""Webhooks that could not be done: kept with their reason until an admin has them done again, or drops them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from redis.asyncio import Redis

from bot.store.answers import as_bytes, as_text
from bot.store.events import PARTITIONS, seen_keys, stream_key
from bot.store.script import Script

MARK = 8  # characters of a fingerprint that name an event to a person
TOGETHER = 100  # taken back in one step


class AsideEvent(NamedTuple):
    """``id`` is "partition:place", ``mark`` the beginning of its fingerprint, ``at`` (epoch seconds) when it was set
    aside. What it says is not in here, for nobody shall see it."""

    id: str
    kind: str
    mark: str
    reason: str
    at: float


class Aside:
    """The streams ``events:{p}:aside``, which ``EventStream.set_aside`` fills. What is decided on leaves them."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._again = Script(redis, "events_again")

    async def newest(self, count: int) -> list[AsideEvent]:
        """Some of them, the newest first."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for partition in range(PARTITIONS):
                pipe.xrevrange(_key(partition), count=count)
            answers = await pipe.execute()
        found = [_event(partition, place, fields) for partition, rows in enumerate(answers) for place, fields in rows]
        return sorted(found, key=lambda one: one.at, reverse=True)[:count]

    async def has(self, event: str) -> bool:
        """Whether nobody has decided on it."""
        partition, place = _place(event)
        return bool(await self._redis.xrange(_key(partition), place, place))

    async def again(self, event: str) -> bool:
        """Have one done again; False if somebody has decided on it already."""
        partition, place = _place(event)
        return bool(await self._again(_keys(partition), [place, place, 1]))

    async def all_again(self) -> int:
        """Have all done again that are here now; how many. One that comes back meanwhile stays."""
        count = 0
        for partition in range(PARTITIONS):
            newest: Any = await self._redis.xrevrange(_key(partition), count=1)
            while newest and (some := await self._again(_keys(partition), ["-", newest[0][0], TOGETHER])):
                count += int(some)
        return count

    async def drop(self, event: str) -> bool:
        """Give one up for good; False if it was gone. It stays known, so that its like is not done either."""
        partition, place = _place(event)
        return bool(await self._redis.xdel(_key(partition), place))


def _key(partition: int) -> str:
    return f"{stream_key(partition)}:aside"


def _keys(partition: int) -> list[str]:
    return [stream_key(partition), _key(partition), *seen_keys(partition)]


def _place(event: str) -> tuple[int, str]:
    partition, _, place = event.partition(":")
    return int(partition), place


def _event(partition: int, place: bytes, fields: Mapping[bytes, bytes]) -> AsideEvent:
    name = as_text(place)
    return AsideEvent(
        f"{partition}:{name}",
        as_text(fields[b"kind"]),
        _mark(fields[b"print"]),
        as_text(fields[b"reason"]),
        int(name.partition("-")[0]) / 1000,
    )


def _mark(fingerprint: object) -> str:
    return as_bytes(fingerprint).decode()[:MARK]
