"""views.*: opening, stacking and changing modals, and publishing the App Home."""

import copy
import json

from bot.sandbox.slack.content import parsed
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.limits import check_view
from bot.sandbox.slack.web_api.method import Method
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Json

VIEW_BYTES = 250_000  # Slack docs, views.open: error view_too_large


def good_view(value: object, kind: str | None = "modal") -> Json:
    """The view, checked; SlackError with invalid_arguments (naming what is wrong) or view_too_large."""
    view = parsed(value, "invalid_arguments")
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    if problems := check_view(view, kind):
        raise SlackError("invalid_arguments", *problems)
    checked: Json = view
    return checked


def _open(slack: Workspace, args: Json) -> Json:
    view = good_view(args["view"])
    trigger = slack.modals.exchange(args["trigger_id"])
    return {"view": copy.deepcopy(slack.modals.open(trigger, view))}


def _push(slack: Workspace, args: Json) -> Json:
    view = good_view(args["view"])
    trigger = slack.modals.exchange(args["trigger_id"])
    if not trigger.in_modal:
        raise SlackError("not_found")
    pushed = slack.modals.push(trigger.user_id, view)
    trigger.opened = pushed["id"]
    return {"view": copy.deepcopy(pushed)}


def _update(slack: Workspace, args: Json) -> Json:
    if "view_id" not in args and "external_id" not in args:
        raise SlackError("invalid_arguments", "[ERROR] either view_id or external_id is required")
    old = slack.modals.find(view_id=args.get("view_id"), external_id=args.get("external_id"))
    view = good_view(args["view"], old["type"])
    if "hash" in args and args["hash"] != old["hash"]:
        raise SlackError("hash_conflict")
    return {"view": copy.deepcopy(slack.modals.replace(old, view))}


def _publish(slack: Workspace, args: Json) -> Json:
    view = good_view(args["view"], "home")
    if slack.manifest is not None and not slack.manifest.home_tab:
        raise SlackError("not_enabled")
    slack.world.user(args["user_id"])
    return {"view": copy.deepcopy(slack.modals.publish(args["user_id"], view, args.get("hash")))}


METHODS = {
    "views.open": Method(_open, {"view": "json", "trigger_id": "text"}, ("view", "trigger_id")),
    "views.push": Method(_push, {"view": "json", "trigger_id": "text"}, ("view", "trigger_id")),
    "views.update": Method(
        _update, {"view": "json", "view_id": "text", "external_id": "text", "hash": "text"}, ("view",)
    ),
    "views.publish": Method(_publish, {"view": "json", "user_id": "text", "hash": "text"}, ("view", "user_id")),
}
