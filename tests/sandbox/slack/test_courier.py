"""Signed deliveries, retries, time limits and the echo of what the app did."""

import asyncio

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn
from tests.sandbox.slack.small_app import serving


async def test_a_request_can_be_delivered_again_byte_for_byte(slack):
    await slack.person("U0BRUNO").write("C0SMS", "hello")
    again = await slack.deliver_again(slack.requests[0])
    assert (again.body, again.status) == (slack.requests[0].body, 200)


async def test_the_url_is_verified(slack):
    delivery = await slack.verify_url()
    assert delivery.answer in (delivery.payload["challenge"], {"challenge": delivery.payload["challenge"]})


async def test_events_are_retried_three_times_with_their_headers(slack):
    got = []

    async def failing(request):
        headers = request.headers
        got.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=503)

    async with serving(failing) as url:
        slack.connect(url)
        await slack.person("U0BRUNO").write("C0SMS", "hello")
    assert got == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({one.payload["event_id"] for one in slack.requests}) == 1


async def test_no_retry_is_obeyed_and_commands_are_never_retried(slack):
    got = []

    async def failing(_request):
        got.append(1)
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with serving(failing) as url:
        slack.connect(url)
        await slack.person("U0BRUNO").write("C0SMS", "hello")
        result = await slack.person("U0BRUNO").command("/sms", "x")
    assert (len(got), result.problem) == (2, "dispatch_failed")


async def test_an_app_that_does_not_answer_in_time_is_a_timeout():
    never = asyncio.Event()

    async def hanging(_request):
        await never.wait()
        return web.Response()

    async with SlackStandIn(answer_seconds=0.05) as slack, serving(hanging) as url:
        slack.connect(url)
        result = await slack.person("U0BRUNO").command("/sms", "x")
        never.set()
    assert (result.status, result.problem) == (None, "operation_timeout")


async def test_the_app_hears_its_own_messages_unless_told_otherwise(seen):
    async with SlackStandIn(subscriptions={"message.channels"}) as slack, aiohttp.ClientSession() as session:
        got = []

        async def listening(request):
            got.append((await request.json())["event"])
            return web.Response()

        async with serving(listening) as url:
            slack.connect(url)
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
            await client.chat_postMessage(channel="C0SMS", text="mine")
            await client.chat_postMessage(channel="U0ALICE", text="not subscribed")
            await slack.until(lambda: slack.requests and slack.requests[-1].ok)
    assert [event["bot_id"] for event in got] == ["B0SMSDESK"]


async def test_rights_that_change_are_told(slack):
    await slack.change_user("U0BRUNO", is_admin=True)
    slack.world.add_group("S0SALES", "sales", ["U0BRUNO"])
    await slack.change_group("S0SALES", ["U0ALICE"])
    await slack.join("C0SMS", slack.world.add_user("U0DAVID", "david").id)
    events = [one.payload["event"] for one in slack.requests if one.retry_num == 0]
    assert [event["type"] for event in events] == ["user_change", "subteam_members_changed", "member_joined_channel"]
    assert events[0]["user"]["is_admin"]
    assert (events[1]["added_users"], events[1]["removed_users"]) == (["U0ALICE"], ["U0BRUNO"])
