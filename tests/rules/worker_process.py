"""Bots in processes of their own, quickly: imported once, forked for each order that comes in on stdin.

An order is a line of JSON: ``settings``, ``redis_url``, ``tempo`` and ``role`` ("work" or "serve"). The answer is a
line with the process id of the bot, which runs until it is killed. When stdin closes, this ends.
"""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO, Any

import phonenumbers
import redis.utils
import uvloop

from bot.app import open_desk, serve, work
from bot.settings import Settings
from bot.tempo import Tempo

ROOT = Path(__file__).parents[2]


class Nursery:
    """The test's side: starts bots through the process of this module."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers

    def start(self, settings: Settings, redis_url: str, tempo: Tempo, role: str = "work") -> int:
        """Start a bot; its process id."""
        plain = {
            name: value.get_secret_value() if hasattr(value, "get_secret_value") else value
            for name, value in settings.model_dump(exclude_unset=True).items()
        }
        order = {"settings": plain, "redis_url": redis_url, "tempo": asdict(tempo), "role": role}
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return int(self._answers.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """The process that all bots are forked from."""
    command = [sys.executable, "-m", "tests.rules.worker_process"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield Nursery(process.stdin, process.stdout)
        process.stdin.close()


async def _live(order: dict[str, Any]) -> None:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in order["tempo"].items()}
    settings = Settings(_env_file=None, **order["settings"])  # type: ignore[call-arg]  # of pydantic-settings
    role = {"work": work, "serve": serve}[order["role"]]
    async with open_desk(settings, order["redis_url"], Tempo(**fields)) as desk, role(desk):
        await asyncio.Event().wait()


def main() -> None:
    """Fork a bot per order. What all of them load first is loaded before, and is none of their collectors' business."""
    phonenumbers.is_valid_number(phonenumbers.parse("+33612345678"))
    redis.utils.get_lib_version = cache(redis.utils.get_lib_version)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave nothing behind
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            silent = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silent, stream)
            uvloop.run(_live(json.loads(line)))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 - the protocol


if __name__ == "__main__":
    main()
