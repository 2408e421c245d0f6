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

pytestmark = pytest.mark.timeout(90)


class Demo:
    """A running demo, and what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
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
async def run_demo(directory: Path, *words: str, **environment: str) -> AsyncIterator[Demo]:
    """The demo as a process; killed with all that it started if a test fails half-way."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--no-browser",
        *words,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(directory), "TOUR": "1", **environment},
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


async def test_without_a_tour_it_says_how_to_go_on_and_ctrl_c_leaves_nothing_behind(temporary: Path) -> None:
    async with run_demo(temporary, TOUR="0") as demo:
        printed = await demo.says("Ctrl-C ends")
        started = pids(printed)
        assert all(map(is_alive, started))
        assert await demo.ends(signal.SIGINT) == 0
    assert "1 of" not in demo.printed
    assert not any(map(is_alive, started))
    assert is_empty(temporary)


async def test_the_page_that_it_names_is_the_desk(temporary: Path) -> None:
    """A command, its form, its review; the SMS stands on a phone."""
    async with run_demo(temporary, TOUR="0") as demo:
        url = address(await demo.says("Ctrl-C ends"))
        async with aiohttp.ClientSession(url) as browser, browser.ws_connect("live") as socket:
            await act(browser, "command", command="/sms", text="send 06 12 34 56 79 Bonjour", channel="C0SMS")
            await act(browser, "submit")
            await act(browser, "submit")
            news = ""
            while "phone/33612345679" not in news:
                news = await socket.receive_str(timeout=20)
            assert "Bonjour" in news
        assert await demo.ends(signal.SIGTERM) == 0
    assert is_empty(temporary)


async def test_ctrl_c_during_the_tour_ends_it_too(temporary: Path) -> None:
    async with run_demo(temporary) as demo:
        await demo.says("3 of")
        assert await demo.ends(signal.SIGINT) == 0
    assert "Ctrl-C ends" not in demo.printed
    assert is_empty(temporary)


async def test_a_bot_that_dies_is_told_of_and_a_reset_starts_a_new_one(temporary: Path) -> None:
    async with run_demo(temporary, TOUR="0") as demo:
        printed = await demo.says("Ctrl-C ends")
        os.kill(pids(printed)[0], signal.SIGTERM)
        await demo.says("Reset, on the page, starts a new one.")
        async with aiohttp.ClientSession(address(printed)) as browser:
            async with browser.post("act/sandbox/reset", json={}) as answer:
                assert answer.status == 200
            await act(browser, "command", command="/sms", text="help", channel="C0SMS")
        assert await demo.ends(signal.SIGINT) == 0
    assert "The end of its log" in demo.printed
    assert is_empty(temporary)


async def test_a_port_that_is_taken_is_told_in_words(temporary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with run_demo(temporary, "--port", str(taken.getsockname()[1])) as demo:
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
