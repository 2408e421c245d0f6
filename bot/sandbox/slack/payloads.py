"""The bodies of commands, clicks, submissions and shortcuts, as Slack words them."""

import copy
from typing import Any

from bot.sandbox.slack.forms import keep_state
from bot.sandbox.slack.modals import Trigger
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Channel, Json, User


def _interaction(slack: Workspace, user: User, kind: str) -> Json:
    world = slack.world
    return {
        "type": kind,
        "team": {"id": world.team_id, "domain": world.team_domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": world.app_id,
        "token": "stand-in",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(
    slack: Workspace,
    user: User,
    channel: Channel,
    words: tuple[str, str],
    trigger: Trigger,
    response_url: str,
) -> Json:
    """The form fields of a slash command; `words` are the command and its text."""
    return {
        "token": "stand-in",
        "team_id": slack.world.team_id,
        "team_domain": slack.world.team_domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": words[0],
        "text": words[1],
        "api_app_id": slack.world.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger.id,
    }


def click_in_view(slack: Workspace, user: User, view: Json, action: Json, trigger: Trigger) -> Json:
    """A block_actions payload from a modal or from the App Home."""
    return {
        **_interaction(slack, user, "block_actions"),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": trigger.id,
        "view": copy.deepcopy(view),
        "actions": [action],
    }


def click_in_message(
    slack: Workspace, user: User, message: Json, action: Json, trigger: Trigger, response_url: str
) -> Json:
    """A block_actions payload from a message. An ephemeral one is not repeated in it, as Slack does not."""
    channel = slack.world.channels[message["channel"]]
    ephemeral = message.get("is_ephemeral", False)
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    chosen = slack.chosen.get((user.id, message["ts"]), {})
    payload = {
        **_interaction(slack, user, "block_actions"),
        "container": container,
        "trigger_id": trigger.id,
        "channel": {"id": channel.id, "name": channel.name},
        "state": {"values": keep_state(message.get("blocks", []), chosen)},
        "response_url": response_url,
        "actions": [action],
    }
    if not ephemeral:
        payload["message"] = without_channel(message)
    return payload


def without_channel(message: Json) -> Json:
    """The message as Slack sends it: our own mark of its channel taken off."""
    return {key: copy.deepcopy(value) for key, value in message.items() if key != "channel"}


def submission(slack: Workspace, user: User, view: Json, trigger: Trigger, response_urls: list[Json]) -> Json:
    """A view_submission payload."""
    return {
        **_interaction(slack, user, "view_submission"),
        "trigger_id": trigger.id,
        "view": copy.deepcopy(view),
        "response_urls": response_urls,
    }


def closed(slack: Workspace, user: User, view: Json, *, is_cleared: bool) -> Json:
    """A view_closed payload."""
    return {
        **_interaction(slack, user, "view_closed"),
        "view": copy.deepcopy(view),
        "is_cleared": is_cleared,
    }


def suggestion(slack: Workspace, user: User, place: Json, block: Json, element: Json, query: str) -> Json:
    """A block_suggestion payload: an external menu asks for its options. `place` is a view or a message."""
    payload = {
        **_interaction(slack, user, "block_suggestion"),
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": query,
    }
    if "hash" in place:
        return payload | {"container": {"type": "view", "view_id": place["id"]}, "view": copy.deepcopy(place)}
    channel = slack.world.channels[place["channel"]]
    container = {
        "type": "message",
        "message_ts": place["ts"],
        "channel_id": channel.id,
        "is_ephemeral": place.get("is_ephemeral", False),
    }
    named = {"id": channel.id, "name": channel.name}
    return payload | {"container": container, "channel": named, "message": without_channel(place)}


def shortcut(slack: Workspace, user: User, callback_id: str, trigger: Trigger) -> Json:
    """A global shortcut."""
    return {
        **_interaction(slack, user, "shortcut"),
        "callback_id": callback_id,
        "trigger_id": trigger.id,
        "action_ts": slack.world.new_ts(),
    }


def message_shortcut(
    slack: Workspace, user: User, callback_id: str, message: Json, trigger: Trigger, response_url: str
) -> Json:
    """A message shortcut."""
    channel = slack.world.channels[message["channel"]]
    more: dict[str, Any] = {
        "callback_id": callback_id,
        "trigger_id": trigger.id,
        "action_ts": slack.world.new_ts(),
        "message_ts": message["ts"],
        "message": without_channel(message),
        "channel": {"id": channel.id, "name": channel.name},
        "response_url": response_url,
    }
    return {**_interaction(slack, user, "message_action"), **more}
