"""The only way a message reaches Slack: each post once, the urgent first, at the pace that Slack allows."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.agenda import Agenda
from bot.metrics import POSTS
from bot.slack.api import CALL_ERRORS, Failure, classify
from bot.store import StoreError
from bot.store.posts import Anchors, Post, Posts, Urgency
from bot.tempo import Tempo

Message = Mapping[str, Any]  # {"text": …, "blocks": […]}
Renderer = Callable[[str], Awaitable[Message | None]]
Place = tuple[str, str]  # channel and ts of a message

METADATA = "sms_desk_post"
DRAIN = "drain_channel"
REFUSALS = 5  # after so many a post that Slack refuses for its own sake is given up

log = structlog.get_logger(__name__)


class Poster:
    """Queues posts, and drains the queue of one channel at a time (job ``DRAIN``)."""

    def __init__(self, slack: AsyncWebClient, posts: Posts, anchors: Anchors, agenda: Agenda, tempo: Tempo) -> None:
        self._slack = slack
        self._posts = posts
        self._anchors = anchors
        self._agenda = agenda
        self._tempo = tempo
        self._hold = 2 * tempo.job_lease  # a drain that is silent for this long is dead; its calls take less together
        self._stopping = asyncio.Event()
        self.renderers: Mapping[str, Renderer] = {}

    async def put(self, channel: str, post: Post) -> None:
        """Queue a post; it is in Redis when this returns."""
        generation = await self._posts.put(channel, post)
        if generation:
            await self._start(channel, generation)

    async def card(self, channel: str, name: str, subject: str, urgency: Urgency = Urgency.CARD) -> None:
        """Show the card ``name`` of ``subject``, or bring it up to date; many calls before its turn are one edit."""
        key = f"{name}:{subject}"
        await self.put(channel, Post(key, urgency, card=(name, subject), anchor=key))

    async def whisper(self, channel: str, user: str, text: str) -> None:
        """Tell one person in a channel, at once. Not kept: if Slack does not take it, it is only logged."""
        try:
            await self._slack.chat_postEphemeral(channel=channel, user=user, text=text)
        except CALL_ERRORS as error:
            log.warning("whisper_failed", code=classify(error).code)

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
                await self._deliver(channel, turn.post)
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

    async def _deliver(self, channel: str, post: Post) -> None:
        message = await self._message(post)
        if message is None:
            await self._posts.drop(channel, post)
            return
        root = await self._anchors.get(post.thread) if post.thread else None
        # A thread whose first message is gone begins anew with this one.
        anchor = post.anchor or (None if root else post.thread)
        place = await self._anchors.get(anchor) if anchor else None
        unclear = post.unclear
        try:
            if place is None and unclear:
                place = await self._find(channel, post, root)
                unclear = False
            if place is None:
                place = channel, await self._post(channel, post, message, root)
            elif post.card:
                await self._slack.chat_update(channel=place[0], ts=place[1], **message)
        except CALL_ERRORS as error:
            await self._failed(channel, post, classify(error), unclear=unclear)
            return
        if anchor:
            await self._anchors.put(anchor, *place)
        elif post.thread and root:
            await self._anchors.put(post.thread, *root)  # a thread that is alive is not forgotten
        await self._posts.settle(channel, post, self._tempo.post_pace)
        POSTS.labels("done").inc()

    async def _message(self, post: Post) -> dict[str, Any] | None:
        message: Message | None = {"text": post.text, "blocks": list(post.blocks)}
        if post.card:
            message = await self._draw(*post.card)
        if message is None:
            return None
        # An edit without blocks would leave the old ones standing (Slack docs, chat.update).
        return {"text": message["text"], "blocks": []} if post.plain else dict(message)

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
            metadata={"event_type": METADATA, "event_payload": {"key": post.key}},
            unfurl_links=False,
            unfurl_media=False,
            **message,
        )
        return str(answer["ts"])

    async def _find(self, channel: str, post: Post, root: Place | None) -> Place | None:
        """The message that an earlier try may have left in Slack."""
        cursor = ""
        while True:
            page: dict[str, Any] = {
                "oldest": f"{post.since - 60:.6f}",
                "limit": 200,
                "include_all_metadata": True,
            }
            if cursor:
                page["cursor"] = cursor
            if root:
                answer = await self._slack.conversations_replies(channel=channel, ts=root[1], **page)
            else:
                answer = await self._slack.conversations_history(channel=channel, **page)
            for message in answer.get("messages") or ():
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == METADATA and metadata["event_payload"].get("key") == post.key:
                    return channel, str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def _failed(self, channel: str, post: Post, failure: Failure, *, unclear: bool) -> None:
        """Decide by what Slack said; nothing is given up but what Slack refuses again and again."""
        waits = self._tempo.post_retry
        wait = waits[min(post.tried, len(waits)) - 1]
        log.warning(
            "post_failed",
            channel=channel,
            post=post.key,
            kind=failure.kind,
            code=failure.code,
            tried=post.tried,
        )
        POSTS.labels(failure.kind).inc()
        match failure.kind:
            case "rate_limited":
                await self._posts.retry(channel, post, failure.retry_after or wait, unclear=unclear)
            case "unclear":
                await self._posts.retry(channel, post, wait, unclear=True)
            case "not_reached":
                await self._posts.retry(channel, post, wait, unclear=unclear)
            case "channel" | "auth":
                await self._posts.retry(channel, post, waits[-1], unclear=unclear)
            case "gone" if (gone := post.thread or post.anchor) and not post.refused:
                await self._anchors.forget(gone)
                await self._posts.retry(channel, post, 0, unclear=unclear and not post.card, refused=True)
            case "blocks" if not post.plain:
                await self._posts.retry(channel, post, 0, unclear=unclear, plain=True)
            case _ if post.refused + 1 < REFUSALS:
                last = post.refused + 2 == REFUSALS  # the last try is the text alone
                await self._posts.retry(channel, post, wait, unclear=unclear, plain=last, refused=True)
            case _:
                log.error("post_given_up", channel=channel, post=post.key, code=failure.code)
                await self._posts.drop(channel, post)
