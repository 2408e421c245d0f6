"""What stands in the inputs of a view: first values, what a person fills in, what Slack's client refuses."""

import copy
import math
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.files import extension
from bot.sandbox.slack.world import Json

# element type -> (key of its value in view.state, key of its initial value)
STATE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", "initial_files"),
}
TEXT_INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
REQUIRED = "Please complete this required field."
WRONG_FORMAT = "This is not in the right format."
FILES_MAX = 10  # Slack docs, file_input: max_files if the element does not say
PATTERNS = {
    "email_text_input": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "url_text_input": r"https?://\S+",
    "number_input": r"-?\d+(\.\d+)?",
    "datepicker": r"\d{4}-\d\d-\d\d",
    "timepicker": r"([01]\d|2[0-3]):[0-5]\d",
}

Values = dict[str, dict[str, Json]]


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that a person can act on, with the block it stands in."""
    for block in blocks:
        if block["type"] == "input":
            yield block, block["element"]
        elif block["type"] == "actions":
            yield from ((block, element) for element in block["elements"])
        elif block.get("accessory", {}).get("type", "image") != "image":
            yield block, block["accessory"]
        elif block["type"] == "context_actions":
            yield from ((block, element) for element in block["elements"])
        elif block["type"] == "card":
            yield from ((block, element) for element in block.get("actions", []))
        else:
            yield from elements(nested(block))


def nested(block: Json) -> list[Json]:
    """The blocks that stand inside a block: of a container, or the cards of a carousel."""
    where = {"container": "child_blocks", "carousel": "elements"}.get(block["type"])
    inside: list[Json] = block[where] if where else []
    return inside


def first_state(blocks: list[Json], *, channel_id: str | None = None) -> Values:
    """The state of a view that nobody has touched. `channel_id`: the channel it was opened from."""
    values: Values = {}
    for block, element in elements(blocks):
        kind = element["type"]
        if kind not in STATE_KEYS:
            continue
        key, initial = STATE_KEYS[kind]
        nothing: Any = [] if key.endswith("s") else None
        value = copy.deepcopy(element.get(initial, nothing))
        if value is None and element.get("default_to_current_conversation"):
            value = channel_id
        elif not value and element.get("default_to_current_conversation"):
            value = [channel_id] if channel_id else []
        state: Json = {"type": kind, key: value}
        if element.get("timezone"):
            state["timezone"] = element["timezone"]
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def keep_state(blocks: list[Json], typed: Values) -> Values:
    """The state after an update: kept where block_id, action_id and type stay (Slack docs, views.update)."""
    values = first_state(blocks)
    for block, element in elements(blocks):
        old = typed.get(block["block_id"], {}).get(element.get("action_id", ""))
        if old and old["type"] == element["type"] and _still_offered(element, old):
            values[block["block_id"]][element["action_id"]] = old
    return values


def _still_offered(element: Json, state: Json) -> bool:
    offered = options_of(element)
    if "options" not in element and "option_groups" not in element:
        return True
    chosen = state.get("selected_options") or [state.get("selected_option")]
    return all(option is None or option in offered for option in chosen)


def options_of(element: Json) -> list[Json]:
    """The options of a menu, groups laid flat."""
    flat: list[Json] = list(element.get("options", []))
    for group in element.get("option_groups", []):
        flat += group["options"]
    return flat


def _pick(offered: list[Json], value: Any) -> Json:
    for option in offered:
        if value in (option, option.get("value"), option["text"]["text"]):
            return option
    choices = ", ".join(str(option.get("value")) for option in offered)
    raise NotOnScreenError(f"no such option: {value!r} (there are: {choices})")


def state_of(element: Json, value: Any, offered: list[Json] | None = None) -> Json:
    """The state object of one element after a person gave it `value`; None empties it.

    Options are named by their value or label, or given whole; people, conversations and files by their id;
    dates are "2026-01-31", times "14:30", date-times seconds or a datetime; rich text is a text or a rich_text
    block. `offered`: the options of an external menu, the people or conversations of a menu as options, the
    file objects of a file_input. Raises NotOnScreenError for what cannot be chosen.
    """
    kind = element["type"]
    if kind not in STATE_KEYS:
        raise NotOnScreenError(f"{kind} holds no value")
    key, _ = STATE_KEYS[kind]
    if key.endswith("s"):
        chosen: Any = [_held(element, one, offered) for one in value or []]
    else:
        chosen = None if value in (None, "") else _held(element, value, offered)
    state: Json = {"type": kind, key: chosen}
    return state | ({"timezone": element["timezone"]} if element.get("timezone") else {})


def _held(element: Json, value: Any, offered: list[Json] | None) -> Any:
    """What an input holds for one value."""
    kind = element["type"]
    key, _ = STATE_KEYS[kind]
    if key.startswith("selected_option"):
        return _pick(options_of(element) if offered is None else offered, value)
    if kind == "file_input" and offered is not None:
        return _file(offered, value)
    if offered is not None:
        return _pick(offered, value)["value"]
    if kind == "datetimepicker" and isinstance(value, datetime):
        return int(value.timestamp())
    if kind == "rich_text_input" and isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    if kind == "plain_text_input" and not element.get("multiline"):
        return str(value).replace("\n", " ")
    return str(value) if kind in TEXT_INPUTS else value


def _file(files: list[Json], value: Any) -> Json:
    file_id = value["id"] if isinstance(value, dict) else value
    for file in files:
        if file["id"] == file_id:
            return file
    raise NotOnScreenError(f"there is no file {file_id!r} to choose: upload it first")


def complaints(view: Json) -> dict[str, str]:
    """What Slack's client says under the inputs before it sends anything: block_id -> words."""
    found: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = view["state"]["values"][block["block_id"]][element["action_id"]]
        value = state[STATE_KEYS[element["type"]][0]]
        problem = problem_with(element, value)
        if value in (None, "", []):
            problem = None if block.get("optional") else REQUIRED
        if problem:
            found[block["block_id"]] = problem
    return found


