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

POSTED_DAYS = 3


class Urgency(IntEnum):
    """Replies before notices before cards: a person who wrote comes first."""

    REPLY = 0
    NOTICE = 1
    CARD = 2


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to show in a channel.

    ``key`` makes it one: a second put of the same key is the same post. Either ``text`` and ``blocks`` say what, or
    ``card`` names the renderer that is asked when its turn comes. ``anchor`` names the message that it becomes (and
    that later posts of that anchor edit); ``thread`` names the anchor under which it belongs. ``since`` (epoch seconds)
    is where a search for it in Slack begins.
    """

    key: str
    urgency: Urgency
    text: str = ""
    blocks: Sequence[dict[str, Any]] = ()
    card: tuple[str, str] | None = None
    anchor: str | None = None
    thread: str | None = None
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
        self._settle = Script(redis, "posts_settle")
        self._rest = Script(redis, "posts_rest")

    async def put(self, channel: str, post: Post) -> int:
        """Queue it. Returns the generation of the drain that has to be started, or 0 if one is at work.

        A card that waits already is only marked as newer; a post that is in Slack already is left alone.
        """
        await self._redis.sadd("posts:channels", channel)
        document = asdict(post)
        for name in ("plain", "tried", "refused", "unclear", "revision"):
            del document[name]
        args = [post.key, json.dumps(document), int(post.urgency), "" if post.card else "once"]
        return int(await self._put(_keys(channel), args))

    async def take(self, channel: str, holder: str, hold: float) -> Turn:
        """The most urgent post of a channel, if its turn has come and no other holder is at work."""
        word, *rest = await self._take(_keys(channel), [holder, int(hold * 1000)])
        if word == b"wait":
            return Turn(wait=int(rest[0]) / 1000)
        if word != b"post":
            return Turn(empty=word == b"empty", busy=word == b"busy")
        document, tried, unclear, revision, plain, refused = rest
        fields = json.loads(document)
        fields["urgency"] = Urgency(fields["urgency"])
        fields["card"] = tuple(fields["card"]) if fields["card"] else None
        post = Post(**fields)
        return Turn(
            post=replace(
                post,
                revision=int(revision),
                tried=int(tried),
                refused=int(refused),
                unclear=bool(int(unclear)),
                plain=bool(int(plain)),
            )
        )

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

    async def rest(self, channel: str, holder: str) -> bool:
        """End the drain if nothing waits. False if something came in meanwhile."""
        return bool(await self._rest(_keys(channel), [holder, ""]))

    async def leave(self, channel: str, holder: str) -> None:
        """Stop, though something waits: another drain may go on at once."""
        await self._rest(_keys(channel), [holder, "leave"])

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


class Anchors:
    """``anchor:{name}`` → "channel ts" of the message that a card or conversation is; lives ``retention`` seconds."""

    def __init__(self, redis: Redis, retention: int) -> None:
        self._redis = redis
        self._retention = retention

    async def put(self, name: str, channel: str, ts: str) -> None:
        """Remember where it stands."""
        await self._redis.set(f"anchor:{{{name}}}", f"{channel} {ts}", ex=self._retention)

    async def get(self, name: str) -> tuple[str, str] | None:
        """Channel and ts."""
        found = await self._redis.get(f"anchor:{{{name}}}")
        if found is None:
            return None
        channel, ts = as_text(found).split(" ")
        return channel, ts

    async def forget(self, name: str) -> None:
        """The message is gone."""
        await self._redis.delete(f"anchor:{{{name}}}")


def _keys(channel: str) -> list[str]:
    key = f"posts:{{{channel}}}"
    today = int(time.time() // 86_400)
    days = [f"{key}:posted:{today - back}" for back in range(POSTED_DAYS)]
    return [key, f"{key}:item", f"{key}:state", *days]
