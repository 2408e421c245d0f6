"""R3: a webhook answered 200 is not lost, whatever is killed afterwards."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.app import open_desk, work
from bot.store.embedded import EmbeddedServer
from tests.conftest import NUMBER, OTHER, Town, open_town
from tests.rules.webhooks import post, receipt, reply, saying, says

pytestmark = pytest.mark.faults


async def test_webhooks_survive_a_redis_that_is_killed_before_a_worker_read_them(tmp_path: Path) -> None:
    """Appended and synced each second: what a killed process had written is with the kernel."""
    async with EmbeddedServer(tmp_path) as server:
        watching = asyncio.create_task(server.watch())
        async with open_town(server.url, workers=0) as town:
            for index in range(20):
                assert await post(town, "mo", reply(f"reply {index:02d}", f"3361234{index:04d}")) == 200
            await _kill(server)
            await _until_taken(town, reply("after the restart", OTHER))
            async with open_desk(town.settings, server.url, town.tempo) as desk, work(desk):
                await says(town, "after the restart")
                await says(town, "reply ", 20)
            assert [len(saying(town, f"reply {index:02d}")) for index in range(20)] == [1] * 20
        watching.cancel()


async def test_webhooks_survive_a_redis_that_is_killed_while_a_worker_is_at_them(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server:
        watching = asyncio.create_task(server.watch())
        async with open_town(server.url) as town, ClientSession() as session:
            await town.send(text="To be answered")
            await town.card_says("Accepted")
            taken = []
            for index in range(60):
                mo = reply(f"reply {index:02d}", f"3361234{index:04d}")
                if await post(town, "mo", mo, session) == 200:
                    taken.append(f"reply {index:02d}")
                if index == 30:
                    await _kill(server)
            await _until_taken(town, reply("after the restart", OTHER))
            await says(town, "after the restart", timeout=30)
            await town.slack.until(lambda: all(saying(town, words) for words in taken), 30)
            assert [words for words in taken if len(saying(town, words)) != 1] == []
            assert len(taken) > 30
        watching.cancel()


async def test_what_a_worker_left_is_done_by_another(redis_url: str) -> None:
    """The first ends in the middle of its work, at the queue of a channel and at the partitions."""
    async with open_town(redis_url, workers=0) as town:
        async with ClientSession() as session, open_desk(town.settings, redis_url, town.tempo) as second:
            async with open_desk(town.settings, redis_url, town.tempo) as first, work(first):
                for index in range(10):
                    await post(town, "mo", reply(f"reply {index:02d}", f"3361234{index:04d}"), session)
                await says(town, "reply ", 3)
            async with work(second):
                for index in range(10, 20):
                    await post(town, "mo", reply(f"reply {index:02d}", f"3361234{index:04d}"), session)
                await town.slack.until(lambda: all(saying(town, f"reply {n:02d}") for n in range(20)), 20)
        assert [len(saying(town, f"reply {index:02d}")) for index in range(20)] == [1] * 20


async def test_webhooks_that_came_while_no_worker_ran_are_done_when_one_does(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        for index in range(5):
            assert await post(town, "mo", reply(f"reply {index}")) == 200
        assert await post(town, "dlr", receipt("c0000000-0")) == 200
        assert town.roots() == []
        async with open_desk(town.settings, redis_url, town.tempo) as desk, work(desk):
            await says(town, "reply ", 5)
        texts = [m["text"].rpartition(": ")[2] for m in saying(town, "reply ")]
    assert texts == [f"reply {index}" for index in range(5)]
    assert NUMBER not in str(town.roots())


async def _kill(server: EmbeddedServer) -> None:
    """Kill -9, by its own process id, and wait until the new one answers."""
    dead = server.pid
    os.kill(dead, signal.SIGKILL)
    async with asyncio.timeout(30):
        while server.pid == dead:  # noqa: ASYNC110 - the server tells nobody that it was revived
            await asyncio.sleep(0.01)


async def _until_taken(town: Town, payload: dict[str, object]) -> None:
    """As the provider would: again until it is answered 200."""
    async with asyncio.timeout(20):
        while await post(town, "mo", payload) != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
