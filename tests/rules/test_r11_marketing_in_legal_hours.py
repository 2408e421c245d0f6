"""R11: marketing goes out only in legal hours; the refusal says whose rule it is and when the next slot opens."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.app import work
from tests.conftest import NUMBER, open_town

PARIS = ZoneInfo("Europe/Paris")


class PlainClock:
    """A clock that a test sets by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


CLOSED = {
    "Sunday": (datetime(2026, 3, 1, 11, 0, tzinfo=PARIS), "Monday 02 March, 08:00"),
    "a public holiday": (datetime(2026, 7, 14, 10, 0, tzinfo=PARIS), "Wednesday 15 July, 08:00"),
    "the closing time itself": (datetime(2026, 3, 3, 20, 0, tzinfo=PARIS), "Wednesday 04 March, 08:00"),
    "early morning": (datetime(2026, 3, 3, 7, 59, tzinfo=PARIS), "Tuesday 03 March, 08:00"),
    "Saturday night before Easter Monday": (datetime(2026, 4, 4, 21, 0, tzinfo=PARIS), "Tuesday 07 April, 08:00"),
    "20:30 in summer, which is 18:30 UTC": (datetime(2026, 7, 2, 18, 30, tzinfo=UTC), "Friday 03 July, 08:00"),
}
OPEN = {
    "one minute before closing": datetime(2026, 3, 3, 19, 59, tzinfo=PARIS),
    "opening time": datetime(2026, 3, 3, 8, 0, tzinfo=PARIS),
    "18:30 UTC in winter, which is 19:30": datetime(2026, 1, 8, 18, 30, tzinfo=UTC),
    "06:30 UTC in summer, which is 08:30": datetime(2026, 7, 2, 6, 30, tzinfo=UTC),
}


@pytest.mark.parametrize("moment", CLOSED)
async def test_marketing_outside_of_the_hours_is_refused_under_its_field_with_the_next_slot(
    redis_url: str, moment: str
) -> None:
    at, opens = CLOSED[moment]
    async with open_town(redis_url, now=lambda: at, workers=0) as town:
        filled = await town.fill(kind="marketing")
        assert "SMSFactor's rule" in filled.errors["kind"]
        assert f"again from {opens} (Paris)" in filled.errors["kind"]


@pytest.mark.parametrize("moment", OPEN)
async def test_marketing_within_the_hours_may_go_out(redis_url: str, moment: str) -> None:
    async with open_town(redis_url, now=lambda: OPEN[moment], workers=0) as town:
        filled = await town.fill(kind="marketing")
        assert filled.action == "push"


async def test_information_goes_out_at_any_hour(redis_url: str) -> None:
    sunday, _ = CLOSED["Sunday"]
    async with open_town(redis_url, now=lambda: sunday) as town:
        await town.send(kind="alert")
        await town.card_says("Accepted")


async def test_marketing_confirmed_before_closing_time_does_not_go_out_after_it(redis_url: str) -> None:
    clock = PlainClock(OPEN["one minute before closing"])
    async with open_town(redis_url, now=clock, workers=0) as town:
        await town.send(kind="marketing")
        clock.at = CLOSED["the closing time itself"][0]
        async with work(town.desk):
            card = await town.card_says("Not sent")
        assert "SMSFactor's rule" in str(card["blocks"])
        assert "Wednesday 04 March, 08:00" in str(card["blocks"])
        assert town.sends == []
        assert await town.desk.services.store.flood.look([NUMBER], "Bonjour") == {}


async def test_marketing_reviewed_before_closing_time_cannot_be_confirmed_after_it(redis_url: str) -> None:
    clock = PlainClock(OPEN["one minute before closing"])
    async with open_town(redis_url, now=clock, workers=0) as town:
        await town.fill(kind="marketing")
        clock.at = CLOSED["the closing time itself"][0]
        confirmed = await town.person().submit({})
        assert confirmed.delivery
        assert "SMSFactor's rule" in str(confirmed.delivery.answer)
        assert await town.desk.services.store.campaigns.newest(1) == []
