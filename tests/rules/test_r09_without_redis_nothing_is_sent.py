"""R9: without Redis nothing is sent, everybody is told so, and when it is back the work goes on without a restart."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.store.embedded import EmbeddedServer
from tests.conftest import NUMBER, SECRET, Town, open_town
from tests.rules.killing import eventually

AWAY = "The desk's memory (Redis) cannot be reached"

pytestmark = pytest.mark.faults


@dataclass
class Memory:
    """The Valkey of a town, which a test may stop and start."""

    directory: Path
    server: EmbeddedServer

    async def stop(self) -> None:
        """It is gone."""
        await self.server.__aexit__(None, None, None)

    async def start(self) -> None:
        """It is back, with what it had."""
        self.server = await EmbeddedServer(self.directory).__aenter__()


@asynccontextmanager
async def town_with_memory(directory: Path) -> AsyncIterator[tuple[Town, Memory]]:
    """A town, and its Valkey to stop; both are closed whatever happened to it."""
    async with AsyncExitStack() as stack:
        memory = Memory(directory, await EmbeddedServer(directory).__aenter__())
        stack.push_async_callback(memory.stop)
        town = await stack.enter_async_context(open_town(memory.server.url))
        yield town, memory


async def webhook(town: Town, text: str) -> int:
    """Post a reply to the bot as the provider would; the answer's status."""
    payload = {"from": NUMBER, "message": text, "date": "2026-03-02T09:30:00"}
    headers = {"X-SMSFactor-Signature": SECRET}
    async with (
        ClientSession() as session,
        session.post(f"{town.url}/smsfactor/mo", json=payload, headers=headers) as answer,
    ):
        return answer.status


def prices(town: Town) -> int:
    """How often the provider was asked for a price."""
    return sum((r.method, r.path) == ("POST", "/send/simulate") for r in town.provider.requests)


async def test_every_door_says_so_and_nothing_is_sent_and_afterwards_all_works_without_a_restart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with town_with_memory(tmp_path) as (town, memory):
        person = town.person()
        await town.fill()
        review = person.view
        await memory.stop()

        command = await person.command("/sms", "send")
        assert command.answer
        assert AWAY in command.answer["text"]
        confirmed = await person.submit({}, view=review)
        assert AWAY in town.slack.show(person.view)
        assert "nothing was sent" in town.slack.show(person.view)
        await person.close()
        submitted = await person.submit({})
        assert AWAY in town.slack.show(person.view)
        assert max(command.elapsed, confirmed.elapsed, submitted.elapsed) < 3
        assert await webhook(town, "Perdu ?") == 503
        assert town.sends == []

        await memory.start()

        await person.close(everything=True)
        await town.send(text="De retour")
        await town.card_says("Accepted", timeout=20)
        assert [text.text for text in town.provider.texts(NUMBER)] == ["De retour"]
        assert await webhook(town, "Me revoilà") == 200
        await town.channel_says("Me revoilà", timeout=20)
        # All checks fail, again and again: to write that at length would keep people waiting.
        assert "Traceback" not in capsys.readouterr().out


async def test_a_campaign_that_waits_when_redis_goes_is_sent_once_when_it_is_back(tmp_path: Path) -> None:
    async with town_with_memory(tmp_path) as (town, memory):
        town.provider.fail("POST /send/simulate", 503, times=1, retry_after=1)  # the review's, which asks again
        filled = await town.fill()
        assert filled.action == "push"
        town.provider.fail("POST /send/simulate", 503, times=1, retry_after=1)  # the send's: it waits a second
        asked = prices(town)
        await town.person().submit({})
        await town.provider.until(lambda: prices(town) > asked)
        await memory.stop()
        assert town.sends == []

        await memory.start()

        await town.provider.until(lambda: town.sends, 20)
        await town.card_says("Accepted", timeout=20)
        assert len(town.sends) == 1


async def test_who_confirms_while_redis_fails_in_the_middle_is_not_told_that_nothing_is_sent(tmp_path: Path) -> None:
    async with town_with_memory(tmp_path) as (town, _):
        redis = town.desk.services.store.redis
        await town.fill()
        await redis.set("audit", "no stream")  # so that what is written last fails
        await town.person().submit({})
        told = town.slack.show(town.person().view)
        assert "it may still be sent. Look for its card first" in told
        assert "nothing was sent" not in told
        await town.card_says("Accepted")
        assert len(town.sends) == 1
        await redis.delete("audit")


@pytest.mark.timeout(90)
async def test_a_redis_that_hangs_while_somebody_confirms_and_confirms_again_leads_to_one_sms(tmp_path: Path) -> None:
    """What was on its way into it may be carried out when it wakes up; the second click must not add to it."""
    async with town_with_memory(tmp_path) as (town, memory):
        await town.fill()
        review = town.person().view
        os.kill(memory.server.pid, signal.SIGSTOP)
        try:
            first = await town.person().submit({}, view=review)
            assert town.sends == []
        finally:
            os.kill(memory.server.pid, signal.SIGCONT)
        assert first.action != "clear"
        await town.person().submit({}, view=review)
        await town.card_says("Accepted", timeout=20)

        async def at_rest() -> bool:
            return await town.desk.services.store.posts.waiting() == 0

        await eventually(at_rest)
        assert len(town.sends) == 1
        assert len(town.cards()) == 1
