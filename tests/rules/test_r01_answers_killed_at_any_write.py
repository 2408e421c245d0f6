"""R1 for answers: one SMS leaves, or none and all is as before, wherever the process dies that takes it in or back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_desk, work
from bot.sandbox.slack import show
from bot.store.campaign import CampaignState
from bot.store.embedded import EmbeddedServer
from bot.store.team import ConversationPolicy
from tests.conftest import CHANNEL, NUMBER, Town, open_town
from tests.rules.killing import TEMPO, KillingProxy, eventually, until_one_lives
from tests.rules.passing_time import let_leases_run_out
from tests.rules.test_r01_killed_at_any_write import free_port, is_up
from tests.rules.worker_process import Nursery

TEXT = "Oui, jusqu'à 18 h."

pytestmark = pytest.mark.faults


def card(town: Town) -> dict[str, Any] | None:
    """The conversation's card."""
    return next((root for root in town.roots() if "answer_open" in str(root.get("blocks"))), None)


def answer(town: Town) -> dict[str, Any] | None:
    """The card of the answer."""
    root = card(town)
    thread = town.slack.thread(CHANNEL, root["ts"]) if root else []
    return next((message for message in thread if TEXT in str(message["blocks"])), None)


def says(message: dict[str, Any] | None, words: str) -> dict[str, Any] | None:
    """The message, if it says this."""
    return message if message and words in show(message).replace("*", "") else None


@asynccontextmanager
async def working(town: Town) -> AsyncIterator[None]:
    """A healthy worker, for a while; by the clock of the town's own desk."""
    async with open_desk(town.settings, town.redis_url, TEMPO, town.desk.services.wall) as desk, work(desk):
        yield


async def serve_and_die(town: Town, proxy: KillingProxy, bots: Nursery) -> None:
    """Slack talks to a process of its own from now on, which dies at its n-th write."""
    settings = town.settings.model_copy(update={"port": free_port()})
    proxy.pid = bots.start(settings, proxy.url, TEMPO, role="serve")
    await eventually(partial(is_up, settings.port))
    town.slack.connect(f"http://127.0.0.1:{settings.port}/slack/events")


@pytest.mark.timeout(240)
async def test_a_web_process_killed_at_any_write_of_an_answer_leads_to_one_sms(bots: Nursery, tmp_path: Path) -> None:
    """If it was stored, it goes out by itself; if not, the person, who saw an error, submits the form again."""

    async def play(nth: int) -> int | None:
        async with (
            EmbeddedServer(tmp_path / str(nth)) as server,
            open_town(server.url, tempo=TEMPO, workers=0) as town,
            KillingProxy(server.url.removeprefix("unix://"), nth, "before") as proxy,
        ):
            async with working(town):
                await town.provider.reply(NUMBER, "C'est ouvert ?")
                await town.slack.until(lambda: card(town))
            await town.person().click(card(town) or {}, "answer_open")
            await town.person().fill({"answer_text": TEXT})
            form = town.person().view
            await serve_and_die(town, proxy, bots)

            sent = await town.person().submit({}, form)

            killed = proxy.killed.is_set()
            if killed:
                await let_leases_run_out(town)
            town.slack.connect(f"{town.url}/slack/events")
            async with working(town):
                if killed:
                    assert sent.problem
                    assert (await town.person().submit({}, form)).action == "close"
                await town.slack.until(lambda: says(answer(town), "Accepted"), 20)
                await town.slack.until(lambda: says(card(town), "Open, nobody waits · assigned to @U0ALICE"))
            assert [text.text for text in town.provider.texts(NUMBER)] == [TEXT]
            assert len(town.sends) == 1
        return None if killed else nth

    assert await until_one_lives(play) > 5


@pytest.mark.timeout(240)
async def test_a_web_process_killed_at_any_write_of_an_undo_sends_nothing_and_they_wait_as_before(
    bots: Nursery, tmp_path: Path
) -> None:
    """Once it was decided, a worker does the rest; if it was not, the button is still there."""

    async def play(nth: int) -> int | None:
        async with (
            EmbeddedServer(tmp_path / str(nth)) as server,
            open_town(server.url, tempo=TEMPO, workers=0) as town,
            KillingProxy(server.url.removeprefix("unix://"), nth, "before") as proxy,
        ):
            store = town.desk.services.store
            await store.team.save("conversations", ConversationPolicy(undo_seconds=60))
            async with working(town):
                await town.provider.reply(NUMBER, "C'est ouvert ?")
                await town.slack.until(lambda: says(card(town), "Waiting since"))
                before = await store.conversations.of(NUMBER)
                await town.person().click(card(town) or {}, "answer_open")
                await town.person().submit({"answer_text": TEXT})
                shown = await town.slack.until(lambda: says(answer(town), "Undo"))
                await town.slack.until(lambda: says(card(town), "nobody waits"))
            campaign = shown["metadata"]["event_payload"]["key"].partition(":")[2]
            await serve_and_die(town, proxy, bots)

            await town.person().click(shown, "answer_undo")

            killed = proxy.killed.is_set()
            if killed:
                await let_leases_run_out(town)
            town.slack.connect(f"{town.url}/slack/events")
            async with working(town):
                now = await store.campaigns.get(campaign)
                if now and now.state is not CampaignState.CANCELLED:
                    assert killed
                    await town.person().click(shown, "answer_undo")
                await town.slack.until(lambda: says(answer(town), "Cancelled"), 20)
                await town.slack.until(lambda: says(card(town), "Waiting since"), 20)
                await eventually(partial(is_forgotten, town, campaign))
            after = await store.conversations.of(NUMBER)
            assert before
            assert after
            assert after.since == before.since
            assert await store.flood.look([NUMBER], TEXT) == {}
            assert town.sends == []
        return None if killed else nth

    assert await until_one_lives(play) > 5


async def is_forgotten(town: Town, campaign: str) -> bool:
    """Whether nobody looks for it any more."""
    return campaign not in await town.desk.services.store.unknown.all()
