"""Socket Mode of the stand-in: with Bolt's own client, and with a bare WebSocket for what Bolt hides."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn

APP_TOKEN = "xapp-test"


@pytest.fixture
async def slack():
    async with SlackStandIn(app_token=APP_TOKEN, echo=False, answer_seconds=1.0, redeliver_after=0.05) as stand_in:
        yield stand_in


@asynccontextmanager
async def bolt(slack):
    """A Bolt app on Socket Mode that answers /sms and notes messages."""
    got = []
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        app = AsyncApp(token=None, client=client, signing_secret=slack.signing_secret)

        @app.command("/sms")
        async def command(ack, command):
            await ack(f"you said {command['text']}")

        @app.event("message")
        async def message(event, request):
            got.append((event["text"], request.headers.get("x-slack-retry-num")))

        handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=client)
        await handler.connect_async()
        try:
            yield got
        finally:
            await handler.close_async()


@asynccontextmanager
async def bare(slack):
    """A WebSocket as a client sees it, after hello."""
    headers = {"Authorization": f"Bearer {APP_TOKEN}"}
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.api_url + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            yield socket


async def test_commands_and_events_travel_by_socket(slack):
    async with bolt(slack) as got:
        result = await slack.person("U0ALICE").command("/sms", "hello")
        await slack.person("U0BRUNO").write("C0SMS", "a message")
    assert (result.status, result.answer["text"]) == (200, "you said hello")
    assert got == [("a message", ["0"])]
    assert {one.transport for one in slack.requests} == {"socket"}


async def test_a_socket_comes_before_http(slack):
    slack.connect("http://127.0.0.1:9/slack/events")
    async with bolt(slack):
        assert (await slack.person("U0ALICE").command("/sms", "hello")).status == 200


async def test_a_client_that_is_asked_to_reconnect_goes_on_working(slack):
    async with bolt(slack):
        await slack.refresh_sockets()
        assert (await slack.person("U0ALICE").command("/sms", "again")).answer["text"] == "you said again"
        assert len(slack.called("apps.connections.open")) == 2


async def test_an_envelope_that_is_not_acknowledged_comes_again(slack):
    async with bare(slack) as socket:
        await slack.until(lambda: slack.sockets.connected)
        async with meanwhile(slack.person("U0ALICE").command("/sms", "hello")) as task:
            first = await socket.receive_json()
            second = await socket.receive_json()
            await socket.send_json({"envelope_id": first["envelope_id"], "payload": {"text": "late"}})
            result = await task
    assert first["envelope_id"] == second["envelope_id"]
    assert (first["type"], first["accepts_response_payload"]) == ("slash_commands", True)
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert result.answer["text"] == "late"


async def test_an_acknowledgement_counts_on_another_socket(slack):
    async with bare(slack) as old, bare(slack) as new:
        await slack.until(lambda: slack.sockets.connected == 2)
        async with meanwhile(slack.person("U0BRUNO").write("C0SMS", "hello")) as task:
            envelope = await old.receive_json()
            assert envelope["payload"]["event"]["text"] == "hello"
            await new.send_json({"envelope_id": envelope["envelope_id"]})
            await task
    assert slack.requests[0].ok


async def test_a_ticket_is_good_for_one_socket(slack):
    async with aiohttp.ClientSession() as session:
        for ticket in ("", "rubbish"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{slack.base_url}/link/?ticket={ticket}")


async def test_without_any_app_a_person_is_told_so(slack):
    with pytest.raises(LookupError, match="no app is connected"):
        await slack.person("U0ALICE").command("/sms", "hello")


@asynccontextmanager
async def meanwhile(work):
    """Something a person does while the test plays the client."""
    async with asyncio.TaskGroup() as group:
        yield group.create_task(work)
