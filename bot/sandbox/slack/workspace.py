"""All that this Slack remembers, and the rules that several of its doors share."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import subscription
from bot.sandbox.slack.files import File
from bot.sandbox.slack.forms import Values
from bot.sandbox.slack.manifest import AppManifest
from bot.sandbox.slack.messages import with_ids
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.world import Channel, Json, User, World

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True)
class Refused:
    """Something the app sent and Slack did not take: a Web API call, or the answer to an interaction."""

    where: str
    error: str
    messages: tuple[str, ...] = ()


@dataclass
class Workspace:
    """What the Web API changes and people look at. `announce(channel, event)` sends an event to the app.

    `chosen`: (user id, ts) -> what this person has filled in and chosen in a message.
    """

    world: World
    changes: Changes
    modals: Modals
    response_urls: ResponseUrls
    announce: Callable[[Channel | None, Json], None]
    scopes: set[str] | None = None
    subscriptions: set[str] | None = None
    manifest: AppManifest | None = None
    pace: bool = False
    pace_seconds: float = 1.0
    base_url: str = ""
    ephemerals: dict[str, list[Json]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    chosen: dict[tuple[str, str], Values] = field(default_factory=dict)
    socket_tickets: set[str] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    _posted: dict[str, float] = field(default_factory=dict)

    @property
    def bot(self) -> User:
        """The app's own bot user."""
        return self.world.users[self.world.bot_user_id]

    def keep_pace(self, channel: Channel) -> None:
        """With `pace`: one message a second and channel (Slack docs, rate limits), or HTTP 429."""
        now = time.monotonic()
        wait = self._posted.get(channel.id, -math.inf) + self.pace_seconds - now
        if self.pace and wait > 0:
            raise TooFastError(math.ceil(wait))
        self._posted[channel.id] = now

    def whisper(self, user_id: str, channel: Channel, content: Json, *, via: str, thread_ts: str | None = None) -> Json:
        """Show an ephemeral message to one person. `via` says which door it came through."""
        message: Json = {
            "type": "message",
            "ts": self.world.new_ts(),
            "channel": channel.id,
            "user": self.bot.id,
            "bot_id": self.bot.bot_id,
            "text": content.get("text", ""),
            "is_ephemeral": True,
            "via": via,
        }
        if content.get("blocks"):
            message["blocks"] = with_ids(self.world, content["blocks"])
        if content.get("attachments"):
            message["attachments"] = copy.deepcopy(content["attachments"])
        if thread_ts:
            message["thread_ts"] = thread_ts
        return self._show_only(user_id, message)

    def slackbot_says(self, user_id: str, channel: Channel, text: str) -> Json:
        """Show one person what Slackbot says there when something failed."""
        message = {
            "type": "message",
            "ts": self.world.new_ts(),
            "channel": channel.id,
            "user": SLACKBOT,
            "username": "Slackbot",
            "text": text,
            "is_ephemeral": True,
            "via": "slackbot",
        }
        return self._show_only(user_id, message)

    def _show_only(self, user_id: str, message: Json) -> Json:
        self.ephemerals.setdefault(user_id, []).append(message)
        self.changes.ring()
        return message

    def wants(self, event: Json) -> bool:
        """Whether the app subscribed to this event."""
        return self.subscriptions is None or subscription(event) in self.subscriptions

    def require_scope(self, *any_of: str) -> None:
        """SlackError("missing_scope") unless the app was given one of these scopes."""
        if self.scopes is None or not any_of or self.scopes & set(any_of):
            return
        raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.scopes)))

    def writable(self, channel_id: str) -> Channel:
        """A channel that the app may post to; else channel_not_found, not_in_channel or is_archived."""
        channel = self.world.channel(channel_id)
        if channel.is_archived:
            raise SlackError("is_archived")
        anywhere = self.scopes is not None and "chat:write.public" in self.scopes and channel.kind == "public"
        if self.bot.id not in channel.members and not anywhere:
            raise SlackError("not_in_channel")
        return channel


class TooFastError(Exception):
    """HTTP 429; `retry_after` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


def shown(value: Any, channel: Channel) -> Json:
    """A copy of a message for a person's eyes: with its channel, so that it can be clicked."""
    return {**copy.deepcopy(value), "channel": channel.id}
