"""Who said STOP. Kept for good, under a hash of the number, so that a glance into Redis shows nobody's."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from bot.store.answers import as_bytes
from bot.store.script import Script


@dataclass(frozen=True, slots=True)
class OptOut:
    """When a number opted out (epoch seconds), how we know, by which event, and after which campaign, if known."""

    since: float
    origin: str
    mark: str
    campaign: str | None


class OptOuts:
    """``optout:{hash of number}`` → JSON of ``OptOut``. No expiry: only a person who may, may lift it.

    ``optouts`` → set of these hashes; kept for good, so that they can be counted.
    """

    def __init__(self, redis: Redis, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now
        self._record = Script(redis, "optout_record")

    async def record(self, number: str, origin: str, mark: str = "", campaign: str | None = None) -> OptOut:
        """Remember it. Returns what is remembered: the first event (its ``mark``) stays, whatever comes after it.

        Without a ``mark`` it was read from a list, and nobody was told: a later event still counts as first.
        """
        entry = OptOut(self._now(), origin, mark, campaign)
        await self._redis.sadd("optouts", _hash(number))
        return _read(await self._record([_key(number)], [json.dumps(asdict(entry)), mark]))

    async def learn(self, numbers: Sequence[str], origin: str) -> list[str]:
        """Remember many that were read from a list; those that are known stay as they are. Returns the new ones."""
        known = await self.among(numbers)
        new = [number for number in numbers if number not in known]
        if not new:
            return []
        entry = json.dumps(asdict(OptOut(self._now(), origin, "", None)))
        await self._redis.sadd("optouts", *(_hash(number) for number in new))
        await self._record.many([([_key(number)], [entry, ""]) for number in new])
        return new

    async def among(self, numbers: Sequence[str]) -> frozenset[str]:
        """Those of ``numbers`` that must not be texted."""
        if not numbers:
            return frozenset()
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.exists(_key(number))
            answers = await pipe.execute()
        return frozenset(number for number, hit in zip(numbers, answers, strict=True) if hit)

    async def get(self, number: str) -> OptOut | None:
        """What we know of this number's opt-out."""
        entry = await self._redis.get(_key(number))
        return None if entry is None else _read(entry)

    async def count(self) -> int:
        """How many numbers opted out."""
        return int(await self._redis.scard("optouts"))


def _read(entry: object) -> OptOut:
    return OptOut(**json.loads(as_bytes(entry)))


def _hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:40]


def _key(number: str) -> str:
    return f"optout:{{{_hash(number)}}}"
