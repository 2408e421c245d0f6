"""Conversations: all that is said with one number, under an id of its own that may be shown."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter
from redis.asyncio import Redis

from bot.store.answers import as_text
from bot.store.conversation import Conversation, ConversationState, Done, Incoming, Known, Text, Way, as_written
from bot.store.script import Script

__all__ = [
    "Conversation",
    "ConversationState",
    "Conversations",
    "Done",
    "Incoming",
    "Known",
    "Text",
    "Way",
    "as_written",
]

TEXTS_KEPT = 100
TAKEN_IN = 5.0  # seconds, in which an answer is taken in or given up: Slack waits 3 for the answer to a form
SAME_WITHIN = 600.0  # seconds by which the provider's two dates of one SMS may differ
LIST_WITHIN = SAME_WITHIN + 3 * 3_600  # where the list comes second: it says no zone, and has all other SMS too

_CONVERSATION = TypeAdapter(Conversation)
_SKETCHED = [b"id", b"channel", b"episode", b"state", b"owner", b"since", b"snooze", b"last_in", b"last_out"]


class Conversations:
    """``conversation:{number}`` → hash of the fields of ``Conversation``, and ``owed``: since when they had waited
    before the last answers, ``standing``: how many of these answers did not come to nothing, ``put_off``: since when
    they had waited when it was resolved, ``answering``: whose answer is on its way in, and until when that counts;
    ``:heard`` → hash: mark of each SMS → way, date, hash of its text, whether the other way brought it too, and
    ``out:<campaign>`` of each answer → said or unsaid, when, and how it stood before, for a month at least;
    ``:texts`` → list of JSON of ``Text``, the last ``TEXTS_KEPT``.  ``conversation-id:{id}`` → number.

    All live for ``retention`` seconds of silence.
    """

    def __init__(self, redis: Redis, retention: int, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._retention = retention
        self._now = now
        self._hear = Script(redis, "conversation_hear")
        self._act = Script(redis, "conversation_act")

    async def hear(
        self, number: str, new_id: str, sms: Incoming, *, channel: str, new_thread_after: float, wants_answer: bool
    ) -> tuple[Conversation, Known]:
        """An SMS came in: open the conversation (as ``new_id``, in ``channel``) or go on with it.

        A conversation that was resolved ``new_thread_after`` seconds ago (-1: never) begins a new thread. Returns it,
        and whether this SMS is new, was told by this very mark, or was brought by the other way before.
        """
        now = self._now()
        written = min(now, sms.date.timestamp()) if sms.date and sms.way == "list" else 0.0
        entry = json.dumps(asdict(Text(sms.mark, sms.text, now, written=written)))
        args = [
            self._retention,
            now,
            new_id,
            sms.mark,
            sms.campaign or "",
            channel,
            new_thread_after,
            int(wants_answer),
            sms.way,
            "" if sms.date is None else sms.date.timestamp(),
            hashlib.sha256(" ".join(sms.text.split()).encode(errors="surrogatepass")).hexdigest()[:16],
            entry,
            TEXTS_KEPT,
            SAME_WITHIN if sms.way == "webhook" else LIST_WITHIN,
            written or now,
        ]
        word, *pairs = await self._hear(_keys(number), args)
        conversation = _conversation(number, dict(zip(pairs[::2], pairs[1::2], strict=True)))
        await self._keep_id(conversation)
        known: Known = as_text(word)  # type: ignore[assignment]  # the script's words
        return conversation, known

    async def of(self, number: str) -> Conversation | None:
        """The conversation with a number."""
        fields = await self._redis.hgetall(_keys(number)[0])
        return _conversation(number, fields) if fields else None

    async def get(self, conversation: str) -> Conversation | None:
        """The conversation with an id, or with the subject of a card."""
        number = await self._redis.get(_id_key(conversation.partition(".")[0]))
        return None if number is None else await self.of(as_text(number))

    async def many(self, numbers: Sequence[str]) -> list[Conversation]:
        """Those that there are, in this order."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.hgetall(_keys(number)[0])
            rows = await pipe.execute()
        return [_conversation(number, fields) for number, fields in zip(numbers, rows, strict=True) if fields]

    async def sketches(self, numbers: Sequence[str]) -> list[Conversation]:
        """As ``many``, but with those fields alone by which a list goes: a thousand take a third of the time."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.hmget(_keys(number)[0], _SKETCHED)
            rows = await pipe.execute()
        known = [{n: value for n, value in zip(_SKETCHED, row, strict=True) if value is not None} for row in rows]
        return [_conversation(number, fields) for number, fields in zip(numbers, known, strict=True) if b"id" in fields]

    async def numbers(self, conversations: Sequence[str]) -> dict[str, str]:
        """The numbers of the conversations with these ids, of those that there are."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for conversation in conversations:
                pipe.get(_id_key(conversation))
            found = await pipe.execute()
        return {one: as_text(number) for one, number in zip(conversations, found, strict=True) if number is not None}

    async def texts(self, number: str, count: int = TEXTS_KEPT) -> list[Text]:
        """The last SMS both ways, oldest first."""
        rows = await self._redis.lrange(_keys(number)[2], -count, -1)
        return [Text(**json.loads(row)) for row in rows]

    async def recent(self, numbers: Sequence[str], count: int) -> dict[str, list[Text]]:
        """The last ``count`` SMS of each, oldest first, in one round trip."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.lrange(_keys(number)[2], -count, -1)
            found = await pipe.execute()
        return {number: [Text(**json.loads(row)) for row in rows] for number, rows in zip(numbers, found, strict=True)}

    async def heard(self, marks: Sequence[tuple[str, str]]) -> list[bool]:
        """Whether each SMS (number and mark) was heard by this very mark."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for number, mark in marks:
                pipe.hexists(_keys(number)[1], mark)
            return [bool(known) for known in await pipe.execute()]

    async def claim(self, number: str, who: str) -> tuple[Done, Conversation | None]:
        """It is theirs, unless it is somebody's: "no"."""
        return await self._do(number, "claim", who)

    async def hand_over(self, number: str, to: str) -> tuple[Done, Conversation | None]:
        """It is somebody else's from now on."""
        return await self._do(number, "hand_over", to)

    async def snooze(
        self, number: str, until: float, seen: float | None = None, who: str = ""
    ) -> tuple[Done, Conversation | None]:
        """Out of sight until then (0: until they write). "no" if it is resolved, or as in ``resolve``."""
        return await self._do(number, "snooze", until, "" if seen is None else seen, who)

    async def wake(self, number: str) -> tuple[Done, Conversation | None]:
        """Open again, if its time has come; else "no"."""
        return await self._do(number, "wake")

    async def resolve(self, number: str, seen: float | None = None, who: str = "") -> tuple[Done, Conversation | None]:
        """Nobody waits any more; "no" if they wrote after their last SMS that was ``seen`` (``last_in``)."""
        return await self._do(number, "resolve", "" if seen is None else seen, who)

    async def rest(self, number: str, silence: float) -> tuple[Done, Conversation | None]:
        """Resolved, if nothing was said for so many seconds since the team's last SMS; else "no"."""
        return await self._do(number, "rest", silence)

    async def reopen(self, number: str) -> tuple[Done, Conversation | None]:
        """Open again, by hand; also before its time, if it was snoozed. A blocked one stays shut: "no".

        Whoever waited when it was resolved waits again, unless they were answered since.
        """
        return await self._do(number, "reopen")

    async def block(self, number: str, who: str) -> tuple[Done, Conversation | None]:
        """A nuisance: what comes from it is kept, and not shown in the channel. It is no opt-out."""
        return await self._do(number, "block", who)

    async def unblock(self, number: str) -> tuple[Done, Conversation | None]:
        """Heard again."""
        return await self._do(number, "unblock")

    async def compose(self, number: str, who: str, seconds: float) -> tuple[Done, Conversation | None]:
        """They have the form open; so the card says, for so many seconds."""
        return await self._do(number, "compose", who, self._now() + seconds)

    async def put_down(self, number: str, who: str) -> tuple[Done, Conversation | None]:
        """They closed the form."""
        return await self._do(number, "put_down", who)

    async def forget_composer(self, number: str) -> tuple[Done, Conversation | None]:
        """Whoever had the form open has not any more, if their time is over; else "no"."""
        return await self._do(number, "forget_composer")

    async def shown(self, conversation: Conversation) -> tuple[Done, Conversation | None]:
        """Its card is about to say what the desk did by itself (``unshown``)."""
        return await self._do(conversation.number, "shown", conversation.unshown)

    async def remind(self, conversation: Conversation, which: int) -> tuple[Done, Conversation | None]:
        """Reminder ``which`` of this spell of waiting is given; "no" if it was before, or if nobody waits any more."""
        return await self._do(conversation.number, "remind", conversation.spell, which)

    async def say(
        self, number: str, campaign: str, author: str, text: str, seen: float = 0.0
    ) -> tuple[Done, Conversation | None]:
        """The team answers, as ``campaign``: whoever waited waits no more, and it has an owner. Safe to repeat.

        ``seen``: when the SMS came that its author saw last (0: all of them); what came later still waits. Without an
        author the desk speaks by itself, which answers nobody.
        """
        entry = json.dumps(asdict(Text(campaign, text, self._now(), out=True, author=author)))
        return await self._do(number, "say", campaign, author, entry, TEXTS_KEPT, seen or "")

    async def unsay(self, number: str, campaign: str, *, taken_back: bool = False) -> tuple[Done, Conversation | None]:
        """It did not leave after all: whoever waited before waits again, if nothing else answered. Safe to repeat.

        ``taken_back``: by whoever wrote it, so that it stands as it stood before, if nothing has happened since. What
        failed stays open and theirs, for they will want to do something about it.
        """
        return await self._do(number, "unsay", campaign, int(taken_back))

    async def say_after_all(self, number: str, campaign: str) -> tuple[Done, Conversation | None]:
        """What was unsaid did leave: whoever waited for it waits no more. "same" if it was not, or nobody wrote it."""
        return await self._do(number, "say_after_all", campaign)

    async def begin_answer(self, number: str, campaign: str, author: str, known: int | None = None) -> bool:
        """Nobody else's answer may go first, for as long as this one is being taken in. False if one has, or does.

        ``known``: how many answers its author knows of; None: all.
        """
        until = self._now() + TAKEN_IN
        done, _ = await self._do(number, "begin_answer", campaign, author, until, "" if known is None else known)
        return done != "no"

    async def end_answer(self, number: str, campaign: str) -> None:
        """It was refused: others may."""
        await self._do(number, "end_answer", campaign)

    async def _do(self, number: str, verb: str, *args: Any) -> tuple[Done, Conversation | None]:
        word, *pairs = await self._act(_keys(number), [self._retention, self._now(), verb, *args])
        done: Done = as_text(word)  # type: ignore[assignment]  # the script's words
        if not pairs:
            return done, None
        conversation = _conversation(number, dict(zip(pairs[::2], pairs[1::2], strict=True)))
        await self._keep_id(conversation)
        return done, conversation

    async def _keep_id(self, conversation: Conversation) -> None:
        """It is found under its id for as long as it is kept."""
        await self._redis.set(_id_key(conversation.id), conversation.number, ex=self._retention)


def _conversation(number: str, fields: Mapping[Any, Any]) -> Conversation:
    words = {as_text(name): as_text(value) for name, value in fields.items()}
    return _CONVERSATION.validate_python({**words, "number": number})


def _keys(number: str) -> list[str]:
    key = f"conversation:{{{number}}}"
    return [key, f"{key}:heard", f"{key}:texts"]


def _id_key(conversation: str) -> str:
    return f"conversation-id:{{{conversation}}}"
