"""What people type in Slack, as a text that may leave it."""

from typing import Any

import pytest

from bot.slack.typed import MENTION, STRUCK, UNKNOWN, typed

Piece = dict[str, Any]


def words(text: str, **style: bool) -> Piece:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def section(*pieces: Piece) -> Piece:
    return {"type": "rich_text_section", "elements": list(pieces)}


def bullets(*lines: str, style: str = "bullet", **more: int) -> Piece:
    return {"type": "rich_text_list", "style": style, "elements": [section(words(line)) for line in lines], **more}


def rich(*paragraphs: Piece, text: str = "never read") -> dict[str, Any]:
    return {"text": text, "blocks": [{"type": "rich_text", "block_id": "b", "elements": list(paragraphs)}]}


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([words("5 * 3 * 2 = 30_€ `ok` ~20 min")], "5 * 3 * 2 = 30_€ `ok` ~20 min"),
        ([words("R&D <b> &amp; &lt;")], "R&D <b> &amp; &lt;"),
        ([words("un "), words("gras", bold=True), words(" et "), words("penché", italic=True)], "un gras et penché"),
        ([words("tapez "), words("START", code=True)], "tapez START"),
        ([words("deux\nlignes\n\nfin")], "deux\nlignes\n\nfin"),
        ([words(":smile: 10:30:45")], ":smile: 10:30:45"),
        ([{"type": "emoji", "name": "tada", "unicode": "1f389"}], "🎉"),
        ([{"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fc", "skin_tone": 3}], "👍🏼"),
        ([{"type": "emoji", "name": "heart", "unicode": "2764-fe0f"}], "❤️"),
        ([{"type": "link", "url": "https://example.org/a?b=1&c=2"}], "https://example.org/a?b=1&c=2"),
        ([{"type": "link", "url": "http://example.org", "text": "example.org"}], "example.org"),
        ([{"type": "link", "url": "https://example.org/p", "text": "ici"}], "ici (https://example.org/p)"),
        (
            [{"type": "link", "url": "https://promo.example/promo", "text": "promo"}],
            "promo (https://promo.example/promo)",
        ),
        ([{"type": "link", "url": "mailto:a@example.org", "text": "a@example.org"}], "a@example.org"),
        ([{"type": "link", "url": "tel:+33612345678", "text": "06 12 34 56 78"}], "06 12 34 56 78"),
        ([{"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1 janvier"}], "1 janvier"),
        ([{"type": "color", "value": "#ff0000"}], "#ff0000"),
        ([], ""),
    ],
)
def test_rich_text_is_read_without_its_marks(pieces: list[Piece], text: str) -> None:
    assert typed(rich(section(*pieces))).text == text
    assert typed(rich(section(*pieces))).odd == ""


@pytest.mark.parametrize(
    ("paragraphs", "text"),
    [
        ([section(words("À prendre :\n")), bullets("pain", "lait")], "À prendre :\n- pain\n- lait"),
        ([section(words("Puis :")), bullets("un", "deux", style="ordered"), section(words("\nMerci"))],
         "Puis :\n1. un\n2. deux\n\nMerci"),
        ([bullets("a"), bullets("b", indent=1), bullets("c", style="ordered", offset=4)], "- a\n  - b\n5. c"),
        ([{"type": "rich_text_preformatted", "elements": [words("x = 1\ny = 2")]}], "x = 1\ny = 2"),
        ([{"type": "rich_text_quote", "elements": [words("elle a dit")]}, section(words("oui"))], "elle a dit\noui"),
        ([{"type": "rich_text_quote", "elements": [bullets("a", "b")]}], "- a\n- b"),
    ],
)  # fmt: skip
def test_lists_quotations_and_code_become_lines(paragraphs: list[Piece], text: str) -> None:
    assert typed(rich(*paragraphs)).text == text


@pytest.mark.parametrize(
    ("piece", "odd"),
    [
        ({"type": "user", "user_id": "U0BRUNO"}, MENTION),
        ({"type": "usergroup", "usergroup_id": "S1"}, MENTION),
        ({"type": "channel", "channel_id": "C1"}, MENTION),
        ({"type": "broadcast", "range": "here"}, MENTION),
        ({"type": "team", "team_id": "T1"}, MENTION),
        (words("30 €", strike=True), STRUCK),
        ({"type": "emoji", "name": "party_parrot"}, ":party_parrot:, which is an emoji in Slack alone"),
        (
            {"type": "emoji", "name": "half", "unicode": "d83d"},
            ":half:, which is an emoji in Slack alone",
        ),
        ({"type": "emoji", "name": "x", "unicode": "ffffffff"}, ":x:, which is an emoji in Slack alone"),
        ({"type": "something new"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_what_cannot_leave_slack_is_named(piece: Piece, odd: str) -> None:
    assert typed(rich(section(words("Bonjour "), piece))).odd == odd


def test_a_table_and_a_paragraph_of_a_new_kind_are_no_text() -> None:
    assert typed({"text": "x", "blocks": [{"type": "table", "rows": []}]}).odd == UNKNOWN
    assert typed(rich({"type": "rich_text_of_tomorrow"})).odd == UNKNOWN


@pytest.mark.parametrize(
    ("first", "own"),
    [
        (section(words("sms: oui")), True),
        (section(words("sms:", bold=True), words(" oui")), True),
        (section(words("sms: oui", code=True)), False),
        (section(words("sms: oui", strike=True)), False),
        ({"type": "rich_text_quote", "elements": [words("sms: oui")]}, False),
        ({"type": "rich_text_preformatted", "elements": [words("sms: oui")]}, False),
        (bullets("sms: oui"), False),
    ],
)
def test_words_of_somebody_else_or_an_example_are_told_apart(first: Piece, own: bool) -> None:
    read = typed(rich(first))
    assert (read.text.removeprefix("- "), read.own_words) == ("sms: oui", own)


@pytest.mark.parametrize(
    ("text", "read", "odd"),
    [
        ("R&amp;D &lt;b&gt; *étoile* <https://example.org|example.org>", "R&D <b> *étoile* example.org", ""),
        ("à 10:30:45, http://example.org:8080/a", "à 10:30:45, http://example.org:8080/a", ""),
        ("<!date^1772443815^{date}|2 mars>", "2 mars", ""),
        ("oui <@U0BRUNO>", "oui @U0BRUNO", MENTION),
        ("<#C012|general>", "#general", MENTION),
        ("<!here> venez", "@here venez", MENTION),
        ("merci :tada:", "merci :tada:", ":tada:, which is an emoji in Slack alone"),
        ("ok :+1::skin-tone-3:", "ok :+1::skin-tone-3:",
         ":+1::skin-tone-3:, which is an emoji in Slack alone"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_without_blocks_the_markup_is_read(text: str, read: str, odd: str) -> None:
    found = typed({"text": text})
    assert (found.text, found.odd, found.own_words) == (read, odd, True)


def test_a_message_without_anything_is_empty() -> None:
    assert typed({}).text == typed({"text": None, "blocks": None}).text == ""
