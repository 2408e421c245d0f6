"""A person who clicks: buttons, menus and pickers in a message, a modal or the App Home."""

import copy
from typing import Any

from bot.sandbox.slack import messages, payloads
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.forms import STATE_KEYS, elements, options_of, state_of
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.submitting import Hands, ask_options
from bot.sandbox.slack.workspace import shown
from bot.sandbox.slack.world import Json

BUTTONS = ("button", "icon_button", "feedback_buttons")


def place_of(hands: Hands, where: Json | tuple[str, str]) -> Json:
    """The message or view that is meant: a dict as it was seen, or (channel, ts) as it is now."""
    if isinstance(where, tuple):
        channel_id, ts = where
        channel = hands.slack.world.channels[channel_id]
        message = messages.find(channel, ts)
        if message is None:
            raise NotOnScreenError("this message is gone")
        return shown(message, channel)
    if "hash" in where:  # a view: what counts is the one that is open, with what is filled in
        open_views = [*hands.slack.modals.stacks.get(hands.user.id, [])]
        home = hands.slack.modals.homes.get(hands.user.id)
        current = next((one for one in [*open_views, home] if one and one["id"] == where["id"]), None)
        if current is None:
            raise NotOnScreenError("this view is closed")
        return current
    return where


async def click(hands: Hands, where: Json | tuple[str, str], action_id: str, value: Any, *, confirm: bool) -> Result:
    """Click or choose. `value` tells buttons of one action_id apart, or names the option or date chosen."""
    place = place_of(hands, where)
    is_view = "hash" in place
    if not is_view and not place.get("is_ephemeral"):
        _must_see(hands, place["channel"])
    block, element = _element(place.get("blocks", []), action_id, value)
    if element.get("confirm") and not confirm:
        return Result()
    action = await _action(hands, place, block, element, value)
    in_modal = is_view and place["type"] == "modal"
    channel_id = None if is_view else place["channel"]
    trigger = hands.slack.modals.new_trigger(hands.user.id, channel_id=channel_id, in_modal=in_modal)
    if is_view:
        payload = payloads.click_in_view(hands.slack, hands.user, place, action, trigger)
    else:
        way = hands.slack.response_urls.new(
            hands.user.id,
            place["channel"],
            message_ts=place["ts"],
            is_ephemeral=place.get("is_ephemeral", False),
        )
        url = hands.slack.base_url + way.path
        payload = payloads.click_in_message(hands.slack, hands.user, place, action, trigger, url)
    delivery = await hands.courier.send("block_actions", payload)
    return Result.of(delivery, trigger, hands.slack.modals)


def _must_see(hands: Hands, channel_id: str) -> None:
    if hands.user.id not in hands.slack.world.channels[channel_id].members:
        raise NotOnScreenError(f"{hands.user.name} is not in this channel")


def _element(blocks: list[Json], action_id: str, value: Any) -> tuple[Json, Json]:
    same = [(block, one) for block, one in elements(blocks) if one.get("action_id") == action_id]
    if not same:
        known = ", ".join(str(one.get("action_id")) for _, one in elements(blocks))
        raise NotOnScreenError(f"there is no {action_id!r} here (there are: {known or 'none'})")
    if value is None:
        return same[0]
    for block, one in same:
        if one["type"] not in BUTTONS or one.get("value") == value:
            return block, one
    raise NotOnScreenError(f"no {action_id!r} has the value {value!r}")


async def _action(hands: Hands, place: Json, block: Json, element: Json, value: Any) -> Json:
    """The entry of `actions`; a choice in a view stays in its state."""
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": hands.slack.world.new_ts(),
    }
    if kind in BUTTONS:
        return action | {
            key: copy.deepcopy(element[key]) for key in ("text", "value", "style", "url") if key in element
        }
    if kind == "overflow":
        chosen = state_of({"type": "radio_buttons"}, value, options_of(element))
        return action | {"selected_option": chosen["selected_option"]}
    if kind not in STATE_KEYS:
        raise NotOnScreenError(f"{kind} cannot be clicked")
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise NotOnScreenError(f"{element['action_id']!r} does not tell the app: fill it and submit")
    offered = None
    if kind == "external_select" and isinstance(value, str):
        offered = await ask_options(hands, place, element["action_id"], value)
    state = state_of(element, value, offered)
    if "hash" in place:
        place["state"]["values"][block["block_id"]][element["action_id"]] = state
    return action | state
