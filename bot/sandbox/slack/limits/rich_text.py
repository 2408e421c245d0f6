"""Limits of rich text: sections, lists, quotes and their leaves (Slack docs, blocks/rich-text-block)."""

from bot.sandbox.slack.limits.elements import CHANNEL, USER
from bot.sandbox.slack.limits.rules import Rule, by_type, each, flag, number, one_of, shape, string, url

_STYLE = shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), flag),
)
_styled: dict[str, Rule] = {"style": _STYLE}
_LEAF = by_type(
    {
        "text": shape({"text": string(12_000, least=0)}, _styled),
        "link": shape({"url": url()}, {**_styled, "text": string(12_000, least=0), "unsafe": flag}),
        "user": shape({"user_id": USER}, _styled),
        "usergroup": shape({"usergroup_id": string(50, pattern=r"S[A-Z0-9]+")}, _styled),
        "channel": shape({"channel_id": CHANNEL}, _styled),
        "emoji": shape(
            {"name": string(100)}, {**_styled, "skin_tone": number(1, 6, whole=True), "unicode": string(100)}
        ),
        "team": shape({"team_id": string(50)}, _styled),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _styled),
        "color": shape({"value": string(7, pattern=r"#?[0-9a-fA-F]{6}")}, _styled),
        "date": shape(
            {"timestamp": number(0, whole=True), "format": string(200)},
            {**_styled, "url": url(), "fallback": string(3000, least=0)},
        ),
    }
)
_leaves: dict[str, Rule] = {"elements": each(_LEAF, least=0)}
_SECTION = shape(_leaves)
_border: dict[str, Rule] = {"border": one_of(0, 1)}
_PART = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": shape(
            {
                "style": one_of("bullet", "ordered"),
                "elements": each(by_type({"rich_text_section": _SECTION})),
            },
            {**_border, "indent": number(0, 8, whole=True), "offset": number(0, whole=True)},
        ),
        "rich_text_preformatted": shape(_leaves, {**_border, "language": string(50)}),
        "rich_text_quote": shape(_leaves, _border),
    }
)
PARTS: dict[str, Rule] = {"elements": each(_PART, least=0)}
