"""What still has to reach Slack: a queue per channel, in order of urgency, each post once."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import IntEnum
from typing import Any

from redis.asyncio import Redis

from bot.store.answers import as_text, as_texts
from bot.store.script import Script

POSTED_DAYS = 8  # a webhook that was set aside may be tried again after a weekend; SMS are known for seven days
SEEN = 30  # seconds


class Urgency(IntEnum):
    """Replies before notices before cards: a person who wrote comes first. Before all, the card of their thread."""

    ROOT = -1
    REPLY = 0
    NOTICE = 1
    CARD = 2


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to show in a channel.

    ``key`` makes it one: a second put of the same key is the same post. Either ``text`` and ``blocks`` say what (with
    ``whole`` in the place of ``text`` if Slack does not take the blocks), or ``card`` names the renderer that is asked
    when its turn comes. ``anchor`` names the message that it becomes (and that later posts of that anchor edit);
    ``thread`` names the anchor under which it belongs, ``broadcast`` shows it in the channel too.
    ``since`` (epoch seconds) is where a search for it in Slack begins.
    """

    key: str
    urgency: Urgency
    text: str = ""
    whole: str = ""
    blocks: Sequence[dict[str, Any]] = ()
    card: tuple[str, str] | None = None
    anchor: str | None = None
    thread: str | None = None
    broadcast: bool = False
    since: float = field(default_factory=time.time)
    plain: bool = False  # Slack refused the blocks: the text alone goes out
    tried: int = 0
    refused: int = 0  # times that Slack refused it for its own sake, not for the channel's or the pace's
    unclear: bool = False  # an earlier try may have reached Slack
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """What ``take`` found: a post, or how long to wait for one (seconds), or nothing left, or somebody else at work."""

    post: Post | None = None
    wait: float = 0.0
    empty: bool = False
    busy: bool = False


