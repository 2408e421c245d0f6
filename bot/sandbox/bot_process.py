"""The bot itself, unchanged, as a process of its own: started, waited for until it is ready, ended."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import aiohttp

ROOT = Path(__file__).parents[2]  # where `python -m bot` finds the bot
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "VIRTUAL_ENV")
READY_SECONDS = 30.0
END_SECONDS = 15.0  # the bot itself takes 10 s at most
_LAST_LINES = 12


class BotError(Exception):
    """The bot did not start, or a command of it failed. The text holds the end of what it said."""


class BotProcess:
    """``async with BotProcess(settings, directory) as bot:`` runs it; the end of the block ends it.

    ``settings`` are environment variables; of this process's own environment nothing that could be a setting or
    a proxy is handed on. It works in ``directory``, so that no ``.env`` is read, and its log goes to ``log``.
    ``tempo``: the fields of ``bot.tempo.Tempo``, in seconds; without it the bot has its usual intervals.
    """

    def __init__(self, settings: Mapping[str, str], directory: Path, tempo: Mapping[str, Any] | None = None) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = directory / "bot.log"
        self._directory = directory
        own = {"HOST": "127.0.0.1", "PORT": str(self.port), "PUBLIC_URL": self.url, "DATA_DIR": str(directory / "data")}
        passed = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._environment = {**passed, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **own, **settings}
        self._tempo = ("--tempo", json.dumps(tempo)) if tempo else ()
        self._process: asyncio.subprocess.Process | None = None
        self._clock: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        return self._started.pid

    @property
    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("the bot was not started")
        return self._process

    async def __aenter__(self) -> "BotProcess":
        ours, its = socket.socketpair()
        self._clock = await asyncio.open_connection(sock=ours)
        with its, self.log.open("ab") as log:
            clock = its.fileno()
            # A session of its own: Ctrl-C in a terminal reaches the demo alone, which then ends the bot.
            self._process = await self.spawn(
                "--clock", str(clock), *self._tempo, output=log, own_session=True, hand_on=clock
            )
        return self

    async def __aexit__(self, *error: object) -> None:
        process = self._started
        if self._clock:
            self._clock[1].close()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def ready(self) -> None:
        """Wait until ``GET /ready`` says 200. Raises ``BotError`` if it ends before, or takes too long."""
        try:
            async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
                while not await self._answers(session):  # noqa: ASYNC110 - another process sets no event of ours
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise BotError(f"The bot was not ready within {READY_SECONDS:.0f} s.\n{self.last_words()}") from None

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        if self._started.returncode is not None:
            raise BotError(f"The bot ended with status {self._started.returncode}.\n{self.last_words()}")
        try:
            async with session.get(f"{self.url}/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def set_ahead(self, seconds: float) -> None:
        """Have its clock run so many seconds ahead of real time; it does when this returns. Raises ``BotError``."""
        if self._clock is None:
            raise RuntimeError("the bot was not started")
        answers, orders = self._clock
        line = f"{seconds}\n".encode()
        try:
            async with asyncio.timeout(END_SECONDS):
                orders.write(line)
                if await answers.readline() != line:
                    raise BotError("The bot did not take the new time.")
        except (OSError, TimeoutError):
            raise BotError("The bot did not take the new time.") from None

    async def run(self, command: str) -> str:
        """``python -m bot <command>`` with the same settings; what it printed. Raises ``BotError`` if it fails."""
        process = await self.spawn(command, output=asyncio.subprocess.PIPE)
        try:
            printed, _ = await process.communicate()
        finally:
            if process.returncode is None:  # we were interrupted
                process.kill()
                await process.wait()
        words = printed.decode(errors="replace")
        if process.returncode:
            raise BotError(f"`python -m bot {command}` ended with status {process.returncode}.\n{words}")
        return words

    async def wait(self) -> int:
        """Wait until it ends by itself; its exit status."""
        return await self._started.wait()

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(["The end of its log:", *lines[-_LAST_LINES:]])

    async def spawn(
        self, *words: str, output: int | IO[bytes], own_session: bool = False, hand_on: int | None = None
    ) -> asyncio.subprocess.Process:
        """Start ``python -m bot <words>``; tests have a quicker way. ``hand_on``: a descriptor that it gets too."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=self._directory,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=own_session,
            pass_fds=() if hand_on is None else (hand_on,),
        )


def _free_port() -> int:
    """A port that nothing listens on. The bot is told it before it starts, since it is part of PUBLIC_URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
