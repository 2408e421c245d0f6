"""The small ones: the embedded server's start, the measure of a text, the reading of numbers."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import smsutil  # type: ignore[import-untyped]
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.phone import read
from bot.smsfactor.text import measure as measure_text
from bot.store.embedded import EmbeddedServer, find_binary
from tests.bench.figures import Figure, median, spread

START = 0.050
TEXTS, NUMBERS = 1_000, 500


async def start(*, quick: bool) -> list[Figure]:
    """Seven starts of the embedded server in a new directory, and seven of the bare binary."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(2 if quick else 7):
        with tempfile.TemporaryDirectory(prefix="sms-desk-bench-") as directory:
            began = time.perf_counter()
            async with EmbeddedServer(Path(directory)):
                ours.append(time.perf_counter() - began)
        with tempfile.TemporaryDirectory(prefix="sms-desk-bench-") as directory:
            bare.append(await _bare_start(Path(directory)))
    found = median(ours)
    return [
        Figure(
            "embedded server ready",
            "the bare binary until its first PONG, nothing kept",
            f"≤ {START * 1000:.0f} ms",
            f"{median(a / b for a, b in zip(ours, bare, strict=True)):.1f} ×",
            f"{found * 1000:.0f} ms ({spread([o * 1000 for o in ours], '.0f')}) against {median(bare) * 1000:.0f} ms",
            met=found <= START,
        )
    ]


async def _bare_start(directory: Path) -> float:
    path = str(directory / "valkey.sock")
    arguments = ("--port", "0", "--unixsocket", path, "--save", "", "--dir", str(directory))
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(find_binary(), *arguments, stdout=asyncio.subprocess.DEVNULL)
    try:
        async with Redis(unix_socket_path=path) as redis, asyncio.timeout(10):
            while True:
                try:
                    await redis.ping()
                    return time.perf_counter() - began
                except RedisConnectionError:
                    await asyncio.sleep(0.001)
    finally:
        process.terminate()
        await process.wait()


def texts() -> list[Figure]:
    """A thousand texts of one to four parts, every third of them Unicode."""
    written = [
        ("Bonjour, votre commande est prête. " if n % 3 == 0 else "Bonjour, votre rendez-vous est demain. ")
        * (1 + n % 12)
        + str(n)
        for n in range(TEXTS)
    ]
    ours, theirs = _each(lambda: [measure_text(t) for t in written], lambda: [smsutil.split(t) for t in written], TEXTS)
    return [Figure("segments of a text", "smsutil", "", f"{theirs / ours:.0f} × quicker", f"{ours:.1f} µs a text")]


def numbers() -> list[Figure]:
    """Five hundred numbers in the ways that people write them, in one field."""
    ways = (
        "06 12 {:02} {:02} {:02}",
        "+33 6 12 {:02} {:02} {:02}",
        "0033612{:02}{:02}{:02}",
        "06.12.{:02}.{:02}.{:02}",
    )
    written = [ways[n % 4].format(n // 10_000, n // 100 % 100, n % 100) for n in range(NUMBERS)]
    field = ", ".join(written)

    def theirs() -> list[bool]:
        return [phonenumbers.is_valid_number(phonenumbers.parse(number, "FR")) for number in written]

    def ours() -> None:
        if len(read(field).valid) != NUMBERS:
            raise RuntimeError("numbers were not read: the figure would say nothing")

    own, other = _each(ours, theirs, NUMBERS)
    return [
        Figure(
            "numbers read from a form's field",
            "phonenumbers: parse and check, each number handed over clean",
            "",
            f"{own / other:.2f} ×",
            f"{own:.0f} µs a number",
        )
    ]


def _each(ours: Callable[[], object], theirs: Callable[[], object], count: int) -> tuple[float, float]:
    """Microseconds an item of both, medians of five rounds in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        for work, kept in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            work()
            kept.append((time.perf_counter() - began) / count * 1e6)
    return median(times[0]), median(times[1])
