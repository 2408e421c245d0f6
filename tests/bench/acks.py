"""Slack acks: a signed slash command until its answer, idle beside Bolt's default mode, and in a flood of receipts."""

import asyncio
import json
from contextlib import AsyncExitStack

from tests.bench.figures import Figure, median, spread
from tests.bench.generator import Load, Order
from tests.bench.ground import SECRET, Ground, Server
from tests.bench.load import load

QUICKER = 5
SLOWER, LONGEST = 3, 0.050
FLOODING = 256


async def against_bolt(ground: Ground, *, quick: bool) -> list[Figure]:
    """One command after the other on one connection, first ours, then Bolt's, and again."""
    rounds, seconds = (1, 0.5) if quick else (4, 1.0)
    ours: list[Load] = []
    bolts: list[Load] = []
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(ground.bot("web", "--door", "slack"))
        answer = await _answer(ground, desk)
        words = (ground.slack.api_url, ground.slack.bot_token, ground.slack.signing_secret, json.dumps(answer))
        bolt = await stack.enter_async_context(ground.run("tests.bench.bolt", *words))
        for _ in range(rounds):
            ours.append(await load(ground, _commands(ground, desk, seconds)))
            bolts.append(await load(ground, _commands(ground, bolt, seconds)))
    ratio = median(b.median / o.median for o, b in zip(ours, bolts, strict=True))
    own, other = median(o.median for o in ours), median(b.median for b in bolts)
    return [
        Figure(
            "signed slash command → ack over HTTP, idle",
            "Bolt's default mode with the same answer",
            f"≥ {QUICKER} × quicker",
            f"{ratio:.1f} × quicker",
            f"{_ms(own)} against {_ms(other)} (medians)",
            met=ratio >= QUICKER,
        )
    ]


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


def _commands(ground: Ground, server: Server, seconds: float, pause: float = 0.0) -> Order:
    return Order("commands", server.port, "/slack/events", ground.slack.signing_secret, 1, seconds, pause)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
