"""One of two processes that race for places in the flood windows: says "ready", waits for a line, tells what it won."""

import asyncio
import json
import sys
from collections import Counter

from redis.asyncio import Redis

from bot.store.flood import FloodLimits, FloodWindows

NUMBERS = [f"336{index:08}" for index in range(1_000)]


async def in_step(redis: Redis, name: str) -> None:
    """Wait until the other one ("a" or "b") is as far: on a busy machine one could be done before the other begins."""
    await redis.rpush("race:b" if name == "a" else "race:a", "go")
    assert await redis.blpop([f"race:{name}"], timeout=30)


async def race(url: str, limits: FloodLimits, rounds: int, *, same_text: bool, name: str) -> Counter[str]:
    """Try ``rounds`` times for every number; how often each was won."""
    won: Counter[str] = Counter()
    async with Redis.from_url(url) as redis:
        windows = FloodWindows(redis, limits)
        await windows.look(NUMBERS[:1], "")
        print("ready", flush=True)  # noqa: T201 - the protocol
        sys.stdin.readline()
        for number in range(rounds):
            await in_step(redis, name)
            text = "Bonjour" if same_text else f"Bonjour {name}{number}"
            refused = await windows.take(NUMBERS, text, f"{name}{number}")
            won.update(one for one in NUMBERS if one not in refused)
    return won


if __name__ == "__main__":
    address, per_hour, same, tries, is_same, me = sys.argv[1:]
    limit = FloodLimits(int(per_hour), int(same))
    print(json.dumps(asyncio.run(race(address, limit, int(tries), same_text=is_same == "1", name=me))))  # noqa: T201
