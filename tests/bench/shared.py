"""What the cases beside our web process share: appends that are at hand together go in one pipeline of redis-py."""

import asyncio
import json
import os
import sys
from typing import Any

from redis.asyncio import Redis


class SharedAppends:
    """An XADD each; all that wait when the last pipeline has come back go in the next one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[tuple[str, dict[Any, Any], asyncio.Future[None]]] = []
        self._busy = False

    def append(self, stream: str, fields: dict[Any, Any]) -> asyncio.Future[None]:
        """Done once Redis has it."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((stream, fields, stored))
        if not self._busy:
            self._busy = True
            self._flushing = asyncio.create_task(self._flush())
        return stored

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            async with self._redis.pipeline(transaction=False) as pipe:
                for stream, fields, _ in batch:
                    pipe.xadd(stream, fields)
                await pipe.execute()
            for _, _, stored in batch:
                stored.set_result(None)
        self._busy = False


def say_serving(port: int) -> None:
    """Tell the bench, as our own processes do, that this one is ready, and which one answers: a server may fork."""
    sys.stderr.write(json.dumps({"event": "serving", "port": port, "pid": os.getpid()}) + "\n")
    sys.stderr.flush()
