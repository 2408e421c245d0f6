"""R1: no SMS leaves twice, wherever the worker that sends it is killed."""

import socket
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from bot.app import work
from bot.store.campaign import CampaignState
from bot.store.embedded import EmbeddedServer
from tests.conftest import NUMBER, Town, open_town
from tests.rules.killing import (
    TEMPO,
    KillingProxy,
    Moment,
    Story,
    assert_counters_are_the_sum_of_the_bytes,
    eventually,
    kill_at_every_write,
    until_one_lives,
)
from tests.rules.passing_time import let_leases_run_out
from tests.rules.worker_process import Nursery

TEXT = "Rendez-vous demain"

pytestmark = pytest.mark.faults


async def confirm(town: Town) -> None:
    """Somebody fills the form and confirms it; the web process takes it in."""
    await town.send(text=TEXT)


async def settled(town: Town) -> None:
    """The card says how it ended, as far as that can be known."""
    await town.slack.until(lambda: town.cards() and says(town, "Accepted" if town.sends else "Unknown"), 20)


async def declined(town: Town) -> None:
    """As ``settled``, where the provider declines; if the worker died with that answer, nobody knows."""
    await town.slack.until(lambda: town.cards() and (says(town, "Not sent") or says(town, "Unknown")), 20)
    if says(town, "Not sent"):
        await eventually(partial(is_free, town))


def says(town: Town, words: str) -> bool:
    """Whether the campaign's card says ``words``."""
    return words in str(town.cards()[0]["blocks"])


async def check_sent_at_most_once(town: Town) -> None:
    """One request at most, one card, and counters that agree with the messages."""
    (campaign,) = await town.desk.services.store.campaigns.newest(2)
    assert len(town.sends) <= 1
    assert [text.text for text in town.provider.texts(NUMBER)] == [TEXT] * len(town.sends)
    assert campaign.state is (CampaignState.ACCEPTED if town.sends else CampaignState.UNKNOWN)
    assert len(town.cards()) == 1
    await assert_counters_are_the_sum_of_the_bytes(town, campaign.id)


async def check_declined_once(town: Town) -> None:
    """As above, of what the provider declined."""
    (campaign,) = await town.desk.services.store.campaigns.newest(2)
    assert len(town.sends) <= 1
    assert town.provider.texts(NUMBER) == []
    assert len(town.cards()) == 1
    assert campaign.state in (CampaignState.FAILED, CampaignState.UNKNOWN)
    await assert_counters_are_the_sum_of_the_bytes(town, campaign.id)


async def is_free(town: Town) -> bool:
    """Whether the same text could go to the same number again."""
    return await town.desk.services.store.flood.look([NUMBER], TEXT) == {}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_killed_at_any_write_of_a_send_leaves_one_sms_or_a_card_that_says_unknown(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    writes = await kill_at_every_write(Story(confirm, settled, check_sent_at_most_once), moment, bots, tmp_path)
    assert any("campaign:" in write for write in writes)


async def confirm_what_is_declined(town: Town) -> None:
    """Confirmed, but the provider has no credits left for it."""
    town.provider.fail("POST /send", "refuse:-3")
    await town.send(text=TEXT)


@pytest.mark.timeout(180)
async def test_a_worker_killed_at_any_write_of_a_declined_send_loses_no_place_in_the_flood_windows(
    bots: Nursery, tmp_path: Path
) -> None:
    story = Story(confirm_what_is_declined, declined, check_declined_once)
    await kill_at_every_write(story, "before", bots, tmp_path)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_web_process_killed_at_any_write_of_a_confirmation_leads_to_one_sms(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    """If the campaign was stored, it goes out by itself; if not, the person, who saw an error, clicks again."""

    async def play(nth: int) -> int | None:
        async with (
            EmbeddedServer(tmp_path / str(nth)) as server,
            open_town(server.url, tempo=TEMPO, workers=0) as town,
            KillingProxy(server.url.removeprefix("unix://"), nth, moment) as proxy,
        ):
            await town.fill(text=TEXT)
            review = town.person().view
            settings = town.settings.model_copy(update={"port": free_port()})
            proxy.pid = bots.start(settings, proxy.url, TEMPO, role="serve")
            await eventually(partial(is_up, settings.port))
            town.slack.connect(f"http://127.0.0.1:{settings.port}/slack/events")

            confirmed = await town.person().submit({}, view=review)

            killed = proxy.killed.is_set()
            if killed:
                await let_leases_run_out(town)
            assert (confirmed.action != "clear") is killed
            town.slack.connect(f"{town.url}/slack/events")
            async with work(town.desk):
                if not await town.desk.services.store.campaigns.newest(1):
                    again = await town.person().submit({}, view=review)
                    assert again.action == "clear"
                await settled(town)
            await check_sent_at_most_once(town)
            assert len(town.sends) == 1
        return None if killed else nth

    assert await until_one_lives(play) > 3


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def is_up(port: int) -> bool:
    """Whether a bot answers there."""
    try:
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/health") as answer:
            return answer.status == 200
    except ClientError:
        return False
