"""Forms (Slack's modals): their fields, the view around them, and what a person filled in.

A field's ``action_id`` is its ``block_id`` unless told otherwise. ``dispatch`` sends a block action as soon
as the field changes. Limits and texts as in ``blocks``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bot.slack import limits
from bot.slack.blocks import Block, Element, Option, plain_text, present, section
from bot.slack.limits import counted, distinct, fitting
from bot.slack.markup import cut

View: TypeAlias = dict[str, Any]
Value: TypeAlias = str | list[str] | None

# Slack docs, "Modals": which blocks may stand in one.
_MODAL_BLOCKS = frozenset(
    {
        "actions",
        "alert",
        "card",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "video",
    }
)


# Where an element keeps what was entered, if not in "value" (Slack docs, each element's page).
_ENTERED_IN = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "file_input": "files",
    "rich_text_input": "rich_text_value",
}


def text_input(
    label: str,
    block_id: str,
    action_id: str | None = None,
    *,
    multiline: bool = False,
    max_length: int = limits.INPUT_TEXT_MAX,
    initial: str | None = None,
    placeholder: str | None = None,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A field for text. ``initial`` is cut to ``max_length``; ``dispatch`` reports every character."""
    element = present(
        type="plain_text_input",
        multiline=multiline,
        max_length=max_length,
        initial_value=cut(initial, max_length) if initial else None,
        placeholder=as_placeholder(placeholder),
        dispatch_action_config={"trigger_actions_on": ["on_character_entered"]} if dispatch else None,
    )
    return labelled(label, block_id, action_id, element, hint=hint, optional=optional, dispatch=dispatch)


