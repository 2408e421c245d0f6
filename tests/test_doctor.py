"""The commands ``doctor`` and ``webhooks`` as an operator sees them: one line a check, and an exit status."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr
from redis.asyncio import Redis

from bot.doctor import SCOPES, examine, examine_redis, examine_slack
from bot.registration import Finding
from bot.sandbox.slack import SlackStandIn
from bot.settings import Settings
from bot.smsfactor.events import KINDS
from bot.store.embedded import EmbeddedServer
from tests.conftest import QUICK, SECRET, Town, settings_for
from tests.nursery import Nursery

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.xdist_group("nursery")


@asynccontextmanager
async def silent(slack: SlackStandIn) -> AsyncIterator[str]:
    """The stand-in's Web API behind a front that keeps back which scopes the token has; yields its address."""
    async with ClientSession() as session:

        async def forward(request: web.Request) -> web.Response:
            address = slack.api_url + request.match_info["method"]
            headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
            body = await request.read()
            async with session.request(
                request.method, address, params=request.query, data=body, headers=headers
            ) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)

        app = web.Application()
        app.add_routes([web.route("*", "/api/{method}", forward)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        finally:
            await runner.cleanup()


@pytest.fixture
def own_directory(tmp_path: Path) -> Path:
    """Where the server of one test keeps its data."""
    return tmp_path / "valkey"


@pytest.fixture
async def own_redis(own_directory: Path) -> AsyncIterator[str]:
    """A server of its own, for a test that changes its settings."""
    async with EmbeddedServer(own_directory) as server:
        yield server.url


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace of its own, for what is only asked of Slack."""
    async with SlackStandIn(app_token="xapp-right") as opened:
        yield opened


@pytest.fixture
def settings(town: Town) -> Settings:
    """Settings of a desk in which all is right."""
    return changed(town)


def changed(town: Town, **more: Any) -> Settings:
    fields = {"redis_url": town.redis_url, "public_url": town.url, **more}
    return settings_for(town.slack, town.provider, **fields)


async def found(findings: AsyncIterator[Finding]) -> dict[str, Finding]:
    """By subject; the last one of each."""
    return {finding.subject: finding async for finding in findings}


async def the_wrong(findings: AsyncIterator[Finding]) -> list[str]:
    return [finding.line async for finding in findings if not finding.ok]


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_a_desk_in_order_has_a_tick_on_every_line(town: Town, settings: Settings) -> None:
    lines = [finding.line async for finding in examine(settings, QUICK)]
    assert lines == [
        "✓ Settings: all that are required are there",
        "✓ Redis: at REDIS_URL: reached and writable",
        "✓ Redis persistence: append-only file",
        "✓ Redis memory: nothing is forgotten when it is full",
        "✓ Slack token: workspace SMS desk, as @sms_desk",
        "✓ Slack scopes: all 7 are granted",
        "✓ Slack channel: #sms, with the bot in it",
        "✓ SMSFactor: the token works, 1000 credits",
        *(f"✓ Webhook {kind}: registered" for kind in KINDS),
    ]
    assert town.slack.refused == []


async def test_looking_leaves_nothing_behind(town: Town, settings: Settings) -> None:
    async with Redis.from_url(town.redis_url) as redis:
        assert [finding.ok async for finding in examine(settings, QUICK)] == [True] * 13
        assert await redis.exists("doctor") == 0
    assert all(request.method == "GET" for request in town.provider.requests)


# Redis


async def test_the_embedded_server_is_started_for_the_look_and_stopped_again(
    slack: SlackStandIn, town: Town, tmp_path: Path
) -> None:
    settings = changed(town, redis_url="", data_dir=tmp_path)
    findings = await found(examine_redis(settings))
    assert findings["Redis"].line == f"✓ Redis: embedded, in {tmp_path}: reached and writable"
    assert findings["Redis persistence"].line == "✓ Redis persistence: append-only file"
    async with EmbeddedServer(tmp_path):  # it would be refused if the doctor still had it
        pass


async def test_a_running_bot_is_said_and_looked_at_through_its_own_server(town: Town, tmp_path: Path) -> None:
    settings = changed(town, redis_url="", data_dir=tmp_path)
    async with EmbeddedServer(tmp_path) as running:
        findings = await found(examine_redis(settings))
        assert all(finding.ok for finding in findings.values())
        assert "of the bot that is running" in findings["Redis"].line
        async with Redis.from_url(running.url) as redis:
            assert await redis.ping()


async def test_a_directory_that_cannot_be_used_is_explained(town: Town, tmp_path: Path) -> None:
    occupied = tmp_path / "data"
    occupied.write_text("a file", "utf-8")
    [line] = await the_wrong(examine_redis(changed(town, redis_url="", data_dir=occupied)))
    assert "cannot keep its data" in line
    assert "Set DATA_DIR" in line


async def test_a_redis_that_is_away_is_one_line_and_the_other_checks_go_on(town: Town, settings: Settings) -> None:
    address = f"redis://:secret-word@127.0.0.1:{closed_port()}"
    lines = await the_wrong(examine(settings.model_copy(update={"redis_url": address}), QUICK))
    assert len(lines) == 1
    assert lines[0].startswith("✗ Redis: cannot be used (ConnectionError) → ")
    assert "secret-word" not in lines[0]


async def test_an_address_that_redis_cannot_read_is_one_line(town: Town) -> None:
    [line] = await the_wrong(examine_redis(changed(town, redis_url="redis://127.0.0.1:6379?max_connections=many")))
    assert line.endswith("→ mend REDIS_URL")


async def test_a_redis_that_takes_no_writes_is_found(town: Town, own_redis: str) -> None:
    async with Redis.from_url(own_redis) as redis:
        await redis.replicaof("127.0.0.1", closed_port())
        [line] = await the_wrong(examine_redis(changed(town, redis_url=own_redis)))
        await redis.replicaof("NO", "ONE")
    assert line.startswith("✗ Redis: cannot be used (ReadOnlyError)")


async def test_a_redis_that_keeps_nothing_is_found(town: Town, own_redis: str) -> None:
    async with Redis.from_url(own_redis) as redis:
        await redis.config_set("appendonly", "no")
        assert await the_wrong(examine_redis(changed(town, redis_url=own_redis))) == [
            "✗ Redis persistence: none: a restart loses everything → set `appendonly yes` in its configuration"
        ]
        await redis.config_set("save", "900 1")
        findings = await found(examine_redis(changed(town, redis_url=own_redis)))
        await redis.config_set("save", "")
    assert not findings["Redis persistence"].ok
    assert "snapshots only" in findings["Redis persistence"].words


async def test_a_redis_whose_disk_fails_is_found(town: Town, own_redis: str, own_directory: Path) -> None:
    obstacle = own_directory / "dump.rdb"
    obstacle.unlink(missing_ok=True)
    obstacle.mkdir()  # so that no snapshot can be put there
    try:
        async with Redis.from_url(own_redis) as redis, asyncio.timeout(10):
            await redis.bgsave()
            while (await redis.info("persistence"))["rdb_last_bgsave_status"] == "ok":
                await redis.ping()
        [line] = await the_wrong(examine_redis(changed(town, redis_url=own_redis)))
    finally:
        obstacle.rmdir()
    assert line == "✗ Redis persistence: its last write to disk failed → see its log; is the disk full?"


async def test_a_redis_that_forgets_when_it_is_full_is_found(town: Town, own_redis: str) -> None:
    async with Redis.from_url(own_redis) as redis:
        await redis.config_set("maxmemory-policy", "allkeys-lru")
        [line] = await the_wrong(examine_redis(changed(town, redis_url=own_redis)))
    assert line.startswith("✗ Redis memory: its maxmemory-policy is allkeys-lru")


# Slack


def slack_settings(slack: SlackStandIn, town: Town, **more: Any) -> Settings:
    return settings_for(slack, town.provider, **more)


async def test_a_token_that_slack_refuses_is_one_line(slack: SlackStandIn, town: Town) -> None:
    wrong = slack_settings(slack, town, slack_bot_token="xoxb-another")
    [line] = await the_wrong(examine_slack(wrong))
    assert line == ("✗ Slack token: Slack refuses it (invalid_auth) → copy SLACK_BOT_TOKEN again from the app's pages")


async def test_slack_that_does_not_answer_is_one_line(slack: SlackStandIn, town: Town) -> None:
    away = f"http://127.0.0.1:{closed_port()}/api/"
    [line] = await the_wrong(examine_slack(slack_settings(slack, town, slack_api_url=away)))
    assert line.startswith("✗ Slack token: Slack did not answer (ClientConnectorError)")


async def test_each_missing_scope_is_named_with_its_purpose(slack: SlackStandIn, town: Town) -> None:
    slack.workspace.scopes = set(SCOPES) - {"groups:read", "groups:history"}
    lines = await the_wrong(examine_slack(slack_settings(slack, town)))
    assert [line.split(" is missing")[0] for line in lines] == [
        "✗ Slack scopes: groups:read",
        "✗ Slack scopes: groups:history",
    ]
    assert all(line.endswith("→ put manifest.yml into the app again, and reinstall it") for line in lines)


async def test_scopes_that_slack_does_not_tell_are_not_taken_for_granted(slack: SlackStandIn, town: Town) -> None:
    async with silent(slack) as api:
        [line] = await the_wrong(examine_slack(slack_settings(slack, town, slack_api_url=api)))
    assert "did not say" in line


async def test_a_channel_without_the_bot_is_found(slack: SlackStandIn, town: Town) -> None:
    for channel, words in (
        ("C0RANDOM", "the bot is not in #random"),
        ("C0NOWHERE", "C0NOWHERE is not there, or private without the bot"),
    ):
        [line] = await the_wrong(examine_slack(slack_settings(slack, town, slack_channel=channel)))
        assert words in line


async def test_an_archived_channel_is_found(slack: SlackStandIn, town: Town) -> None:
    slack.world.channels["C0SMS"].is_archived = True
    [line] = await the_wrong(examine_slack(slack_settings(slack, town)))
    assert line.startswith("✗ Slack channel: #sms is archived")


async def test_the_app_token_is_tried_where_there_is_one(slack: SlackStandIn, town: Town) -> None:
    right = await found(examine_slack(slack_settings(slack, town, slack_app_token="xapp-right")))
    [line] = await the_wrong(examine_slack(slack_settings(slack, town, slack_app_token="xapp-wrong")))
    assert right["Slack app token"].ok
    assert line.startswith("✗ Slack app token: Slack refuses it (invalid_auth)")


# SMSFactor


async def test_a_token_that_smsfactor_refuses_is_one_line(settings: Settings) -> None:
    wrong = settings.model_copy(update={"smsfactor_token": SecretStr("another")})
    [line] = await the_wrong(examine(wrong, QUICK))
    assert line.startswith("✗ SMSFactor: it refuses the token")


async def test_a_webhook_that_is_not_right_is_found(town: Town, settings: Settings) -> None:
    town.provider.webhooks[0].paused = True
    [line] = await the_wrong(examine(settings, QUICK))
    assert line.startswith("✗ Webhook mo: is paused")


# As commands


class Ended(NamedTuple):
    """What a command printed, and its exit status."""

    status: int | None
    out: str
    err: str


Run = Callable[..., Awaitable[Ended]]


@pytest.fixture
def run(nursery: Nursery, tmp_path: Path) -> Run:
    """The command as a process; settings go in by the environment."""

    async def ran(settings: Settings | None, *words: str) -> Ended:
        process = await nursery.run(*words, environment=environment_of(settings), directory=tmp_path)
        out, err = await process.communicate()
        return Ended(process.returncode, out.decode(), err.decode())

    return ran


def environment_of(settings: Settings | None) -> dict[str, str]:
    """What says the same."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    for name in type(settings).model_fields if settings else ():
        value = getattr(settings, name)
        value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        environment[name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value or "")
    return environment


async def test_doctor_exits_with_0_when_all_is_right(settings: Settings, run: Run) -> None:
    ended = await run(settings, "doctor")
    assert ended.status == 0, ended
    assert ended.out.count("✓") == len(ended.out.splitlines()) == 13
    assert ended.err == ""


async def test_doctor_exits_with_1_without_a_traceback_or_a_secret(settings: Settings, run: Run) -> None:
    """Everything is away at once."""
    nowhere = f"http://127.0.0.1:{closed_port()}"
    away = settings.model_copy(
        update={
            "redis_url": f"redis://:secret-word@127.0.0.1:{closed_port()}",
            "slack_api_url": f"{nowhere}/api/",
            "smsfactor_api_url": nowhere,
        }
    )
    ended = await run(away, "doctor")
    assert ended.status == 1
    assert [line.split(":")[0] for line in ended.out.splitlines()] == [
        "✓ Settings",
        "✗ Redis",
        "✗ Slack token",
        "✗ SMSFactor",
    ]
    assert "Traceback" not in ended.err
    secrets = (settings.slack_bot_token, settings.smsfactor_token, settings.smsfactor_webhook_secret)
    for secret in ("secret-word", *(one.get_secret_value() for one in secrets)):
        assert secret not in ended.out + ended.err


@pytest.mark.parametrize("command", ["doctor", "webhooks"])
async def test_missing_settings_are_named_and_exit_with_2(command: str, run: Run) -> None:
    ended = await run(None, command)
    assert ended.status == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CHANNEL", "SMSFACTOR_TOKEN"):
        assert f"{name}: missing" in ended.err
    assert ended.out == ""


async def test_webhooks_needs_a_public_address(town: Town, run: Run) -> None:
    ended = await run(changed(town, public_url=None), "webhooks")
    assert ended.status == 2
    assert ended.err.startswith("PUBLIC_URL is missing")


async def test_webhooks_mends_what_its_check_finds(town: Town, run: Run) -> None:
    """Needs no Redis: the address is one where none is."""
    settings = changed(town, redis_url=f"redis://127.0.0.1:{closed_port()}")
    town.provider.webhooks[1].secret = "another"
    checked = await run(settings, "webhooks", "--check")
    assert (checked.status, checked.out.count("✗")) == (1, 1)
    mended = await run(settings, "webhooks")
    assert (mended.status, mended.out.count("✓")) == (0, 5), mended
    again = await run(settings, "webhooks", "--check")
    assert (again.status, again.out.count("✓")) == (0, 5)
    assert SECRET not in checked.out + mended.out + again.out
