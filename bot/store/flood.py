"""Flood windows: how many texts, and how many of the same text, a number got in the last hour. Exact, take or refuse.

The provider blocks a number for an hour beyond limits that it does not publish (SMSFactor docs, getting started), so
the bot keeps two windows of its own. Two processes that send to one number at once cannot both get the last place.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.store.script import Script

SHARDS = 2_048
HOUR = 3_600
_STEPS = (-2, -1, 0, 1)  # the hours around the present one, whose logs a script may touch
_ENTRY = 12  # bytes of one text in a log, of which four are the milliseconds since its hour began


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """Texts per number in any sixty minutes: of all kinds, and with the same words."""

    per_hour: int
    same_text_per_hour: int


class FloodWindows:
    """``flood:{shard}:<hour>`` → hash of number → packed log (12 bytes a text: when, which text, whose claim).

    A log lives in the hash of its hour; a hash expires two hours after its last entry. Nobody deletes them.
    Times are Redis's own, so processes on machines whose clocks differ still agree. ``offset`` is how many seconds
    they are ahead of it: only a sandbox, whose clock can jump, has one.
    """

    def __init__(self, redis: Redis, limits: FloodLimits, offset: Callable[[], float] = lambda: 0.0) -> None:
        self._redis = redis
        self._limits = limits
        self._offset = offset
        self._script = Script(redis, "flood")

    async def take(self, numbers: Sequence[str], text: str, claim: str) -> dict[str, float]:
        """Take a place for each number that has room. ``claim`` (a campaign's id) makes a repeat harmless.

        Returns the numbers that were refused, each with the time (epoch seconds) at which it is free again.
        """
        return await self._run("take", numbers, text, claim)

    async def look(self, numbers: Sequence[str], text: str) -> dict[str, float]:
        """As ``take``, without taking anything."""
        return await self._run("look", numbers, text, "")

    async def give_back(self, numbers: Sequence[str], claim: str) -> None:
        """The send was refused or failed for certain: its places are free again. Safe to repeat."""
        await self._run("give", numbers, "", claim)

    async def taken(self, number: str) -> list[float]:
        """When it was texted within the last hour (epoch seconds), oldest first; to be shown, not to decide by."""
        if not number.isdecimal():
            return []  # the name of a sender: it can be heard, not texted
        now = time.time() + self._offset()
        hour = int(now // HOUR)
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in _keys(_shard(number), hour):
                pipe.hget(key, _pack(number))
            logs = await pipe.execute()
        times = [
            (hour + step) * HOUR + int.from_bytes(log[at : at + 4], "big") / 1000
            for step, log in zip(_STEPS, logs, strict=True)
            for at in range(0, len(log or b""), _ENTRY)
        ]
        return sorted(at for at in times if at > now - HOUR)

    async def _run(self, mode: str, numbers: Sequence[str], text: str, claim: str) -> dict[str, float]:
        shards: dict[int, list[str]] = {}
        for number in numbers:
            shards.setdefault(_shard(number), []).append(number)
        offset = self._offset()
        hour = int((time.time() + offset) // HOUR)
        fixed = [
            hour,
            mode,
            self._limits.per_hour,
            self._limits.same_text_per_hour,
            _four(text),
            _four(claim),
            int(offset * 1000),
        ]
        calls = [(_keys(shard, hour), [*fixed, *map(_pack, members)]) for shard, members in shards.items()]
        answers = await self._script.many(calls)
        return dict(_refused(shards, answers))


def _refused(shards: Mapping[int, Sequence[str]], answers: Sequence[Sequence[int]]) -> list[tuple[str, float]]:
    return [
        (number, free / 1000)
        for members, answer in zip(shards.values(), answers, strict=True)
        for number, free in zip(members, answer, strict=True)
        if free
    ]


def _keys(shard: int, hour: int) -> list[str]:
    return [f"flood:{{{shard}}}:{hour + step}" for step in _STEPS]


def _shard(number: str) -> int:
    return int.from_bytes(hashlib.blake2b(number.encode(), digest_size=2).digest(), "big") % SHARDS


def _pack(number: str) -> bytes:
    """A number in as few bytes as it needs: thousands of them are kept at once."""
    value = int(number)
    return value.to_bytes((value.bit_length() + 7) // 8 or 1, "big")


def _four(words: str) -> bytes:
    return hashlib.blake2b(words.encode(), digest_size=4).digest()
