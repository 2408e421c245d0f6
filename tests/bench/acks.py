"""Slack acks: a signed slash command until its answer, idle beside two ways to run Bolt, and in a flood of receipts."""

import asyncio
import json
from collections import defaultdict
from contextlib import AsyncExitStack

from tests.bench.figures import Figure, median, spread
from tests.bench.generator import Load, Order
from tests.bench.ground import SECRET, Ground, Server
from tests.bench.load import load

QUICKER_THAN_BOLT, QUICKER_THAN_FLASK = 25, 10
MANY = 64  # connections
SLOWER, LONGEST = 3, 0.050
FLOODING = 256


async def against_bolt(ground: Ground, *, quick: bool) -> list[Figure]:
    """One command after the other on one connection: ours, Bolt's default mode, Bolt on Flask, and again."""
    rounds, seconds = (1, 0.5) if quick else (4, 1.0)
    found: dict[str, list[Load]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(ground.bot("web", "--door", "slack"))
        answer = await _answer(ground, desk)
        words = (ground.slack.api_url, ground.slack.bot_token, ground.slack.signing_secret, json.dumps(answer))
        bolt = await stack.enter_async_context(ground.run("tests.bench.bolt", *words))
        flask = await stack.enter_async_context(ground.run("tests.bench.on_flask", *words))
        for _ in range(rounds):
            for name, server in {"ours": desk, "bolt": bolt, "flask": flask}.items():
                found[name].append(await load(ground, _commands(ground, server, seconds)))
        many = [await _per_core(ground, server, seconds) for _ in range(rounds) for server in (desk, flask)]
    return [
        _quicker(found, "bolt", "Bolt's default mode with the same answer", QUICKER_THAN_BOLT),
        _quicker(found, "flask", "Bolt on Flask under gunicorn (threads) with the same answer", QUICKER_THAN_FLASK),
        _more(many[::2], many[1::2]),
    ]


def _quicker(found: dict[str, list[Load]], other: str, beside: str, goal: int) -> Figure:
    ratio = median(b.median / o.median for o, b in zip(found["ours"], found[other], strict=True))
    own, its = (median(load.median for load in found[name]) for name in ("ours", other))
    return Figure(
        "signed slash command → ack over HTTP, idle",
        beside,
        f"≥ {goal} × quicker",
        f"{ratio:.1f} × quicker",
        f"{_ms(own)} against {_ms(its)} (medians)",
        met=ratio >= goal,
    )


async def _per_core(ground: Ground, server: Server, seconds: float) -> tuple[float, float]:
    """Acks a second when many people write at once: of the server's core, and on the clock."""
    before = server.cpu
    order = _commands(ground, server, seconds, connections=MANY)
    found = await load(ground, order)
    return found.rate / min(1.0, (server.cpu - before) / (seconds + order.warm_up)), found.rate


def _more(ours: list[tuple[float, float]], flasks: list[tuple[float, float]]) -> Figure:
    (own, own_wall), (its, its_wall) = (map(median, zip(*rounds, strict=True)) for rounds in (ours, flasks))
    core, wall = (median(o[n] / f[n] for o, f in zip(ours, flasks, strict=True)) for n in (0, 1))
    return Figure(
        f"(the same commands from {MANY} connections)",
        "as above",
        "",
        f"{core:.1f} ×",
        f"{own:,.0f} acks a second of its core against {its:,.0f}; on the clock {own_wall:,.0f}/s against "
        f"{its_wall:,.0f}/s: {wall:.1f} ×",
    )


async def under_flood(ground: Ground, *, quick: bool) -> list[Figure]:
    """A command every few milliseconds, first alone, then while 256 connections post receipts to the other process.

    Load, Valkey and both web processes want more cores than a small machine has; nobody is pinned here.
    """
    rounds, seconds = (1, 1.0) if quick else (4, 3.0)
    idle: list[float] = []
    flooded: list[float] = []
    rates: list[float] = []
    everywhere = ground.cores.all
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(ground.bot("web", "--door", "slack", cores=everywhere))
        sms = await stack.enter_async_context(ground.bot("web", "--door", "sms", cores=everywhere))
        probe = _commands(ground, desk, seconds, pause=0.005)
        await load(ground, _commands(ground, desk, 0.3))  # whose answers fill the caches
        for _ in range(rounds):
            idle.append((await load(ground, probe, everywhere)).p99)
            await ground.forget_events()
            # It begins before the probe and ends after it.
            order = Order("receipts", sms.port, "/smsfactor/dlr", SECRET, FLOODING, seconds + 1.5, warm_up=0)
            flood = asyncio.create_task(load(ground, order, everywhere))
            await _under_way(ground, flood)
            flooded.append((await load(ground, probe, everywhere)).p99)
            if flood.done():
                raise RuntimeError("the flood ended before the probe: the figure would say nothing")
            rates.append((await flood).rate)
    await ground.forget_events()
    ratio, worst = median(f / i for f, i in zip(flooded, idle, strict=True)), median(flooded)
    return [
        Figure(
            "Slack ack, 99th percentile, while 256 connections saturate the SMS door of another process",
            "the same, idle",
            f"≤ {SLOWER} × and < {_ms(LONGEST)}",
            f"{ratio:.1f} ×",
            f"{_ms(worst)} ({spread([f * 1000 for f in flooded], '.1f')}) against {_ms(median(idle))}, "
            f"beside {median(rates):,.0f} receipts/s",
            met=ratio <= SLOWER and worst < LONGEST,
        )
    ]


async def _under_way(ground: Ground, flood: "asyncio.Task[Load]") -> None:
    """Until the flood has reached the streams."""
    async with asyncio.timeout(10):
        while not await ground.redis.exists(*(f"events:{{{p}}}" for p in range(8))):
            if flood.done():
                await flood
            await asyncio.sleep(0.01)


async def _answer(ground: Ground, desk: Server) -> object:
    """What ours answers to /sms help, so that Bolt can say the same."""
    ground.slack.connect(f"http://127.0.0.1:{desk.port}/slack/events")
    await ground.slack.person("U0ALICE").command("/sms", "help")
    return ground.slack.requests[-1].answer


def _commands(ground: Ground, server: Server, seconds: float, pause: float = 0.0, *, connections: int = 1) -> Order:
    return Order("commands", server.port, "/slack/events", ground.slack.signing_secret, connections, seconds, pause)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
