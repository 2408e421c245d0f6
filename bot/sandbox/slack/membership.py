"""Who comes into channels and who goes, and channels that people make and archive."""

import re
from typing import Any

from bot.sandbox.slack import events, messages, reading
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.hands import Hands
from bot.sandbox.slack.speaking import tell
from bot.sandbox.slack.world import Channel, Json, User

NAME = re.compile(r"\w[\w-]{0,79}")  # Slack docs, conversations.create: at most 80, lower case, no spaces or dots


async def invite(hands: Hands, channel_id: str, user_id: str) -> None:
    """Bring a person or the app into a channel."""
    channel, user = _place(hands, channel_id), _somebody(hands, user_id)
    if user.id in channel.members:
        raise NotOnScreenError(f"{user.name} is already in this channel")
    reading.come_in(hands.slack.world, channel, user.id)
    hands.slack.changes.ring()
    await tell(hands, channel, events.member_joined(hands.slack.world, channel, user, hands.user.id))
    await _note(hands, channel, user, "channel_join", "has joined the channel", inviter=hands.user.id)


async def join(hands: Hands, channel_id: str) -> None:
    """Come into a public channel; guests are brought in by others."""
    world = hands.slack.world
    channel = world.channels.get(channel_id)
    if channel is None or channel.kind != "public" or channel.is_archived or hands.user.is_restricted:
        raise NotOnScreenError(f"{hands.user.name} cannot join this channel")
    if hands.user.id in channel.members:
        raise NotOnScreenError(f"{hands.user.name} is already in this channel")
    reading.come_in(world, channel, hands.user.id)
    hands.slack.changes.ring()
    await tell(hands, channel, events.member_joined(world, channel, hands.user, None))
    await _note(hands, channel, hands.user, "channel_join", "has joined the channel")


async def leave(hands: Hands, channel_id: str) -> None:
    """Leave a channel."""
    channel = hands.channel(channel_id)
    if channel.kind == "im":
        raise NotOnScreenError("a direct message cannot be left")
    await _go(hands, channel, hands.user)


async def remove(hands: Hands, channel_id: str, user_id: str) -> None:
    """Remove somebody, or the app, from a channel.

    From a public one an admin does it, but any member an app; from a private one any member (Slack help,
    "Remove someone from a channel").
    """
    channel, user = _place(hands, channel_id), _somebody(hands, user_id)
    if user.id not in channel.members or user.id == hands.user.id:
        raise NotOnScreenError(f"{user.name} cannot be removed from here")
    if channel.kind == "public" and not user.is_bot and not _is_admin(hands.user):
        raise NotOnScreenError(f"{hands.user.name} cannot remove people from a public channel")
    await _go(hands, channel, user)


async def _go(hands: Hands, channel: Channel, user: User) -> None:
    channel.members.remove(user.id)
    hands.slack.changes.ring()
    event = events.member_left(hands.slack.world, channel, user)
    if user.id == hands.slack.bot.id:  # it is no longer there to be told as a member
        await hands.courier.tell(events.envelope(hands.slack.world, event))
    else:
        await tell(hands, channel, event)
    await _note(hands, channel, user, "channel_leave", "has left the channel")


async def create(hands: Hands, name: str, *, private: bool) -> Json:
    """Make a channel, with its maker in it: {"id", "name"}."""
    world = hands.slack.world
    if hands.user.is_restricted:
        raise NotOnScreenError("guests cannot create channels")
    if not NAME.fullmatch(name) or name != name.lower():
        raise NotOnScreenError("Channel names can’t contain spaces, periods, or most punctuation.")
    if any(channel.name == name for channel in world.channels.values()):
        raise NotOnScreenError("That name is already taken by a channel, username, or user group.")
    kind = "private" if private else "public"
    channel = world.add_channel(world.new_id("C"), name, kind=kind, creator=hands.user.id, created=int(world.now()))
    reading.come_in(world, channel, hands.user.id)
    hands.slack.changes.ring()
    if not private:
        await hands.courier.tell(events.envelope(world, events.channel_created(world, channel)))
    return {"id": channel.id, "name": channel.name}


async def archive(hands: Hands, channel_id: str) -> None:
    """Archive a channel, as an admin or as who made it. Nobody writes there any more."""
    channel = _place(hands, channel_id)
    if not _is_admin(hands.user) and channel.creator != hands.user.id:
        raise NotOnScreenError(f"{hands.user.name} cannot archive this channel")
    channel.is_archived = True
    hands.slack.changes.ring()
    await tell(hands, channel, events.channel_archived(hands.slack.world, channel, hands.user))
    await _note(hands, channel, hands.user, "channel_archive", "archived the channel")


def _place(hands: Hands, channel_id: str) -> Channel:
    """A channel that lives and that this person may change."""
    channel = hands.channel(channel_id)
    if channel.kind == "im" or channel.is_archived:
        raise NotOnScreenError("this channel cannot be changed")
    if hands.user.is_restricted:
        raise NotOnScreenError("guests cannot change channels")
    return channel


def _somebody(hands: Hands, user_id: str) -> User:
    user = hands.slack.world.users.get(user_id)
    if user is None or user.deleted:
        raise NotOnScreenError(f"there is nobody called {user_id}")
    return user


def _is_admin(user: User) -> bool:
    return user.is_admin or user.is_owner


async def _note(hands: Hands, channel: Channel, user: User, subtype: str, words: str, **more: Any) -> None:
    """What Slack itself writes into the channel, in the name of the person."""
    world = hands.slack.world
    text = f"<@{user.id}> {words}"
    message = messages.post(world, channel, user, text=text, subtype=subtype, **more)
    hands.slack.changes.ring()
    await tell(hands, channel, events.message_posted(world, channel, message))
