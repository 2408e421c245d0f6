"""How far the provider's list of replies has been read, and what was found in it that no webhook had brought."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from redis.asyncio import Redis

from bot.store.answers import as_text

_RECORD, _EXPECTED, _FOUND = "catchup", "catchup:expected", "catchup:found"


@dataclass(frozen=True, slots=True)
class Reading:
    """Epoch seconds: what came before ``began`` is of no interest, up to ``covered`` all has been read, and a reading
    up to ``until`` was begun. If these two differ, it was not brought to its end."""

    began: float
    covered: float
    until: float


class Found(NamedTuple):
    """Who wrote, and when (epoch seconds)."""

    number: str
    at: float


class CatchUp:
    """``catchup`` → hash of the fields of ``Reading``, kept for good.

    ``catchup:expected`` → hash of mark → number: what was handed to the event stream, and is not done yet;
    ``catchup:found`` → hash of mark → "number at": what turned out to be new, until the digest has told it.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def reading(self) -> Reading | None:
        """How far it has come; None before the very first time."""
        rows = await self._redis.hgetall(_RECORD)
        if not rows:
            return None
        fields = {as_text(name): float(value) for name, value in rows.items()}
        covered = fields.get("covered", fields["began"])
        return Reading(fields["began"], covered, fields.get("until", covered))

    async def start(self, at: float) -> None:
        """The very first time: what came in before ``at`` is not ours to tell."""
        await self._redis.hsetnx(_RECORD, "began", repr(at))

    async def begin(self, until: float) -> None:
        """A reading up to ``until`` begins."""
        await self._redis.hset(_RECORD, "until", repr(until))

    async def end(self, until: float) -> None:
        """All up to ``until`` is in the event stream."""
        await self._redis.hset(_RECORD, "covered", repr(until))

    async def expect(self, numbers: Mapping[str, str]) -> None:
        """These marks, each with its number, go into the event stream now."""
        if numbers:
            await self._redis.hset(_EXPECTED, items=[word for pair in numbers.items() for word in pair])

    async def expected(self) -> dict[str, str]:
        """The marks whose end is awaited, with their numbers."""
        return {as_text(m): as_text(n) for m, n in (await self._redis.hgetall(_EXPECTED)).items()}

    async def met(self, marks: Collection[str]) -> None:
        """These have come to their end."""
        if marks:
            await self._redis.hdel(_EXPECTED, *marks)

    async def found(self, mark: str, number: str, at: float) -> None:
        """This one was new, and is shown. Safe to repeat."""
        await self._redis.hset(_FOUND, mark, f"{number} {at!r}")

    async def untold(self) -> dict[str, Found]:
        """What was found and not told yet, by mark."""
        found = {}
        for mark, row in (await self._redis.hgetall(_FOUND)).items():
            number, _, at = as_text(row).rpartition(" ")
            found[as_text(mark)] = Found(number, float(at))
        return found

    async def told(self, marks: Collection[str]) -> None:
        """The digest has these."""
        if marks:
            await self._redis.hdel(_FOUND, *marks)
