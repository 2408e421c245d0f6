"""The whole desk for each test: a real Valkey, the two stand-ins over real HTTP, and the bot itself."""

import asyncio
import gc
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis.asyncio.connection
import structlog
import uvloop
from redis import Redis
from redis.asyncio import UnixDomainSocketConnection
from xdist.scheduler import LoadScopeScheduling

from bot.__main__ import YOUNG_OBJECTS
from bot.app import Desk, open_desk, serve, work
from bot.sandbox.slack import Person, Result, SlackStandIn
from bot.sandbox.slack.courier import Delivery
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.settings import Settings
from bot.smsfactor.webhooks import TYPES
from bot.store.embedded import EmbeddedServer
from bot.tempo import Tempo
from bot.wallclock import WallClock
from tests.nursery import Nursery, open_nursery

ROOT = Path(__file__).resolve().parents[1]
CHANNEL = "C0SMS"
SECRET = "webhook-secret-of-the-tests-0123456789"
ALICE, BRUNO, GUEST, STRANGER = "U0ALICE", "U0BRUNO", "U0GUEST", "U0STRANGER"
NUMBER, OTHER = "33612345678", "33698765432"

QUICK = Tempo(
    post_pace=0.01,
    post_retry=(0.02, 0.05, 0.1),
    provider_pace=0.0,
    settle_grace=2.0,
    looks=(0.1, 0.1, 0.1, 0.1),
    looks_for=60.0,
    unknown_looks=(0.1, 0.1, 0.1, 0.1),
    unknown_looks_for=60.0,
    triage=0.25,
    triage_again=1.0,
    sweep=1.0,
    channels=1.0,
    lease=1.0,
    relay_retry=(0.01, 0.02, 0.05),
    job_lease=1.0,
    first_checks=0.5,
    drain=2.0,
    read_wait=0.25,
)


async def _greet_later(self: UnixDomainSocketConnection) -> None:
    """Do nothing: over a socket redis-py 8.1 greets the server here, and a second time where it does so over TCP."""


# The real Slack waits three seconds, and so does the sandbox. Here a busy machine must not be taken for a slow desk:
# a test that asks for quickness asserts how much time has ``elapsed``.
PATIENCE = {"answer_seconds": 10.0, "trigger_seconds": 10.0}

# Each desk of a test opens some twenty connections. On each of them the server is greeted once, and it is told neither
# the name nor the version of the library.
UnixDomainSocketConnection.on_connect = _greet_later  # type: ignore[method-assign]
redis.asyncio.connection.resolve_driver_info = lambda *about: None


# How long an example takes says nothing while other tests run beside it.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("desk")


@pytest.fixture(autouse=True)
def _plain_log() -> None:
    """As the bot writes it: structlog's own tracebacks, with all variables, take a second each on a busy machine."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Of ``-n auto``: two for each processor, for a test waits for half of its time."""
    return 2 * (os.cpu_count() or 1)


class Grouped(LoadScopeScheduling):
    """Side by side, whichever test is next; but all tests of modules that name one ``xdist_group`` on one worker.

    ``--dist=loadgroup`` of xdist 3.8 would do it, but it writes the group where pytest 9.2 does not look for it.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group_of(nodeid.partition("::")[0]) or nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: xdist counts what is not among all that a worker ever had, at every test."""
        test = self.registered_collections[node][item_index]
        scope = self._split_scope(test)
        unit = self.assigned_work[node][scope]
        unit[test] = True
        if all(unit.values()):
            del self.assigned_work[node][scope]
        self._reschedule(node)

    def _reschedule(self, node: Any) -> None:
        """A worker begins a test once it knows the one after it: one that replaces a dead one needs two at once."""
        while self.workqueue and not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            self._assign_work_unit(node)
        super()._reschedule(node)

    def remove_node(self, node: Any) -> str | None:
        """Hand on what a dead worker had, but for the test that it died of; that one is the result."""
        units = self.assigned_work.pop(node)
        left = [test for unit in units.values() for test, is_done in unit.items() if not is_done]
        for test in left[:1]:
            units[self._split_scope(test)][test] = True
        self.workqueue.update({scope: unit for scope, unit in units.items() if not all(unit.values())})
        for other in self.assigned_work:
            self._reschedule(other)
        return left[0] if left else None


@cache
def _group_of(module: str) -> str:
    """Its name, "" without one."""
    found = re.search(r'mark\.xdist_group\("([\w-]+)"\)', (ROOT / module).read_text("utf-8"))
    return found[1] if found else ""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """One that keeps the order of the tests."""
    config.option.loadscopereorder = False
    return Grouped(config, log)


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """The event loop that the bot runs on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever may take long begins first."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what has been imported and stays, as a started bot does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


@pytest.fixture(scope="session")
def valkey_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this test run keeps its data."""
    return tmp_path_factory.mktemp("valkey")


@pytest.fixture(scope="session")
def valkey(valkey_directory: Path) -> Iterator[EmbeddedServer]:
    """One server for all tests: starting one for each would take longer than most of them."""
    server = EmbeddedServer(valkey_directory)
    asyncio.run(server.__aenter__())
    yield server
    asyncio.run(server.__aexit__())


@pytest.fixture(scope="session")
def memory(valkey: EmbeddedServer) -> Iterator[Redis]:
    """One connection to it for all tests, to empty it."""
    with Redis.from_url(valkey.url) as opened:
        yield opened


