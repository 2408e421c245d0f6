"""The credit balance: asked for, and told once when it runs low."""

from dataclasses import replace

import pytest

from bot.features.balance import check
from bot.sandbox.slack import show
from tests.conftest import QUICK, Town, open_town

OFTEN = replace(QUICK, balance=0.1)


async def asked(town: Town) -> str:
    """What /sms balance says."""
    result = await town.person().command("/sms", "balance")
    assert result.answer
    assert result.elapsed < 3
    return show(result.answer).replace("*", "")


def alerts(town: Town) -> list[str]:
    """Every warning in the channel."""
    return [root["text"] for root in town.roots() if "Low balance" in root["text"]]


def looks(town: Town) -> int:
    """How often the desk has asked the provider for its balance."""
    return sum(request.path == "/credits" for request in town.provider.requests)


async def checks(town: Town, count: int = 3) -> None:
    """Wait until the desk has looked at the balance that many times more."""
    goal = looks(town) + count
    await town.provider.until(lambda: looks(town) >= goal)


async def test_the_balance_is_told_to_the_one_who_asks(town: Town) -> None:
    assert await asked(town) == ":moneybag: 1000 credits are left."
    town.provider.credits = 1
    assert await asked(town) == ":moneybag: 1 credit is left."
    assert town.roots() == []


async def test_a_balance_below_the_alert_says_so(redis_url: str) -> None:
    async with open_town(redis_url, provider={"credits": 100}, balance_alert=500) as town:
        assert "100 credits are left. That is below the alert at 500." in await asked(town)


async def test_an_account_that_is_billed_monthly_has_no_balance_that_runs_out(redis_url: str) -> None:
    async with open_town(redis_url, tempo=OFTEN, provider={"credits": 0}, balance_alert=500) as town:
        town.provider.rules.postpaid = True
        assert "billed monthly" in await asked(town)


@pytest.mark.parametrize("fault", ["stall", 500, "garbage", "drop", "refuse:-1"])
async def test_when_the_provider_does_not_tell_it_the_answer_says_so_in_time(town: Town, fault: int | str) -> None:
    town.provider.fail("/credits", fault, times=20)
    assert "did not tell the balance. Nothing was sent or charged" in await asked(town)


async def test_the_providers_alert_is_told_once(town: Town) -> None:
    told = await town.provider.balance_alert()
    await town.provider.redeliver(told[0])
    await town.channel_says("(SMSFactor warns below 0)")
    await town.provider.reply("33612345678", "fin")
    await town.channel_says("fin")
    assert len(alerts(town)) == 1


async def test_our_own_check_tells_once_in_a_spell_of_low_balance(redis_url: str) -> None:
    async with open_town(redis_url, tempo=OFTEN, provider={"credits": 100}, balance_alert=500) as town:
        await town.channel_says("*100 credits* are left (this desk warns below 500)")
        town.provider.credits = 90
        await checks(town)
        assert len(alerts(town)) == 1
        town.provider.credits = 900
        await checks(town)
        town.provider.credits = 80
        await town.channel_says("*80 credits* are left")
        await checks(town)
        assert len(alerts(town)) == 2


async def test_a_balance_that_the_provider_warned_of_is_not_told_a_second_time_by_us(redis_url: str) -> None:
    async with open_town(redis_url, provider={"credits": 900}, balance_alert=500) as town:
        await town.provider.until(lambda: looks(town))  # the next look of its own is minutes away
        town.provider.credits = 100
        await town.provider.balance_alert()
        await town.channel_says("SMSFactor warns below")
        await check(town.desk.services)
        await town.provider.reply("33612345678", "fin")
        await town.channel_says("fin")
        assert len(alerts(town)) == 1


async def test_a_balance_above_the_limit_is_not_told(redis_url: str) -> None:
    async with open_town(redis_url, tempo=OFTEN, provider={"credits": 500}, balance_alert=500) as town:
        await checks(town)
        assert alerts(town) == []
