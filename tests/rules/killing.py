"""Kill a bot at its n-th write: a proxy between it and Valkey counts what it writes, and pulls the trigger.

Counted are writes to the desk's own keys, one command or script each. Left out: the clock's keys (``desk:…``, which is
docket's own business), and what comes and goes with time and not with work: leases, paces, reads, the claims of checks.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha1
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

from bot import store
from bot.app import work
from bot.store.embedded import EmbeddedServer
from bot.tempo import Tempo
from tests.conftest import QUICK, Town, open_town
from tests.rules.passing_time import let_leases_run_out
from tests.rules.worker_process import Nursery

Moment = Literal["before", "after"]
T = TypeVar("T")

AT_ONCE = 2  # plays of a story side by side, for each process of the tests: they keep the processors busy
TEMPO = replace(QUICK, lease=10.0, job_lease=10.0, settle_grace=10.0, send_patience=5.0, sweep=0.3, channels=60.0)
"""Patient, so that a slow machine changes no story: a dead worker's leases are made to run out (passing_time)."""

NO_WRITES = frozenset(
    b"HELLO AUTH CLIENT SELECT PING INFO SCRIPT MULTI EXEC GET MGET EXISTS GETRANGE HGET HMGET HGETALL HEXISTS SMEMBERS"
    b" SMISMEMBER ZCARD ZRANGE ZREVRANGE ZRANGEBYSCORE XLEN LRANGE XRANGE XREVRANGE XPENDING XREAD XREADGROUP XGROUP"
    b" GETEX EXPIRE ZREMRANGEBYSCORE".split()  # lifetimes, and what the sweep throws away
)
QUIET_KEYS = (b"desk:", b"told:", b"spell:")
QUIET_SCRIPTS = frozenset(
    sha1((Path(store.__file__).parent / f"{name}.lua").read_bytes()).hexdigest().encode()  # noqa: S324 - Redis's name of it
    for name in ("lease_renew", "lease_free", "pace", "looks_claim", "posts_hold", "events_take", "events_seen")
)


class KillingProxy:
    """``async with KillingProxy(socket, nth, moment) as proxy``: give the bot ``proxy.url``, and set ``proxy.pid``.

    ``killed`` is set once the bot is dead. ``writes`` are the counted ones, in order; ``keys``: how their keys begin.
    """

    def __init__(self, socket: str, nth: int, moment: Moment, keys: tuple[bytes, ...] = (b"",)) -> None:
        self.pid = 0
        self.url = ""
        self.killed = asyncio.Event()
        self.writes: list[str] = []
        self._socket = socket
        self._nth = nth
        self._moment = moment
        self._keys = keys
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        self._server.close()
        for writer in self._connections.values():
            writer.close()  # which ends the reading of it
        await asyncio.gather(*self._connections)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections[task] = writer
        up_reader, up_writer = await asyncio.open_unix_connection(self._socket)
        answers = asyncio.create_task(_pour(up_reader, writer))
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                async for raw, words in _commands(reader):
                    if not await self._pass_on(raw, words, up_writer):
                        return
        finally:
            answers.cancel()
            up_writer.close()  # what was written is still delivered
            writer.close()
            del self._connections[task]

    async def _pass_on(self, raw: bytes, words: list[bytes], server: asyncio.StreamWriter) -> bool:
        """False once the bot is dead, and its last words are not to be heard."""
        if self.killed.is_set():
            return False
        fatal = False
        if _counts(words) and _key(words).startswith(self._keys):
            self.writes.append(b" ".join((words[0], _key(words))).decode())
            fatal = len(self.writes) == self._nth
        if fatal and self._moment == "before":
            self._kill()
            return False
        server.write(raw)
        await server.drain()
        if fatal:
            self._kill()
        return not fatal

    def _kill(self) -> None:
        if self.pid and not self.killed.is_set():
            os.kill(self.pid, signal.SIGKILL)
        self.killed.set()


def _counts(words: list[bytes]) -> bool:
    name, key = words[0].upper(), _key(words)
    if name in NO_WRITES or key.endswith(b":lease") or key.startswith(QUIET_KEYS):
        return False
    return name != b"EVALSHA" or words[1] not in QUIET_SCRIPTS