def problem_with(element: Json, value: Any) -> str | None:
    """What Slack's client has against a value that an input holds; None if it would send it."""
    kind = element["type"]
    if isinstance(value, list):
        return _problem_with_list(element, value)
    if kind == "datetimepicker" and value is not None and not (type(value) is int and len(str(value)) == 10):
        return WRONG_FORMAT
    if kind == "rich_text_input" and value is not None and not _is_rich_text(value):
        return WRONG_FORMAT
    if not isinstance(value, str):
        return None
    if kind in PATTERNS and not re.fullmatch(PATTERNS[kind], value):
        return WRONG_FORMAT
    if kind == "datepicker" and not _is_date(value):
        return WRONG_FORMAT
    return _problem_with_text(element, value)


def _problem_with_list(element: Json, value: list[Any]) -> str | None:
    most = element.get("max_selected_items", math.inf)
    if element["type"] == "file_input":
        most = element.get("max_files", FILES_MAX)
        kinds = [kind.lower().removeprefix(".") for kind in element.get("filetypes", [])]
        if kinds and any(extension(file["name"]) not in kinds for file in value):
            return f"Only these kinds of file can be added: {', '.join(kinds)}."
    return f"Please choose at most {most}." if len(value) > most else None


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_rich_text(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "rich_text" and isinstance(value.get("elements"), list)


def _problem_with_text(element: Json, value: str) -> str | None:
    kind = element["type"]
    if kind == "number_input":
        low, high = element.get("min_value"), element.get("max_value")
        too_low, too_high = low and float(value) < float(low), high and float(value) > float(high)
        whole = element.get("is_decimal_allowed") or "." not in value
        return None if whole and not too_low and not too_high else "This number is not allowed."
    if kind == "plain_text_input" and len(value) > element.get("max_length", 3000):
        return f"This must be at most {element.get('max_length', 3000)} characters."
    if kind == "plain_text_input" and len(value) < element.get("min_length", 0):
        return f"This must be at least {element['min_length']} characters."
    return None
