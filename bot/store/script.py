"""Lua scripts: read from the file beside the class that calls them, one call a round trip or many in one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis, RedisCluster

Call = tuple[Sequence[str], Sequence[Any]]

_HERE = Path(__file__).parent


class Script:
    """One script. Every key that it touches is named in ``keys`` and carries one hash tag, as Redis Cluster asks."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self.on_cluster = isinstance(cast("object", redis), RedisCluster)
        self._script = redis.register_script((_HERE / f"{name}.lua").read_text())

    async def __call__(self, keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
        """Run it once, atomically."""
        return await self._script(keys=keys, args=args)

    async def many(self, calls: Sequence[Call]) -> list[Any]:
        """Run it once per call, each atomic by itself, in one round trip (in a Cluster: side by side)."""
        if self.on_cluster:  # its pipelines refuse EVALSHA
            return list(await asyncio.gather(*(self(keys, args) for keys, args in calls)))
        async with self._redis.pipeline(transaction=False) as pipe:
            for keys, args in calls:
                await self._script(keys=keys, args=args, client=pipe)
            return list(await pipe.execute())
