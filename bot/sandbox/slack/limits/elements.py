"""Limits of texts, options, confirmations and of every element of a block (Slack docs, block-kit)."""

from typing import Any

from bot.sandbox.slack.limits.rules import (
    Findings,
    Rule,
    both,
    by_type,
    each,
    flag,
    number,
    one_of,
    shape,
    string,
    url,
)


def plain(most: int) -> Rule:
    """A plain_text object."""
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": flag})})


def text(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    mrkdwn = shape({"text": string(most)}, {"verbatim": flag})
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": flag}), "mrkdwn": mrkdwn})


ID = string(255)
USER = string(50, pattern=r"[UW][A-Z0-9]+")
CONVERSATION = string(50)
CHANNEL = string(50, pattern=r"[CG][A-Z0-9]+")
DECIMAL = string(50, pattern=r"-?[0-9]+(\.[0-9]+)?")
DATE = string(10, pattern=r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
TIME = string(5, pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]")
STYLE = one_of("primary", "danger")

CONFIRM = shape({"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE})
OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
OVERFLOW_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": url()})
CHOICE = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
GROUP = shape({"label": plain(75), "options": each(OPTION, 100)})
OPTIONS_ANSWER = shape(
    {},
    {"options": each(OPTION, 100, least=0), "option_groups": each(GROUP, 100, least=0)},
    exactly_one_of=("options", "option_groups"),
)
SLACK_FILE = shape({}, {"id": string(50), "url": url()}, exactly_one_of=("id", "url"))
IMAGE = shape(
    {"alt_text": string(2000)},
    {"image_url": url(), "slack_file": SLACK_FILE},
    exactly_one_of=("image_url", "slack_file"),
)
DISPATCH = shape({"trigger_actions_on": each(one_of("on_enter_pressed", "on_character_entered"), 2)})
CONVERSATION_FILTER = shape(
    {},
    {
        "include": each(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    any_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

_acts: dict[str, Rule] = {"action_id": ID}
_chosen: dict[str, Rule] = {**_acts, "confirm": CONFIRM, "focus_on_load": flag}
_menu: dict[str, Rule] = {**_chosen, "placeholder": plain(150)}
_many: dict[str, Rule] = {**_menu, "max_selected_items": number(1, whole=True)}
_typed: dict[str, Rule] = {
    **_acts,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
}
_lists: dict[str, Rule] = {"options": each(OPTION, 100), "option_groups": each(GROUP, 100)}


def _initial_among_options(value: Any, path: str, findings: Findings) -> None:
    if not isinstance(value, dict):
        return
    groups = value.get("option_groups") or []
    offered = [*(value.get("options") or []), *(one for group in groups for one in group.get("options", []))]
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    if any(one not in offered for one in chosen):
        findings.add(path, "initial option must exactly match one of the provided options")


def _static(more: dict[str, Rule]) -> Rule:
    return both(shape({}, {**_lists, **more}, exactly_one_of=("options", "option_groups")), _initial_among_options)


BUTTON_MAY: dict[str, Rule] = {
    **_acts,
    "url": url(),
    "value": string(2000),
    "style": STYLE,
    "confirm": CONFIRM,
    "accessibility_label": string(75),
}
FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

ELEMENTS: dict[str, Rule] = {
    "image": IMAGE,
    "button": shape({"text": plain(75)}, BUTTON_MAY),
    "overflow": shape({"options": each(OVERFLOW_OPTION, 5)}, {**_acts, "confirm": CONFIRM}),
    "checkboxes": both(
        shape({"options": each(CHOICE, 10)}, {**_chosen, "initial_options": each(CHOICE, 10)}),
        _initial_among_options,
    ),
    "radio_buttons": both(
        shape({"options": each(CHOICE, 10)}, {**_chosen, "initial_option": CHOICE}), _initial_among_options
    ),
    "datepicker": shape({}, {**_menu, "initial_date": DATE}),
    "timepicker": shape({}, {**_menu, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": shape({}, {**_chosen, "initial_date_time": number(10**9, 10**10 - 1, whole=True)}),
    "plain_text_input": shape(
        {},
        {
            **_typed,
            "initial_value": string(3000, least=0),
            "multiline": flag,
            "min_length": number(0, 3000, whole=True),
            "max_length": number(1, 3000, whole=True),
        },
    ),
    "email_text_input": shape({}, {**_typed, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**_typed, "initial_value": string(3000)}),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {**_typed, "initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
    ),
    "rich_text_input": shape({}, {**_typed, "initial_value": shape({"elements": each(shape({}, {}), least=0)})}),
    "file_input": shape({}, {**_acts, "filetypes": each(string(20)), "max_files": number(1, 10, whole=True)}),
    "static_select": _static({**_menu, "initial_option": OPTION}),
    "external_select": shape({}, {**_menu, "initial_option": OPTION, "min_query_length": number(0, whole=True)}),
    "users_select": shape({}, {**_menu, "initial_user": USER}),
    "conversations_select": shape(
        {},
        {
            **_menu,
            "initial_conversation": CONVERSATION,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "channels_select": shape({}, {**_menu, "initial_channel": CHANNEL, "response_url_enabled": flag}),
    "multi_static_select": _static({**_many, "initial_options": each(OPTION)}),
    "multi_external_select": shape(
        {}, {**_many, "initial_options": each(OPTION), "min_query_length": number(0, whole=True)}
    ),
    "multi_users_select": shape({}, {**_many, "initial_users": each(USER)}),
    "multi_conversations_select": shape(
        {},
        {
            **_many,
            "initial_conversations": each(CONVERSATION),
            "default_to_current_conversation": flag,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "multi_channels_select": shape({}, {**_many, "initial_channels": each(CHANNEL)}),
    "feedback_buttons": shape({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, _acts),
    "icon_button": shape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            **_acts,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": each(USER),
        },
    ),
}
_MENUS = tuple(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
IN_ACTIONS = ("button", "overflow", "datetimepicker", *_PICKERS, *_MENUS)
IN_SECTION = ("button", "overflow", "image", *_PICKERS, *_MENUS)
IN_INPUT = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    "datetimepicker",
    *_PICKERS,
    *_MENUS,
)
