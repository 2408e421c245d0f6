"""Office hours: open or not, and when next, also over weekends and on the days when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.office_hours import OfficeHours

PARIS = ZoneInfo("Europe/Paris")
WEEKDAYS = OfficeHours()


def at(text: str) -> datetime:
    """A moment on the team's clock; 2026-03-09 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-09 09:00", None),
        ("2026-03-09 17:59:59.999999", None),
        ("2026-03-09 08:59:59", "2026-03-09 09:00"),
        ("2026-03-09 00:00", "2026-03-09 09:00"),
        ("2026-03-09 18:00", "2026-03-10 09:00"),
        ("2026-03-13 18:00", "2026-03-16 09:00"),
        ("2026-03-14 12:00", "2026-03-16 09:00"),
        ("2026-03-15 23:59", "2026-03-16 09:00"),
        ("2026-12-31 20:00", "2027-01-01 09:00"),
    ],
)
def test_it_is_open_or_it_says_when_it_opens(now: str, opens: str | None) -> None:
    assert WEEKDAYS.next_open(at(now)) == (None if opens is None else at(opens))


def test_one_day_a_week_opens_a_week_later() -> None:
    hours = OfficeHours(days=frozenset({6}), opens=time(10), closes=time(12))
    assert hours.next_open(at("2026-03-15 11:00")) is None
    assert hours.next_open(at("2026-03-15 12:00")) == at("2026-03-22 10:00")


def test_an_office_that_opens_at_midnight_is_open_then() -> None:
    hours = OfficeHours(days=frozenset(range(7)), opens=time(0), closes=time(23, 59))
    assert hours.next_open(at("2026-03-14 00:00")) is None
    assert hours.next_open(at("2026-03-14 23:59:30")) == at("2026-03-15 00:00")


def test_it_opens_by_the_wall_clock_also_when_that_changes_overnight() -> None:
    """On Sunday 29 March 2026 the clocks go forward: there are 14 hours from 18:00 to 09:00, not 15."""
    hours = OfficeHours(days=frozenset(range(7)))
    closed = at("2026-03-28 18:00")
    opens = hours.next_open(closed)
    assert opens == at("2026-03-29 09:00")
    assert opens.astimezone(UTC) - closed.astimezone(UTC) == timedelta(hours=14)


def test_without_a_zone_the_hour_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="time zone"):
        WEEKDAYS.next_open(datetime(2026, 3, 9, 12))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": []},
        {"days": [7]},
        {"days": [-1]},
        {"opens": "18:00", "closes": "18:00"},
        {"opens": "19:00", "closes": "18:00"},
        {"opens": "25:00"},
    ],
)
def test_hours_in_which_nobody_could_ever_be_there_are_no_hours(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OfficeHours.model_validate(wrong)


HOURS = st.builds(
    lambda days, first, length: OfficeHours(
        days=days,
        opens=time(first // 60, first % 60),
        closes=time((first + length) // 60, (first + length) % 60),
    ),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 1_000),
    st.integers(1, 439),
)


@given(HOURS, st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(PARIS)))  # noqa: DTZ001 - hypothesis adds the zone
def test_when_it_says_that_it_opens_it_does_within_a_week_and_not_a_minute_before(
    hours: OfficeHours, now: datetime
) -> None:
    opens = hours.next_open(now)
    if opens is None:
        assert now.weekday() in hours.days
        assert hours.opens <= now.time() < hours.closes
        return
    assert timedelta() < opens.replace(tzinfo=None) - now.replace(tzinfo=None) <= timedelta(days=7)
    assert (opens.time(), hours.next_open(opens)) == (hours.opens, None)
    assert hours.next_open((opens.replace(tzinfo=None) - timedelta(minutes=1)).replace(tzinfo=PARIS)) == opens
