"""conversations.*: which channels there are, who is in them, what was said in them."""

from typing import Any

from bot.sandbox.slack import messages, reading
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.web_api.method import Kind, Method
from bot.sandbox.slack.web_api.pages import page
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import SCOPE_PLACE, Channel, Json

_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_HISTORY: dict[str, Kind] = {
    "channel": "text",
    "cursor": "text",
    "limit": "number",
    "oldest": "text",
    "latest": "text",
    "inclusive": "flag",
    "include_all_metadata": "flag",
}


def _as_json(slack: Workspace, channel: Channel) -> Json:
    return channel.as_json(slack.bot.id, slack.world.team_id)


def _info(slack: Workspace, args: Json) -> Json:
    channel = slack.world.channel(args["channel"])
    body = _as_json(slack, channel)
    if args.get("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def _list(slack: Workspace, args: Json) -> Json:
    types = args.get("types") or ["public_channel"]
    if unknown := [one for one in types if one not in _TYPES]:
        raise SlackError("invalid_types", *unknown)
    kinds = [_TYPES[one] for one in types]
    for kind in kinds:
        slack.require_scope(f"{SCOPE_PLACE.get(kind, kind)}:read")
    found = [
        channel
        for channel in slack.world.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or slack.bot.id in channel.members)
        and not (args.get("exclude_archived") and channel.is_archived)
    ]
    some, following = page(found, args)
    return {"channels": [_as_json(slack, channel) for channel in some], "response_metadata": following}


def _members(slack: Workspace, args: Json) -> Json:
    some, following = page(slack.world.channel(args["channel"]).members, args)
    return {"members": some, "response_metadata": following}


def _readable(slack: Workspace, args: Json) -> Channel:
    channel = slack.world.channel(args["channel"])
    if slack.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(said: list[Json], args: Json) -> list[Json]:
    """Only messages between `oldest` and `latest`; the ends themselves only with `inclusive`."""
    bounds: dict[str, float] = {}
    for name, default in (("oldest", 0.0), ("latest", float("inf"))):
        try:
            bounds[name] = float(args.get(name, default))
        except ValueError:
            raise SlackError(f"invalid_ts_{name}") from None
    ends: list[Any] = list(bounds.values()) if args.get("inclusive") else []
    inside = []
    for message in said:
        ts = float(message["ts"])
        if bounds["oldest"] < ts < bounds["latest"] or ts in ends:
            inside.append(message)
    return inside


def _shown(said: list[Json], args: Json) -> list[Json]:
    return [messages.visible(one, metadata=args.get("include_all_metadata", False)) for one in said]


def _history(slack: Workspace, args: Json) -> Json:
    channel = _readable(slack, args)
    newest_first = _between(messages.roots(channel), args)[::-1]
    some, following = page(newest_first, args)
    more = bool(following["next_cursor"])
    body: Json = {"messages": _shown(some, args), "has_more": more, "pin_count": 0}
    return body | ({"response_metadata": following} if more else {})


def _replies(slack: Workspace, args: Json) -> Json:
    channel = _readable(slack, args)
    message = messages.find(channel, args["ts"])
    if message is None:
        raise SlackError("thread_not_found")
    root, *replies = messages.thread(channel, str(message.get("thread_ts", message["ts"])))
    some, following = page([root, *_between(replies, args)], args, default=1000)
    more = bool(following["next_cursor"])
    return {"messages": _shown(some, args), "has_more": more} | ({"response_metadata": following} if more else {})


def _open(slack: Workspace, args: Json) -> Json:
    if "channel" in args:
        return {"channel": {"id": slack.world.channel(args["channel"]).id}}
    users = args.get("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("invalid_user_combination", "[ERROR] this stand-in has no group messages")
    if slack.world.user(users[0]).deleted:
        raise SlackError("user_disabled")
    channel = slack.world.direct_message(users[0])
    return {"channel": _as_json(slack, channel) if args.get("return_im") else {"id": channel.id}}


def _join(slack: Workspace, args: Json) -> Json:
    channel = slack.world.channel(args["channel"])
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    already = slack.bot.id in channel.members
    reading.come_in(slack.world, channel, slack.bot.id)
    body: Json = {"channel": _as_json(slack, channel)}
    return body | ({"warning": "already_in_channel"} if already else {})


METHODS = {
    "conversations.info": Method(
        _info,
        {"channel": "text", "include_locale": "flag", "include_num_members": "flag"},
        ("channel",),
        "{place}:read",
    ),
    "conversations.list": Method(
        _list, {"types": "words", "exclude_archived": "flag", "cursor": "text", "limit": "number"}
    ),
    "conversations.members": Method(
        _members, {"channel": "text", "cursor": "text", "limit": "number"}, ("channel",), "{place}:read"
    ),
    "conversations.history": Method(_history, _HISTORY, ("channel",), "{place}:history"),
    "conversations.replies": Method(_replies, {**_HISTORY, "ts": "text"}, ("channel", "ts"), "{place}:history"),
    "conversations.open": Method(
        _open,
        {"channel": "text", "users": "words", "return_im": "flag", "prevent_creation": "flag"},
        scope="im:write",
    ),
    "conversations.join": Method(_join, {"channel": "text"}, ("channel",), "channels:join"),
}
