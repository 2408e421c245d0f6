"""The case beside our web process: as little as aiohttp, uvloop and redis-py can do to append a body and answer 200.

``python -m tests.bench.bare <redis url> shared|single``: appends of concurrent requests share a pipeline, or each
request awaits an XADD of its own. Nothing is checked, parsed or counted.
"""

import asyncio
import signal
import sys

import uvloop
from aiohttp import web
from redis.asyncio import Redis

from tests.bench.shared import SharedAppends, say_serving


async def main(url: str, kind: str) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Redis.from_url(url) as redis:
        appends = SharedAppends(redis)

        async def shared(request: web.Request) -> web.Response:
            await appends.append("events:bare", {"body": await request.read()})
            return web.Response()

        async def single(request: web.Request) -> web.Response:
            await redis.xadd("events:bare", {"body": await request.read()})
            return web.Response()

        app = web.Application()
        app.add_routes([web.post("/", {"shared": shared, "single": single}[kind])])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        say_serving(runner.addresses[0][1])
        await stop.wait()
        await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
