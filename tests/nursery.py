"""Bots as processes of their own, quickly: one process imports everything once, and each bot is forked from it.

An order comes in through a socket as JSON, with three or four open files: where the bot prints, where it writes
errors, where is told what becomes of it, and what it gets besides (see ``BotProcess.spawn``). Told are its process id
and, when it has ended, its exit status, each in a line. When the socket is closed, this ends.
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

    async def start(self, order: Mapping[str, Any], output: int, errors: int, *more: int) -> "Forked":
        """Have a process forked; back when it is. Orders stay apart: what is read ends where files came with it."""
        mine, its = socket.socketpair()
        with its:
            socket.send_fds(self._orders, [json.dumps(order).encode()], [output, errors, its.fileno(), *more])
        reader, writer = await asyncio.open_connection(sock=mine)
        return Forked(int(await reader.readline()), reader, writer)

    async def run(
        self, *words: str, environment: Mapping[str, str], directory: Path, together: bool = False
    ) -> "Forked":
        """``python -m bot <words>`` there, with that environment alone; ``stdout`` and ``stderr`` can be read.

        ``together``: what goes to ``stderr`` can be read from ``stdout``, too.
        """
        order = {"words": words, "directory": str(directory), "environment": dict(environment)}
        (stdout, printed), (stderr, errors) = await _output(), await _output()
        with printed, errors:
            forked = await self.start(order, printed.fileno(), (printed if together else errors).fileno())
        forked.stdout, forked.stderr = stdout, stderr
        return forked


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
    """A process, with as much of what asyncio has for one as ``BotProcess`` and the tests need."""

    def __init__(self, pid: int, told: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
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

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    async def communicate(self) -> tuple[bytes, bytes]:
        """Wait until it has ended; what it has printed, and what it has written to stderr."""
        printed, errors = await asyncio.gather(*(_all(stream) for stream in (self.stdout, self.stderr)))
        await self.wait()
        return printed, errors


class _UntilItsEnd(asyncio.StreamReaderProtocol):
    """Closes what is read, once all of it has been read."""

    def eof_received(self) -> bool:
        super().eof_received()
        return False


async def _output() -> tuple[asyncio.StreamReader, socket.socket]:
    """What a process may write to, and where to read it; a socket, for uvloop may not close a loop that had pipes."""
    reader = asyncio.StreamReader()
    ours, its = socket.socketpair()
    await asyncio.get_running_loop().create_connection(lambda: _UntilItsEnd(reader), sock=ours)
    return reader, its


async def _all(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


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
        more = () if hand_on is None else (hand_on,)
        if output != asyncio.subprocess.PIPE:
            number = output if isinstance(output, int) else output.fileno()
            return await self._nursery.start(order, number, number, *more)
        stdout, printed = await _output()
        with printed:
            forked = await self._nursery.start(order, printed.fileno(), printed.fileno(), *more)
        forked.stdout = stdout
        return forked


def main(orders: socket.socket) -> None:
    """Fork a keeper per order, which forks the bot and tells of it."""
    find_binary()  # imports, too
    gc.freeze()  # so that looking for garbage copies nothing of what all share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers that end leave nothing behind
    while True:
        words, files, _, _ = socket.recv_fds(orders, LONGEST, 4)
        if not words:
            return
        if os.fork() == 0:
            orders.close()
            _keep(json.loads(words), *files)
        for each in files:
            os.close(each)


def _keep(order: dict[str, Any], output: int, errors: int, told: int, *more: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _become(order, output, errors, *more)
    for each in (output, errors, *more):
        os.close(each)
    os.write(told, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(order: dict[str, Any], output: int, errors: int, *more: int) -> None:
    """Be the bot: with its files and no other, its environment and its directory."""
    if order.get("own_session"):
        os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the end
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
