"""The only way a message reaches Slack: each post once, the urgent first, at the pace that Slack allows."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.agenda import Agenda
from bot.metrics import POSTS
from bot.places import INSTEAD, METADATA, Place, Places
from bot.slack.api import CALL_ERRORS, Failure, classify
from bot.store import StoreError
from bot.store.lost import LostChannels
from bot.store.posts import Anchors, Post, Posts, Urgency
from bot.tempo import Tempo

Message = Mapping[str, Any]  # {"text": …, "blocks": […]}
Renderer = Callable[[str], Awaitable[Message | None]]
DRAIN = "drain_channel"
REFUSALS = 5  # after so many a post that Slack refuses for its own sake is given up
UNSHOWN = "unshown:"

log = structlog.get_logger(__name__)


class Poster:
    """Queues posts, and drains the queue of one channel at a time (job ``DRAIN``)."""

    def __init__(
        self,
        slack: AsyncWebClient,
        posts: Posts,
        anchors: Anchors,
        lost: LostChannels,
        agenda: Agenda,
        tempo: Tempo,
        fallback: str,
    ) -> None:
        """``fallback``: the channel for what cannot be shown where it belongs."""
        self._slack = slack
        self._fallback = fallback
        self._posts = posts
        self._anchors = anchors
        self._lost = lost
        self._places = Places(slack, anchors)
        self._agenda = agenda
        self._tempo = tempo
        self._hold = 2 * tempo.job_lease  # a drain that is silent for this long is dead, or may not post any more
        self._stopping = asyncio.Event()
        self.renderers: Mapping[str, Renderer] = {}

    async def put(self, channel: str, post: Post) -> None:
        """Queue a post; it is in Redis when this returns. ``channel``: where its card or thread opens, if it is new."""
        if anchor := post.thread or post.anchor:
            channel = await self._anchors.home(anchor, channel)
        await self._queue(channel, post)
        if post.thread and (home := await self._anchors.home(post.thread, channel)) != channel:
            await self._carry(post.thread, channel, home)  # it moved in between; what comes next shall not be quicker

    async def _queue(self, channel: str, post: Post, *, ahead: bool = False) -> None:
        generation = await self._posts.put(channel, post, ahead=ahead)
        if generation:
            await self._start(channel, generation)

    async def card(
        self, channel: str, name: str, subject: str, urgency: Urgency = Urgency.CARD, thread: str | None = None
    ) -> None:
        """Show the card ``name`` of ``subject``, or bring it up to date; many calls before its turn are one edit."""
        await self.put(channel, _card(f"{name}:{subject}", urgency, thread))

    async def again(self, name: str, subject: str) -> None:
        """Bring a card up to date that was shown before, wherever that was."""
        await self.card(self._fallback, name, subject)

    async def gone(self, channel: str, ts: str) -> None:
        """Somebody deleted a message: if it is a card of ours, its next post opens a new one."""
        await self._places.gone(channel, ts)

    async def whisper(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> Failure | None:
        """Tell one person in a channel or thread, at once. Not kept: if Slack does not take it, it is only logged."""
        try:
            await self._slack.chat_postEphemeral(channel=channel, user=user, text=text, thread_ts=thread_ts)
        except CALL_ERRORS as error:
            failure = classify(error)
            log.warning("whisper_failed", code=failure.code)
            return failure
        return None

    async def sweep(self) -> None:
        """Start the drains of channels whose worker died; those that are at work are not disturbed."""
        for channel, generation in await self._posts.active():
            await self._start(channel, generation)

    async def _start(self, channel: str, generation: int) -> None:
        await self._agenda.add(DRAIN, channel, key=f"{DRAIN}:{channel}:{generation}")

    def stop(self) -> None:
        """Let running drains end after the post that they are at."""
        self._stopping.set()

    async def drain(self, channel: str) -> None:
        """Post what waits for a channel until nothing does."""
        holder = secrets.token_hex(8)
        try:
            await self._drain(channel, holder)
        except StoreError:
            with suppress(StoreError):
                await self._posts.leave(channel, holder)  # else nobody else may take over for a while
            raise

    async def _drain(self, channel: str, holder: str) -> None:
        while not self._stopping.is_set():
            turn = await self._posts.take(channel, holder, self._hold)
            if turn.busy:
                return
            if turn.post:
                await self._deliver(channel, turn.post, holder)
            elif turn.empty and await self._posts.rest(channel, holder):
                return
            elif turn.wait:
                await self._pause(turn.wait)
        await self._posts.leave(channel, holder)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, self._hold / 2)):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _deliver(self, channel: str, post: Post, holder: str) -> None:
        if await self._astray(channel, post):
            return
        message = await self._message(post)
        if message is None:
            await self._posts.drop(channel, post)
            return
        stood = place = await self._anchors.get(post.anchor) if post.anchor else None
        unclear, root = post.unclear, None
        try:
            if place is None and post.thread:
                root = await self._places.root(channel, post.thread)
                if root is None and await self._open_thread(channel, post):
                    return
            if place is None and unclear:
                place = await self._places.find(channel, post, root)
                unclear = False
            if not await self._posts.hold(channel, holder, self._hold):
                return  # it took too long to come so far: somebody else is at it, with what is newer by now
            async with asyncio.timeout(0.8 * self._hold):  # or another one would look for it before it is there
                if place is None:
                    place = channel, await self._post(channel, post, message, root)
                elif post.card:
                    await self._slack.chat_update(channel=place[0], ts=place[1], **message)
        except CALL_ERRORS as error:
            await self._failed(channel, post, classify(error), unclear=unclear, stood=stood)
            return
        if post.anchor and stood:
            await self._anchors.keep(post.anchor, *stood, seen=bool(post.card))
        elif post.anchor:
            await self._anchors.put(post.anchor, *place)
        if post.thread and root:
            await self._anchors.keep(post.thread, *root, seen=False)  # a thread that is alive is not forgotten
        await self._posts.settle(channel, post, self._tempo.post_pace)
        POSTS.labels("done").inc()

    async def _open_thread(self, channel: str, post: Post) -> bool:
        """Have the card of the post's thread posted first. False if it has none: then the post stands by itself."""
        name, _, subject = (post.thread or "").partition(":")
        if name not in self.renderers or await self._draw(name, subject) is None or post.refused >= REFUSALS - 1:
            return False
        await self._posts.retry(channel, post, 0, unclear=post.unclear, refused=True)
        await self._queue(channel, _card(f"{name}:{subject}", Urgency.ROOT))
        return True

    async def _message(self, post: Post) -> dict[str, Any] | None:
        message: Message | None = {"text": post.text, "blocks": list(post.blocks)}
        if post.card:
            message = await self._draw(*post.card)
        if message is None:
            return None
        # An edit without blocks would leave the old ones standing (Slack docs, chat.update).
        return {"text": post.whole or message["text"], "blocks": []} if post.plain else dict(message)

    async def _draw(self, name: str, subject: str) -> Message | None:
        try:
            return await self.renderers[name](subject)
        except StoreError:
            raise
        except Exception:  # a card that cannot be drawn must not hold up the channel; its next change queues it anew
            log.exception("card_failed", card=name, subject=subject)
            return None

    async def _post(self, channel: str, post: Post, message: dict[str, Any], root: Place | None) -> str:
        answer = await self._slack.chat_postMessage(
            channel=channel,
            thread_ts=root[1] if root else None,
            reply_broadcast=True if root and post.broadcast else None,
            metadata={"event_type": METADATA, "event_payload": {"key": post.key}},
            unfurl_links=False,
            unfurl_media=False,
            **message,
        )
        return str(answer["ts"])

    async def _failed(self, channel: str, post: Post, failure: Failure, *, unclear: bool, stood: Place | None) -> None:
        """Decide by what Slack said; nothing is given up but what Slack refuses again and again.

        ``stood``: the message that was to be edited; None: it was to be a new one.
        """
        at = stood[0] if stood else channel
        waits = self._tempo.post_retry
        wait = waits[min(post.tried, len(waits)) - 1]
        about = {"kind": failure.kind, "code": failure.code, "tried": post.tried}
        log.warning("post_failed", channel=channel, post=post.key, **about)
        POSTS.labels(failure.kind).inc()
        match failure.kind:
            case "rate_limited":
                await self._posts.retry(channel, post, failure.retry_after or wait, unclear=unclear)
            case "unclear":
                await self._posts.retry(channel, post, wait, unclear=True)
            case "not_reached":
                await self._posts.retry(channel, post, wait, unclear=unclear)
            case "channel" if at != self._fallback or channel != at:
                await self._move(channel, post, at, failure.code)
            case "channel":
                await self._lost.note(at, failure.code)  # there is no other place: it waits here
                await self._posts.retry(channel, post, waits[-1], unclear=unclear)
            case "auth":
                await self._posts.retry(channel, post, waits[-1], unclear=unclear)
            case "gone" if (gone := post.anchor if stood else post.thread) and not post.refused:
                await self._anchors.move(gone, channel)
                await self._posts.retry(channel, post, 0, unclear=unclear and not post.card, refused=True)
            case "blocks" if not post.plain:
                await self._posts.retry(channel, post, 0, unclear=unclear, plain=True)
            case _ if post.refused + 1 < REFUSALS:
                last = post.refused + 2 == REFUSALS  # the last try is the text alone
                if failure.code.startswith("http_"):  # a page of somebody between Slack and us, who may mend it
                    wait = waits[-1]
                await self._posts.retry(channel, post, wait, unclear=unclear, plain=last, refused=True)
            case _:
                log.error("post_given_up", channel=channel, post=post.key, code=failure.code)
                if not post.card and not post.key.startswith(UNSHOWN):
                    await self._queue(
                        channel, replace(post, key=f"{UNSHOWN}{post.key}", text=INSTEAD, whole="", blocks=())
                    )
                await self._posts.drop(channel, post)

    async def _move(self, channel: str, post: Post, lost: str, code: str) -> None:
        """Nobody can write there (archived, gone): what belongs there is shown where it can be; an admin is told."""
        log.error("channel_lost", channel=lost, code=code)
        await self._lost.note(lost, code)
        if post.thread and post.anchor and lost != channel:  # it stood in an earlier thread: only it leaves
            await self._anchors.move(post.anchor, channel)
            await self._posts.retry(channel, post, 0, unclear=False)
            return
        if belongs_to := post.thread or post.anchor:
            await self._resettle(belongs_to, lost)
        if post.anchor:
            await self._anchors.leave(post.anchor, lost, self._fallback)
        if channel == self._fallback:
            await self._posts.retry(channel, post, 0, unclear=False)
        else:
            await self._queue(self._fallback, post, ahead=True)
            await self._posts.hand_on(channel, post)

    async def _astray(self, channel: str, post: Post) -> bool:
        """Whether its thread belongs elsewhere by now: then it goes there as well, before what came later."""
        belongs_to = post.thread or post.anchor
        home = await self._anchors.home(belongs_to, channel) if belongs_to else channel
        if not belongs_to or home == channel:
            return False
        if channel == self._fallback:  # nothing ever moves out of it: whoever brought this died on the way
            await self._resettle(belongs_to, home)
            return False
        await self._carry(belongs_to, channel, home)
        return True

    async def _resettle(self, name: str, lost: str) -> None:
        """A card and its thread leave a lost channel: what waits there first, then what comes from now on."""
        await self._carry(name, lost, self._fallback)
        await self._anchors.leave(name, lost, self._fallback)
        await self._carry(name, lost, self._fallback)  # what came in between

    async def _carry(self, name: str, channel: str, to: str) -> None:
        for post in await self._posts.of(channel, name):
            await self._queue(to, post, ahead=True)
            await self._posts.hand_on(channel, post)


def _card(key: str, urgency: Urgency, thread: str | None = None) -> Post:
    name, _, subject = key.partition(":")
    return Post(key, urgency, card=(name, subject), anchor=key, thread=thread)
