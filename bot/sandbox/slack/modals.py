"""Trigger ids, each person's stack of modals, and the App Home."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.forms import first_state, keep_state
from bot.sandbox.slack.messages import with_ids
from bot.sandbox.slack.world import Json, World

STACK_MAX = 3  # Slack docs, surfaces/modals: "a modal can hold up to three views at a time"


@dataclass
class Trigger:
    """A right to open one modal for one person, for a short time. `opened` is the view it was used for."""

    id: str
    user_id: str
    expires: float
    channel_id: str | None = None
    in_modal: bool = False
    opened: str | None = None
    used: bool = False


class Modals:
    """user id -> stack of open views (last is on top); user id -> App Home.

    `errors`: view id -> block_id -> words under it; `problems`: view id -> words over the whole form. Both are
    of the last submission and of no concern to the app.
    """

    def __init__(self, world: World, trigger_seconds: float) -> None:
        self._world = world
        self._trigger_seconds = trigger_seconds
        self._triggers: dict[str, Trigger] = {}
        self.stacks: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.errors: dict[str, dict[str, str]] = {}
        self.problems: dict[str, str] = {}

    def new_trigger(self, user_id: str, *, channel_id: str | None = None, in_modal: bool = False) -> Trigger:
        """A trigger id for this person, good once and for `trigger_seconds`."""
        trigger_id = f"{self._world.new_id('')}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        expires = time.monotonic() + self._trigger_seconds
        trigger = Trigger(trigger_id, user_id, expires, channel_id, in_modal)
        self._triggers[trigger_id] = trigger
        return trigger

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger. Errors as views.open has them: invalid, exchanged or expired."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() >= trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def open(self, trigger: Trigger, view: Json) -> Json:
        """Show a view as the root of a new stack."""
        made = self._make(view, channel_id=trigger.channel_id)
        self.close(trigger.user_id)
        self.stacks[trigger.user_id] = [made]
        trigger.opened = made["id"]
        return made

    def push(self, user_id: str, view: Json) -> Json:
        """Put a view on top of the person's stack."""
        stack = self.stacks.get(user_id, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_MAX:
            raise SlackError("push_limit_reached")
        made = self._make(view, below=stack[-1])
        stack.append(made)
        return made

    def replace(self, old: Json, view: Json) -> Json:
        """Update a view in place: same id, new hash; what was typed stays where block and action ids stay."""
        typed = old["state"]["values"]
        made = self._make(view, replacing=old)
        made["state"] = {"values": keep_state(made["blocks"], typed)}
        old.clear()
        old |= made
        self.forget(old["id"])
        return old

    def publish(self, user_id: str, view: Json, expected_hash: str | None = None) -> Json:
        """Set the person's App Home."""
        old = self.homes.get(user_id)
        if old is not None and expected_hash and expected_hash != old["hash"]:
            raise SlackError("hash_conflict")
        self.homes[user_id] = self._make(view, replacing=old)
        return self.homes[user_id]

    def find(self, *, view_id: str | None = None, external_id: str | None = None) -> Json:
        """An open view or a home by one of its ids; SlackError("not_found") for one that was closed."""
        for view in self._all():
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return view
        raise SlackError("not_found")

    def close(self, user_id: str, view: Json | None = None) -> None:
        """Take one view off a person's screen, or all."""
        stack = self.stacks.get(user_id, [])
        for one in [view] if view is not None else list(stack):
            stack.remove(one)
            self.forget(one["id"])

    def forget(self, view_id: str, block_id: str | None = None) -> None:
        """Take away what stands under one input of a form, or all that was said of the form."""
        if block_id is not None:
            self.errors.get(view_id, {}).pop(block_id, None)
        else:
            self.errors.pop(view_id, None)
            self.problems.pop(view_id, None)

    def _all(self) -> list[Json]:
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def _make(
        self,
        view: Json,
        *,
        below: Json | None = None,
        replacing: Json | None = None,
        channel_id: str | None = None,
    ) -> Json:
        external_id = view.get("external_id", "")
        for other in self._all():
            if external_id and other["external_id"] == external_id and other is not replacing:
                raise SlackError("duplicate_external_id")
        blocks = with_ids(self._world, view["blocks"])
        view_id = replacing["id"] if replacing else self._world.new_id("V")
        previous: Any = replacing["previous_view_id"] if replacing else (below["id"] if below else None)
        root = replacing["root_view_id"] if replacing else (below["root_view_id"] if below else view_id)
        return {
            "id": view_id,
            "team_id": self._world.team_id,
            "type": view["type"],
            "blocks": blocks,
            "private_metadata": view.get("private_metadata", ""),
            "callback_id": view.get("callback_id", ""),
            "state": {"values": first_state(blocks, channel_id=channel_id)},
            "hash": f"{int(self._world.now())}.{secrets.token_hex(4)}",
            "title": view.get("title"),
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "close": view.get("close"),
            "submit": view.get("submit"),
            "previous_view_id": previous,
            "root_view_id": root,
            "app_id": self._world.app_id,
            "external_id": external_id,
            "app_installed_team_id": self._world.team_id,
            "bot_id": self._world.bot_id,
        }
