"""`python -m bot demo` as a person runs it: it says how to go on, and Ctrl-C leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.bot_process import ROOT, BotError, BotProcess
from tests.nursery import Forked, Nursery

pytestmark = [pytest.mark.timeout(90), pytest.mark.xdist_group("nursery")]


class Demo:
    """A running demo, and what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process | Forked) -> None:
        self.process = process
        self.printed = ""

    async def says(self, words: str) -> str:
        """Read on until it has printed ``words``; all that it printed."""
        assert self.process.stdout
        while words not in self.printed:
            line = await self.process.stdout.readline()
            assert line, f"it ended without “{words}”:\n{self.printed}"
            self.printed += line.decode()
        return self.printed

    async def ends(self, number: signal.Signals | None = None) -> int:
        """Send a signal, or wait for its own end; the exit status. It has some seconds."""
        if number:
            self.process.send_signal(number)
        async with asyncio.timeout(15):
            printed, _ = await self.process.communicate()
        self.printed += printed.decode()
        return self.process.returncode or 0


@asynccontextmanager
async def run_demo(directory: Path, *words: str, nursery: Nursery | None = None, **more: str) -> AsyncIterator[Demo]:
    """The demo as a process, forked if there is a nursery; killed with all that it started if a test fails half-way."""
    command = ("demo", "--no-browser", *words)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(directory), "TOUR": "1", **more}
    if nursery:
        process = await nursery.run(*command, environment=environment, directory=directory, together=True)
    else:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *command),
            cwd=directory,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield Demo(process)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


def is_alive(pid: int) -> bool:
    """Whether there is such a process (a dead one that nobody waited for counts as gone)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def is_empty(directory: Path) -> bool:
    """Whether nothing was left in it."""
    return not list(directory.iterdir())


def pids(printed: str) -> tuple[int, int]:
    """The bot and its embedded server."""
    bot = re.search(r"The bot \(process (\d+)\)", printed)
    log = re.search(r"its log is (\S+)", printed)
    assert bot
    assert log
    events = [json.loads(line) for line in Path(log[1]).read_text().splitlines()]
    return int(bot[1]), next(event["pid"] for event in events if event["event"] == "embedded_server.ready")


def address(printed: str) -> str:
    """Where the page is."""
    found = re.search(r"^ +(http://\S+)$", printed, re.MULTILINE)
    assert found
    return found[1]


async def act(browser: aiohttp.ClientSession, name: str, **body: object) -> None:
    """Alice does something that works."""
    async with browser.post(f"act/people/U0ALICE/{name}", json=body) as answer:
        assert answer.status == 200
        result = (await answer.json())["result"]
        assert not result["problem"]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """For the whole demo, and short enough to hold the sockets of its servers."""
    with tempfile.TemporaryDirectory(prefix="sms-") as path:
        yield Path(path)


async def test_it_says_how_to_go_on_outlives_its_bot_and_ctrl_c_leaves_nothing_behind(temporary: Path) -> None:
    """Started as people start it. A bot that dies is told of, and a reset starts a new one."""
    async with run_demo(temporary, TOUR="0") as demo:
        printed = await demo.says("Ctrl-C ends")
        assert "1 of" not in printed
        started = pids(printed)
        assert all(map(is_alive, started))
        os.kill(started[0], signal.SIGTERM)
        await demo.says("Reset, on the page, starts a new one.")
        assert not any(map(is_alive, started))
        async with aiohttp.ClientSession(address(printed)) as browser:
            async with browser.post("act/sandbox/reset", json={}) as answer:
                assert answer.status == 200
            await act(browser, "command", command="/sms", text="help", channel="C0SMS")
        assert await demo.ends(signal.SIGINT) == 0
    assert "The end of its log" in demo.printed
    assert is_empty(temporary)


async def test_the_page_that_it_names_is_the_desk(temporary: Path, nursery: Nursery) -> None:
    """A command, its form, its review; the SMS stands on a phone. SIGTERM leaves nothing behind either."""
    async with run_demo(temporary, nursery=nursery, TOUR="0") as demo:
        printed = await demo.says("Ctrl-C ends")
        started = pids(printed)
        async with aiohttp.ClientSession(address(printed)) as browser, browser.ws_connect("live") as socket:
            await act(browser, "command", command="/sms", text="send 06 12 34 56 79 Bonjour", channel="C0SMS")
            await act(browser, "submit")
            await act(browser, "submit")
            news = ""
            while "phone/33612345679" not in news:
                news = await socket.receive_str(timeout=20)
            assert "Bonjour" in news
        assert all(map(is_alive, started))
        assert await demo.ends(signal.SIGTERM) == 0
    assert not any(map(is_alive, started))
    assert is_empty(temporary)


async def test_ctrl_c_during_the_tour_ends_it_too(temporary: Path, nursery: Nursery) -> None:
    async with run_demo(temporary, nursery=nursery) as demo:
        await demo.says("3 of")
        assert await demo.ends(signal.SIGINT) == 0
    assert "Ctrl-C ends" not in demo.printed
    assert is_empty(temporary)


async def test_a_port_that_is_taken_is_told_in_words(temporary: Path, nursery: Nursery) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with run_demo(temporary, "--port", str(taken.getsockname()[1]), nursery=nursery) as demo:
            assert await demo.ends() == 1
    assert "in use" in demo.printed
    assert "Traceback" not in demo.printed


async def test_a_bot_that_cannot_start_is_told_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets the settings that it is given and none of ours: neither from the environment nor from a .env here."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-somebody")
    async with BotProcess({}, tmp_path) as bot:
        with pytest.raises(BotError, match=r"(?s)ended with status 2.*SLACK_BOT_TOKEN: missing"):
            await bot.ready()
        with pytest.raises(BotError, match="`python -m bot webhooks` ended with status 2"):
            await bot.run("webhooks")
