"""Bots of the sandbox, quickly: one process imports everything once, and each bot is forked from it.

An order comes in through a socket as JSON, with two or three open files: where the bot writes, where is
told what becomes of it, and what it gets besides (see ``BotProcess.spawn``). Told are its process id and, when it
has ended, its exit status, each in a line. When the socket is closed, this ends.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from bot.__main__ import cli
from bot.sandbox.bot_process import ROOT, BotProcess
from bot.store.embedded import find_binary
from bot.tempo import Tempo

LONGEST = 100_000  # bytes of an order
HIGHEST = 4_096  # no open file has a number as high as this


class Nursery:
    """The test's side."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders

    async def start(self, order: Mapping[str, Any], output: int, more: list[int]) -> "Forked":
        """Have a process forked; back when it is. Orders stay apart: what is read ends where files came with it."""
        mine, its = socket.socketpair()
        with its:
            socket.send_fds(self._orders, [json.dumps(order).encode()], [output, its.fileno(), *more])
        reader, writer = await asyncio.open_connection(sock=mine)
        return Forked(int(await reader.readline()), reader, writer)


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """Start the process that all bots are forked from; it imports while the first order waits."""
    ours, its = socket.socketpair()
    with ours:
        with its:
            command = [sys.executable, "-m", "tests.nursery", str(its.fileno())]
            process = subprocess.Popen(command, cwd=ROOT, pass_fds=[its.fileno()], start_new_session=True)
        yield Nursery(ours)
    process.wait()


class Forked:
    """A process, with as much of what asyncio has for one as ``BotProcess`` needs."""

    def __init__(self, pid: int, told: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.printed = -1  # where to read what it prints, if that was asked for
        self._ending = asyncio.create_task(self._end(told, line))

    async def _end(self, told: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
        self.returncode = int(await told.readline())
        line.close()

    async def wait(self) -> int | None:
        """Wait until it has ended; its exit status."""
        await asyncio.shield(self._ending)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    async def communicate(self) -> tuple[bytes, None]:
        """Wait until it has ended; what it has printed."""
        reader = asyncio.StreamReader()
        pipe = os.fdopen(self.printed, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        printed = await reader.read()
        transport.close()
        await self.wait()
        return printed, None


class ForkedBot(BotProcess):
    """A bot that is not started anew, but forked."""

    def __init__(
        self, nursery: Nursery, settings: Mapping[str, str], directory: Path, tempo: Tempo | None = None
    ) -> None:
        super().__init__(settings, directory, asdict(tempo) if tempo else None)
        self._nursery = nursery

    async def spawn(  # type: ignore[override]
        self, *words: str, output: int | IO[bytes], own_session: bool = False, hand_on: int | None = None
    ) -> Forked:
        """Have ``python -m bot <words>`` forked."""
        order = {
            "words": words,
            "directory": str(self._directory),
            "environment": self._environment,
            "own_session": own_session,
            "hand_on": hand_on,
        }
        more = [] if hand_on is None else [hand_on]
        if output != asyncio.subprocess.PIPE:
            return await self._nursery.start(order, output if isinstance(output, int) else output.fileno(), more)
        reading, writing = os.pipe()
        forked = await self._nursery.start(order, writing, more)
        os.close(writing)
        forked.printed = reading
        return forked


def main(orders: socket.socket) -> None:
    """Fork a keeper per order, which forks the bot and tells of it."""
    find_binary()  # imports, too
    gc.freeze()  # so that looking for garbage copies nothing of what all share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers that end leave nothing behind
    while True:
        words, files, _, _ = socket.recv_fds(orders, LONGEST, 3)
        if not words:
            return
        if os.fork() == 0:
            orders.close()
            _keep(json.loads(words), *files)
        for each in files:
            os.close(each)


def _keep(order: dict[str, Any], output: int, told: int, *more: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _become(order, output, *more)
    for each in (output, *more):
        os.close(each)
    os.write(told, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(order: dict[str, Any], output: int, *more: int) -> None:
    """Be the bot: with its files and no other, its environment and its directory."""
    if order["own_session"]:
        os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(output, number)
    kept = 2
    if more:
        kept = order["hand_on"]
        os.dup2(more[0], kept)
        os.closerange(3, kept)
    os.closerange(kept + 1, HIGHEST)
    os.chdir(order["directory"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    status: object = 0
    try:
        cli(order["words"])
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - as the interpreter would
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
