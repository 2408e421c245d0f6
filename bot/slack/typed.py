"""What a person typed in Slack, as a text without markup that may leave Slack, and what of it cannot.

Slack describes a message twice. Its ``blocks`` say what every piece is (Slack docs, "Rich text block"): there a star is
a star and bold is bold, nothing is escaped, and an emoji comes with its code points. Its ``text`` says the same in
markup, where these cannot be told apart, so it is read only of a message that has no blocks.

Bold and italic words become plain ones; lists get ``-`` (``•`` would make an SMS Unicode, which can cost double) or
numbers; quotations and code lose their marks; links become what ``markup.link`` says. Mentions of people, groups and
channels come as ids that nobody outside can read, an emoji of one's own workspace has no letters at all, words that are
not struck through any more would be meant after all, and a table is no text: those are named in ``odd``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.markup import link, plain

MENTION = "a mention of somebody, a group or a channel"
STRUCK = "words that are struck through"
UNKNOWN = "a table, or something else that is no text"

_MENTION = re.compile(r"<(?:[@#]|!(?!date\^))[^<>]*>")
_EMOJI = re.compile(r":(?:[+-]1|100|1234|8ball|[\w+'-]*[^\W\d_][\w+'-]*):(?::skin-tone-\d:)?")
_PARAGRAPHS = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")


@dataclass(frozen=True, slots=True)
class Typed:
    """``text``: without markup. ``odd``: the first thing in it that cannot leave Slack, in words ("": nothing).

    ``own_words``: it begins with words that they say now, and not with a quotation, a list, code, or struck-through.
    """

    text: str
    odd: str = ""
    own_words: bool = True


def typed(message: Mapping[str, Any]) -> Typed:
    """What somebody typed, from a message as the Events API gives it."""
    blocks = message.get("blocks") or ()
    if blocks:
        return _rich(blocks)
    text = str(message.get("text") or "")
    emoji = _EMOJI.search(plain(text))
    odd = MENTION if _MENTION.search(text) else _emoji_named(emoji[0]) if emoji else ""
    return Typed(plain(text), odd)


def _rich(blocks: Iterable[Mapping[str, Any]]) -> Typed:
    odd: list[str] = []
    paragraphs: list[Mapping[str, Any]] = []
    for block in blocks:
        if block.get("type") == "rich_text":
            paragraphs += block.get("elements") or ()
        else:
            odd.append(UNKNOWN)
    text = ""
    for paragraph in paragraphs:
        text += "\n" if text and not text.endswith("\n") else ""
        text += _paragraph(paragraph, odd)
    return Typed(text, odd[0] if odd else "", bool(paragraphs) and _own_words(paragraphs[0]))


def _own_words(paragraph: Mapping[str, Any]) -> bool:
    first: Mapping[str, Any] = next(iter(paragraph.get("elements") or ()), {})
    return paragraph.get("type") == "rich_text_section" and not (_is(first, "code") or _is(first, "strike"))


def _paragraph(paragraph: Mapping[str, Any], odd: list[str]) -> str:
    kind, elements = paragraph.get("type"), paragraph.get("elements") or ()
    if kind in _PARAGRAPHS:
        return "".join(_piece(element, odd) for element in elements)
    if kind == "rich_text_list":
        begin = "  " * int(paragraph.get("indent") or 0)
        first = int(paragraph.get("offset") or 0) + 1
        signs = [f"{first + at}." if paragraph.get("style") == "ordered" else "-" for at in range(len(elements))]
        lines = (_paragraph(element, odd).strip("\n") for element in elements)
        return "\n".join(f"{begin}{sign} {line}" for sign, line in zip(signs, lines, strict=True))
    odd.append(UNKNOWN)
    return ""


def _piece(piece: Mapping[str, Any], odd: list[str]) -> str:
    if _is(piece, "strike"):
        odd.append(STRUCK)
    match piece.get("type"):
        case "text":
            return str(piece.get("text") or "")
        case "link":
            return link(str(piece.get("url") or ""), str(piece.get("text") or ""))
        case "emoji":
            return _emoji(piece, odd)
        case "date" if piece.get("fallback"):
            return str(piece["fallback"])
        case "color":
            return str(piece.get("value") or "")
        case "user" | "usergroup" | "channel" | "broadcast" | "team":
            odd.append(MENTION)
            return "@…"
        case kind if kind in _PARAGRAPHS or kind == "rich_text_list":
            return _paragraph(piece, odd)
        case _:
            odd.append(UNKNOWN)
            return ""


def _is(piece: Mapping[str, Any], style: str) -> bool:
    styles = piece.get("style")  # of a list a word
    return isinstance(styles, Mapping) and bool(styles.get(style))


def _emoji(piece: Mapping[str, Any], odd: list[str]) -> str:
    """Its letters: ``unicode`` holds them in hex, joined by ``-``, for all but those of one workspace."""
    try:
        letters = "".join(chr(int(point, 16)) for point in str(piece.get("unicode") or "").split("-"))
        letters.encode()  # half a pair of surrogates is no letter
    except (ValueError, OverflowError):
        name = f":{piece.get('name')}:"
        odd.append(_emoji_named(name))
        return name
    return letters


def _emoji_named(name: str) -> str:
    return f"{name}, which is an emoji in Slack alone"
