"""All that can be seen in the workspace at a moment, as plain JSON for a page or a test."""

import copy

from bot.sandbox.slack import reading
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Channel, Json, User


def snapshot(slack: Workspace) -> Json:
    """Channels with threads, ephemeral messages, open views, homes, and the app itself.

    Messages are copied one level deep: what lies in them is replaced when they are edited, never changed.
    """
    modals = slack.modals
    return {
        "channels": {channel.id: _channel(slack, channel) for channel in slack.world.channels.values()},
        "people": {user.id: _person(user) for user in slack.world.users.values()},
        "ephemerals": {user_id: [dict(one) for one in mine] for user_id, mine in slack.ephemerals.items()},
        "chosen": _chosen(slack),
        "views": {user_id: [_view(view) for view in stack] for user_id, stack in modals.stacks.items()},
        "homes": {user_id: _view(home) for user_id, home in modals.homes.items()},
        "form_errors": {view_id: dict(words) for view_id, words in modals.errors.items() if words},
        "form_problems": dict(modals.problems),
        "app": _app(slack),
        "changes": slack.changes.count,
    }


def _channel(slack: Workspace, channel: Channel) -> Json:
    return {
        "name": channel.name,
        "kind": channel.kind,
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
        "members": list(channel.members),
        "messages": [{**message, "channel": channel.id} for message in channel.messages],
        **reading.state(slack.world, channel),
    }


def _person(user: User) -> Json:
    return dict(vars(user))


def _view(view: Json) -> Json:
    return {**view, "state": copy.deepcopy(view["state"])}


def _chosen(slack: Workspace) -> Json:
    """User id -> ts -> values that this person has chosen in a message, as in a view's state."""
    chosen: Json = {}
    for (user_id, ts), values in slack.chosen.items():
        chosen.setdefault(user_id, {})[ts] = copy.deepcopy(values)
    return chosen


def _app(slack: Workspace) -> Json:
    """What the manifest declares. Without one there is nothing to list, and both tabs are there."""
    app = slack.manifest
    return {
        "name": app.name if app else slack.bot.real_name,
        "bot_user": slack.bot.id,
        "app_id": slack.world.app_id,
        "commands": [dict(vars(one)) for one in app.commands] if app else [],
        "shortcuts": [dict(vars(one)) for one in app.shortcuts] if app else [],
        "home_tab": app.home_tab if app else True,
        "messages_tab": app.messages_tab if app else True,
    }
