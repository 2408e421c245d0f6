"""The case beside our Slack door: Bolt as its documentation sets it up, with the same answer as ours.

``python -m tests.bench.bolt <api url> <bot token> <signing secret> <answer as JSON>``.
"""

import asyncio
import json
import signal
import sys

import uvloop
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.shared import say_serving


async def main(api_url: str, token: str, secret: str, answer: str) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    message = json.loads(answer)
    app = AsyncApp(client=AsyncWebClient(token, base_url=api_url), signing_secret=secret)

    @app.command("/sms")
    async def command(ack: AsyncAck) -> None:
        await ack(**message)

    runner = web.AppRunner(app.server(port=0).web_app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say_serving(runner.addresses[0][1])
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
