"""Webhooks a second: one web process, against handlers that only append the body."""

from collections import defaultdict
from contextlib import AsyncExitStack

from tests.bench.figures import Figure, median, spread
from tests.bench.generator import Load, Order
from tests.bench.ground import SECRET, Ground, Server
from tests.bench.load import load

GOAL = 0.70
CONNECTIONS = 64


async def measure(ground: Ground, *, quick: bool) -> list[Figure]:
    """Ours, pipelines that requests share, an XADD a request: in turn, a few rounds."""
    rounds, seconds = (1, 0.7) if quick else (4, 2.0)
    rates: dict[str, list[float]] = defaultdict(list)
    busy: dict[str, list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(ground.bot("web", "--door", "sms"))
        bare = [
            await stack.enter_async_context(ground.run("tests.bench.bare", ground.redis_url, kind))
            for kind in ("shared", "single")
        ]
        cases = {"ours": (ours, "/smsfactor/dlr"), "shared": (bare[0], "/"), "single": (bare[1], "/")}
        for _ in range(rounds):
            for name, (server, path) in cases.items():
                await ground.forget_events()
                used, found = await _round(ground, server, path, seconds)
                rates[name].append(found.rate)
                busy[name].append(used)
    await ground.forget_events()
    # By the second of the core that it used: the other processes of the run, and the machine's other users, take theirs
    # from the same cores, and a case whose core was not busy all the time would look slower than it is.
    per_core = {name: [r / b for r, b in zip(rates[name], busy[name], strict=True)] for name in cases}
    ratio = median(a / b for a, b in zip(per_core["ours"], per_core["shared"], strict=True))
    single = median(a / b for a, b in zip(per_core["single"], per_core["shared"], strict=True))
    wall = median(a / b for a, b in zip(rates["ours"], rates["shared"], strict=True))
    absolute = (
        f"{median(per_core['ours']):,.0f} a second of its core ({spread(per_core['ours'], ',.0f')}) against "
        f"{median(per_core['shared']):,.0f}; on the clock {median(rates['ours']):,.0f}/s against "
        f"{median(rates['shared']):,.0f}/s: {wall:.2f}"
    )
    return [
        Figure(
            "webhooks taken by one web process",
            "bare aiohttp + uvloop that appends the raw body through shared redis-py pipelines",
            f"≥ {GOAL:.2f}",
            f"{ratio:.2f}",
            absolute,
            met=ratio >= GOAL,
        ),
        Figure(
            "(the same bare handler with one XADD a request)",
            "as above",
            "",
            f"{single:.2f}",
            f"{median(per_core['single']):,.0f} a second of its core",
        ),
    ]


async def _round(ground: Ground, server: Server, path: str, seconds: float) -> tuple[float, Load]:
    """The share of its core that the server used, and what the load found."""
    before = server.cpu
    order = Order("receipts", server.port, path, SECRET, CONNECTIONS, seconds)
    found = await load(ground, order)
    return min(1.0, (server.cpu - before) / (seconds + order.warm_up)), found
