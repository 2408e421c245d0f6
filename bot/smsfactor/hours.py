"""When marketing may go out in France, and when the next slot opens.

SMSFactor: 8:00–20:00, Monday to Saturday, not on public holidays (SMSFactor docs, about SMS). AF2M, the
association of the French operators' services, draws the evening at 21:30 in its rules of 2026. The clock is
that of Paris.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from holidays import country_holidays

from bot.smsfactor.wire import PARIS

Preset = Literal["smsfactor", "af2m-2026"]

_SUNDAY = 6
_HOLIDAYS = country_holidays("FR")  # of mainland France; fills itself year by year


@dataclass(frozen=True, slots=True)
class _Hours:
    opens: time
    closes: time
    whose: str


_PRESETS: dict[Preset, _Hours] = {
    "smsfactor": _Hours(time(8), time(20), "SMSFactor's rule"),
    "af2m-2026": _Hours(time(8), time(21, 30), "AF2M's 2026 rule"),
}


def next_open(at: datetime, preset: Preset = "smsfactor") -> datetime | None:
    """None if marketing may go out at `at` (aware), else when it may again: aware, in Paris time.

    The closing time itself is closed. ValueError for a naive `at`.
    """
    if at.tzinfo is None:
        raise ValueError("a time zone is needed to tell the hour in Paris")
    hours = _PRESETS[preset]
    paris = at.astimezone(UTC).astimezone(PARIS)
    day, clock = paris.date(), paris.time()
    if _is_open_day(day) and clock < hours.closes:
        if clock >= hours.opens:
            return None
    else:
        day += timedelta(days=1)
        while not _is_open_day(day):
            day += timedelta(days=1)
    return datetime.combine(day, hours.opens, PARIS)


def rule(preset: Preset = "smsfactor") -> str:
    """Whose rule it is and what it says, to be put into a refusal."""
    hours = _PRESETS[preset]
    return (
        f"{hours.whose}: marketing goes out Monday to Saturday, {hours.opens:%H:%M}–{hours.closes:%H:%M}"
        " Paris time, not on French public holidays"
    )


def _is_open_day(day: date) -> bool:
    return day.weekday() != _SUNDAY and day not in _HOLIDAYS
