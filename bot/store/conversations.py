"""Conversations: all that is said with one number, under an id of its own that may be shown."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.store.answers import as_text
from bot.store.script import Script


@dataclass(frozen=True, slots=True)
class Conversation:
    """One number's conversation. Times are epoch seconds."""

    id: str
    number: str
    opened: float
    last_in: float
    replies: int
    campaign: str | None


class Conversations:
    """``conversation:{number}`` → hash (id, opened, opened_by, last_in, replies, campaign);
    ``:heard`` → set of the fingerprints of its replies.  ``conversation-id:{id}`` → number.

    All live for ``retention`` seconds of silence.
    """

    def __init__(self, redis: Redis, retention: int, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._retention = retention
        self._now = now
        self._hear = Script(redis, "conversation_hear")

    async def hear(self, number: str, new_id: str, mark: str, campaign: str | None) -> tuple[Conversation, bool]:
        """A reply came in: open the conversation (as ``new_id``) or go on with it.

        ``mark`` is the reply's fingerprint. Returns the conversation, and whether this reply opened it, which a repeat
        of the same reply is told as well.
        """
        args = [self._retention, self._now(), new_id, mark, campaign or ""]
        opened, *pairs = await self._hear([_key(number), f"{_key(number)}:heard"], args)
        conversation = _conversation(number, dict(zip(pairs[::2], pairs[1::2], strict=True)))
        await self._redis.set(_id_key(conversation.id), number, ex=self._retention)
        return conversation, bool(opened)

    async def of(self, number: str) -> Conversation | None:
        """The conversation with a number."""
        fields = await self._redis.hgetall(_key(number))
        return _conversation(number, fields) if fields else None

    async def get(self, conversation: str) -> Conversation | None:
        """The conversation with an id."""
        number = await self._redis.get(_id_key(conversation))
        return None if number is None else await self.of(as_text(number))


def _conversation(number: str, fields: Mapping[Any, Any]) -> Conversation:
    words = {as_text(name): as_text(value) for name, value in fields.items()}
    return Conversation(
        id=words["id"],
        number=number,
        opened=float(words["opened"]),
        last_in=float(words["last_in"]),
        replies=int(words["replies"]),
        campaign=words["campaign"] or None,
    )


def _key(number: str) -> str:
    return f"conversation:{{{number}}}"


def _id_key(conversation: str) -> str:
    return f"conversation-id:{{{conversation}}}"
