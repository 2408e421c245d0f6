"""Slack's markup as a person reads it: mentions, dates, links and the three escapes."""

import re
from collections.abc import Mapping

Names = Mapping[str, str]
_ANGLE = re.compile(r"<([^<>\n]+)>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def read(text: str, names: Names | None = None) -> str:
    """mrkdwn as text; `names`: user id -> name. *bold*, _italic_ and `code` stay as they are."""

    def angle(match: re.Match[str]) -> str:
        inside, _, label = match[1].partition("|")
        if inside.startswith("@"):
            return "@" + (label or (names or {}).get(inside[1:], inside[1:]))
        if inside.startswith("#"):
            return "#" + (label or inside[1:])
        if inside.startswith("!date^"):
            return label
        if inside.startswith("!"):
            return label or "@" + inside[1:].partition("^")[0]
        return f"{label} ({inside})" if label and label not in inside else label or inside

    text = _ANGLE.sub(angle, text)
    for escaped, plain in _ESCAPES:
        text = text.replace(escaped, plain)
    return text