def select(
    label: str,
    block_id: str,
    options: Sequence[Option],
    action_id: str | None = None,
    *,
    initial: str | None = None,
    placeholder: str | None = None,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A menu of up to 100 options. ``initial`` is the value of the option that is chosen at first."""
    element = _choice("static_select", options, initial) | present(placeholder=as_placeholder(placeholder))
    return labelled(label, block_id, action_id, element, hint=hint, optional=optional, dispatch=dispatch)


def multi_select(
    label: str,
    block_id: str,
    options: Sequence[Option],
    *,
    placeholder: str | None = None,
    hint: str | None = None,
    optional: bool = False,
) -> Block:
    """A menu of up to 100 options, of which none is chosen at first and any number may be."""
    element = _choice("multi_static_select", options) | present(placeholder=as_placeholder(placeholder))
    return labelled(label, block_id, None, element, hint=hint, optional=optional, dispatch=False)


def radio(
    label: str,
    block_id: str,
    options: Sequence[Option],
    action_id: str | None = None,
    *,
    initial: str | None = None,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """Up to ten options, all in sight, one of which is chosen."""
    element = _choice("radio_buttons", options, initial)
    return labelled(label, block_id, action_id, element, hint=hint, optional=optional, dispatch=dispatch)


def checkboxes(
    label: str,
    block_id: str,
    options: Sequence[Option],
    action_id: str | None = None,
    *,
    initial: Sequence[str] = (),
    hint: str | None = None,
    optional: bool = True,
    dispatch: bool = False,
) -> Block:
    """Up to ten options, any number of which are chosen. Not optional: at least one."""
    element = _choice("checkboxes", options, list(initial))
    return labelled(label, block_id, action_id, element, hint=hint, optional=optional, dispatch=dispatch)


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str | None = None,
    close: str | None = None,
    private_metadata: str = "",
    notify_on_close: bool = False,
) -> View:
    """The view of a form. Without ``submit`` there is nothing to send, so it may hold no fields.

    Title and buttons are not cut: Slack takes 24 characters, and we choose the words.
    """
    shown = counted(blocks, limits.VIEW_BLOCKS_MAX, "blocks")
    distinct((block["block_id"] for block in shown if "block_id" in block), "block_id")
    kinds = {block["type"] for block in shown}
    if not kinds <= _MODAL_BLOCKS:
        raise ValueError(f"a modal takes no {', '.join(sorted(kinds - _MODAL_BLOCKS))}")
    if "input" in kinds and submit is None:
        raise ValueError("a form with fields needs a submit button")
    return present(
        type="modal",
        callback_id=fitting(callback_id, limits.ID_MAX, "callback_id"),
        title=plain_text(fitting(title, limits.VIEW_TITLE_MAX, "title")),
        blocks=shown,
        submit=None if submit is None else plain_text(fitting(submit, limits.VIEW_BUTTON_MAX, "submit button")),
        close=None if close is None else plain_text(fitting(close, limits.VIEW_BUTTON_MAX, "close button")),
        private_metadata=fitting(private_metadata or None, limits.PRIVATE_METADATA_MAX, "private_metadata"),
        notify_on_close=notify_on_close or None,
    )


def notice(markup: str) -> View:
    """A form that only says something."""
    return modal("notice", "SMS desk", [section(markup)], close="Close")


def values(view: Mapping[str, Any]) -> dict[str, Value]:
    """What was filled in: ``{block_id: value}`` of the ``view`` of a submission or of a block action.

    Text, a day, a time and the value or id of what was chosen are str, several choices and files are lists
    of str, a moment is str of Unix seconds; None where nothing was entered. A block of several elements
    gives one entry per action_id instead.
    """
    found: dict[str, Value] = {}
    for block_id, elements in view.get("state", {}).get("values", {}).items():
        for action_id, element in elements.items():
            found[block_id if len(elements) == 1 else action_id] = _value(element)
    return found


def labelled(
    label: str,
    block_id: str,
    action_id: str | None,
    element: Element,
    *,
    hint: str | None,
    optional: bool,
    dispatch: bool,
) -> Block:
    """An input block around ``element``: every field of a form is one."""
    element["action_id"] = fitting(action_id or block_id, limits.ID_MAX, "action_id")
    return present(
        type="input",
        block_id=fitting(block_id, limits.ID_MAX, "block_id"),
        label=plain_text(label, limits.INPUT_LABEL_MAX),
        element=element,
        hint=None if hint is None else plain_text(hint, limits.INPUT_HINT_MAX),
        optional=optional,
        dispatch_action=dispatch,
    )


def as_placeholder(text: str | None) -> Element | None:
    """What stands in a field before anything is entered."""
    return None if text is None else plain_text(text, limits.PLACEHOLDER_MAX)


def _choice(kind: str, options: Sequence[Option], initial: str | list[str] | None = None) -> Element:
    """An element with options; ``initial``: the value, or the values, of those that are chosen at first."""
    most = limits.SELECT_OPTIONS_MAX if "select" in kind else limits.CHOICES_MAX
    return present(
        type=kind,
        options=counted(options, most, "options"),
        initial_option=_chosen(options, initial) if isinstance(initial, str) else None,
        initial_options=[_chosen(options, value) for value in initial] or None if isinstance(initial, list) else None,
    )


def _chosen(options: Sequence[Option], value: str) -> Option:
    for one in options:
        if one["value"] == value:
            return one
    raise ValueError(f"no option has the value {value!r}")


def _value(element: Mapping[str, Any]) -> Value:
    return _simple(element.get(_ENTERED_IN.get(element["type"], "value")))


def _simple(entered: Any) -> Value:
    match entered:
        case None | str():
            return entered
        case int():
            return str(entered)
        case list():
            return [item if isinstance(item, str) else item.get("value") or item["id"] for item in entered]
        case {"type": "rich_text", "elements": list(paragraphs)}:
            return "\n".join(map(_words, paragraphs))
        case {"value": str(value)}:
            return value
    raise ValueError(f"a form field holds {type(entered).__name__}, which none should")


def _words(part: Mapping[str, Any]) -> str:
    """The words of rich text, without its dress: a list has a line for each of its items."""
    if "elements" in part:
        between = "\n" if part["type"] == "rich_text_list" else ""
        return between.join(map(_words, part["elements"]))
    return str(part.get("text") or part.get("url") or part.get("name") or part.get("user_id") or "")
