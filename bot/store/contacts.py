"""What the team knows of a person: a name, and notes that they wrote."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category

from redis.asyncio import Redis

from bot.store.answers import as_text

NAME_MAX = 60
NOTES_KEPT = 48  # a form has room for so many
_NO_SIGNS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of characters, ends of lines
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class ContactNote:
    """What somebody wrote about a contact. ``id`` makes it one, so that a form which comes twice leaves one note;
    ``author`` is a Slack user id, ``at`` epoch seconds."""

    id: str
    author: str
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A number's name ("" if unknown), and the notes on it, oldest first."""

    number: str
    name: str = ""
    notes: tuple[ContactNote, ...] = ()


class Contacts:
    """``contact:{number}`` → name; ``:notes`` → sorted set of JSON [id, author, text] by time, the last ``NOTES_KEPT``.

    Both live for ``retention`` seconds after the last change or look. A name is one line of at most ``NAME_MAX``
    characters, whoever gives it.
    """

    def __init__(self, redis: Redis, retention: int) -> None:
        self._redis = redis
        self._retention = retention

    async def get(self, number: str) -> Contact:
        """All that is known."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.getex(_key(number), ex=self._retention)
            pipe.zrange(_notes_key(number), 0, -1, withscores=True)
            pipe.expire(_notes_key(number), self._retention)
            name, rows, _ = await pipe.execute()
        notes = [(*json.loads(row), at) for row, at in rows]
        return Contact(
            number,
            "" if name is None else as_text(name),
            tuple(ContactNote(id_, author, at, text) for id_, author, text, at in notes),
        )

    async def name(self, number: str) -> str:
        """Their name, or ""."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.getex(_key(number), ex=self._retention)
            pipe.expire(_notes_key(number), self._retention)
            name, _ = await pipe.execute()
        return "" if name is None else as_text(name)

    async def names(self, numbers: Sequence[str]) -> dict[str, str]:
        """The names of those that have one, in one round trip. A look at a list keeps nothing longer."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.get(_key(number))
            found = await pipe.execute()
        return {number: as_text(name) for number, name in zip(numbers, found, strict=True) if name is not None}

    async def rename(self, number: str, name: str) -> None:
        """Set the name; empty: there is none."""
        if name := _one_line(name):
            await self._redis.set(_key(number), name, ex=self._retention)
        else:
            await self._redis.delete(_key(number))

    async def learn(self, number: str, name: str) -> None:
        """A name that the provider's lists know: it replaces none that is there."""
        if name := _one_line(name):
            await self._redis.set(_key(number), name, nx=True, ex=self._retention)

    async def note(self, number: str, note: ContactNote) -> None:
        """Add a note, once per its id, author and text."""
        key = _notes_key(number)
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.zadd(key, {json.dumps([note.id, note.author, note.text]): note.at}, nx=True)
            pipe.zremrangebyrank(key, 0, -NOTES_KEPT - 1)
            pipe.expire(key, self._retention)
            await pipe.execute()


def _one_line(name: str) -> str:
    """As it can stand in any line: ends of lines, and marks that turn the line around, become spaces."""
    signs = "".join(" " if category(sign) in _NO_SIGNS or sign in _TURNING else sign for sign in name)
    return " ".join(signs.split())[:NAME_MAX].strip()


def _key(number: str) -> str:
    return f"contact:{{{number}}}"


def _notes_key(number: str) -> str:
    return f"{_key(number)}:notes"