@pytest.fixture
def redis_url(valkey: EmbeddedServer, memory: Redis) -> str:
    """An empty Valkey of our own."""
    memory.flushall()
    return valkey.url


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where ``python -m bot`` comes from, already imported; who uses it is marked ``xdist_group("nursery")``."""
    with open_nursery() as opened:
        yield opened


@dataclass
class Town:
    """A desk with everything around it. ``desk`` is the bot's inside; tests prefer to look from outside."""

    slack: SlackStandIn
    provider: SMSFactorStandIn
    settings: Settings
    redis_url: str
    tempo: Tempo = QUICK
    port: int = 0
    desks: list[Desk] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        """The bot that was opened first."""
        return self.desks[0]

    @property
    def url(self) -> str:
        """The bot's own address."""
        return f"http://127.0.0.1:{self.port}"

    def person(self, user: str = ALICE) -> Person:
        """Somebody in the workspace."""
        return self.slack.person(user)

    @property
    def sends(self) -> list[Any]:
        """Every POST /send that reached the provider."""
        return [r for r in self.provider.requests if (r.method, r.path) == ("POST", "/send")]

    def told(self, words: str) -> list[Delivery]:
        """How Slack told the desk of what people wrote, with these words in it; each attempt.

        The last request of all may be another: Slack also tells the desk of its own posts, whenever they come.
        """

        def has(event: dict[str, Any]) -> bool:
            spoken = [event, event.get("message") or {}, event.get("previous_message") or {}]
            return any(words in str(one.get("text")) and not one.get("bot_id") for one in spoken)

        return [r for r in self.slack.requests if r.kind == "event" and has(r.payload["event"])]

    def roots(self) -> list[dict[str, Any]]:
        """What stands in the channel, oldest first."""
        return self.slack.messages(CHANNEL)

    def cards(self) -> list[dict[str, Any]]:
        """The campaign cards in the channel."""

        def is_card(message: dict[str, Any]) -> bool:
            about = (message.get("metadata") or {}).get("event_payload", {})
            return str(about.get("key", "")).startswith("campaign:")

        return [message for message in self.roots() if is_card(message)]

    async def fill(self, to: str = "06 12 34 56 78", text: str = "Bonjour", who: str = ALICE, **more: Any) -> Result:
        """Open the form and submit it; the review (or the errors) is the result."""
        person = self.person(who)
        opened = await person.command("/sms", "send")
        assert opened.view, opened
        return await person.submit({"to": to, "text": text, **more})

    async def send(self, to: str = "06 12 34 56 78", text: str = "Bonjour", who: str = ALICE, **more: Any) -> Result:
        """The whole way: form, review, confirm."""
        filled = await self.fill(to, text, who, **more)
        assert not filled.errors, filled.errors
        return await self.person(who).submit({})

    async def card_says(self, words: str, index: int = -1, timeout: float = 20.0) -> dict[str, Any]:
        """Wait until a campaign's card (the last one) says ``words``."""
        return await self.slack.until(
            lambda: next((c for c in self.cards()[index:][:1] if words in str(c.get("blocks")) + c["text"]), None),
            timeout,
        )

    async def channel_says(self, words: str, timeout: float = 20.0) -> dict[str, Any]:
        """Wait until a message in the channel, or in one of its threads, says ``words``."""

        def found() -> dict[str, Any] | None:
            for root in self.roots():
                for message in (root, *self.slack.thread(CHANNEL, root["ts"])):
                    if words in str(message.get("blocks")) + message["text"]:
                        return message
            return None

        return await self.slack.until(found, timeout)


def settings_for(slack: SlackStandIn, provider: SMSFactorStandIn, **more: Any) -> Settings:
    """Settings that point at the stand-ins."""
    fields = {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "slack_channel": CHANNEL,
        "smsfactor_token": provider.token,
        "smsfactor_api_url": provider.url,
        "smsfactor_webhook_secret": SECRET,
        "senders": "ACME,Shop",
        "balance_alert": 0,
        "host": "127.0.0.1",
        "port": 0,
        **more,
    }
    return Settings(_env_file=None, **fields)


MakeTown = Callable[..., Any]


@asynccontextmanager
async def open_town(
    redis_url: str,
    *,
    tempo: Tempo = QUICK,
    now: Callable[[], datetime] | None = None,
    serving: bool = True,
    workers: int = 1,
    provider: Any = None,
    slack: Any = None,
    **more: Any,
) -> AsyncIterator[Town]:
    """Stand-ins, and as many workers as asked for; ``now`` is the clock of the legal hours, ``more`` are settings."""
    wall = WallClock()
    if now is not None:
        wall.now = now  # type: ignore[method-assign]
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(SMSFactorStandIn(token="sandbox-token", **(provider or {})))
        workspace = await stack.enter_async_context(SlackStandIn(**PATIENCE | (slack or {})))
        town = Town(workspace, api, settings_for(workspace, api, **more), redis_url, tempo)
        for _ in range(max(1, workers)):
            desk = await stack.enter_async_context(open_desk(town.settings, redis_url, tempo, wall))
            town.desks.append(desk)
            if workers:
                await stack.enter_async_context(work(desk))
        if serving:
            town.port = await stack.enter_async_context(serve(town.desk))
            workspace.connect(f"{town.url}/slack/events")
            for kind, wire_type in TYPES.items():
                api.register_webhook(wire_type, f"{town.url}/smsfactor/{kind}", SECRET)
        yield town


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """The usual desk: one web door, one worker."""
    async with open_town(redis_url) as opened:
        yield opened


@pytest.fixture(scope="session", autouse=True)
def _no_environment() -> Iterator[None]:
    """Settings of the machine that runs the tests must not leak in."""
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(name.upper(), raising=False)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.delenv(name, raising=False)
        yield
