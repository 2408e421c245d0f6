"""Slack's markup: our words into it without surprises, and people's words out of it as they typed them.

All of it after Slack docs, "Formatting message text".
"""

import re
from datetime import datetime, tzinfo

_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ENTITY = re.compile("|".join(_ENTITIES))
_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def escape(text: str) -> str:
    """Text as data: what somebody typed cannot become a link, a mention or ``<!channel>``."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """Markup of at most ``limit`` characters, with … if it was longer; ``&amp;`` and ``<…>`` stay whole.

    Raises ValueError for a limit under 1.
    """
    if limit < 1:
        raise ValueError("nothing fits into no characters")
    if len(text) <= limit:
        return text
    end = limit - 1
    opened = text.rfind("<", 0, end)
    token = _TOKEN.match(text, opened) if opened >= 0 else None
    if token and token.end() > end:
        end = opened
    started = text.rfind("&", 0, end)
    entity = _ENTITY.match(text, started) if started >= 0 else None
    if entity and entity.end() > end:
        end = started
    return text[:end].rstrip() + "…"


def date(at: datetime, style: str = "{date_short_pretty} {time}") -> str:
    """A moment that each reader sees by their own clock; where Slack cannot, in the time zone of ``at``.

    ``style`` is made of Slack's tokens (``{date}``, ``{time}``, ``{ago}`` …). Raises ValueError for a
    moment without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    return f"<!date^{int(at.timestamp())}^{style}|{at:%Y-%m-%d %H:%M %Z}>"


def when(at: float, zone: tzinfo, style: str = "{date_short_pretty} {time}") -> str:
    """The same of seconds since 1970. ``zone``: the team's, for notifications and old clients show no other clock."""
    return date(datetime.fromtimestamp(at, zone), style)


def mention(user_id: str) -> str:
    """The person's name, as a link that notifies them."""
    return f"<@{user_id}>"


def plain(mrkdwn: str) -> str:
    """What a person typed in Slack, from the text that Slack gives: no entities, no ``<…>``.

    Mentions become ``@name`` (the id where Slack gives no name), channels ``#name``, addresses and phone
    numbers what was typed, links their words and, unless these are the address itself, the address behind
    them. Marks such as ``*bold*`` and ``:smile:`` stay: they cannot be told from stars and colons that were
    meant.
    """
    return _unescape(_TOKEN.sub(lambda token: _typed(token[1], token[2] or ""), mrkdwn))


def _typed(target: str, label: str) -> str:
    kind, rest = target[:1], target[1:]
    if kind in {"@", "#"}:
        return kind + (label or rest).removeprefix(kind)
    if kind == "!":
        # <!here>, <!subteam^S012|@support>, <!date^1763817600^{date}|22 November>
        return label or "@" + rest.partition("^")[0]
    return link(target, label)


def link(target: str, label: str = "") -> str:
    """An address in words: what was typed, and behind words of somebody's own the address itself."""
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == address:
        return address
    if target.startswith("tel:") or label.rstrip("/") == address.partition("://")[2].rstrip("/"):
        return label
    return f"{label} ({address})"


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)