def _key(words: list[bytes]) -> bytes:
    place = 3 if words[0].upper() in (b"EVALSHA", b"EVAL") else 1
    return words[place] if len(words) > place else b""


async def _commands(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, list[bytes]]]:
    """Each command that a client sends (RESP: an array of bulk strings), raw and in words."""
    while line := await reader.readline():
        raw, words = [line], []
        for _ in range(int(line[1:])):
            size = await reader.readuntil(b"\r\n")
            word = await reader.readexactly(int(size[1:]) + 2)
            raw += [size, word]
            words.append(word[:-2])
        yield b"".join(raw), words


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    """Poll what nothing notifies us of; TimeoutError if it does not come true."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Story:
    """``begin`` gives a worker its work, ``ended`` waits until the end is seen from outside, ``check`` judges it."""

    begin: Callable[[Town], Awaitable[None]]
    ended: Callable[[Town], Awaitable[object]]
    check: Callable[[Town], Awaitable[None]]


async def kill_at_every_write(
    story: Story,
    moment: Moment,
    nursery: Nursery,
    directory: Path,
    tempo: Tempo = TEMPO,
    keys: tuple[bytes, ...] = (b"",),
) -> list[str]:
    """Play the story with a worker that is killed at its first write, at its second …, until one is not killed.

    Each time a healthy worker takes over, and the story is checked. Returns the writes of the worker that lived.
    """
    return await until_one_lives(
        lambda nth: _play(story, moment, nth, nursery, directory / f"{moment}-{nth}", tempo, keys)
    )


async def until_one_lives(play: Callable[[int], Coroutine[None, None, T | None]]) -> T:
    """Call ``play`` with 1, 2, 3 …, a few side by side, until one answers something: the bot outlived its story."""
    first = 1
    while True:
        async with asyncio.TaskGroup() as plays:
            runs = [plays.create_task(play(nth)) for nth in range(first, first + AT_ONCE)]
        for run in runs:
            if (lived := run.result()) is not None:
                return lived
        first += AT_ONCE


async def _play(
    story: Story,
    moment: Moment,
    nth: int,
    nursery: Nursery,
    directory: Path,
    tempo: Tempo,
    keys: tuple[bytes, ...],
) -> list[str] | None:
    async with (
        EmbeddedServer(directory) as server,
        open_town(server.url, tempo=tempo, workers=0) as town,
        KillingProxy(server.url.removeprefix("unix://"), nth, moment, keys) as proxy,
    ):
        await story.begin(town)
        proxy.pid = nursery.start(town.settings, proxy.url, tempo)
        try:
            killed = await _first(proxy.killed.wait(), _finished(story, town))
            if killed:
                await let_leases_run_out(town)
                async with work(town.desk):
                    await _finished(story, town)
            await story.check(town)
        except Exception as error:
            error.add_note(f"the worker was killed {moment} write {nth} of {proxy.writes}")
            raise
        return None if killed else proxy.writes


async def _first(killed: Awaitable[object], ended: Awaitable[object]) -> bool:
    """Whether the bot was killed before the story ended by itself."""
    waiting = [asyncio.ensure_future(killed), asyncio.ensure_future(ended)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if waiting[1].done():
            waiting[1].result()
        return waiting[0].done()
    finally:
        for one in waiting:
            while not one.done():  # in Python 3.11 a call of redis-py may lose a cancellation (asyncio.wait_for)
                one.cancel()
                await asyncio.wait({one}, timeout=0.1)


async def _finished(story: Story, town: Town) -> None:
    await story.ended(town)
    await eventually(partial(_at_rest, town))


async def _at_rest(town: Town) -> bool:
    """Whether nothing waits any more to be relayed or posted."""
    memory = town.desk.services.store
    return (await memory.events.depth()).waiting == 0 and await memory.posts.waiting() == 0


async def assert_counters_are_the_sum_of_the_bytes(town: Town, campaign: str) -> None:
    """The counters of a campaign's messages say what its bytes say."""
    memory = town.desk.services.store
    found = await memory.campaigns.get(campaign)
    written = await memory.redis.get(f"campaign:{{{campaign}}}:state")
    assert found
    assert {state.value: count for state, count in found.messages.items()} == Counter(written.decode())
