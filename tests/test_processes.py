"""The real thing: `python -m bot` and its commands as processes of their own, ended by signals."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import ClientSession, web

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.store.embedded import EmbeddedServer
from tests.conftest import CHANNEL, NUMBER, SECRET
from tests.nursery import Forked, Nursery

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.xdist_group("nursery")

CLEAN_END = 10.0  # seconds that a shutdown may take
LATE = 2.0  # seconds that a slow provider takes over a send


class Bot:
    """One process of the bot; ``log`` is what it wrote so far, a dict a line."""

    def __init__(self, process: asyncio.subprocess.Process | Forked) -> None:
        self.process = process
        self.log: list[dict[str, Any]] = []
        self.words = ""
        self._changed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            with suppress(ValueError):
                self.log.append(json.loads(line))
                self._changed.set()
                continue
            self.words += line.decode()

    async def says(self, event: str) -> dict[str, Any]:
        """Wait for a line of the log."""
        async with asyncio.timeout(60):  # a new interpreter imports for long beside other tests
            while True:
                for line in self.log:
                    if line["event"] == event:
                        return line
                assert not self._reading.done(), self.words or self.log
                self._changed.clear()
                changed = asyncio.create_task(self._changed.wait())
                await asyncio.wait({self._reading, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()

    async def url(self) -> str:
        """Its own address, once it serves."""
        return f"http://127.0.0.1:{(await self.says('serving'))['port']}"

    async def end(self, number: signal.Signals | None = None) -> tuple[int, float]:
        """Send a signal and wait for the end: exit status, and seconds that it took."""
        started = asyncio.get_running_loop().time()
        if number:
            self.process.send_signal(number)
        async with asyncio.timeout(CLEAN_END + 10):
            status = await self.process.wait()
            await self._reading
        return status, asyncio.get_running_loop().time() - started


async def start_anew(*words: str, environment: Mapping[str, str], directory: Path) -> asyncio.subprocess.Process:
    """``python -m bot <words>`` as people start it."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words), cwd=directory, env=environment, stderr=asyncio.subprocess.PIPE
    )


@asynccontextmanager
async def running(
    start: Callable[..., Awaitable[asyncio.subprocess.Process | Forked]], env: Mapping[str, str], *words: str
) -> AsyncIterator[Bot]:
    """A bot with these settings and no others; killed at the end if it lives still."""
    directory = Path(env.get("DATA_DIR", ".")).parent  # no .env of a developer
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}
    process = await start(*words, environment=environment, directory=directory)
    one = Bot(process)
    try:
        yield one
    finally:
        if process.returncode is None:
            process.kill()
        await one.end()


RunBot = Callable[..., AbstractAsyncContextManager[Bot]]


@pytest.fixture
def bot_anew() -> RunBot:
    """``bot_anew(env, *words)``: as people start it, which takes a while."""
    return partial(running, start_anew)


@pytest.fixture
def bot(nursery: Nursery) -> RunBot:
    """``bot(env, *words)``: the same, but forked from a process that has imported it."""
    return partial(running, nursery.run)


class Street:
    """Slack, and a provider that may be slow to answer a send."""

    def __init__(self, slack: SlackStandIn, provider: SMSFactorStandIn, directory: Path) -> None:
        self.slack, self.provider = slack, provider
        self.env = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "SLACK_CHANNEL": CHANNEL,
            "SMSFACTOR_TOKEN": provider.token,
            "SMSFACTOR_API_URL": provider.url,
            "SMSFACTOR_WEBHOOK_SECRET": SECRET,
            "BALANCE_ALERT": "0",
            "HOST": "127.0.0.1",
            "PORT": "0",
            "DATA_DIR": str(directory / "data"),
        }

    @property
    def sends(self) -> int:
        return len([r for r in self.provider.requests if (r.method, r.path) == ("POST", "/send")])

    async def send(self, text: str) -> None:
        """Form, review, confirm."""
        alice = self.slack.person("U0ALICE")
        assert (await alice.command("/sms", f"send 06 12 34 56 78 {text}")).view
        assert not (await alice.submit()).errors
        assert (await alice.submit()).action == "clear"

    async def says(self, words: str) -> dict[str, Any]:
        """Wait until the channel does."""

        def found() -> dict[str, Any] | None:
            messages = self.slack.world.channels[CHANNEL].messages
            return next((m for m in messages if words in m["text"] + str(m.get("blocks"))), None)

        message = await self.slack.until(found, 30)
        assert message
        return message


class SlowProvider:
    """Passes everything on, and keeps the answer to POST /send back for a while."""

    def __init__(self) -> None:
        self.upstream = ""
        self.late = LATE
        self.sent = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        self._session = ClientSession()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _pass_on(self, request: web.Request) -> web.Response:
        headers = {
            name: request.headers[name]
            for name in ("Accept", "Authorization", "Content-Type")
            if name in request.headers
        }
        url, body = self.upstream + request.path_qs, await request.read()
        async with self._session.request(request.method, url, data=body, headers=headers) as answer:
            content, status = await answer.read(), answer.status
        if (request.method, request.path) == ("POST", "/send"):
            self.sent.set()
            await asyncio.sleep(self.late)
        return web.Response(body=content, status=status, content_type="application/json")


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with SMSFactorStandIn(token="sandbox-token") as provider, SlackStandIn() as slack:
        yield Street(slack, provider, tmp_path)


