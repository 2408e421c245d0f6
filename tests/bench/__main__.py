"""``python -m tests.bench``: prints the table of docs/performance.md. ``--quick``: a smoke run; words: some cases only.

Linux only: processes are pinned to cores, and their CPU time is read from /proc.
"""

import argparse
import asyncio
import logging
import os
import platform
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
import uvloop

from tests.bench import acks, flood, receipts, small, webhooks
from tests.bench.figures import HEAD, Figure, line
from tests.bench.ground import Ground, open_ground

Case = Callable[[Ground, bool], Awaitable[list[Figure]]]


async def _small(_: Ground, quick: bool) -> list[Figure]:
    return [*await small.start(quick=quick), *small.texts(), *small.numbers()]


CASES: dict[str, Case] = {
    "webhooks": lambda ground, quick: webhooks.measure(ground, quick=quick),
    "acks": lambda ground, quick: acks.against_bolt(ground, quick=quick),
    "flooded-acks": lambda ground, quick: acks.under_flood(ground, quick=quick),
    "receipts": lambda ground, quick: receipts.measure(ground, quick=quick),
    "flood": lambda ground, quick: flood.measure(ground, quick=quick),
    "small": _small,
}


async def main(names: list[str], *, quick: bool) -> None:
    """All cases one after the other, each shown when it is done."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    began = time.monotonic()
    _say(_machine() + (", quick run" if quick else ""))
    _say(f"\n{HEAD}")
    for name in names:
        async with open_ground() as ground:
            for figure in await CASES[name](ground, quick):
                _say(line(figure, judged=not quick))
    _say(f"\n{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")


def _machine() -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} before"
    )


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="case", help=f"of {', '.join(CASES)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds; its figures mean little")
    asked = parser.parse_args()
    if unknown := set(asked.cases) - set(CASES):
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    uvloop.run(main(asked.cases or list(CASES), quick=asked.quick))
