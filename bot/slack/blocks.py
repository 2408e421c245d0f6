"""What Slack messages are made of: one function per block or element, each gives the dict for Slack's JSON.

Texts that are too long are cut with … and never inside a piece of markup. Too many of anything, and an id
or a value that is too long, raise ValueError: those are mistakes of ours. Forms are made in ``forms``.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from bot.slack import limits
from bot.slack.limits import counted, distinct, fitting
from bot.slack.markup import cut

Block: TypeAlias = dict[str, Any]
Element: TypeAlias = dict[str, Any]
Option: TypeAlias = dict[str, Any]
TextObject: TypeAlias = dict[str, Any]
Style: TypeAlias = Literal["primary", "danger"]
Level: TypeAlias = Literal["default", "info", "warning", "error", "success"]
Align: TypeAlias = Literal["left", "center", "right"]

NOTHING = "–"  # shown for an empty text, which Slack refuses


def plain_text(text: str, limit: int = limits.TEXT_MAX) -> TextObject:
    """Text without markup, of at most ``limit`` characters."""
    return {"type": "plain_text", "text": cut(text or NOTHING, limit), "emoji": True}


def mrkdwn(text: str, limit: int = limits.TEXT_MAX) -> TextObject:
    """Text with Slack's markup, of at most ``limit`` characters.

    ``verbatim`` keeps Slack from reading mentions and channels into bare words (Slack docs, "Text object"),
    so ``@channel`` in what a customer wrote wakes nobody.
    """
    return {"type": "mrkdwn", "text": cut(text or NOTHING, limit), "verbatim": True}


def header(text: str) -> Block:
    """A large title in plain text."""
    return {"type": "header", "text": plain_text(text, limits.HEADER_MAX)}


def section(
    text: str | None = None,
    *,
    fields: Sequence[str] = (),
    accessory: Element | None = None,
    block_id: str | None = None,
) -> Block:
    """A paragraph of markup, fields in two columns, or both; with one element at the right."""
    if text is None and not fields:
        raise ValueError("a section has a text or fields")
    columns = counted(fields, limits.SECTION_FIELDS_MAX, "fields") if fields else []
    return present(
        type="section",
        block_id=fitting(block_id, limits.ID_MAX, "block_id"),
        text=None if text is None else mrkdwn(text),
        fields=[mrkdwn(field, limits.SECTION_FIELD_MAX) for field in columns] or None,
        accessory=accessory,
    )


def quotation(text: str, limit: int = limits.TEXT_MAX) -> Block:
    """Somebody's words behind a bar, letter by letter: ``*``, ``_`` and ``:smile:`` in them stay what they are.

    Nothing is escaped in it: this is data and no markup (Slack docs, "Rich text block").
    """
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    quoted = {"type": "rich_text_quote", "elements": [{"type": "text", "text": shown or NOTHING}]}
    return {"type": "rich_text", "elements": [quoted]}


def context(*texts: str, block_id: str | None = None) -> Block:
    """Small grey pieces of markup, side by side."""
    return present(
        type="context",
        block_id=fitting(block_id, limits.ID_MAX, "block_id"),
        elements=[mrkdwn(text) for text in counted(texts, limits.CONTEXT_TEXTS_MAX, "texts of a context")],
    )


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def actions(*elements: Element, block_id: str | None = None) -> Block:
    """Buttons and menus in a row."""
    distinct((element["action_id"] for element in elements), "action_id")
    return present(
        type="actions",
        block_id=fitting(block_id, limits.ID_MAX, "block_id"),
        elements=counted(elements, limits.ACTIONS_MAX, "elements"),
    )


def alert(text: str, level: Level = "info") -> Block:
    """A coloured notice in markup. In modals only."""
    return {"type": "alert", "text": mrkdwn(text, limits.ALERT_MAX), "level": level}


def table(rows: Sequence[Sequence[str]], *, align: Sequence[Align] | None = None) -> Block:
    """Rows of plain cells, titles first; ``align`` has a word per column. In messages only, one in each."""
    for row in counted(rows, limits.TABLE_ROWS_MAX, "rows"):
        counted(row, limits.TABLE_COLUMNS_MAX, "columns")
    columns = counted(align, limits.TABLE_COLUMNS_MAX, "columns") if align else []
    return present(
        type="table",
        rows=[[{"type": "raw_text", "text": cell or NOTHING} for cell in row] for row in rows],
        column_settings=[{"align": side} for side in columns] or None,
    )


def button(
    text: str,
    action_id: str,
    *,
    value: str | None = None,
    style: Style | None = None,
    confirm: Element | None = None,
    url: str | None = None,
) -> Element:
    """A button. ``value`` comes back with the click; ``url`` opens as well."""
    return present(
        type="button",
        action_id=fitting(action_id, limits.ID_MAX, "action_id"),
        text=plain_text(text, limits.BUTTON_TEXT_MAX),
        value=fitting(value, limits.BUTTON_VALUE_MAX, "button's value"),
        url=fitting(url, limits.BUTTON_URL_MAX, "button's url"),
        style=style,
        confirm=confirm,
    )


def confirm(title: str, text: str, *, yes: str, no: str, style: Style | None = None) -> Element:
    """The question that is asked before a click counts. ``text`` is markup, the rest is plain."""
    return present(
        title=plain_text(title, limits.CONFIRM_TITLE_MAX),
        text=mrkdwn(text, limits.CONFIRM_TEXT_MAX),
        confirm=plain_text(yes, limits.CONFIRM_BUTTON_MAX),
        deny=plain_text(no, limits.CONFIRM_BUTTON_MAX),
        style=style,
    )


def overflow(action_id: str, options: Sequence[Option], *, confirm: Element | None = None) -> Element:
    """The ⋯ menu."""
    return present(
        type="overflow",
        action_id=fitting(action_id, limits.ID_MAX, "action_id"),
        options=counted(options, limits.OVERFLOW_OPTIONS_MAX, "options of a ⋯ menu"),
        confirm=confirm,
    )


def option(text: str, value: str, *, description: str | None = None) -> Option:
    """One choice of a menu, of radio buttons or of checkboxes."""
    return present(
        text=plain_text(text, limits.OPTION_TEXT_MAX),
        value=fitting(value, limits.OPTION_VALUE_MAX, "option's value"),
        description=None if description is None else plain_text(description, limits.OPTION_TEXT_MAX),
    )


def message(text: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """The arguments ``text`` and ``blocks`` of a post; ``text`` says the same, where blocks are not shown."""
    shown = counted(blocks, limits.MESSAGE_BLOCKS_MAX, "blocks")
    distinct((block["block_id"] for block in shown if "block_id" in block), "block_id")
    kinds = [block["type"] for block in shown]
    if "alert" in kinds or kinds.count("table") > 1:
        raise ValueError("a message has no alert, and one table at most")
    return {"text": cut(text or NOTHING, limits.MESSAGE_TEXT_MAX), "blocks": shown}


def present(**fields: Any) -> dict[str, Any]:
    """The fields that are set: Slack refuses null where a field may be left out."""
    return {name: value for name, value in fields.items() if value is not None}
