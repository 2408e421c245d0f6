"""The case beside our web process: as little as aiohttp, uvloop and redis-py can do to append a body and answer 200.

``python -m tests.bench.bare <redis url> shared|single``: appends of concurrent requests share a pipeline, or each
request awaits an XADD of its own. Nothing is checked, parsed or counted.
"""

import asyncio
import json
import signal
import sys

import uvloop
from aiohttp import web
from redis.asyncio import Redis


class Shared:
    """Appends that are at hand together go in one pipeline."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._busy = False

    async def receive(self, request: web.Request) -> web.Response:
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((await request.read(), stored))
        if not self._busy:
            self._busy = True
            self._flushing = asyncio.create_task(self._flush())
        await stored
        return web.Response()

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            async with self._redis.pipeline(transaction=False) as pipe:
                for body, _ in batch:
                    pipe.xadd("events:bare", {"body": body})
                await pipe.execute()
            for _, stored in batch:
                stored.set_result(None)
        self._busy = False


class Single:
    """An XADD a request."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def receive(self, request: web.Request) -> web.Response:
        await self._redis.xadd("events:bare", {"body": await request.read()})
        return web.Response()


async def main(url: str, kind: str) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Redis.from_url(url) as redis:
        app = web.Application()
        handler = Shared(redis) if kind == "shared" else Single(redis)
        app.add_routes([web.post("/", handler.receive)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sys.stderr.write(json.dumps({"event": "serving", "port": runner.addresses[0][1]}) + "\n")
        sys.stderr.flush()
        await stop.wait()
        await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
