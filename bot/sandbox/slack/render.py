"""Blocks, messages and views as readable text, block by block: what a person would see."""

import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from bot.sandbox.slack.forms import STATE_KEYS, options_of
from bot.sandbox.slack.markup import Names, read
from bot.sandbox.slack.world import Json

RULE = "─" * 40
_LEVELS = {"warning": "⚠", "error": "✖", "success": "✔"}


def text_of(blocks: Iterable[Json], names: Names | None = None, state: Json | None = None) -> str:
    """Blocks as text. `names`: user id -> name; `state`: `view["state"]["values"]`."""
    page = _Page(names or {}, state or {})
    return "\n".join(page.block(block) for block in blocks)


def show(thing: Json, names: Names | None = None) -> str:
    """A message or a view as text; a view with its title, buttons and what is filled in."""
    if thing.get("type") in ("modal", "home"):
        state = thing.get("state", {}).get("values", {})
        body = text_of(thing["blocks"], names, state)
        if thing["type"] == "home":
            return body
        buttons = [thing[name]["text"] for name in ("close", "submit") if thing.get(name)]
        foot = "  ".join(f"[ {label} ]" for label in buttons)
        return "\n".join(part for part in (f"┌ {thing['title']['text']}", body, foot and f"└ {foot}") if part)
    if thing.get("blocks"):
        return text_of(thing["blocks"], names)
    return read(thing.get("text", ""), names)


