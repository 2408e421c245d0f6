"""Start here: ``python -m bot``, and the commands web, worker, demo, doctor and webhooks."""

import asyncio
import gc
import signal
import sys
import typing
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, aclosing
from enum import StrEnum
from typing import Annotated, Any

import structlog
import typer
import uvloop
from pydantic import TypeAdapter

from bot import log
from bot.app import CannotListenError, open_desk, serve, work
from bot.doctor import examine
from bot.registration import NO_ADDRESS, Finding, repair, review
from bot.settings import Settings, SettingsError, load
from bot.store.embedded import EmbeddedServer, EmbeddedServerError
from bot.tempo import Tempo
from bot.wallclock import WallClock

YOUNG_OBJECTS = 10_000  # between two looks of the garbage collector; Python's own few hundred suit small programs

cli = typer.Typer(
    add_completion=False,
    help="An SMS desk for Slack teams. Without a command: everything in one process.",
    pretty_exceptions_enable=False,
)


class Door(StrEnum):
    """What one web process answers."""

    ALL = "all"
    SLACK = "slack"
    SMS = "sms"


@cli.callback(invoke_without_command=True)
def everything(
    context: typer.Context,
    clock: Annotated[
        int | None, typer.Option(hidden=True, help="of the sandbox: a descriptor that sets the clock")
    ] = None,
    tempo: Annotated[str, typer.Option(hidden=True, help="of the sandbox: its tempo, as JSON")] = "",
) -> None:
    """Everything in one process: web, worker and, without REDIS_URL, a server of its own in DATA_DIR."""
    if context.invoked_subcommand is None:
        pace = TypeAdapter(Tempo).validate_json(tempo) if tempo else None
        _start(_run(_settings(), Door.ALL, working=True, clock=clock, tempo=pace))


@cli.command()
def web(door: Annotated[Door, typer.Option(help="answer both sides, or one of them")] = Door.ALL) -> None:
    """Answer Slack and SMSFactor; needs REDIS_URL."""
    _start(_run(_shared(_settings()), door, working=False))


@cli.command()
def worker() -> None:
    """Relay, send, post and run the clock; needs REDIS_URL."""
    _start(_run(_shared(_settings()), None, working=True))


@cli.command()
def demo(
    host: Annotated[
        str, typer.Option(help="of the page; on another than loopback its address holds a token")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="of the page; 0: any that is free")] = 0,
    tour: Annotated[bool, typer.Option(envvar="TOUR", help="play the guided tour in the terminal first")] = False,
    browser: Annotated[bool, typer.Option(help="open the page, where there is a screen")] = True,
) -> None:
    """The whole desk in a sandbox on this machine, on a page, until Ctrl-C. Needs no account and no settings."""
    from bot.sandbox.demo import Wishes, run_demo  # the bot itself carries no sandbox

    raise SystemExit(uvloop.run(run_demo(Wishes(host, port, tour, browser))))


@cli.command()
def doctor() -> None:
    """Check settings, Redis, Slack, SMSFactor and the webhooks: one line each, exit status 1 if any is not right."""
    _report(examine(_settings()))


@cli.command()
def webhooks(check: Annotated[bool, typer.Option("--check", help="only report")] = False) -> None:
    """Register the five webhooks at SMSFactor, or mend them; exit status 1 if any is not right. Needs PUBLIC_URL."""
    settings = _settings()
    if not settings.public_url:
        _refuse(NO_ADDRESS)
    _report(review(settings) if check else repair(settings))


async def _run(
    settings: Settings, door: Door | None, *, working: bool, clock: int | None = None, tempo: Tempo | None = None
) -> None:
    """Until SIGTERM or SIGINT; what is at hand then has some seconds to end."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        url = settings.redis_url
        if not url:
            server = await stack.enter_async_context(EmbeddedServer(settings.data_dir))
            url = server.url
            watching = asyncio.create_task(server.watch())
            stack.callback(watching.cancel)
        wall = WallClock()
        if clock is not None:
            obeying = asyncio.create_task(wall.obey(clock))
            stack.callback(obeying.cancel)
        desk = await stack.enter_async_context(open_desk(settings, url, tempo, wall))
        if working:
            await stack.enter_async_context(work(desk))
        if door:
            await stack.enter_async_context(serve(desk, slack=door is not Door.SMS, sms=door is not Door.SLACK))
        spare_what_stays()
        await stop.wait()
        structlog.get_logger(__name__).info("stopping")


def spare_what_stays() -> None:
    """The garbage collector passes over all that this process has imported and opened, and looks less often.

    None of that ever becomes garbage, and Python would walk through it again and again: 100,000 receipts cost the
    worker 2.02 s of CPU before, and 1.34 s with this and with Redis's answers read in C (two cores, Python 3.11). To
    be called once, when everything is open: what is garbage by then is collected first, as it would stay for ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    structlog.get_logger(__name__).info("started", spared=gc.get_freeze_count(), young_objects=gc.get_threshold()[0])


def _start(main: Coroutine[Any, Any, None]) -> None:
    """Run it; what an operator can mend is told in words, and anything else with its traceback."""
    log.configure()
    words = ""
    try:
        uvloop.run(main)
    except* EmbeddedServerError as group:
        words = str(group.exceptions[0])
    except* CannotListenError as group:
        words = str(group.exceptions[0])
    if words:
        _refuse(words)


def _report(findings: AsyncGenerator[Finding, None]) -> typing.Never:
    """Each line as it is found; the exit status says whether all is right."""

    async def tell() -> bool:
        ok = True
        async with aclosing(findings):
            async for finding in findings:
                typer.echo(finding.line)
                ok = ok and finding.ok
        return ok

    log.configure("WARNING")
    raise SystemExit(0 if uvloop.run(tell()) else 1)


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        _refuse(str(error))


def _shared(settings: Settings) -> Settings:
    if not settings.redis_url:
        _refuse(
            "REDIS_URL is missing: web and worker are two processes, and share one Redis. `python -m bot` needs none."
        )
    return settings


def _refuse(words: str) -> typing.Never:
    sys.stderr.write(words + "\n")
    raise SystemExit(2)


if __name__ == "__main__":
    cli()
