"""Slack over Socket Mode: the same desk without a public address."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.slack.forms import values
from tests.conftest import ALICE, NUMBER, Town, open_town

APP_TOKEN = "xapp-of-the-tests"


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """A desk that opens a socket to Slack; an envelope is sent again at once if it is not acknowledged."""
    slack = {"app_token": APP_TOKEN, "redeliver_after": 0.3}
    async with open_town(redis_url, slack=slack, slack_app_token=APP_TOKEN) as opened:
        await opened.slack.until(lambda: opened.slack.sockets.connected)
        yield opened


async def test_command_form_review_and_confirmation_go_through_the_socket(town: Town) -> None:
    opened = await town.person().command("/sms", "send 06 12 34 56 78 Bonjour")
    assert opened.view
    assert opened.delivery
    assert opened.delivery.transport == "socket"
    assert values(opened.view)["text"] == "Bonjour"
    review = await town.person().submit()
    assert review.action == "push"
    assert (await town.person().submit()).action == "clear"
    await town.card_says("Accepted")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Bonjour"]


async def test_a_command_is_answered_with_words_in_the_acknowledgement(town: Town) -> None:
    told = await town.person().command("/sms", "balance")
    assert told.answer
    assert "1000 credits" in told.answer["text"]


async def test_a_click_on_a_message_opens_the_form(town: Town) -> None:
    await town.provider.reply(NUMBER, "Bonjour ?")
    root = await town.channel_says("Bonjour ?")
    clicked = await town.person().click(root, "answer_open")
    assert clicked.view
    assert "+33 6 •• •• •• 78" in town.slack.show(clicked.view)


async def test_an_event_is_heard_and_the_person_is_asked_for_again(town: Town) -> None:
    await town.person().command("/sms", "help")
    asked = len(town.slack.called("users.info"))
    await town.slack.change_user(ALICE, is_admin=False)
    assert town.slack.requests[-1].ok
    await town.person().command("/sms", "help")
    assert len(town.slack.called("users.info")) == asked + 1


async def test_a_payload_that_nobody_listens_to_is_acknowledged(town: Town) -> None:
    """Slack would send it again and again otherwise."""
    ack = await town.slack.sockets.deliver("interactive", {"type": "something_new", "user": {"id": ALICE}}, 2.0)
    assert ack is not None


async def test_the_desk_reconnects_when_slack_asks_for_it(town: Town) -> None:
    await town.slack.refresh_sockets()
    await town.slack.until(lambda: town.slack.sockets.connected)
    assert (await town.person().command("/sms", "help")).answer
    assert len(town.slack.called("apps.connections.open")) == 2


async def test_an_envelope_of_a_submission_that_comes_again_sends_one_sms(town: Town) -> None:
    await town.fill()
    view = town.person().view
    assert (await town.person().submit()).action == "clear"
    await town.card_says("Accepted")
    confirmed = next(r for r in reversed(town.slack.requests) if r.kind == "view_submission")
    await town.slack.deliver_again(confirmed)
    again = await town.person().submit({}, view)
    assert again.status == 200
    assert len(town.sends) == 1
    assert len(town.provider.texts(NUMBER)) == 1


async def test_an_envelope_of_an_event_that_comes_again_has_one_effect(town: Town) -> None:
    await town.slack.change_user(ALICE, real_name="Alice Bernard")
    heard = town.slack.requests[-1]
    await town.person().command("/sms", "help")
    asked = len(town.slack.called("users.info"))
    assert (await town.slack.deliver_again(heard)).ok
    await town.person().command("/sms", "help")
    assert len(town.slack.called("users.info")) == asked


@pytest.mark.parametrize("app_token", [None, APP_TOKEN], ids=["http", "socket"])
async def test_a_start_warns_of_nothing(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, app_token: str | None
) -> None:
    """Not in our log, and not in those of Bolt and the other libraries, with the settings in the environment."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "of-the-environment")
    with capture_logs() as ours:
        async with open_town(redis_url, slack={"app_token": APP_TOKEN}, slack_app_token=app_token) as town:
            if app_token:
                await town.slack.until(lambda: town.slack.sockets.connected)
            assert (await town.person().command("/sms", "help")).answer
    assert caplog.messages == []
    assert {line["log_level"] for line in ours} == {"info"}
    assert os.environ["SLACK_BOT_TOKEN"] == "xoxb-of-the-environment"


async def test_closing_leaves_no_task_and_no_socket(redis_url: str) -> None:
    before = asyncio.all_tasks()
    async with open_town(redis_url, slack={"app_token": APP_TOKEN}, slack_app_token=APP_TOKEN) as town:
        await town.slack.until(lambda: town.slack.sockets.connected)
        await town.person().command("/sms", "help")
        slack = town.slack
    assert slack.sockets.connected == 0
    assert asyncio.all_tasks() <= before


async def test_a_form_that_is_being_answered_at_the_end_gets_its_answer(redis_url: str) -> None:
    desk = open_town(redis_url, slack={"app_token": APP_TOKEN}, slack_app_token=APP_TOKEN)
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(desk)
        await town.slack.until(lambda: town.slack.sockets.connected)
        town.provider.fail("/send/simulate", "stall")
        submitting = asyncio.create_task(town.fill())
        await town.provider.until(lambda: any(r.path == "/send/simulate" for r in town.provider.requests))
        await stack.aclose()
        assert (await submitting).action == "push"


async def test_a_wrong_app_token_keeps_the_desk_neither_from_serving_nor_from_ending(redis_url: str) -> None:
    """slack_sdk tries to connect without end."""
    async with asyncio.timeout(20), open_town(redis_url, slack_app_token=APP_TOKEN) as town:
        await town.slack.until(lambda: town.slack.called("apps.connections.open"))
        async with aiohttp.ClientSession() as session, session.get(f"{town.url}/health") as answer:
            assert answer.status == 200
