"""Composition root, the only file that knows all rooms: builds the services, opens and closes what lives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.access import Access
from bot.clock import Clock
from bot.doors import Doors
from bot.features import FEATURES
from bot.guards import Guards
from bot.health import health_routes
from bot.listeners import Listeners
from bot.outbox import SEND, Outbox
from bot.outcome import Outcomes
from bot.poster import DRAIN, Poster
from bot.relay import Relay
from bot.services import Services
from bot.settings import Settings
from bot.slack.api import client, open_session
from bot.slack_door import slack_door, slack_socket
from bot.smsfactor.client import SMSFactor
from bot.store import Store, open_store
from bot.store.connection import connect
from bot.store.flood import FloodLimits
from bot.tempo import Tempo
from bot.wallclock import WallClock
from bot.webhooks import Webhooks

LAST_ANSWERS = 1.0  # seconds; aiohttp waits twice as long at the end, and the jobs need the rest of the ten

log = structlog.get_logger(__name__)


class CannotListenError(Exception):
    """The address that HOST and PORT name cannot be listened on. The text says so in words."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The bot, ready to serve or to work."""

    services: Services
    doors: Doors
    clock: Clock


@asynccontextmanager
async def open_desk(
    settings: Settings,
    redis_url: str,
    tempo: Tempo | None = None,
    wall: WallClock | None = None,
) -> AsyncIterator[Desk]:
    """Everything that both processes need, closed in reverse."""
    tempo, wall = tempo or Tempo(), wall or WallClock()
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        limits = FloodLimits(settings.flood_per_hour, settings.flood_same_text_per_hour)
        store = open_store(
            redis,
            flood=limits,
            retention_days=settings.retention_days,
            provider_pace=tempo.provider_pace,
            wall=wall,
        )
        clock = await stack.enter_async_context(Clock(redis_url, tempo, wall))
        slack, sms = await _open_clients(stack, settings, store, tempo)
        poster = Poster(slack, store.posts, store.anchors, store.lost, clock, tempo, settings.slack_channel)
        guards = Guards(settings, store, wall.now)
        outbox = Outbox(guards, sms, store, poster, clock, tempo, wall.now)
        services = Services(
            settings=settings,
            tempo=tempo,
            wall=wall,
            slack=slack,
            sms=sms,
            store=store,
            agenda=clock,
            access=Access(settings, slack, store.people),
            poster=poster,
            guards=guards,
            outbox=outbox,
            outcomes=Outcomes(sms, store, outbox, poster, tempo, wall.now),
        )
        doors = _join_rooms(tempo)
        poster.renderers = {name: partial(render, services) for name, render in doors.cards.items()}
        clock.jobs({SEND: outbox.send, DRAIN: poster.drain})
        yield Desk(services, doors, clock)


async def _open_clients(
    stack: AsyncExitStack, settings: Settings, store: Store, tempo: Tempo
) -> tuple[AsyncWebClient, SMSFactor]:
    """Slack and the provider, each with a session of its own."""
    slack = client(
        await stack.enter_async_context(open_session()),
        settings.slack_bot_token.get_secret_value(),
        settings.slack_api_url,
    )
    sms = SMSFactor(
        await stack.enter_async_context(ClientSession()),
        settings.smsfactor_token.get_secret_value(),
        settings.smsfactor_api_url,
        pace=store.provider_pace.turn,
        send_timeout=tempo.send_patience,
    )
    return slack, sms


def _join_rooms(tempo: Tempo) -> Doors:
    doors = Doors(tempo)
    for register in FEATURES:
        register(doors)
    return doors


@asynccontextmanager
async def serve(desk: Desk, *, slack: bool = True, sms: bool = True) -> AsyncIterator[int]:
    """Answer Slack (over HTTP, and over Socket Mode if it is set) and the provider, or one of them; yields the port."""
    settings = desk.services.settings
    bolt = Listeners(desk.services, desk.doors).bolt()
    app = web.Application()
    app.add_routes(health_routes(desk.services))
    if slack:
        app.add_routes([slack_door(bolt, settings.slack_signing_secret.get_secret_value())])
    if sms:
        app.add_routes([Webhooks(desk.services).route()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_ANSWERS)
    async with AsyncExitStack() as stack:
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            raise CannotListenError(
                f"HOST and PORT cannot be listened on ({error.strerror or error}): is another bot running?"
            ) from error
        if slack and settings.slack_app_token:
            token = settings.slack_app_token.get_secret_value()
            await stack.enter_async_context(slack_socket(bolt, token, 2 * LAST_ANSWERS))
        port = runner.addresses[0][1]
        log.info("serving", host=settings.host, port=port, socket_mode=bool(settings.slack_app_token))
        yield port


@asynccontextmanager
async def work(desk: Desk) -> AsyncIterator[None]:
    """Relay webhooks, send campaigns, post to Slack, run the clock; until the block ends."""
    services, tempo = desk.services, desk.services.tempo
    for name, (check, seconds) in desk.doors.checks.items():
        desk.clock.every(name, seconds, partial(check, services))
    desk.clock.every("sweep_posts", tempo.sweep, services.poster.sweep)
    desk.clock.every("sweep_campaigns", tempo.sweep, services.outbox.sweep)
    relay = Relay(services, desk.doors)
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay.run())
        tasks.create_task(desk.clock.run(stopping))
        log.info("working")
        try:
            yield
        finally:
            relay.stop()
            services.poster.stop()
            stopping.set()
