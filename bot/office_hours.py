"""The hours in which the team answers: is it open, and when does it open next."""

from datetime import date, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict, field_serializer, model_validator

WEEK = 7
MIDNIGHT = time(0)


class OfficeHours(BaseModel):
    """``days``: Monday is 0. Times are those of the team's clock; the closing time itself is closed.

    Closing at 00:00 is at the end of the day.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    days: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(18)

    @field_serializer("days")
    def _in_order(self, days: frozenset[int]) -> list[int]:
        return sorted(days)  # so that the same hours are always written in the same way

    @model_validator(mode="after")
    def _some_hours(self) -> "OfficeHours":
        if not self.days or not self.days <= set(range(WEEK)):
            raise ValueError("at least one day of the week")
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("the times are those of the team's clock")
        if self.closes != MIDNIGHT and self.opens >= self.closes:
            raise ValueError("it opens before it closes")
        return self

    def next_open(self, at: datetime) -> datetime | None:
        """None if it is open at ``at`` (aware, in the team's zone), else when it opens, in that zone."""
        if at.tzinfo is None:
            raise ValueError("a time zone is needed to tell the hour")
        day, clock = at.date(), at.time()
        if day.weekday() in self.days and (clock < self.closes or self.closes == MIDNIGHT):
            if clock >= self.opens:
                return None
        else:
            day = self._day_after(day)
        while day.weekday() not in self.days:
            day = self._day_after(day)
        return datetime.combine(day, self.opens, at.tzinfo)

    @staticmethod
    def _day_after(day: date) -> date:
        return day + timedelta(days=1)
