"""A person who writes: messages, thread replies, edits, deletions, each followed by its event to the app."""

import re

from bot.sandbox.slack import events, messages
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.submitting import Hands
from bot.sandbox.slack.workspace import shown
from bot.sandbox.slack.world import Channel, Json, World

_TOKEN = re.compile(r"(<[@#!][^<>]+>)")
_LINK = re.compile(r"https?://[^\s<>|]+")


def as_sent(world: World, text: str, *, labels: bool) -> str:
    """Typed text as Slack sends it on: & < > escaped, @name, #channel and addresses turned into <…>.

    `labels`: with the name in it, as in commands with should_escape (`<@U123|name>`).
    """
    users = {user.name: user.id for user in world.users.values()}
    channels = {channel.name: channel.id for channel in world.channels.values() if channel.kind != "im"}

    def mention(match: re.Match[str]) -> str:
        sign, name = match[1], match[2].lower()
        found = (users if sign == "@" else channels).get(name)
        label = f"|{name}" if labels or sign == "#" else ""
        return f"<{sign}{found}{label}>" if found else match[0]

    parts = _TOKEN.split(text)
    for index in range(0, len(parts), 2):  # every second part is a <…> that is there already
        part = parts[index].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        part = re.sub(r"(?<!\w)([@#])([\w.-]*\w)", mention, part)
        parts[index] = _LINK.sub(lambda match: f"<{match[0]}>", part)
    return "".join(parts)


def _here(hands: Hands, channel_id: str) -> Channel:
    channel = hands.slack.world.channels.get(channel_id)
    if channel is None or hands.user.id not in channel.members or channel.is_archived:
        raise NotOnScreenError(f"{hands.user.name} cannot write there")
    return channel


async def tell(hands: Hands, channel: Channel, event: Json) -> None:
    """Send an event about a channel to the app, if it is in there."""
    if hands.slack.bot.id in channel.members:
        shared = channel.is_ext_shared
        await hands.courier.tell(events.envelope(hands.slack.world, event, is_ext_shared=shared))


async def write(hands: Hands, channel_id: str, text: str, thread_ts: str | None, *, broadcast: bool) -> Json:
    """Write a message; naming the app sends app_mention beside the message event."""
    world = hands.slack.world
    channel = _here(hands, channel_id)
    sent = as_sent(world, text, labels=False)
    message = messages.post(world, channel, hands.user, text=sent, thread_ts=thread_ts, broadcast=broadcast)
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_posted(world, channel, message))
    if f"<@{world.bot_user_id}>" in sent:
        await tell(hands, channel, events.app_mention(channel, message))
    return shown(message, channel)


def _own(hands: Hands, channel: Channel, ts: str) -> Json:
    message = messages.find(channel, ts)
    if message is None or message["user"] != hands.user.id:
        raise NotOnScreenError(f"{hands.user.name} wrote no such message")
    return message


async def edit(hands: Hands, channel_id: str, ts: str, text: str) -> Json:
    """Edit one's own message."""
    world = hands.slack.world
    channel = _here(hands, channel_id)
    message = _own(hands, channel, ts)
    before = messages.edit(world, message, hands.user, {"text": as_sent(world, text, labels=False)})
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_changed(world, channel, message, before))
    return shown(message, channel)


async def delete(hands: Hands, channel_id: str, ts: str) -> None:
    """Delete one's own message."""
    channel = _here(hands, channel_id)
    message = _own(hands, channel, ts)
    before = dict(message)
    tombstone = messages.delete(channel, message)
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_deleted(hands.slack.world, channel, before, tombstone))
