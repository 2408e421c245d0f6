"""Faults on demand: what each does to the caller, and whether the request was carried out."""

import asyncio

import aiohttp
import pytest

ANA = "33612345601"


async def test_429_carries_retry_after_and_does_nothing(api, provider):
    provider.fail("POST /send", 429, retry_after=2)
    async with api.session.post(api.url + "/send", json={}, headers=api.headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
        assert "status" not in await answer.json()
    assert (await api.send("Bonjour", ANA))["sent"] == 1


async def test_500_does_nothing(api, provider):
    provider.fail("/send", 500)
    status, _, _ = await api.raw("POST", "/send", json={"sms": {}})
    assert status == 500
    assert not provider.campaigns


async def test_refuse_answers_that_status_and_does_nothing(api, provider):
    provider.fail("/send", "refuse:-3")
    assert (await api.send("Bonjour", ANA))["status"] == -3
    assert not provider.campaigns


async def test_drop_closes_before_acting(api, provider):
    provider.fail("/send", "drop")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api.send("Bonjour", ANA)
    assert len(provider.requests) == 1
    assert not provider.campaigns


async def test_drop_after_closes_having_acted(api, provider):
    provider.fail("POST /send", "drop_after")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api.send("Bonjour", f"{ANA}=m-1")
    assert [text.message_id for text in provider.texts(ANA)] == ["m-1"]
    assert provider.credits == 999


async def test_timeout_has_acted_and_holds_its_answer_back(api, provider):
    provider.fail("POST /send", "timeout")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await api.send("Bonjour", ANA)
    assert len(provider.texts(ANA)) == 1


async def test_stall_has_not_acted_and_never_answers(api, provider):
    provider.fail("POST /send", "stall")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await api.send("Bonjour", ANA)
    assert provider.requests
    assert not provider.campaigns


@pytest.mark.parametrize("how", ["timeout", "stall"])
async def test_closing_the_server_ends_answers_that_are_held_back(api, provider, how):
    provider.fail("/credits", how)
    waiting = asyncio.create_task(api("GET", "/credits"))
    await provider.until(lambda: provider.requests)
    await provider.close()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_garbage_has_acted_and_answers_html(api, provider):
    provider.fail("/send", "garbage")
    body = {"sms": {"message": {"text": "Bonjour"}, "recipients": {"gsm": [{"value": ANA}]}}}
    status, kind, text = await api.raw("POST", "/send", json=body)
    assert (status, kind) == (200, "text/html")
    assert text.startswith("<html>")
    assert len(provider.texts(ANA)) == 1


async def test_faults_happen_as_often_as_asked_in_order(api, provider):
    provider.fail("/credits", 500, times=2)
    provider.fail("/credits", "refuse:-99")
    statuses = [(await api.raw("GET", "/credits"))[0] for _ in range(2)]
    assert statuses == [500, 500]
    assert [(await api("GET", "/credits"))["status"] for _ in range(2)] == [-99, 1]


@pytest.mark.parametrize(
    "path", ["/campaign/20480001", "GET /campaign/20480001", "/campaign/:id", "GET /campaign/:id", "*"]
)
async def test_a_path_may_be_exact_a_pattern_or_any(api, provider, path):
    provider.fail(path, "refuse:-99")
    assert (await api("GET", "/campaign/20480001"))["status"] == -99


async def test_the_method_matters_when_it_is_given(api, provider):
    provider.fail("DELETE /webhook/:id", 500)
    assert (await api("GET", "/webhook/1"))["status"] == -5


@pytest.mark.parametrize("how", ["explode", "refuse:5", "refuse:x", 200, 700])
async def test_an_unknown_fault_is_refused(provider, how):
    with pytest.raises(ValueError, match="no fault"):
        provider.fail("/send", how)
