"""Which conversations are not resolved, and when each of them has to be looked at: woken, reminded of, closed."""

import time
from collections.abc import Callable

from redis.asyncio import Redis

from bot.store.answers import as_texts
from bot.store.conversations import Conversation, ConversationState
from bot.store.looks import Looks
from bot.store.script import Script

LISTED = 1_000
AT_ONCE = -3_600.0  # seconds: due for every worker, also for one whose clock is late
DUE = "inbox:due"


class Inbox:
    """``inbox`` → sorted set of numbers whose conversation is open or snoozed, by when it was last changed; a number
    leaves it when its conversation is resolved.  ``inbox:due`` → sorted set of numbers by their next look.
    """

    def __init__(self, redis: Redis, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now
        self._due = Looks(redis, DUE, now)
        self._later = Script(redis, "inbox_later")

    async def note(self, conversation: Conversation) -> None:
        """It has changed: it is in here or not as its state says, and is looked at soon."""
        await self._due.add(conversation.number, AT_ONCE)
        if conversation.state is ConversationState.RESOLVED:
            await self._redis.zrem("inbox", conversation.number)
        else:
            await self._redis.zadd("inbox", {conversation.number: self._now()})

    async def mend(self, conversation: Conversation) -> None:
        """Two changes at once may have noted it in the wrong order. Each is followed by a look, which calls this."""
        if conversation.state is ConversationState.RESOLVED:
            await self._redis.zrem("inbox", conversation.number)
        else:
            await self._redis.zadd("inbox", {conversation.number: self._now()}, nx=True)

    async def numbers(self) -> list[str]:
        """Those that are not resolved, the longest untouched first; ``LISTED`` at most."""
        return as_texts(await self._redis.zrange("inbox", 0, LISTED - 1))

    async def drop(self, numbers: list[str]) -> None:
        """Their conversations are forgotten."""
        if numbers:
            await self._redis.zrem("inbox", *numbers)

    async def due(self, again: float) -> list[str]:
        """The numbers whose look is due. Each is put off by ``again`` seconds, in case its looker dies."""
        return await self._due.claim(again)

    async def look_later(self, number: str, wait: float | None) -> None:
        """The next look, in ``wait`` seconds; None: not before something changes. What changed meanwhile is first."""
        now = self._now()
        await self._later([DUE], [number, now, "" if wait is None else now + wait])

    async def look_at_all(self) -> None:
        """The rules have changed: every one is looked at soon, however many there are."""
        due = self._now() + AT_ONCE
        numbers = as_texts(await self._redis.zrange("inbox", 0, -1))
        for start in range(0, len(numbers), LISTED):
            await self._redis.zadd(DUE, dict.fromkeys(numbers[start : start + LISTED], due))
