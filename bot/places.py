"""Where our messages stand in Slack: is a thread's first one still there, did a lost answer leave a post behind."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api import classify
from bot.store.posts import Anchors, Post

METADATA = "sms_desk_post"
Place = tuple[str, str]  # channel and ts of a message
INSTEAD = (
    ":warning: Something belongs here that Slack did not take, after several tries. It is not lost: if it is an SMS,"
    " `/sms contact` shows the last texts of its number."
)


class Places:
    """Asks Slack. Its methods raise one of ``CALL_ERRORS``."""

    def __init__(self, slack: AsyncWebClient, anchors: Anchors) -> None:
        self._slack = slack
        self._anchors = anchors

    async def root(self, channel: str, thread: str) -> Place | None:
        """The first message of a thread, if it is still there: Slack puts answers to a deleted one into the channel."""
        root = await self._anchors.get(thread)
        if root is None or root[0] != channel:
            return None
        if await self._anchors.seen(thread):
            return root
        try:
            answer = await self._slack.conversations_replies(channel=channel, ts=root[1], limit=1)
            first = (answer.get("messages") or [{}])[0]
            gone = first.get("ts") != root[1] or first.get("subtype") == "tombstone"
            await self._anchors.keep(thread, *root, seen=not gone)
        except SlackApiError as error:
            if classify(error).kind != "gone":
                raise
            gone = True
        if gone:
            await self._anchors.move(thread, channel)
        return None if gone else root

    async def find(self, channel: str, post: Post, root: Place | None) -> Place | None:
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

    async def gone(self, channel: str, ts: str) -> None:
        """Somebody deleted this message: what stood there stands nowhere any more."""
        name = await self._anchors.at(channel, ts)
        if name and await self._anchors.get(name) == (channel, ts):
            await self._anchors.move(name, channel)
