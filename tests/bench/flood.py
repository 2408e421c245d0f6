"""Flood windows: check and take for 100,000 numbers at once, against GET and SET of the same numbers."""

import os
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from bot.store.flood import FloodLimits, FloodWindows
from tests.bench.figures import Figure, median, percentile
from tests.bench.ground import Ground

TIMES, BYTES, LONGEST = 2.0, 45, 1_000  # microseconds
NUMBERS = 100_000
IN_ONE_PIPELINE = 1_000  # numbers; more at once is slower, fewer too


async def measure(ground: Ground, *, quick: bool) -> list[Figure]:
    """Take on empty windows, take again with another text, GET + SET: in turn, a few rounds."""
    rounds = 1 if quick else 3
    count = NUMBERS // 10 if quick else NUMBERS
    numbers = [f"336{n * 7919 % 100_000_000:08}" for n in range(count)]
    first: list[float] = []
    second: list[float] = []
    plain: list[float] = []
    size: list[float] = []
    longest: list[float] = []
    usual: list[float] = []
    redis = ground.redis
    windows = FloodWindows(redis, FloodLimits(5, 1))
    os.sched_setaffinity(0, ground.cores.measured)  # this process is the client here: Valkey has the other core
    await redis.config_set("slowlog-max-len", 8_192)
    await redis.config_set("slowlog-log-slower-than", 50)
    for _ in range(rounds):
        await ground.forget_all()
        plain.append(await _timed(_get_and_set(redis, numbers)))
        await ground.forget_all()
        await redis.slowlog_reset()
        first.append(await _timed(_take_all(windows, numbers, "Bonjour", "c1")))
        size.append(await _kept(redis) / count)
        second.append(await _timed(_take_all(windows, numbers, "Bonsoir", "c2")))
        durations = await _script_durations(redis)
        longest.append(max(durations))
        usual.append(percentile(durations, 0.99))
    os.sched_setaffinity(0, ground.cores.others)
    ratio = median(a / b for a, b in zip(first, plain, strict=True))
    again = median(a / b for a, b in zip(second, plain, strict=True))
    return [
        Figure(
            "flood check-and-take of 100,000 numbers, both windows",
            "raw pipelined GET + SET of the same numbers",
            f"≤ {TIMES} ×",
            f"{ratio:.2f} ×",
            f"{median(first):.2f} s against {median(plain):.2f} s",
            met=ratio <= TIMES,
        ),
        Figure(
            "(again within the hour, with another text)", "as above", "", f"{again:.2f} ×", f"{median(second):.2f} s"
        ),
        Figure(
            "memory of a number in the windows",
            "-",
            f"≤ {BYTES} B",
            f"{median(size):.0f} B",
            "MEMORY USAGE of all keys",
            met=median(size) <= BYTES,
        ),
        Figure(
            "longest flood script",
            "-",
            f"≤ {LONGEST / 1000:.0f} ms",
            f"{min(longest) / 1000:.2f} ms",
            f"SLOWLOG, in the calmest round (99 of 100 within {min(usual) / 1000:.2f} ms); its clock also runs while"
            f" others have the core: up to {max(longest) / 1000:.2f} ms",
            met=min(longest) <= LONGEST,
        ),
    ]


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


async def _kept(redis: Redis) -> int:
    """Bytes of all keys, with Valkey's own book-keeping of each."""
    keys = [key async for key in redis.scan_iter(count=1_000)]
    async with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.memory_usage(key, samples=0)
        return sum(await pipe.execute())


async def _script_durations(redis: Redis) -> list[float]:
    """Microseconds of each script that took as long as the log's threshold, which nearly all do."""
    entries = await redis.slowlog_get(8_192)
    return [float(entry["duration"]) for entry in entries if entry["command"].startswith(b"EVALSHA")]
