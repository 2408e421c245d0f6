"""The case beside our web process: the same webhook through starlette on uvicorn, as a careful team would write it.

``python -m tests.bench.on_starlette <redis url> shared|single <secret>``. It does what ours does before it answers 200:
signature, JSON object, fingerprint, durable append to the stream of the number's partition (as in ``bare``), with our
own functions where the framework has none, so that what differs is the framework. It counts nothing. uvicorn has its
quicker parser and loop.
"""

import asyncio
import json
import sys

import uvicorn
import uvloop
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.smsfactor.events import fingerprint
from bot.smsfactor.signature import verify
from bot.store.events import partition_of, stream_key
from tests.bench.shared import SharedAppends, say_serving


async def main(url: str, kind: str, secret: str) -> None:
    """Serve until SIGTERM."""
    async with Redis.from_url(url) as redis:
        append = {"shared": SharedAppends(redis).append, "single": redis.xadd}[kind]

        async def receive(request: Request) -> Response:
            kind, body = request.path_params["kind"], await request.body()
            if verify("plain", secret, request.headers.get("X-SMSFactor-Signature"), body) is None:
                return Response(status_code=401)
            try:
                payload = json.loads(body)
            except ValueError:
                return Response(status_code=400)
            if not isinstance(payload, dict):
                return Response(status_code=400)
            fields = {"kind": kind, "body": json.dumps(payload), "print": fingerprint(kind, payload)}
            await append(stream_key(partition_of(str(payload["destination"]))), fields)
            return Response()

        await _serve(Starlette(routes=[Route("/smsfactor/{kind}", receive, methods=["POST"])]))


async def _serve(app: Starlette) -> None:
    config = uvicorn.Config(
        app, "127.0.0.1", 0, http="httptools", ws="none", lifespan="off", access_log=False, log_level="warning"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    say_serving(server.servers[0].sockets[0].getsockname()[1])
    await serving


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