class Posts:
    """``posts:{channel}`` → sorted set of keys by urgency and order; ``:item`` → hash of key → JSON of ``Post``;
    ``:state`` → hash (active, generation, order, next turn, holder); ``:posted:<day>`` → set of keys that are in Slack.

    An item leaves with its delivery; the sets of posted keys last ``POSTED_DAYS`` days.
    ``posts:channels`` → set of the channels that were ever used.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._put = Script(redis, "posts_put")
        self._take = Script(redis, "posts_take")
        self._hold = Script(redis, "posts_hold")
        self._settle = Script(redis, "posts_settle")
        self._rest = Script(redis, "posts_rest")
        self._oldest = Script(redis, "posts_oldest")

    async def put(self, channel: str, post: Post, *, ahead: bool = False) -> int:
        """Queue it. Returns the generation of the drain that has to be started, or 0 if one is at work.

        A card that waits already is only marked as newer; a post that is in Slack already is left alone. ``ahead``:
        before the others of its urgency, for what has waited elsewhere.
        """
        await self._redis.sadd("posts:channels", channel)
        document = asdict(post)
        for name in ("plain", "tried", "refused", "unclear", "revision"):
            del document[name]
        flags = ["" if post.card else "once", "ahead" if ahead else ""]
        args = [post.key, json.dumps(document), int(post.urgency), *flags]
        return int(await self._put(_keys(channel), args))

    async def take(self, channel: str, holder: str, hold: float) -> Turn:
        """The most urgent post of a channel, if its turn has come and no other holder is at work."""
        word, *rest = await self._take(_keys(channel), [holder, int(hold * 1000)])
        if word == b"wait":
            return Turn(wait=int(rest[0]) / 1000)
        if word != b"post":
            return Turn(empty=word == b"empty", busy=word == b"busy")
        document, tried, unclear, revision, plain, refused = rest
        return Turn(
            post=replace(
                _post(document),
                revision=int(revision),
                tried=int(tried),
                refused=int(refused),
                unclear=bool(int(unclear)),
                plain=bool(int(plain)),
            )
        )

    async def hold(self, channel: str, holder: str, hold: float) -> bool:
        """For so many seconds more nobody else is at work there; False if somebody is by now."""
        return bool(await self._hold(_keys(channel), [holder, int(hold * 1000)]))

    async def settle(self, channel: str, post: Post, pace: float) -> None:
        """It is in Slack. A card that changed meanwhile stays queued."""
        once = "" if post.card else "once"
        args = ["done", post.key, post.revision, int(pace * 1000), once, POSTED_DAYS * 86_400]
        await self._settle(_keys(channel), args)

    async def retry(
        self, channel: str, post: Post, wait: float, *, unclear: bool, plain: bool = False, refused: bool = False
    ) -> None:
        """It did not get there (``unclear``: it may have): the channel waits, then it is tried again."""
        flags = [int(unclear), int(plain), int(refused)]
        await self._settle(_keys(channel), ["retry", post.key, post.revision, int(wait * 1000), *flags])

    async def drop(self, channel: str, post: Post) -> None:
        """There is nothing to show, or Slack will never take it. A card that changed meanwhile stays queued."""
        await self.settle(channel, post, 0)

    async def hand_on(self, channel: str, post: Post) -> None:
        """It waits in another channel from now on, and was not shown here."""
        await self._settle(_keys(channel), ["done", post.key, post.revision, 0, "", 0])

    async def posted(self, channel: str, keys: Sequence[str]) -> list[bool]:
        """Whether each of these posts reached Slack in the last days; no cards, which are posted again and again."""
        if not keys:
            return []
        async with self._redis.pipeline(transaction=False) as pipe:
            for day in _keys(channel)[3:]:
                pipe.smismember(day, list(keys))
            days = await pipe.execute()
        return [any(found) for found in zip(*days, strict=True)]

    async def rest(self, channel: str, holder: str) -> bool:
        """End the drain if nothing waits. False if something came in meanwhile."""
        return bool(await self._rest(_keys(channel), [holder, ""]))

    async def leave(self, channel: str, holder: str) -> None:
        """Stop, though something waits: another drain may go on at once."""
        await self._rest(_keys(channel), [holder, "leave"])

    async def of(self, channel: str, thread: str) -> list[Post]:
        """What waits there for this anchor: its card, and the posts of its thread, in their order."""
        queue, items, *_ = _keys(channel)
        keys = as_texts(await self._redis.zrange(queue, 0, -1))
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hmget(items, [key, f"{key}\0revision"])
            rows = await pipe.execute()
        waiting = [replace(_post(document), revision=int(revision)) for document, revision in rows if document]
        return [post for post in waiting if thread in (post.thread, post.anchor)]

    async def active(self) -> list[tuple[str, int]]:
        """The channels with something to post, with the generation of their drain."""
        channels = as_texts(await self._redis.smembers("posts:channels"))
        async with self._redis.pipeline(transaction=False) as pipe:
            for channel in channels:
                pipe.hmget(_keys(channel)[2], ["active", "generation"])
            states = await pipe.execute()
        return [
            (channel, int(generation))
            for channel, (active, generation) in zip(channels, states, strict=True)
            if active == b"1"
        ]

    async def waiting(self) -> int:
        """How many posts wait over all channels."""
        channels = as_texts(await self._redis.smembers("posts:channels"))
        async with self._redis.pipeline(transaction=False) as pipe:
            for channel in channels:
                pipe.zcard(_keys(channel)[0])
            return sum(await pipe.execute())

    async def oldest(self) -> float:
        """How long the oldest of them has waited (seconds)."""
        channels = as_texts(await self._redis.smembers("posts:channels"))
        answers = await self._oldest.many([(_keys(channel)[:2], []) for channel in channels])
        return max((max(0.0, time.time() - float(since)) for since in answers if since), default=0.0)


class Anchors:
    """``anchor:{name}`` → "channel ts" of the message that a card or conversation is, "channel -" before there is one;
    ``anchored:{channel ts}`` → name, also of an earlier message of that name.  Both live ``retention`` seconds.

    ``anchor:{name}:seen`` → 1 for ``SEEN`` seconds after the message was seen in Slack.
    """

    def __init__(self, redis: Redis, retention: int) -> None:
        self._redis = redis
        self._retention = retention
        self._leave = Script(redis, "anchor_leave")

    async def home(self, name: str, channel: str) -> str:
        """The channel where it stands or will stand: ``channel``, if nobody has named another."""
        found = await self._redis.set(_anchor(name), f"{channel} -", nx=True, get=True, ex=self._retention)
        return channel if found is None else as_text(found).split(" ")[0]

    async def put(self, name: str, channel: str, ts: str) -> None:
        """Remember where it stands, and that it was seen there."""
        await self._redis.set(f"anchored:{{{channel} {ts}}}", name, ex=self._retention)
        await self._redis.set(_anchor(name), f"{channel} {ts}", ex=self._retention)
        await self._redis.set(f"{_anchor(name)}:seen", 1, ex=SEEN)

    async def get(self, name: str) -> tuple[str, str] | None:
        """Channel and ts, if it stands anywhere."""
        found = await self._redis.get(_anchor(name))
        channel, _, ts = ("" if found is None else as_text(found)).partition(" ")
        return (channel, ts) if ts not in ("", "-") else None

    async def places(self, names: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Channel and ts of those that stand anywhere, in one round trip."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.get(_anchor(name))
            found = await pipe.execute()
        stand = {name: as_text(place).split(" ") for name, place in zip(names, found, strict=True) if place is not None}
        return {name: (channel, ts) for name, (channel, ts) in stand.items() if ts != "-"}

    async def at(self, channel: str, ts: str) -> str | None:
        """What stands, or stood, there."""
        found = await self._redis.get(f"anchored:{{{channel} {ts}}}")
        return None if found is None else as_text(found)

    async def seen(self, name: str) -> bool:
        """Whether it was in Slack a moment ago."""
        return bool(await self._redis.exists(f"{_anchor(name)}:seen"))

    async def keep(self, name: str, channel: str, ts: str, *, seen: bool) -> None:
        """It is not forgotten; ``seen``: its message was in Slack just now. Wherever it stands by now, it stays."""
        await self._redis.expire(_anchor(name), self._retention)
        await self._redis.expire(f"anchored:{{{channel} {ts}}}", self._retention)
        if seen:
            await self._redis.set(f"{_anchor(name)}:seen", 1, ex=SEEN)

    async def move(self, name: str, channel: str) -> None:
        """Its message is gone: the next one will stand in ``channel``."""
        await self._redis.delete(f"{_anchor(name)}:seen")
        await self._redis.set(_anchor(name), f"{channel} -", ex=self._retention)

    async def leave(self, name: str, lost: str, channel: str) -> None:
        """Nobody can write in ``lost``: what stands or should stand there will stand in ``channel``."""
        await self._leave([_anchor(name), f"{_anchor(name)}:seen"], [lost, channel, self._retention])


def _post(document: Any) -> Post:
    fields = json.loads(document)
    fields["urgency"] = Urgency(fields["urgency"])
    fields["card"] = tuple(fields["card"]) if fields["card"] else None
    return Post(**fields)


def _anchor(name: str) -> str:
    return f"anchor:{{{name}}}"


def _keys(channel: str) -> list[str]:
    key = f"posts:{{{channel}}}"
    today = int(time.time() // 86_400)
    days = [f"{key}:posted:{today - back}" for back in range(POSTED_DAYS)]
    return [key, f"{key}:item", f"{key}:state", *days]
