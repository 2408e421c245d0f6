"""Doors for operators: is the process alive, can it do its work, and its figures."""

import asyncio
import time

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import ASIDE, OLDEST, POSTS_OLDEST, POSTS_WAITING, WAITING
from bot.services import Services
from bot.slack.api import CALL_ERRORS, classify
from bot.smsfactor.errors import SMSFactorError
from bot.store import StoreError

FRESH = 10.0  # seconds that an answer about Slack and SMSFactor is good for: probes must not eat their rate limits


def health_routes(services: Services) -> list[web.RouteDef]:
    """``GET /health`` (the process lives), ``/ready`` (503 with the reasons when it cannot work), ``/metrics``."""
    ready = Readiness(services)

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readiness(_: web.Request) -> web.Response:
        problems = await ready.problems()
        status = 503 if problems else 200
        return web.json_response({"status": "not ready" if problems else "ready", "problems": problems}, status=status)

    async def metrics(_: web.Request) -> web.Response:
        await _measure(services)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/health", health), web.get("/ready", readiness), web.get("/metrics", metrics)]


class Readiness:
    """Asks Redis each time, and the other two at most every ``FRESH`` seconds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asking = asyncio.Lock()  # many probes at once are one question
        self._asked = 0.0
        self._outside: list[str] = []

    async def problems(self) -> list[str]:
        """What keeps the bot from working, in words; empty when nothing does. Without Redis nobody else is asked."""
        return await self._redis() or await self._others()

    async def _redis(self) -> list[str]:
        try:
            await self._services.store.ping()
        except StoreError as error:
            return [f"Redis: {type(error).__name__}"]
        return []

    async def _others(self) -> list[str]:
        async with self._asking:
            if not self._asked or time.monotonic() - self._asked >= FRESH:
                self._outside = await self._ask()
                self._asked = time.monotonic()
            return self._outside

    async def _ask(self) -> list[str]:
        problems = []
        try:
            await self._services.slack.auth_test()
        except CALL_ERRORS as error:
            problems.append(f"Slack: {classify(error).code}")
        try:
            await self._services.sms.credits()
        except (SMSFactorError, StoreError) as error:
            problems.append(f"SMSFactor: {type(error).__name__}")
        return problems


async def _measure(services: Services) -> None:
    """The figures that are read when somebody looks."""
    try:
        depth = await services.store.events.depth()
        POSTS_WAITING.set(await services.store.posts.waiting())
        POSTS_OLDEST.set(await services.store.posts.oldest())
    except StoreError:
        return
    WAITING.set(depth.waiting)
    OLDEST.set(depth.oldest)
    ASIDE.set(depth.aside)
