"""A pace that all processes keep together: so many seconds between two turns."""

import asyncio

from redis.asyncio import Redis

from bot.store.script import Script


class Pace:
    """``pace:{name}`` → time of the next free turn (ms, Redis's clock); expires when it lies in the past."""

    def __init__(self, redis: Redis, name: str, seconds: float) -> None:
        self._key = f"pace:{{{name}}}"
        self._step = int(seconds * 1000)
        self._take = Script(redis, "pace")

    async def turn(self) -> None:
        """Wait for our turn."""
        wait = int(await self._take([self._key], [self._step]))
        if wait > 0:
            await asyncio.sleep(wait / 1000)
