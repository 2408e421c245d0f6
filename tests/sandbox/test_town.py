"""The town: its clock jumps for everybody in it, and a bot that ends is told of."""

import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.sandbox.bot_process import BotError
from bot.sandbox.slack import Result
from bot.sandbox.town import LOW, Start, Town, open_town

pytestmark = [pytest.mark.timeout(90), pytest.mark.xdist_group("nursery")]

TO = "06 12 34 56 78"
HOUR = 3_600.0


@pytest.fixture
async def town(start: Start) -> AsyncIterator[Town]:
    """A town whose bot runs."""
    async with open_town(print, start) as opened:
        await opened.ready()
        yield opened


async def fill(town: Town, text: str, **values: object) -> Result:
    """Open Alice's form and press Continue."""
    alice = town.slack.person("U0ALICE")
    await alice.command("/sms", f"send {TO} {text}")
    return await alice.submit(values)


async def test_a_jump_moves_the_bot_slack_and_the_provider_together(town: Town) -> None:
    before = town.now()
    await fill(town, "Bonjour")
    await town.slack.person("U0ALICE").submit()
    await town.provider.until(lambda: town.provider.texts("33612345678"))
    assert "free again at" in (await fill(town, "Bonjour")).errors["to"]

    await town.jump(HOUR + 60)

    assert town.now() - before >= timedelta(hours=1)
    assert (await fill(town, "Bonjour")).action == "push"  # the bot's window and the provider's are free again
    written = await town.slack.person("U0ALICE").write("C0RANDOM", "It is late")
    assert float(written["ts"]) >= before.timestamp() + HOUR


async def test_on_a_sunday_marketing_is_refused_by_the_bots_own_clock(town: Town) -> None:
    days = (6 - town.now().weekday()) % 7
    await town.jump(timedelta(days=days).total_seconds())
    assert town.now().weekday() == 6
    refused = await fill(town, "Soldes", kind="marketing")
    assert "SMSFactor's rule" in refused.errors["kind"]


async def test_time_neither_goes_back_nor_runs_off(town: Town) -> None:
    for seconds in (-1.0, 367 * 24 * HOUR, float("nan")):
        with pytest.raises(ValueError, match="forward"):
            await town.jump(seconds)
        assert town.ahead == 0


async def test_the_app_is_held_to_its_manifest(town: Town) -> None:
    assert town.slack.snapshot()["app"]["commands"][0]["command"] == "/sms"
    assert not town.slack.refused


async def test_the_provider_warns_below_the_bots_own_limit(town: Town) -> None:
    assert town.provider.control.snapshot()["alert_trigger"] == LOW


async def test_a_bot_that_ends_by_itself_is_told_of_with_its_last_words(start: Start) -> None:
    told: list[str] = []
    async with open_town(told.append, start) as town:
        await town.ready()
        os.kill(town.bot.pid, signal.SIGTERM)
        await town.changes.until(lambda: town.run == "ended")
        assert town.words in told
        assert "ended by itself" in town.words
        with pytest.raises(BotError, match="did not take the new time"):
            await town.jump(HOUR)
