"""Our words into Slack's markup, and people's words out of it."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import markup


def test_what_somebody_typed_cannot_become_markup() -> None:
    assert markup.escape("<!channel> a & b <@U1>") == "&lt;!channel&gt; a &amp; b &lt;@U1&gt;"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("bonjour", 7, "bonjour"),
        ("bonjour!", 7, "bonjou…"),
        ("ab cd ef", 4, "ab…"),
        ("a &amp; b and more", 5, "a…"),
        ("a &amp; b and more", 8, "a &amp;…"),
        ("see <https://example.com|here> now", 12, "see…"),
        ("see <@U1> now", 10, "see <@U1>…"),
        ("5 < 6 is true", 8, "5 < 6 i…"),
        ("a & b and more", 6, "a & b…"),
        ("<@U123456>", 4, "…"),
        ("ab", 1, "…"),
    ],
)
def test_a_cut_never_goes_through_a_piece_of_markup(text: str, limit: int, expected: str) -> None:
    assert markup.cut(text, limit) == expected


def test_nothing_cannot_be_cut_to() -> None:
    with pytest.raises(ValueError, match="no characters"):
        markup.cut("abc", 0)


def test_a_moment_is_shown_by_each_readers_clock() -> None:
    at = datetime(2026, 3, 2, 10, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=1), "CET"))
    assert markup.date(at) == "<!date^1772443815^{date_short_pretty} {time}|2026-03-02 10:30 CET>"
    assert markup.date(at.astimezone(UTC), "{time}") == "<!date^1772443815^{time}|2026-03-02 09:30 UTC>"
    assert markup.when(1772443815.9, ZoneInfo("Europe/Paris")) == markup.date(at)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        markup.date(datetime(2026, 3, 2))  # noqa: DTZ001


def test_a_mention_is_a_link_to_the_person() -> None:
    assert markup.mention("U012AB3CD") == "<@U012AB3CD>"


@pytest.mark.parametrize(
    ("slack", "typed"),
    [
        ("bonjour", "bonjour"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt; stays", "&lt; stays"),
        ("<@U012AB3CD|ana> <@U012AB3CD>", "@ana @U012AB3CD"),
        ("<#C012AB3CD|general> <#C012AB3CD|> <#C012AB3CD>", "#general #C012AB3CD #C012AB3CD"),
        ("<!here> <!here|@here> <!channel>", "@here @here @channel"),
        ("<!subteam^S012|@support> <!subteam^S012>", "@support @subteam"),
        ("<!date^1772443815^{date}|2 March>", "2 March"),
        (
            "<mailto:ana@example.com|ana@example.com> <mailto:ana@example.com>",
            "ana@example.com ana@example.com",
        ),
        ("<tel:+33612345678|06 12 34 56 78> <tel:36035>", "06 12 34 56 78 36035"),
        ("<http://example.com|example.com> <https://example.com/a>", "example.com https://example.com/a"),
        (
            "<https://example.com/?a=1&amp;b=2|https://example.com/?a=1&amp;b=2>",
            "https://example.com/?a=1&b=2",
        ),
        ("pay <https://example.com/p|here>", "pay here (https://example.com/p)"),
        ("<https://example.com/p|example>", "example (https://example.com/p)"),
        ("<https://example.com/|example.com>", "example.com"),
        ("<mailto:ana@example.com|write to us>", "write to us (ana@example.com)"),
        ("*bold* :smile:", "*bold* :smile:"),
    ],
)
def test_slacks_markup_comes_back_as_typed(slack: str, typed: str) -> None:
    assert markup.plain(slack) == typed


@settings(deadline=None)
@given(st.text())
def test_what_was_escaped_comes_back_the_same(text: str) -> None:
    assert markup.plain(markup.escape(text)) == text
