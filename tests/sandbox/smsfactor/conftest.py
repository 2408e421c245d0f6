"""A stand-in provider, a plain client for it, and a small bot that takes its webhooks."""

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.smsfactor import SMSFactorStandIn

TOKEN = "tok-1"


class Api:
    """Asks the provider the way its documentation says to."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}

    async def __call__(self, method: str, path: str, body: Any = None, *, http_status: int = 200, **query: Any) -> Any:
        async with self.session.request(
            method, self.url + path, json=body, params=query, headers=self.headers
        ) as answer:
            assert answer.status == http_status
            assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
            return await answer.json()

    async def send(self, text: str, *numbers: str, path: str = "/send", **message: Any) -> Any:
        """Send to numbers, each `33612345601` or `33612345601=message-id`."""
        gsm = []
        for number in numbers:
            value, _, message_id = number.partition("=")
            gsm.append({"value": value, "gsmsmsid": message_id} if message_id else {"value": value})
        return await self("POST", path, {"sms": {"message": {"text": text, **message}, "recipients": {"gsm": gsm}}})

    async def hook(self, kind: str, url: str, signature: str = "") -> str:
        """Register a webhook; its id."""
        answer = await self("POST", "/webhook", {"webhook": {"type": kind, "url": url, "signature": signature}})
        assert answer["status"] == 1
        return answer["webhook"]["webhook_id"]

    async def raw(self, method: str, path: str, **options: Any) -> tuple[int, str, str]:
        """HTTP status, content type and text of an answer that need not be JSON."""
        headers = options.pop("headers", self.headers)
        async with self.session.request(method, self.url + path, headers=headers, **options) as answer:
            return answer.status, answer.content_type, await answer.text()


@dataclass
class Bot:
    """Takes webhooks: each as (path, payload), with headers and raw bytes beside."""

    url: str = ""
    status: int = 200
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.headers.append(request.headers.copy())
        self.bodies.append(body)
        self.events.append((request.path, json.loads(body)))
        return web.Response(status=self.status)


@pytest.fixture
async def provider() -> AsyncIterator[SMSFactorStandIn]:
    async with SMSFactorStandIn(token=TOKEN) as running:
        yield running


@pytest.fixture
async def api(provider: SMSFactorStandIn) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, provider.url)


class Control:
    """Asks the control side the way a page does."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def __call__(self, verb: str, /, **fields: Any) -> tuple[int, dict[str, Any]]:
        """HTTP status and answer of a verb."""
        status, _, text = await self.api.raw("POST", f"/_/{verb}", json=fields, headers={})
        return status, json.loads(text)

    async def do(self, verb: str, /, **fields: Any) -> dict[str, Any]:
        """The answer of a verb that must not be refused."""
        status, answer = await self(verb, **fields)
        assert status == 200, answer
        return answer

    async def state(self) -> dict[str, Any]:
        """The snapshot."""
        _, _, text = await self.api.raw("GET", "/_/state", headers={})
        return dict(json.loads(text))

    async def phone(self, number: str) -> dict[str, Any]:
        """What the snapshot shows of one phone."""
        (found,) = [phone for phone in (await self.state())["phones"] if phone["number"] == number]
        return dict(found)


@pytest.fixture
def control(api: Api) -> Control:
    return Control(api)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    bot = Bot()
    app = web.Application()
    app.router.add_post("/{path:.*}", bot.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield bot
    await runner.cleanup()


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
