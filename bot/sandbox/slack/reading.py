"""Who has read what: marks in channels and threads, and what is still unread."""

import re

from bot.sandbox.slack import messages
from bot.sandbox.slack.world import Channel, Json, User, World

NEVER = "0000000000.000000"  # Slack's own last_read of somebody who never looked
QUIET = ("channel_join", "channel_leave", "channel_archive", "tombstone")  # these make no channel bold
_MENTION = re.compile(r"<@(\w+)(?:\|[^<>]*)?>")


def come_in(world: World, channel: Channel, user_id: str) -> None:
    """Make somebody a member. Who has just come in has nothing unread there."""
    if user_id not in channel.members:
        channel.members.append(user_id)
        channel.joined[user_id] = world.new_ts()


def mark(channel: Channel, user_id: str, thread_ts: str | None = None) -> bool:
    """Note that a person has seen all that stands in a channel, or in a thread; whether that changed anything."""
    if thread_ts is None:
        seen = messages.roots(channel)
        before, last = last_read(channel, user_id), seen[-1]["ts"] if seen else NEVER
        channel.last_read[user_id] = max(before, last)
    else:
        said = messages.thread(channel, thread_ts)
        before, last = _thread_read(channel, user_id, thread_ts), said[-1]["ts"] if said else NEVER
        channel.threads_read[user_id, thread_ts] = max(before, last)
    return bool(last > before)


def last_read(channel: Channel, user_id: str) -> str:
    """The ts up to which a person has seen a channel."""
    return max(channel.last_read.get(user_id, NEVER), channel.joined.get(user_id, NEVER))


def _thread_read(channel: Channel, user_id: str, thread_ts: str) -> str:
    return max(channel.threads_read.get((user_id, thread_ts), NEVER), channel.joined.get(user_id, NEVER))


def state(world: World, channel: Channel) -> Json:
    """The marks of a channel for each of its people: `last_read`, `unread` (a count), `unread_threads` (of ts)."""
    people = [world.users[one] for one in channel.members if not world.users[one].is_bot]
    roots = messages.roots(channel)
    threads = _threads(channel)
    return {
        "last_read": {user.id: last_read(channel, user.id) for user in people},
        "unread": {user.id: _unread(channel, roots, user) for user in people},
        "unread_threads": {
            user.id: [ts for ts, said in threads.items() if _is_unread(world, channel, ts, said, user)]
            for user in people
        },
    }


def _unread(channel: Channel, roots: list[Json], user: User) -> int:
    count, read = 0, last_read(channel, user.id)
    for message in reversed(roots):
        if message["ts"] <= read:
            break
        count += message["user"] != user.id and message.get("subtype") not in QUIET
    return count


def _threads(channel: Channel) -> dict[str, list[Json]]:
    threads: dict[str, list[Json]] = {}
    for message in channel.messages:
        if "thread_ts" in message:
            threads.setdefault(message["thread_ts"], []).append(message)
    return threads


def _is_unread(world: World, channel: Channel, ts: str, said: list[Json], user: User) -> bool:
    """Whether others have answered since, in a thread that concerns this person."""
    read = _thread_read(channel, user.id, ts)
    if not any(one["user"] != user.id for one in said if one["ts"] > max(read, ts)):
        return False
    wrote = any(one["user"] == user.id for one in said)
    by_app = said[0]["ts"] == ts and said[0]["user"] == world.bot_user_id
    return wrote or by_app or any(user.id in _mentioned(one) for one in said)


def _mentioned(thing: object) -> set[str]:
    """The ids of all who are named in a message, in its text or anywhere in its blocks."""
    if isinstance(thing, str):
        return set(_MENTION.findall(thing))
    if isinstance(thing, dict):
        named = {thing["user_id"]} if thing.get("type") == "user" and "user_id" in thing else set()
        return named.union(*(_mentioned(value) for value in thing.values()))
    if isinstance(thing, list):
        return set().union(*(_mentioned(value) for value in thing))
    return set()
