"""What every case stands on: a Valkey of its own, stand-ins, and servers in processes that are pinned to cores."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.store.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]
CHANNEL, USER = "C0SMS", "U0ALICE"
SECRET = "webhook-secret-of-the-bench"
READY = ("serving", "working")  # what a process says on stderr, as JSON, when it is
PATIENCE = 20.0  # seconds to start, and to end after SIGTERM


@dataclass(frozen=True, slots=True)
class Cores:
    """The process under test has one core to itself, everything else shares the others."""

    measured: frozenset[int]
    others: frozenset[int]

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """With a single core there is nothing to keep apart."""
        first, *rest = sorted(os.sched_getaffinity(0))
        return cls(frozenset({first}), frozenset(rest or [first]))

    @property
    def all(self) -> frozenset[int]:
        """For cases with more busy processes than cores: the kernel shares them out."""
        return self.measured | self.others


@dataclass(slots=True)
class Server:
    """A process of ours that serves (``port``) or works."""

    process: asyncio.subprocess.Process
    port: int = 0
    pid: int = 0
    """Of the process that answers: gunicorn forks it."""

    @property
    def cpu(self) -> float:
        """Seconds on a core so far, of all its threads (Linux docs, scheduler/sched-stats: the first figure, in ns)."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


@dataclass(frozen=True, slots=True)
class Ground:
    """The surroundings of one run."""

    cores: Cores
    directory: Path
    redis_url: str
    redis: Redis
    slack: SlackStandIn
    provider: SMSFactorStandIn

    async def forget_events(self) -> None:
        """Empty the streams (but no other record), so that no round finds what an earlier one left."""
        keys = [key async for key in self.redis.scan_iter(match="events:*", count=1000)]
        if keys:
            await self.redis.delete(*keys)

    async def forget_all(self) -> None:
        """An empty server whose memory is free again: by default Valkey frees it later, in another thread."""
        await self.redis.config_set("lazyfree-lazy-user-flush", "no")
        await self.redis.flushall()

    @asynccontextmanager
    async def bot(self, *words: str, cores: frozenset[int] | None = None) -> AsyncIterator[Server]:
        """``python -m bot <words>``, unchanged."""
        settings = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_CHANNEL": CHANNEL,
            "SMSFACTOR_TOKEN": self.provider.token,
            "SMSFACTOR_API_URL": self.provider.url,
            "SMSFACTOR_WEBHOOK_SECRET": SECRET,
            "BALANCE_ALERT": "0",
            "REDIS_URL": self.redis_url,
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        async with self.run("bot", *words, settings=settings, cores=cores) as server:
            yield server

    @asynccontextmanager
    async def run(
        self, module: str, *words: str, settings: dict[str, str] | None = None, cores: frozenset[int] | None = None
    ) -> AsyncIterator[Server]:
        """``python -m <module> <words>`` from when it says that it is ready; ended with SIGTERM."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *words),
            cwd=self.directory,  # where no .env is
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), **(settings or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        os.sched_setaffinity(process.pid, cores or self.cores.measured)
        server = Server(process, pid=process.pid)
        try:
            async with asyncio.timeout(PATIENCE):
                told = await _ready(process)
            server.port, server.pid = told.get("port", 0), told.get("pid", process.pid)
            reading = asyncio.create_task(_pass_on_errors(process))
            try:
                yield server
            finally:
                reading.cancel()
        finally:
            await _end(process)


@asynccontextmanager
async def open_ground() -> AsyncIterator[Ground]:
    """Everything that the cases share; all of it is gone afterwards."""
    cores = Cores.of_this_machine()
    os.sched_setaffinity(0, cores.others)
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sms-desk-bench-")))
        valkey = await stack.enter_async_context(EmbeddedServer(directory / "valkey"))
        redis = Redis.from_url(valkey.url)
        stack.push_async_callback(redis.aclose)
        slack = await stack.enter_async_context(SlackStandIn())
        provider = await stack.enter_async_context(SMSFactorStandIn(token="stand-in-token"))
        yield Ground(cores, directory, valkey.url, redis, slack, provider)


async def _ready(process: asyncio.subprocess.Process) -> dict[str, int]:
    """What it says when it is; raises ``RuntimeError`` with its words if it ends instead."""
    said = []
    assert process.stderr
    async for line in process.stderr:
        said.append(line.decode())
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if event.get("event") in READY:
                return {name: int(event[name]) for name in ("port", "pid") if name in event}
    raise RuntimeError("a process that was to be measured ended:\n" + "".join(said))


async def _pass_on_errors(process: asyncio.subprocess.Process) -> None:
    """A process that complains is not measuring what we think: let the reader see it."""
    assert process.stderr
    async for line in process.stderr:
        if b'"level": "info"' not in line:
            sys.stderr.write(line.decode())


async def _end(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            process.send_signal(number)
            async with asyncio.timeout(PATIENCE):
                await process.wait()
                return