@pytest.fixture
async def slow(street: Street) -> AsyncIterator[SlowProvider]:
    """The street's provider takes its time."""
    async with SlowProvider() as proxy:
        proxy.upstream = street.provider.url
        street.env["SMSFACTOR_API_URL"] = proxy.url
        yield proxy


async def post(url: str, kind: str, payload: Mapping[str, Any]) -> int:
    headers = {"X-SMSFactor-Signature": SECRET}
    async with ClientSession() as session, session.post(f"{url}/smsfactor/{kind}", json=payload, headers=headers) as a:
        return a.status


async def status(url: str, method: str = "GET") -> int:
    async with ClientSession() as session, session.request(method, url) as answer:
        return answer.status


def lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def test_all_in_one_ends_cleanly_in_the_middle_of_a_send_and_loses_nothing(
    street: Street, slow: SlowProvider, bot: RunBot, bot_anew: RunBot
) -> None:
    """SIGTERM while the provider has the SMS and has not answered; the next bot shows how it ended."""
    async with bot_anew(street.env) as first:
        url = await first.url()
        assert [line["event"] for line in first.log if line["level"] != "info"] == [], "a start warns of nothing"
        assert await status(f"{url}/ready") == 200
        street.slack.connect(f"{url}/slack/events")
        await street.send("On its way")
        async with asyncio.timeout(30):
            await slow.sent.wait()
        assert await post(url, "mo", {"from": NUMBER, "message": "Just before the end"}) == 200
        code, took = await first.end(signal.SIGTERM)
        valkey = (await first.says("embedded_server.ready"))["pid"]
    assert code == 0, first.words
    assert took < CLEAN_END
    assert first.words == "", "nothing but log lines on stderr"
    assert [line["event"] for line in first.log if line["level"] in ("error", "critical")] == []
    assert await first.says("sent"), "the answer was waited for"
    assert not lives(valkey)
    async with bot(street.env) as second:
        street.slack.connect(f"{await second.url()}/slack/events")
        await street.says("Accepted")
        await street.says("Just before the end")
        code, _ = await second.end(signal.SIGINT)
    assert code == 0
    assert street.sends == 1
    assert len(street.provider.texts(NUMBER)) == 1


async def test_a_provider_that_does_not_answer_does_not_hold_up_the_end(
    street: Street, slow: SlowProvider, bot: RunBot
) -> None:
    """What became of that send is looked up by the next bot, and it is not sent again."""
    slow.late = 60
    async with bot(street.env) as first:
        street.slack.connect(f"{await first.url()}/slack/events")
        await street.send("Into the dark")
        async with asyncio.timeout(30):
            await slow.sent.wait()
        code, took = await first.end(signal.SIGTERM)
    assert code == 0
    assert took < CLEAN_END
    assert first.words == ""
    async with bot(street.env) as second:
        street.slack.connect(f"{await second.url()}/slack/events")
        await street.says("Being sent")
        assert (await second.end(signal.SIGTERM))[0] == 0
    assert street.sends == 1


async def test_web_and_worker_on_one_redis_do_the_whole_flow(street: Street, tmp_path: Path, bot: RunBot) -> None:
    async with EmbeddedServer(tmp_path / "redis") as redis:
        env = {**street.env, "REDIS_URL": redis.url}
        async with bot(env, "web") as front, bot(env, "worker") as back:
            url = await front.url()
            street.slack.connect(f"{url}/slack/events")
            await back.says("working")
            await street.send("Bonjour")
            await street.says("Accepted")
            message_id = street.provider.texts(NUMBER)[0].message_id
            assert await post(url, "dlr", {"destination": NUMBER, "status": 3, "message_id": message_id}) == 200
            await street.says("1 delivered")
            assert await post(url, "mo", {"from": NUMBER, "message": "Merci"}) == 200
            await street.says("Merci")
            ends = await asyncio.gather(front.end(signal.SIGTERM), back.end(signal.SIGTERM))
        assert [code for code, _ in ends] == [0, 0]
        assert max(took for _, took in ends) < CLEAN_END
        assert front.words == back.words == ""
    assert street.sends == 1


