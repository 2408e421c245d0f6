"""What is said in channels: posting, editing, deleting, threads, and what of it an app may read."""

import copy
from typing import Any

from bot.sandbox.slack.forms import elements, nested
from bot.sandbox.slack.world import Channel, Json, User, World

THREAD_FACTS = ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply", "subscribed")


def with_ids(world: World, blocks: list[Json]) -> list[Json]:
    """The blocks as Slack keeps them: every block has a block_id and every element that acts an action_id."""
    kept: list[Json] = copy.deepcopy(blocks)
    for block in kept:
        for one in (block, *nested(block)):
            one.setdefault("block_id", world.new_id("b"))
    for _, element in elements(kept):
        element.setdefault("action_id", world.new_id("a"))
    return kept


def find(channel: Channel, ts: str) -> Json | None:
    """The stored message with this ts."""
    return next((message for message in channel.messages if message["ts"] == ts), None)


def is_root(message: Json) -> bool:
    """Whether the message stands in the channel itself, and not only in a thread."""
    in_thread = message.get("thread_ts", message["ts"]) != message["ts"]
    return not in_thread or message.get("subtype") == "thread_broadcast"


def roots(channel: Channel) -> list[Json]:
    """What the channel shows, oldest first."""
    return [message for message in channel.messages if is_root(message)]


def thread(channel: Channel, ts: str) -> list[Json]:
    """The message `ts` and its replies, oldest first."""
    return [message for message in channel.messages if ts in (message["ts"], message.get("thread_ts"))]


def post(
    world: World,
    channel: Channel,
    author: User,
    *,
    text: str = "",
    blocks: list[Json] | None = None,
    thread_ts: str | None = None,
    broadcast: bool = False,
    **more: Any,
) -> Json:
    """Store a message and return it. If the root of `thread_ts` is gone it lands in the channel itself."""
    ts = world.new_ts()
    message: Json = {"type": "message", "user": author.id, "text": text, "ts": ts, "team": author.team_id}
    if author.bot_id:
        profile = world.profile_of_bot(author)
        message |= {"bot_id": author.bot_id, "app_id": profile["app_id"], "bot_profile": profile}
    else:
        message["client_msg_id"] = world.new_id("client-")
    if blocks:
        message["blocks"] = with_ids(world, blocks)
    message |= {key: value for key, value in more.items() if value}
    root = find(channel, thread_ts) if thread_ts else None
    if root is not None and root.get("subtype") != "tombstone":
        _join_thread(message, root, broadcast=broadcast)
    channel.messages.append(message)
    return message


def _join_thread(message: Json, root: Json, *, broadcast: bool) -> None:
    message |= {"thread_ts": root["ts"], "parent_user_id": root["user"]}
    if broadcast:
        message["subtype"] = "thread_broadcast"
        message["root"] = {key: value for key, value in root.items() if key != "blocks"}
    users = [*root.get("reply_users", []), message["user"]]
    root |= {
        "thread_ts": root["ts"],
        "reply_count": root.get("reply_count", 0) + 1,
        "reply_users": list(dict.fromkeys(users)),
        "reply_users_count": len(set(users)),
        "latest_reply": message["ts"],
        "subscribed": True,
    }


def edit(world: World, message: Json, editor: User, changed: Json) -> Json:
    """Change a stored message in place and return how it was before; a value None takes the field away."""
    before: Json = copy.deepcopy(message)
    for key, value in changed.items():
        if value is None:
            message.pop(key, None)
        else:
            message[key] = with_ids(world, value) if key == "blocks" else value
    message["edited"] = {"user": editor.id, "ts": world.new_ts()}
    return before


def delete(channel: Channel, message: Json) -> Json | None:
    """Take a message away. A root with replies leaves a tombstone, which is returned: its thread lives on."""
    if message.get("reply_count"):
        kept = {key: message[key] for key in ("type", "ts", *THREAD_FACTS) if key in message}
        text = "This message was deleted."
        message.clear()
        message |= {**kept, "subtype": "tombstone", "user": "USLACKBOT", "text": text, "hidden": True}
        return message
    channel.messages.remove(message)
    root = find(channel, message.get("thread_ts", ""))
    if root is not None and "reply_count" in root:
        root["reply_count"] -= 1
    return None


def visible(message: Json, *, metadata: bool) -> Json:
    """The message as the history methods return it: metadata only when it was asked for."""
    shown: Json = copy.deepcopy(message)
    if not metadata:
        shown.pop("metadata", None)
    return shown
