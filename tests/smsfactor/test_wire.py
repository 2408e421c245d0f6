"""Dates, whichever way they are written."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.smsfactor.wire import PARIS, from_wire, is_plain_paris_time, to_wire

NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00", " 2026-03-02 09:00:00 "],
)
def test_dates_are_read_with_and_without_offset(written: str) -> None:
    assert from_wire(written) == NINE


def test_a_date_that_is_one_already_is_taken_as_it_is() -> None:
    assert from_wire(NINE) == NINE


@pytest.mark.parametrize(
    "written",
    ["", "soon", "0000-00-00 00:00:00", "2026-02-30 09:00:00", None, 3, True, [], date(2026, 3, 2)],
)
def test_what_is_no_date_is_none(written: object) -> None:
    assert from_wire(written) is None


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_dates_at_the_ends_of_the_calendar_are_none(written: str) -> None:
    assert from_wire(written) is None


def test_naive_dates_do_not_leave() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_wire(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - that is the point


def test_a_wall_time_that_does_not_exist_leaves_as_the_moment_it_means() -> None:
    assert to_wire(datetime(2026, 3, 29, 2, 30, tzinfo=PARIS)) == "2026-03-29 03:30:00"


@given(
    st.integers(946_684_800, 4_102_444_800),
    st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_plain_paris_times_come_back_as_the_same_second(second: int, zone: timezone) -> None:
    moment = datetime.fromtimestamp(second, zone)
    if is_plain_paris_time(moment):
        assert from_wire(to_wire(moment)) == moment
    else:
        assert moment.astimezone(PARIS).month == 10
