"""The outage switch: what each position does to callers, and that "off" lets go of who waits."""

import asyncio

import aiohttp
import pytest

ANA = "33612345601"
BODY = {"sms": {"message": {"text": "Bonjour"}, "recipients": {"gsm": [{"value": ANA, "gsmsmsid": "m-1"}]}}}


async def still_waits(task):
    """Let it run for a moment: whether it is still not done."""
    await asyncio.wait([task], timeout=0.05)
    return not task.done()


async def test_errors_are_http_500_until_the_switch_is_off(api, provider, control):
    assert (await control.state())["outage"] == {"how": "off", "seconds": 3}
    assert await control.do("outage", how="errors") == {"outage": {"how": "errors", "seconds": 3}}
    assert (await control.state())["outage"]["how"] == "errors"
    assert [(await api.raw("POST", "/send", json=BODY))[0] for _ in range(3)] == [500] * 3
    assert not provider.campaigns
    await control.do("outage", how="off")
    assert (await api.send("Bonjour", ANA))["status"] == 1


async def test_refused_is_http_503_with_the_time_to_wait(api, provider, control):
    await control.do("outage", how="refused")
    async with api.session.post(api.url + "/send", json=BODY, headers=api.headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert not provider.campaigns


async def test_down_closes_the_connection_and_does_nothing(api, provider, control):
    await control.do("outage", how="down")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api.send("Bonjour", ANA)
    assert not provider.campaigns


async def test_silence_does_nothing_and_answers_nothing(api, provider, control):
    await control.do("outage", how="silence")
    waiting = asyncio.create_task(api.send("Bonjour", ANA))
    await provider.until(lambda: provider.requests)
    assert await still_waits(waiting)
    await control.do("outage", how="off")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await waiting
    assert not provider.campaigns


async def test_lost_is_carried_out_and_its_answer_never_comes(api, provider, control):
    await control.do("outage", how="lost")
    waiting = asyncio.create_task(api.send("Bonjour", f"{ANA}=m-1"))
    await provider.until(lambda: provider.texts(ANA))
    assert await still_waits(waiting)
    await control.do("outage", how="off")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await waiting
    assert [text.message_id for text in provider.texts(ANA)] == ["m-1"]
    assert provider.credits == 999


async def test_while_answers_are_lost_what_only_asks_is_answered(api, provider, control):
    """So that a sender sees the price, sends, and does not hear what became of it."""
    await control.do("outage", how="lost")
    assert (await api("GET", "/credits"))["credits"] == "1000"
    assert (await api("POST", "/send/simulate", BODY))["status"] == 1


@pytest.mark.parametrize("how", ["silence", "lost"])
async def test_a_caller_may_give_up_first(api, provider, control, how):
    await control.do("outage", how=how)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await api.send("Bonjour", ANA)
    await control.do("outage", how="off")
    assert (await api("GET", "/credits"))["status"] == 1


async def test_delays_answer_late(api, provider, control):
    await control.do("outage", how="delays", seconds=0.2)
    assert (await control.state())["outage"] == {"how": "delays", "seconds": 0.2}
    before = asyncio.get_running_loop().time()
    assert (await api("GET", "/credits"))["credits"] == "1000"
    assert asyncio.get_running_loop().time() - before >= 0.2


async def test_switching_off_answers_what_was_delayed_at_once(api, provider, control):
    await control.do("outage", how="delays", seconds=600)
    waiting = asyncio.create_task(api.send("Bonjour", ANA))
    await provider.until(lambda: provider.texts(ANA))
    assert await still_waits(waiting)
    await control.do("outage", how="off")
    assert (await waiting)["sent"] == 1


async def test_who_is_held_stays_held_until_the_switch_is_off(api, provider, control):
    await control.do("outage", how="silence")
    # A POST: aiohttp's client repeats a GET whose connection was closed.
    waiting = asyncio.create_task(api.send("Bonjour", ANA))
    await provider.until(lambda: provider.requests)
    await control.do("outage", how="errors")
    assert await still_waits(waiting)
    assert (await api.raw("GET", "/credits"))[0] == 500
    await control.do("outage", how="off")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await waiting


async def test_a_planned_fault_comes_first(api, provider, control):
    await control.do("outage", how="errors")
    provider.fail("/credits", "refuse:-99")
    assert (await api("GET", "/credits"))["status"] == -99
    assert (await api.raw("GET", "/credits"))[0] == 500


async def test_webhooks_are_told_during_an_outage(api, bot, control):
    await api.hook("MO", bot.url + "/mo")
    await control.do("outage", how="down")
    (delivery,) = (await control.do("reply", number=ANA, text="Oui"))["deliveries"]
    assert delivery["http_status"] == 200


@pytest.mark.parametrize("how", ["silence", "lost"])
async def test_closing_the_server_lets_go_of_who_is_held(api, provider, control, how):
    await control.do("outage", how=how)
    waiting = asyncio.create_task(api.send("Bonjour", ANA))
    await provider.until(lambda: provider.requests)
    await provider.close()
    with pytest.raises(aiohttp.ClientError):
        await waiting
