"""Flood windows: check and take for 100,000 numbers at once, against GET and SET of the same numbers."""

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from redis.asyncio import Redis

from bot.store.flood import FloodLimits, FloodWindows
from tests.bench.figures import Figure, median, percentile, spread
from tests.bench.ground import Ground

TIMES, BYTES, LONGEST = 1.7, 30, 1_000  # microseconds
NUMBERS = 100_000
IN_ONE_PIPELINE = 1_000  # numbers; more at once is slower, fewer too
RESERVED = 16_384  # entries of the slow log: more than a round has scripts
SHORT = 50  # microseconds; what takes less is counted and not logged, as are the commands within a script


@dataclass(slots=True)
class _Rounds:
    """What each round found: seconds, bytes a number, and microseconds of its scripts."""

    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)
    through_redis_py: list[float] = field(default_factory=list)
    size: list[float] = field(default_factory=list)
    scripts: list[list[float]] = field(default_factory=list)


async def measure(ground: Ground, *, quick: bool) -> list[Figure]:
    """GET + SET by hand and through redis-py, take on empty windows, take again with another text: in turn."""
    count = NUMBERS // 10 if quick else NUMBERS
    numbers = [f"336{n * 7919 % 100_000_000:08}" for n in range(count)]
    rounds = _Rounds()
    os.sched_setaffinity(0, ground.cores.measured)  # this process is the client here: Valkey has the other core
    await ground.redis.config_set("slowlog-max-len", RESERVED)
    for _ in range(1 if quick else 5):
        await _round(ground, numbers, rounds)
    os.sched_setaffinity(0, ground.cores.others)
    return [*_windows(rounds), _memory(rounds), _scripts(rounds)]


async def _round(ground: Ground, numbers: Sequence[str], rounds: _Rounds) -> None:
    redis = ground.redis
    windows = FloodWindows(redis, FloodLimits(5, 1))
    await redis.config_set("slowlog-log-slower-than", -1)
    await ground.forget_all()
    rounds.by_hand.append(_by_hand(unquote(urlsplit(ground.redis_url).path), numbers))
    await ground.forget_all()
    rounds.through_redis_py.append(await _timed(_get_and_set(redis, numbers)))
    await ground.forget_all()
    await redis.slowlog_reset()
    await redis.config_resetstat()
    await redis.config_set("slowlog-log-slower-than", SHORT)
    rounds.first.append(await _timed(_take_all(windows, numbers, "Bonjour", "c1")))
    rounds.size.append(await _kept(redis) / len(numbers))
    rounds.second.append(await _timed(_take_all(windows, numbers, "Bonsoir", "c2")))
    rounds.scripts.append(await _script_durations(redis))


def _windows(rounds: _Rounds) -> list[Figure]:
    def against(other: list[float]) -> float:
        return median(a / b for a, b in zip(rounds.first, other, strict=True))

    ratio, own = against(rounds.by_hand), median(rounds.first)
    again = median(a / b for a, b in zip(rounds.second, rounds.by_hand, strict=True))
    return [
        Figure(
            "flood check-and-take of 100,000 numbers, both windows",
            "GET + SET of the same numbers, packed by hand and pipelined on a socket",
            f"≤ {TIMES} ×",
            f"{ratio:.2f} ×",
            f"{own:.2f} s ({spread(rounds.first, '.2f')}) against {median(rounds.by_hand):.2f} s",
            met=ratio <= TIMES,
        ),
        Figure(
            "(through redis-py)",
            "GET + SET of the same numbers, pipelined by redis-py",
            "",
            f"{against(rounds.through_redis_py):.2f} ×",
            f"{own:.2f} s against {median(rounds.through_redis_py):.2f} s",
        ),
        Figure(
            "(again within the hour, with another text)",
            "by hand, as above",
            "",
            f"{again:.2f} ×",
            f"{median(rounds.second):.2f} s",
        ),
    ]


def _memory(rounds: _Rounds) -> Figure:
    found = median(rounds.size)
    what = "memory of a number in the windows"
    return Figure(what, "-", f"≤ {BYTES} B", f"{found:.0f} B", "MEMORY USAGE of all keys", met=found <= BYTES)


def _scripts(rounds: _Rounds) -> Figure:
    """999 of 1,000: the longest of all is one that something else interrupted."""
    most = [percentile(durations, 0.999) for durations in rounds.scripts]
    usual = median(percentile(durations, 0.99) for durations in rounds.scripts)
    longest = [max(durations) for durations in rounds.scripts]
    found = median(most)
    return Figure(
        "flood scripts: 99.9 % take at most",
        "-",
        f"≤ {LONGEST / 1000:.0f} ms",
        f"{found / 1000:.2f} ms",
        f"SLOWLOG, {len(rounds.scripts[0]):,} scripts a round ({spread([m / 1000 for m in most], '.2f')}); 99 % take "
        f"at most {usual / 1000:.2f} ms, the longest of a round {spread([m / 1000 for m in longest], '.2f')} ms: "
        "its clock also runs while others have the core",
        met=found <= LONGEST,
    )


async def _timed(work: Any) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def _take_all(windows: FloodWindows, numbers: Sequence[str], text: str, claim: str) -> None:
    refused = await windows.take(numbers, text, claim)
    if refused:
        raise RuntimeError("numbers with room were refused: the figure would say nothing")


async def _get_and_set(redis: Redis, numbers: Sequence[str]) -> None:
    for at in range(0, len(numbers), IN_ONE_PIPELINE):
        async with redis.pipeline(transaction=False) as pipe:
            for number in numbers[at : at + IN_ONE_PIPELINE]:
                pipe.get(number)
                pipe.set(number, "1")
            await pipe.execute()


def _by_hand(path: str, numbers: Sequence[str]) -> float:
    """Seconds that the same commands take at least: bytes put together here, answers only counted, no event loop.

    While Valkey works on a pipeline the next one is packed and sent.
    """
    answer = b"$-1\r\n+OK\r\n"  # to a GET of nothing, and to a SET
    answers = bytearray()
    began = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        for at in range(0, len(numbers), IN_ONE_PIPELINE):
            line.sendall(b"".join(map(_packed, numbers[at : at + IN_ONE_PIPELINE])))
            _receive(line, answers, len(answer) * at)
        _receive(line, answers, len(answer) * len(numbers))
    took = time.perf_counter() - began
    if answers != answer * len(numbers):
        raise RuntimeError("GET and SET were answered otherwise than expected: the figure would say nothing")
    return took


def _receive(line: socket.socket, answers: bytearray, until: int) -> None:
    while len(answers) < until and (more := line.recv(65_536)):
        answers += more


def _packed(number: str) -> bytes:
    """GET and SET as they go over the wire (Redis docs, protocol specification)."""
    key = b"$%d\r\n%b\r\n" % (len(number), number.encode())
    return b"*2\r\n$3\r\nGET\r\n%b*3\r\n$3\r\nSET\r\n%b$1\r\n1\r\n" % (key, key)


async def _kept(redis: Redis) -> int:
    """Bytes of all keys, with Valkey's own book-keeping of each."""
    keys = [key async for key in redis.scan_iter(count=1_000)]
    async with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.memory_usage(key, samples=0)
        return sum(await pipe.execute())


async def _script_durations(redis: Redis) -> list[float]:
    """Microseconds of every script of the round; of the short ones the most that they can have taken."""
    entries = await redis.slowlog_get(RESERVED)
    logged = [float(entry["duration"]) for entry in entries if entry["command"].startswith(b"EVALSHA")]
    scripts = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    return [*logged, *[float(SHORT)] * (scripts - len(logged))]
