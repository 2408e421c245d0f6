"""`python -m bot demo` as a person runs it: it says how to go on, and Ctrl-C leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
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
async def run_demo(directory: Path, **environment: str) -> AsyncIterator[Demo]:
    """The demo as a process; killed with all that it started if a test fails half-way."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
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


async def test_without_a_tour_it_says_how_to_go_on_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    async with run_demo(tmp_path, TOUR="0") as demo:
        printed = await demo.says("Ctrl-C ends")
        started = pids(printed)
        assert all(map(is_alive, started))
        assert await demo.ends(signal.SIGINT) == 0
    assert "1 of" not in demo.printed
    assert not any(map(is_alive, started))
    assert is_empty(tmp_path)


async def test_what_it_says_to_paste_works_and_what_happens_is_shown(tmp_path: Path) -> None:
    """The printed lines are taken as they stand: a command, its form, its review; the SMS and its receipt are shown."""
    async with run_demo(tmp_path, TOUR="0") as demo, aiohttp.ClientSession() as session:
        printed = await demo.says("Ctrl-C ends")
        lines = re.findall(r"curl .* (http://\S+) -d '(.*)'", printed)
        assert len(lines) == 4
        command, submit, reply, _release = lines
        for url, body in (command, submit, submit):
            async with session.post(url, json=json.loads(body)) as answer:
                assert answer.status == 200
        await demo.says("┏ on the phone +33 6 12 34 56 79")
        await demo.says("1 delivered")
        async with session.post(reply[0], json=json.loads(reply[1])) as answer:
            assert answer.status == 200
        await demo.says("▏ Merci !")
        assert await demo.ends(signal.SIGTERM) == 0
    assert "Look before you send" in demo.printed


async def test_ctrl_c_during_the_tour_ends_it_too(tmp_path: Path) -> None:
    async with run_demo(tmp_path) as demo:
        await demo.says("3 of")
        assert await demo.ends(signal.SIGINT) == 0
    assert "Ctrl-C ends" not in demo.printed
    assert is_empty(tmp_path)


async def test_a_bot_that_dies_ends_the_demo_with_words(tmp_path: Path) -> None:
    async with run_demo(tmp_path, TOUR="0") as demo:
        bot, _server = pids(await demo.says("Ctrl-C ends"))
        os.kill(bot, signal.SIGTERM)
        assert await demo.ends() == 1
    assert "The bot ended by itself" in demo.printed
    assert "The end of its log" in demo.printed


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
