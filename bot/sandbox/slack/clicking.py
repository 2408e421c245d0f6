"""A person who clicks: buttons, menus and pickers in a message, a modal or the App Home."""

import copy
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.choosing import choose
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.forms import STATE_KEYS, TEXT_INPUTS, elements, options_of, problem_with, state_of
from bot.sandbox.slack.hands import Hands, Where
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.world import Json, User

BUTTONS = ("button", "icon_button", "feedback_buttons")
FEEDBACK = ("positive_button", "negative_button")


async def click(
    hands: Hands, where: Where, action_id: str, value: Any, *, block_id: str | None = None, confirm: bool = True
) -> Result:
    """Click or choose. `value` tells buttons of one action_id apart, or is what was chosen or typed.

    `block_id` tells elements of one action_id apart that stand in several blocks.
    """
    place = hands.place(where)
    is_view = "hash" in place
    found = [(block, one) for block, one in elements(place.get("blocks", [])) if _is_shown(one, hands.user)]
    block, element = _element([at for at in found if block_id in (None, at[0]["block_id"])], action_id, value)
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


def _is_shown(element: Json, user: User) -> bool:
    return user.id in element.get("visible_to_user_ids", [user.id])


def _element(found: list[tuple[Json, Json]], action_id: str, value: Any) -> tuple[Json, Json]:
    same = [(block, one) for block, one in found if one.get("action_id") == action_id]
    if not same:
        known = ", ".join(str(one.get("action_id")) for _, one in found)
        raise NotOnScreenError(f"there is no {action_id!r} here (there are: {known or 'none'})")
    if value is None:
        return same[0]
    for block, one in same:
        values = [one[name].get("value") for name in FEEDBACK if name in one] or [one.get("value")]
        if one["type"] not in BUTTONS or value in values:
            return block, one
    raise NotOnScreenError(f"no {action_id!r} has the value {value!r}")


async def _action(hands: Hands, place: Json, block: Json, element: Json, value: Any) -> Json:
    """The entry of `actions`; a choice stays in the view or message."""
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": hands.slack.world.new_ts(),
    }
    if kind in BUTTONS:
        button = _feedback(element, value) if kind == "feedback_buttons" else element
        return action | {key: copy.deepcopy(button[key]) for key in ("text", "value", "style", "url") if key in button}
    if kind == "overflow":
        chosen = state_of({"type": "radio_buttons"}, value, options_of(element))["selected_option"]
        if chosen is None:
            raise NotOnScreenError(f"choose one of the options of {element['action_id']!r}")
        return action | {"selected_option": chosen}
    if kind not in STATE_KEYS or kind == "file_input":
        raise NotOnScreenError(f"{kind} cannot be clicked")
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise NotOnScreenError(f"{element['action_id']!r} does not tell the app: fill it and submit")
    state = await choose(hands, place, block, element, value)
    problem = None if kind in TEXT_INPUTS else problem_with(element, state[STATE_KEYS[kind][0]])
    if problem:
        raise NotOnScreenError(problem)
    hands.put(place, block, element, state)
    return action | state


def _feedback(element: Json, value: Any) -> Json:
    for name in FEEDBACK:
        button: Json = element[name]
        if button.get("value") == value:
            return button
    raise NotOnScreenError(f"say which button of {element['action_id']!r} by its value")
