"""Limits of every block, of the surfaces they may stand on, and of a message or view as a whole."""

from typing import Any, Literal

from bot.sandbox.slack.limits.elements import (
    ELEMENTS,
    ID,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    plain,
    text,
)
from bot.sandbox.slack.limits.rich_text import PARTS
from bot.sandbox.slack.limits.rules import (
    Findings,
    Rule,
    by_type,
    each,
    flag,
    number,
    one_of,
    shape,
    string,
    url,
)

Surface = Literal["message", "modal", "home"]
BLOCKS_MAX = {"message": 50, "modal": 100, "home": 100}
TEXT_MAX = 12_000  # in all blocks of one message; seen by users of Bolt for JavaScript (its issues 2509 and 2867)

_id: dict[str, Rule] = {"block_id": ID}
_RICH_TEXT = by_type({"rich_text": shape(PARTS, _id)})
_CELL = by_type({"raw_text": shape({"text": string(12_000, least=0)}), "rich_text": shape(PARTS)})
_DATA_CELL = by_type(
    {
        "raw_text": shape({"text": string(10_000)}),
        "raw_number": shape({"value": number()}, {"text": string(10_000)}),
        "rich_text": shape(PARTS),
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_POINT = shape({"label": string(20), "value": number()})
_SERIES = shape({"name": string(20), "data": each(_POINT, 20)})
_AXES = shape(
    {"categories": each(string(20), 20, least=0)},
    {"x_label": string(50, least=0), "y_label": string(50, least=0)},
)
_PLOT = shape({"series": each(_SERIES, 6), "axis_config": _AXES})
_CHART = by_type({"line": _PLOT, "bar": _PLOT, "area": _PLOT, "pie": shape({"segments": each(_POINT, 6)})})
_CARD = shape(
    {},
    {
        **_id,
        "hero_image": by_type({"image": IMAGE}),
        "icon": by_type({"image": IMAGE}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": each(by_type(ELEMENTS, "button"), 2),
    },
    any_of=("hero_image", "title", "actions", "body"),
)
_task: dict[str, Rule] = {
    "details": _RICH_TEXT,
    "output": _RICH_TEXT,
    "sources": each(shape({"url": url(), "text": string(3000)})),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
_TASK = shape({"task_id": string(255), "title": string(3000)}, {**_id, **_task})


def _column(value: Any, path: str, findings: Findings) -> None:
    if value is not None:
        _COLUMN(value, path, findings)


BLOCKS: dict[str, Rule] = {
    "actions": shape({"elements": each(by_type(ELEMENTS, *IN_ACTIONS), 25)}, _id),
    "alert": shape({"text": text(200)}, {**_id, "level": one_of("default", "info", "warning", "error", "success")}),
    "card": _CARD,
    "carousel": shape({"elements": each(by_type({"card": _CARD}), 10)}, _id),
    "context": shape(
        {"elements": each(by_type({"image": IMAGE, "plain_text": text(2000), "mrkdwn": text(2000)}), 10)}, _id
    ),
    "context_actions": shape({"elements": each(by_type(ELEMENTS, "feedback_buttons", "icon_button"), 5)}, _id),
    "data_table": shape(
        {"caption": string(3000), "rows": each(each(_DATA_CELL, 20), 101, least=2)},
        {
            **_id,
            "page_size": number(1, 100, whole=True),
            "row_header_column_index": number(0, 19, whole=True),
        },
    ),
    "data_visualization": shape({"title": string(50), "chart": _CHART}, _id),
    "divider": shape({}, _id),
    "file": shape({"external_id": string(255), "source": one_of("remote")}, _id),
    "header": shape({"text": plain(150)}, {**_id, "level": number(1, 4, whole=True)}),
    "image": shape(
        {"alt_text": string(2000)},
        {
            **_id,
            "image_url": url(),
            "slack_file": shape({}, {"id": string(50), "url": url()}),
            "title": plain(2000),
        },
        exactly_one_of=("image_url", "slack_file"),
    ),
    "input": shape(
        {"label": plain(2000), "element": by_type(ELEMENTS, *IN_INPUT)},
        {**_id, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "markdown": shape({"text": string(12_000)}, _id),
    "plan": shape({"title": string(3000)}, {**_id, "tasks": each(_TASK)}),
    "rich_text": shape(PARTS, _id),
    "section": shape(
        {},
        {
            **_id,
            "text": text(3000),
            "fields": each(text(2000), 10),
            "accessory": by_type(ELEMENTS, *IN_SECTION),
            "expand": flag,
        },
        any_of=("text", "fields"),
    ),
    "table": shape({"rows": each(each(_CELL, 20), 100)}, {**_id, "column_settings": each(_column, 20, least=0)}),
    "task_card": _TASK,
    "video": shape(
        {"alt_text": string(2000), "title": plain(199), "thumbnail_url": url(), "video_url": url()},
        {
            **_id,
            "title_url": url(),
            "description": plain(200),
            "author_name": string(49, least=0),
            "provider_name": string(255),
            "provider_icon_url": url(),
        },
    ),
}
_IN_CONTAINER = ("actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section")
BLOCKS["container"] = shape(
    {"child_blocks": each(by_type(BLOCKS, *_IN_CONTAINER, "table", "video"), 10)},
    {
        **_id,
        "title": plain(150),
        "rich_text_title": _RICH_TEXT,
        "subtitle": text(150),
        "icon": by_type({"image": IMAGE}),
        "width": one_of("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    any_of=("title", "rich_text_title"),
)
_EVERYWHERE = (
    "actions",
    "card",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
)
SURFACES: dict[str, tuple[str, ...]] = {
    "message": tuple(kind for kind in BLOCKS if kind != "alert"),
    "modal": (*_EVERYWHERE, "alert"),
    "home": (*_EVERYWHERE, "carousel", "container", "data_table", "data_visualization", "table"),
}
_AT_MOST = {"table": 1, "data_visualization": 2}


def check_blocks(blocks: Any, surface: Surface, findings: Findings, path: str = "/blocks") -> None:
    """Check the blocks of one message or view; what is wrong is added to `findings`."""
    each(by_type(BLOCKS, *SURFACES[surface]), BLOCKS_MAX[surface])(blocks, path, findings)
    if findings.messages:
        return
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if block.get("block_id") in seen:
            findings.add(f"{path}/{index}/block_id", "block_id already exists for another block")
        seen |= {block["block_id"]} if "block_id" in block else set()
        acting = [element.get("action_id") for element in block.get("elements", [])]
        named = [action_id for action_id in acting if action_id]
        if len(named) != len(set(named)):
            findings.add(f"{path}/{index}/elements", "action_id already exists for another element")
    for kind, most in _AT_MOST.items():
        if sum(block["type"] == kind for block in blocks) > most:
            findings.add(path, f"no more than {most} {kind} blocks allowed")
    if _count_focus(blocks) > 1:
        findings.add(path, "only one element can have focus_on_load set to true")


def _count_focus(value: Any) -> int:
    if isinstance(value, list):
        return sum(_count_focus(one) for one in value)
    if isinstance(value, dict):
        return (value.get("focus_on_load") is True) + sum(_count_focus(one) for one in value.values())
    return 0


def total_text(value: Any) -> int:
    """Characters of all texts in some blocks."""
    if isinstance(value, list):
        return sum(total_text(one) for one in value)
    if isinstance(value, dict):
        return sum(
            len(one) if key == "text" and isinstance(one, str) else total_text(one) for key, one in value.items()
        )
    return 0