@pytest.mark.parametrize("role", [(), ("web",), ("worker",)], ids=["all", "web", "worker"])
async def test_garbage_collector_passes_over_what_a_started_process_keeps(
    street: Street, tmp_path: Path, role: tuple[str, ...], bot: RunBot, bot_anew: RunBot
) -> None:
    """The figures are the interpreter's own; without it none is spared, and fewer are young.

    What the forked ones were forked from spares already: for them the second figure tells.
    """
    run = bot if role else bot_anew
    async with EmbeddedServer(tmp_path / "redis") as redis, run({**street.env, "REDIS_URL": redis.url}, *role) as one:
        started = await one.says("started")
        assert (await one.end(signal.SIGTERM))[0] == 0
    assert started["spared"] > 50_000, "all modules"
    assert started["young_objects"] == 10_000
    opened = {"serving"} if "worker" not in role else set()
    opened |= {"working"} if "web" not in role else set()
    before = [line["event"] for line in one.log[: one.log.index(started)]]
    assert opened <= set(before), "what is opened later is not spared"


async def test_process_that_only_imports_the_bot_keeps_its_garbage_collector() -> None:
    """Such as that of a test, or a program of somebody else."""
    seen = "gc.get_freeze_count(), gc.get_threshold() == own"
    script = f"import gc; own = gc.get_threshold(); import bot.__main__; print({seen})"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert said.split() == [b"0", b"True"]


@pytest.mark.parametrize(
    ("door", "there", "gone"), [("sms", "/smsfactor/mo", "/slack/events"), ("slack", "/slack/events", "/smsfactor/mo")]
)
async def test_web_with_one_door_answers_one_side(
    street: Street, tmp_path: Path, door: str, there: str, gone: str, bot: RunBot
) -> None:
    async with (
        EmbeddedServer(tmp_path / "redis") as redis,
        bot({**street.env, "REDIS_URL": redis.url}, "web", "--door", door) as one,
    ):
        url = await one.url()
        assert await status(url + gone, "POST") == 404
        assert await status(url + there, "POST") == 401
        assert await status(f"{url}/health") == 200
        assert (await one.end(signal.SIGTERM))[0] == 0


@pytest.mark.parametrize("command", [(), ("web",), ("worker",)])
async def test_missing_settings_are_all_named_before_anything_is_opened(
    tmp_path: Path, command: tuple[str, ...], bot: RunBot
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = {
            "PORT": str(taken.getsockname()[1]),
            "DATA_DIR": str(tmp_path / "data"),
            "FLOOD_PER_HOUR": "many",
            "SLACK_BOT_TOKEN": "not a token",
        }
        async with bot(env, *command) as one:
            code, _ = await one.end()
    assert code == 2
    named = set(re.findall(r"^\s+([A-Z_]+):", one.words, re.MULTILINE))
    assert {
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CHANNEL",
        "SMSFACTOR_TOKEN",
        "SMSFACTOR_WEBHOOK_SECRET",
        "FLOOD_PER_HOUR",
    } <= named
    assert "not a token" not in one.words
    assert "Traceback" not in one.words
    assert not (tmp_path / "data").exists()


async def test_second_bot_on_the_same_data_is_refused_in_words(street: Street, bot: RunBot) -> None:
    async with bot(street.env) as first:
        await first.url()
        async with bot(street.env) as second:
            code, _ = await second.end()
        assert code == 2
        assert f"process {first.process.pid}" in second.words
        assert "DATA_DIR" in second.words
        assert "Traceback" not in second.words
        assert await status(f"{await first.url()}/ready") == 200
        assert (await first.end(signal.SIGTERM))[0] == 0


@pytest.mark.parametrize("command", ["web", "worker"])
async def test_half_a_bot_without_a_redis_to_share_is_refused_in_words(
    street: Street, command: str, bot: RunBot
) -> None:
    async with bot(street.env, command) as one:
        code, _ = await one.end()
    assert code == 2
    assert "REDIS_URL" in one.words
    assert "Traceback" not in one.words


async def test_bot_whose_server_is_killed_goes_on_with_a_new_one(street: Street, bot: RunBot) -> None:
    async with bot(street.env) as one:
        url = await one.url()
        street.slack.connect(f"{url}/slack/events")
        assert await post(url, "mo", {"from": NUMBER, "message": "Before"}) == 200
        await street.says("Before")
        os.kill((await one.says("embedded_server.ready"))["pid"], signal.SIGKILL)
        await one.says("embedded_server.gone")
        async with asyncio.timeout(20):
            while await post(url, "mo", {"from": NUMBER, "message": "After"}) != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # as the provider would
        await street.says("After")
        code, took = await one.end(signal.SIGTERM)
    assert code == 0
    assert took < CLEAN_END


async def test_port_that_is_taken_is_told_in_words(street: Street, bot: RunBot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with bot({**street.env, "PORT": str(taken.getsockname()[1])}) as one:
            code, _ = await one.end()
    assert code == 2
    assert "PORT" in one.words
    assert "Traceback" not in one.words


async def test_worker_whose_redis_is_away_waits_for_it_and_still_ends_cleanly(street: Street, bot: RunBot) -> None:
    async with bot({**street.env, "REDIS_URL": "redis://127.0.0.1:1"}, "worker") as one:
        await one.says("relay_store")
        code, took = await one.end(signal.SIGTERM)
    assert code == 0
    assert took < CLEAN_END
    assert "Traceback" not in one.words