class _Page:
    """One reading of some blocks."""

    def __init__(self, names: Names, state: Json) -> None:
        self._names = names
        self._state = state
        self._blocks: dict[str, Callable[[Json], str]] = {
            "header": lambda block: f"# {self.text(block['text'])}",
            "divider": lambda _block: RULE,
            "section": self.section,
            "context": lambda block: "  ".join(self.element(one) for one in block["elements"]),
            "actions": lambda block: "  ".join(self.element(one, block) for one in block["elements"]),
            "context_actions": lambda block: "  ".join(self.element(one, block) for one in block["elements"]),
            "input": self.input,
            "markdown": lambda block: str(block["text"]),
            "image": lambda block: f"[image: {block['alt_text']}]",
            "video": lambda block: f"[video: {self.text(block['title'])}]",
            "file": lambda block: f"[file: {block['external_id']}]",
            "rich_text": lambda block: self.rich(block["elements"]),
            "table": self.table,
            "data_table": lambda block: f"{block['caption']}\n{self.table(block)}",
            "alert": lambda block: f"{_LEVELS.get(block.get('level', ''), 'ℹ')} {self.text(block['text'])}",
            "data_visualization": self.chart,
            "card": self.card,
            "carousel": lambda block: "\n".join(self.card(one) for one in block["elements"]),
            "container": self.container,
            "task_card": lambda block: f"[{block.get('status', 'pending')}] {block['title']}",
            "plan": lambda block: "\n".join([block["title"], *(one["title"] for one in block.get("tasks", []))]),
        }

    def block(self, block: Json) -> str:
        """One block."""
        draw = self._blocks.get(block.get("type", ""))
        return draw(block) if draw else f"⚠ unknown block: {block.get('type')}"

    def text(self, text: Json) -> str:
        """A text object; only mrkdwn is read as markup, as Slack does."""
        return read(text["text"], self._names) if text["type"] == "mrkdwn" else str(text["text"])

    def section(self, block: Json) -> str:
        lines = [self.text(block["text"])] if "text" in block else []
        lines += [textwrap.indent(self.text(one), "  ") for one in block.get("fields", [])]
        if "accessory" in block:
            lines[-1] += f"  {self.element(block['accessory'], block)}"
        return "\n".join(lines)

    def input(self, block: Json) -> str:
        optional = " (optional)" if block.get("optional") else ""
        lines = [f"{self.text(block['label'])}{optional}: {self.element(block['element'], block)}"]
        if "hint" in block:
            lines.append(f"  {self.text(block['hint'])}")
        return "\n".join(lines)

    def element(self, element: Json, block: Json | None = None) -> str:
        """One element: a button with its label, an input with its value, a text."""
        kind = element["type"]
        if kind in ("plain_text", "mrkdwn"):
            return self.text(element)
        if kind in ("button", "icon_button"):
            return f"[ {element['text']['text']} ]"
        if kind == "image":
            return f"[image: {element['alt_text']}]"
        if kind == "feedback_buttons":
            return "  ".join(f"[ {element[key]['text']['text']} ]" for key in ("positive_button", "negative_button"))
        if kind == "overflow":
            return "[ ⋯ " + " / ".join(self.text(one["text"]) for one in options_of(element)) + " ]"
        if kind not in STATE_KEYS:
            return f"⚠ unknown element: {kind}"
        return self.value(element, block or {})

    def value(self, element: Json, block: Json) -> str:
        key, initial = STATE_KEYS[element["type"]]
        states = self._state.get(block.get("block_id", ""), {})
        state = states.get(element.get("action_id", ""))
        value = state[key] if state else element.get(initial)
        if element["type"] in ("radio_buttons", "checkboxes"):
            chosen = value if isinstance(value, list) else [value]
            marks = ("(•)", "( )") if element["type"] == "radio_buttons" else ("[x]", "[ ]")
            return "  ".join(f"{marks[one not in chosen]} {self.text(one['text'])}" for one in element["options"])
        if value in (None, "", []):
            placeholder = element.get("placeholder")
            return f"‹{placeholder['text']}›" if placeholder else "‹ ›"
        return "‹" + ", ".join(self._one(one) for one in (value if isinstance(value, list) else [value])) + "›"

    def _one(self, value: Any) -> str:
        if isinstance(value, dict):
            return self.text(value["text"]) if "text" in value else self.rich(value.get("elements", []))
        return "@" + self._names[value] if value in self._names else str(value)

    def rich(self, parts: Iterable[Json]) -> str:
        lines = []
        for part in parts:
            if part["type"] == "rich_text_list":
                ordered = part["style"] == "ordered"
                for number, item in enumerate(part["elements"], 1):
                    lines.append(f"{f'{number}.' if ordered else '•'} {self.leaves(item['elements'])}")
            else:
                mark = {"rich_text_quote": "> ", "rich_text_preformatted": "  | "}.get(part["type"], "")
                lines += [mark + line for line in self.leaves(part["elements"]).split("\n")]
        return "\n".join(lines)

    def leaves(self, leaves: Iterable[Json]) -> str:
        words = []
        for leaf in leaves:
            kind = leaf["type"]
            if kind == "user":
                words.append("@" + self._names.get(leaf["user_id"], leaf["user_id"]))
            elif kind == "link":
                words.append(leaf.get("text") or leaf["url"])
            elif kind == "emoji":
                words.append(f":{leaf['name']}:")
            elif kind == "date":
                words.append(leaf.get("fallback") or str(leaf["timestamp"]))
            else:
                named = ("text", "range", "value", "channel_id", "usergroup_id", "team_id")
                words.append(next((str(leaf[key]) for key in named if key in leaf), ""))
        return "".join(words)

    def table(self, block: Json) -> str:
        rows = [[self._cell(cell) for cell in row] for row in block["rows"]]
        widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(max(map(len, rows)))]
        return "\n".join(
            " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows
        )

    def _cell(self, cell: Json) -> str:
        if cell["type"] == "rich_text":
            return self.rich(cell["elements"]).replace("\n", " ")
        return str(cell.get("text", cell.get("value", "")))

    def chart(self, block: Json) -> str:
        chart = block["chart"]
        if chart["type"] == "pie":
            return f"{block['title']} (pie)\n" + self._points(chart["segments"])
        lines = [f"  {one['name']}\n{self._points(one['data'])}" for one in chart["series"]]
        return "\n".join([f"{block['title']} ({chart['type']})", *lines])

    def _points(self, points: Iterable[Json]) -> str:
        return "\n".join(f"  {point['label']}: {point['value']}" for point in points)

    def card(self, block: Json) -> str:
        lines = [self.text(block[key]) for key in ("title", "subtitle", "body") if key in block]
        if "actions" in block:
            lines.append("  ".join(self.element(one, block) for one in block["actions"]))
        return "\n".join(lines)

    def container(self, block: Json) -> str:
        title = self.text(block["title"]) if "title" in block else self.rich(block["rich_text_title"]["elements"])
        inside = "\n".join(self.block(child) for child in block["child_blocks"])
        return f"▣ {title}\n" + "\n".join(f"  {line}" for line in inside.split("\n"))
