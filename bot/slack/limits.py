"""How much Slack takes, and the checks that refuse our own mistakes before Slack does.

Each limit is from the page of that name in Slack docs, "Block Kit reference" or "Web API methods"; where
two pages disagree, the smaller one holds.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

ID_MAX = 255  # block_id, action_id and callback_id, on every page that has one
TEXT_MAX = 3000  # "Text object"
SECTION_FIELD_MAX, SECTION_FIELDS_MAX = 2000, 10  # "Section block"
HEADER_MAX = 150  # "Header block"
CONTEXT_TEXTS_MAX = 10  # "Context block"
ACTIONS_MAX = 25  # "Actions block"
ALERT_MAX = 200  # "Alert block"
TABLE_ROWS_MAX, TABLE_COLUMNS_MAX = 100, 20  # "Table block"
BUTTON_TEXT_MAX, BUTTON_VALUE_MAX, BUTTON_URL_MAX = 75, 2000, 3000  # "Button element"
CONFIRM_TITLE_MAX, CONFIRM_TEXT_MAX, CONFIRM_BUTTON_MAX = 100, 300, 30  # "Confirmation dialog object"
OPTION_TEXT_MAX, OPTION_VALUE_MAX = 75, 150  # "Option object"
OVERFLOW_OPTIONS_MAX = 5  # "Overflow menu element"
SELECT_OPTIONS_MAX = 100  # "Select menu element"
CHOICES_MAX = 10  # "Radio button group element", "Checkboxes element"
INPUT_LABEL_MAX, INPUT_HINT_MAX = 2000, 2000  # "Input block"
PLACEHOLDER_MAX = 150  # "Plain-text input element" and every menu
INPUT_TEXT_MAX = 3000  # "Plain-text input element"
VIEW_TITLE_MAX, VIEW_BUTTON_MAX = 24, 24  # "Modal view": title; submit and close
VIEW_BLOCKS_MAX = 100  # "Modal view"
PRIVATE_METADATA_MAX = 3000  # "Modal view"
MESSAGE_TEXT_MAX = 4000  # "chat.postMessage"; "chat.update" refuses more with msg_too_long
MESSAGE_BLOCKS_MAX = 50  # "Blocks"

Item = TypeVar("Item")
Text = TypeVar("Text", str, str | None)


def fitting(text: Text, most: int, what: str) -> Text:
    """``text`` itself (None stays None). Raises ValueError if it is empty or over ``most`` characters."""
    if text is not None and not 1 <= len(text) <= most:
        raise ValueError(f"a {what} has 1 to {most} characters, not {len(text)}")
    return text


def counted(items: Sequence[Item], most: int, what: str) -> list[Item]:
    """``items`` as a list. Raises ValueError if there are none or more than ``most``."""
    if not 1 <= len(items) <= most:
        raise ValueError(f"Slack takes 1 to {most} {what}, not {len(items)}")
    return list(items)


def distinct(ids: Iterable[str], what: str) -> None:
    """Raise ValueError if an id stands twice where Slack wants each to be unique."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ValueError(f"the {what} {one!r} stands twice")
        seen.add(one)
