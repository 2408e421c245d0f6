"""R1: an SMS that is typed in a thread leaves once, wherever the process that hears it is killed."""

from functools import partial
from pathlib import Path

import pytest

from bot.app import work
from bot.store.embedded import EmbeddedServer
from tests.conftest import CHANNEL, NUMBER, Town, open_town
from tests.rules.killing import TEMPO, KillingProxy, Moment, eventually, until_one_lives
from tests.rules.passing_time import let_leases_run_out
from tests.rules.test_r01_killed_at_any_write import free_port, is_up
from tests.rules.worker_process import Nursery

QUESTION = "Vous êtes ouverts ?"

pytestmark = pytest.mark.faults


async def conversation(town: Town) -> str:
    """Somebody writes; the ts of the card in whose thread it stands."""
    async with work(town.desk):
        await town.provider.reply(NUMBER, QUESTION)
        await town.slack.until(lambda: town.roots() and QUESTION in str(threads(town)[0]), 30)
    return str(town.roots()[0]["ts"])


def threads(town: Town) -> list[list[dict[str, object]]]:
    """What stands in the thread of each message of the channel."""
    return [town.slack.thread(CHANNEL, root["ts"])[1:] for root in town.roots()]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_web_process_killed_at_any_write_of_a_typed_answer_leads_to_one_sms(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    """Slack had no answer, so it brings the event again."""

    async def play(nth: int) -> int | None:
        async with (
            EmbeddedServer(tmp_path / str(nth)) as server,
            open_town(server.url, tempo=TEMPO, workers=0) as town,
            KillingProxy(server.url.removeprefix("unix://"), nth, moment) as proxy,
        ):
            thread = await conversation(town)
            settings = town.settings.model_copy(update={"port": free_port()})
            proxy.pid = bots.start(settings, proxy.url, TEMPO, role="serve")
            await eventually(partial(is_up, settings.port))
            town.slack.connect(f"http://127.0.0.1:{settings.port}/slack/events")

            await town.person().write(CHANNEL, "sms: Oui", thread)

            killed = proxy.killed.is_set()
            if killed:
                await let_leases_run_out(town)
            heard = town.told("sms:")[-1]
            assert heard.ok is not killed
            town.slack.connect(f"{town.url}/slack/events")
            async with work(town.desk):
                assert (await town.slack.deliver_again(heard)).ok
                await town.provider.until(lambda: town.provider.texts(NUMBER), 15)
                await town.slack.until(lambda: "Oui" in str(threads(town)), 15)
                await town.person().write(CHANNEL, "sms: Fin", thread)
                await town.provider.until(lambda: len(town.provider.texts(NUMBER)) >= 2, 15)
            assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui", "Fin"]
            assert len(town.sends) == 2
            assert town.person().ephemerals == []
        return None if killed else nth

    assert await until_one_lives(play) > 3
