"""What Slack makes of typed words: the rich text that a person's message has beside its text.

The rules for emphasis, code, quotations and links are those of Slack's markup (Slack docs, "Formatting message text");
what becomes of each piece stands in "Rich text block". Lists are not made: they come from a button of Slack's editor.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from bot.sandbox.slack.emoji import NAMES, OWN, STANDARD, points
from bot.sandbox.slack.world import Json

_FENCE = re.compile(r"```\n?(.+?)```\n?", re.DOTALL)
_QUOTE = re.compile(r"&gt; ?")
_PIECE = re.compile(
    r"`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>|:(?P<emoji>[\w+'-]+)(?:::skin-tone-(?P<tone>[2-6]))?:|(?P<mark>[*_~])"
)
_AS_IT_IS = re.compile(r"(```.+?```|`[^`\n]+`|<[^<>\n]+>)", re.DOTALL)
# Not a part of a longer emoji: Slack has names for those too, but they are not in our table.
_CHARACTER = re.compile(
    f"({'|'.join(map(re.escape, sorted(NAMES, key=len, reverse=True)))})(?![\u200d\ufe0f\U0001f3fb-\U0001f3ff])"
)
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}


def named(text: str) -> str:
    """Emoji that were typed as characters by their names, as in the text of a message; not in code and addresses."""
    parts = _AS_IT_IS.split(text)
    parts[::2] = [_CHARACTER.sub(lambda match: f":{NAMES[match[1]]}:", part) for part in parts[::2]]
    return "".join(parts)


def plain(text: str) -> str:
    """Text without Slack's three escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rich_text(text: str) -> Json:
    """The block for a text as Slack sends it on: escaped, with <…> for mentions and addresses."""
    parts: list[Json] = []
    for at, part in enumerate(_FENCE.split(text)):
        if at % 2:
            parts.append({"type": "rich_text_preformatted", "elements": _letters(part.removesuffix("\n"))})
        elif part:
            parts += _paragraphs(part)
    return {"type": "rich_text", "elements": parts}


def _paragraphs(text: str) -> Iterable[Json]:
    """Lines that begin with > are a quotation, the others a section."""
    for quoted, lines in groupby(text.splitlines(keepends=True), lambda line: bool(_QUOTE.match(line))):
        whole = "".join(_QUOTE.sub("", line, count=1) if quoted else line for line in lines)
        if quoted:
            yield {"type": "rich_text_quote", "elements": _pieces(whole.removesuffix("\n"), ())}
        else:
            yield {"type": "rich_text_section", "elements": _pieces(whole, ())}


def _pieces(text: str, styles: tuple[str, ...]) -> list[Json]:
    pieces: list[Json] = []
    begin = at = 0  # of what is not a piece yet; where to look on
    while found := _PIECE.search(text, at):
        inside, end = _meaning(found, text, styles)
        if inside:
            pieces += _letters(text[begin : found.start()], styles) + inside
            begin = at = end
        else:
            at = found.start() + 1
    return pieces + _letters(text[begin:], styles)


def _meaning(found: re.Match[str], text: str, styles: tuple[str, ...]) -> tuple[list[Json], int]:
    """The pieces for one find, and where it ends; none if it is only letters."""
    if found["code"]:
        return _letters(found["code"], (*styles, "code")), found.end()
    if found["angle"]:
        return [_styled(_reference(found["angle"]), styles)], found.end()
    if name := found["emoji"]:
        tone = int(found["tone"] or 0)
        emoji: Json = {"type": "emoji", "name": name}
        if name in STANDARD:
            emoji |= {"unicode": points(name, tone)} | ({"skin_tone": tone} if tone else {})
        return ([_styled(emoji, styles)] if name in STANDARD or name in OWN else []), found.end()
    end = _closing(found.start(), text)
    inside = _pieces(text[found.end() : end], (*styles, _STYLES[found["mark"]])) if end else []
    return inside, end + 1


def _closing(begin: int, text: str) -> int:
    """Where the emphasis that begins here ends: in the same line, between no letters. 0 if it is none."""
    mark = text[begin]
    before, first = text[begin - 1 : begin] or " ", text[begin + 1 : begin + 2] or " "
    if before.isalnum() or before == mark or first == mark or first.isspace():
        return 0
    for stop in re.compile(rf"`[^`\n]+`|<[^<>\n]+>|\n|{re.escape(mark)}").finditer(text, begin + 1):
        after = text[stop.end() : stop.end() + 1] or " "
        if stop[0] == "\n":
            return 0
        if stop[0] == mark and not (text[stop.start() - 1].isspace() or after.isalnum() or after == mark):
            return stop.start()
    return 0


def _reference(inside: str) -> Json:
    """The inside of <…>: somebody, a channel, all of a place, or an address."""
    target, _, label = inside.partition("|")
    sign, name = target[0], target[1:]
    if sign == "@":
        return {"type": "user", "user_id": name}
    if sign == "#":
        return {"type": "channel", "channel_id": name}
    if name.startswith("subteam^"):
        return {"type": "usergroup", "usergroup_id": name.removeprefix("subteam^")}
    if sign == "!":
        return {"type": "broadcast", "range": name}
    return {"type": "link", "url": plain(target)} | ({"text": plain(label)} if label else {})


def _letters(text: str, styles: tuple[str, ...] = ()) -> list[Json]:
    return [_styled({"type": "text", "text": plain(text)}, styles)] if text else []


def _styled(piece: Json, styles: tuple[str, ...]) -> Json:
    return piece | ({"style": dict.fromkeys(styles, True)} if styles else {})
