"""R11: when marketing may go out, and when the next slot opens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.smsfactor.hours import Preset, next_open, rule
from bot.smsfactor.wire import PARIS


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "preset", "opens"),
    [
        # 2 March 2026 is a Monday.
        ("2026-03-02 07:59:59", "smsfactor", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "smsfactor", None),
        ("2026-03-02 19:59:59", "smsfactor", None),
        ("2026-03-02 20:00", "smsfactor", "2026-03-03 08:00"),
        ("2026-03-02 20:00", "af2m-2026", None),
        ("2026-03-02 21:29:59", "af2m-2026", None),
        ("2026-03-02 21:30", "af2m-2026", "2026-03-03 08:00"),
        ("2026-03-07 12:00", "smsfactor", None),
        ("2026-03-07 20:00", "smsfactor", "2026-03-09 08:00"),
        ("2026-03-08 12:00", "smsfactor", "2026-03-09 08:00"),
        ("2026-03-08 12:00", "af2m-2026", "2026-03-09 08:00"),
        # Easter: Saturday evening, Sunday, Monday; then Tuesday.
        ("2026-04-04 20:30", "smsfactor", "2026-04-07 08:00"),
        ("2026-12-31 23:00", "smsfactor", "2027-01-02 08:00"),
        # The clocks change on Sundays; the slot opens at eight of the new time.
        ("2026-03-28 20:00", "smsfactor", "2026-03-30 08:00"),
        ("2026-10-24 20:00", "smsfactor", "2026-10-26 08:00"),
    ],
)
def test_when_the_next_slot_opens(at: str, preset: Preset, opens: str | None) -> None:
    assert next_open(paris(at), preset) == (None if opens is None else paris(opens))


@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25"),
        *("2026-07-14", "2026-08-15", "2026-11-11", "2026-12-25", "2027-11-01", "2027-05-06"),
    ],
)
@pytest.mark.parametrize("preset", ["smsfactor", "af2m-2026"])
def test_public_holidays_of_mainland_france_are_closed(day: str, preset: Preset) -> None:
    opens = next_open(paris(f"{day} 12:00"), preset)
    assert opens is not None
    assert opens.date() > date.fromisoformat(day)


@pytest.mark.parametrize("day", ["2026-04-03", "2026-12-26", "2026-12-24", "2026-05-15"])
def test_days_that_are_holidays_elsewhere_are_open(day: str) -> None:
    """Good Friday and 26 December are holidays in Alsace and Moselle only."""
    assert next_open(paris(f"{day} 12:00")) is None


def test_the_clock_is_that_of_paris_in_summer_and_winter() -> None:
    assert next_open(datetime(2026, 7, 2, 6, tzinfo=UTC)) is None
    assert next_open(datetime(2026, 1, 5, 6, tzinfo=UTC)) == datetime(2026, 1, 5, 7, tzinfo=UTC)


def test_around_the_clock_changes_eight_is_eight() -> None:
    spring = next_open(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    autumn = next_open(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert spring == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert autumn == datetime(2026, 10, 26, 7, tzinfo=UTC)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_open(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - that is the point


def test_the_rule_says_whose_it_is() -> None:
    assert "SMSFactor" in rule()
    assert "08:00–20:00" in rule("smsfactor")
    assert "AF2M" in rule("af2m-2026")
    assert "08:00–21:30" in rule("af2m-2026")


@given(
    st.integers(1_577_836_800, 2_208_988_800).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from(["smsfactor", "af2m-2026"]),
)
def test_the_next_slot_is_open_and_the_minute_before_is_not(at: datetime, preset: Preset) -> None:
    opens = next_open(at, preset)
    if opens is not None:
        assert at < opens < at + timedelta(days=5)
        assert opens.tzinfo is PARIS
        assert next_open(opens, preset) is None
        assert next_open(opens - timedelta(minutes=1), preset) == opens
