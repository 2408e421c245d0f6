"""A person who writes: messages, thread replies, edits, deletions, each followed by its event to the app."""

import re

from bot.sandbox.slack import events, messages, reading
from bot.sandbox.slack.composing import named, rich_text
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.hands import Hands
from bot.sandbox.slack.workspace import Workspace, shown
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
        part = escaped(parts[index])
        part = re.sub(r"(?<!\w)([@#])([\w.-]*\w)", mention, part)
        parts[index] = _LINK.sub(lambda match: f"<{match[0]}>", part)
    return "".join(parts)


def escaped(text: str) -> str:
    """Text with Slack's three escapes and nothing else, as in commands without should_escape."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_box(hands: Hands, channel_id: str) -> Channel:
    """A channel where this person has a box to write in; also commands are typed there."""
    channel = hands.channel(channel_id)
    if channel.is_archived:
        raise NotOnScreenError("this channel is archived")
    app = hands.slack.manifest
    if channel.kind == "im" and app is not None and (not app.messages_tab or app.messages_tab_read_only):
        raise NotOnScreenError("Sending messages to this app has been turned off.")
    return channel


def dismiss(slack: Workspace, user_id: str, ts: str) -> None:
    """Take an ephemeral message off one person's screen; nobody is told."""
    mine = slack.ephemerals.get(user_id, [])
    message = next((one for one in mine if one["ts"] == ts), None)
    if message is None:
        raise NotOnScreenError("this message is gone")
    mine.remove(message)
    slack.changes.ring()


async def tell(hands: Hands, channel: Channel, event: Json) -> None:
    """Send an event about a channel to the app, if it is in there."""
    if hands.slack.bot.id in channel.members:
        shared = channel.is_ext_shared
        await hands.courier.tell(events.envelope(hands.slack.world, event, is_ext_shared=shared))


async def write(hands: Hands, channel_id: str, text: str, thread_ts: str | None, *, broadcast: bool) -> Json:
    """Write a message; naming the app sends app_mention beside the message event."""
    world = hands.slack.world
    channel = message_box(hands, channel_id)
    content = _content(hands, text)
    message = messages.post(world, channel, hands.user, **content, thread_ts=thread_ts, broadcast=broadcast)
    _catch_up(channel, message)
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_posted(world, channel, message))
    if f"<@{world.bot_user_id}>" in message["text"]:
        await tell(hands, channel, events.app_mention(channel, message))
    return shown(message, channel)


def _content(hands: Hands, text: str) -> Json:
    """What a message holds: its text, and of what a person types the rich text that says the same."""
    sent = as_sent(hands.slack.world, text, labels=False)
    if hands.user.bot_id:
        return {"text": sent}
    sent = named(sent)
    return {"text": sent, "blocks": [rich_text(sent)]}


def _catch_up(channel: Channel, message: Json) -> None:
    """Who writes has seen what stands above."""
    if messages.is_root(message):
        reading.mark(channel, message["user"])
    if "thread_ts" in message:
        reading.mark(channel, message["user"], message["thread_ts"])


def _own(hands: Hands, channel: Channel, ts: str, *, or_admin: bool = False) -> Json:
    message = messages.find(channel, ts)
    anybodys = or_admin and (hands.user.is_admin or hands.user.is_owner)
    if message is None or message.get("subtype") == "tombstone" or not (anybodys or message["user"] == hands.user.id):
        raise NotOnScreenError(f"{hands.user.name} wrote no such message")
    return message


async def edit(hands: Hands, channel_id: str, ts: str, text: str) -> Json:
    """Edit one's own message."""
    world = hands.slack.world
    channel = message_box(hands, channel_id)
    message = _own(hands, channel, ts)
    before = messages.edit(world, message, hands.user, _content(hands, text))
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_changed(world, channel, message, before))
    return shown(message, channel)


async def delete(hands: Hands, channel_id: str, ts: str) -> None:
    """Delete one's own message, or as an admin anybody's, the app's too."""
    channel = message_box(hands, channel_id)
    message = _own(hands, channel, ts, or_admin=True)
    before = dict(message)
    tombstone = messages.delete(channel, message)
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_deleted(hands.slack.world, channel, before, tombstone))
