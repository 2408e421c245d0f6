"""The events of the Events API, as Slack words them."""

import copy

from bot.sandbox.slack.world import CHANNEL_TYPE, Channel, Json, User, World


def envelope(world: World, event: Json, *, is_ext_shared: bool = False) -> Json:
    """The `event_callback` around an event; its event_id stays the same when it is sent again."""
    authorization: Json = {
        "enterprise_id": None,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "stand-in",
        "team_id": world.team_id,
        "context_team_id": world.team_id,
        "context_enterprise_id": None,
        "api_app_id": world.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": is_ext_shared,
        "event_context": world.new_id("4-context-"),
    }


def subscription(event: Json) -> str:
    """The name under which an app subscribes to this event, e.g. "message.channels"."""
    kind: str = event["type"]
    if kind != "message":
        return kind
    place = {"channel": "channels", "group": "groups", "im": "im"}[event["channel_type"]]
    return f"message.{place}"


def _in(channel: Channel, ts: str) -> Json:
    return {"channel": channel.id, "channel_type": CHANNEL_TYPE[channel.kind], "event_ts": ts}


def message_posted(_world: World, channel: Channel, message: Json) -> Json:
    """Somebody, or the app itself, wrote a message."""
    return {**copy.deepcopy(message), **_in(channel, message["ts"])}


def app_mention(channel: Channel, message: Json) -> Json:
    """Somebody named the app; comes beside the message event, with an event_id of its own."""
    event = {
        **copy.deepcopy(message),
        "channel": channel.id,
        "event_ts": message["ts"],
        "type": "app_mention",
    }
    event.pop("subtype", None)
    return event


def message_changed(world: World, channel: Channel, message: Json, before: Json) -> Json:
    """A message was edited."""
    ts = world.new_ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": copy.deepcopy(message),
        "previous_message": copy.deepcopy(before),
        "ts": ts,
        **_in(channel, ts),
    }


def message_deleted(world: World, channel: Channel, before: Json, tombstone: Json | None) -> Json:
    """A message was deleted; a root with replies is not deleted but changed into a tombstone."""
    if tombstone is not None:
        return message_changed(world, channel, tombstone, before)
    ts = world.new_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": before["ts"],
        "previous_message": copy.deepcopy(before),
        "ts": ts,
        **_in(channel, ts),
    }


def home_opened(world: World, user: User, channel: Channel, home: Json | None) -> Json:
    """A person opened the Home tab of the app."""
    event: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": "home"}
    event["event_ts"] = world.new_ts()
    if home is not None:
        event["view"] = copy.deepcopy(home)
    return event


def user_change(world: World, user: User) -> Json:
    """The profile or the rights of a person changed."""
    ts = world.new_ts()
    profile = user.as_json(include_locale=True)
    return {"type": "user_change", "user": profile, "cache_ts": int(float(ts)), "event_ts": ts}


def member_joined(world: World, channel: Channel, user: User, inviter: str | None) -> Json:
    """A person came into a channel."""
    event = _membership("member_joined_channel", world, channel, user)
    return event | ({"inviter": inviter} if inviter else {})


def member_left(world: World, channel: Channel, user: User) -> Json:
    """A person, or the app, left a channel or was removed from it."""
    return _membership("member_left_channel", world, channel, user)


def _membership(kind: str, world: World, channel: Channel, user: User) -> Json:
    return {
        "type": kind,
        "user": user.id,
        "team": user.team_id,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == "private" else "C",
        "event_ts": world.new_ts(),
    }


def channel_created(world: World, channel: Channel) -> Json:
    """Somebody made a public channel; told to every app, in it or not."""
    about = {"id": channel.id, "name": channel.name, "created": channel.created, "creator": channel.creator}
    return {"type": "channel_created", "channel": about, "event_ts": world.new_ts()}


def channel_archived(world: World, channel: Channel, user: User) -> Json:
    """Somebody archived a channel."""
    kind = "group_archive" if channel.kind == "private" else "channel_archive"
    event: Json = {"type": kind, "channel": channel.id, "user": user.id, "event_ts": world.new_ts()}
    return event | ({"is_moved": 0} if kind == "channel_archive" else {})


def group_members_changed(world: World, group_id: str, added: list[str], removed: list[str]) -> Json:
    """The members of a user group changed."""
    ts = world.new_ts()
    return {
        "type": "subteam_members_changed",
        "subteam_id": group_id,
        "team_id": world.team_id,
        "date_previous_update": int(float(ts)),
        "date_update": int(float(ts)),
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
        "event_ts": ts,
    }
