"""A provider of a few lines on loopback: it records what it is asked and answers what the test wishes."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.smsfactor import SMSFactor

OK = {"status": 1, "message": "OK"}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Provider:
    """Answers in the order of `answers`; the last one stays."""

    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    url: str = ""

    def says(self, answer: object, status: int = 200, **headers: str) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def respond(_: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=named)

        self.answers.append(respond)

    def does(self, answer: Answer) -> None:
        self.answers.append(answer)

    async def take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        headers = dict(request.headers)
        asked = Asked(request.method, request.rel_url.raw_path, dict(request.query), headers, raw)
        self.asked.append(asked)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return await answer(request)


async def drop_the_connection(request: web.Request) -> web.StreamResponse:
    """Act, then break the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.take)
    async with TestServer(app) as server:
        provider.url = str(server.make_url("")).rstrip("/")
        yield provider


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def sms(provider: Provider, session: aiohttp.ClientSession) -> SMSFactor:
    return SMSFactor(session, "t0ken", provider.url, backoff=0.001)


@pytest.fixture
def dropping() -> Answer:
    return drop_the_connection
