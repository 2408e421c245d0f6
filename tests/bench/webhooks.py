"""Webhooks a second: one web process, against handlers that only append the body, and against another web server."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.bench.figures import Figure, median, spread
from tests.bench.generator import Load, Order
from tests.bench.ground import SECRET, Ground, Server
from tests.bench.load import load

OF_BARE, OF_STARLETTE = 0.85, 2
CONNECTIONS = 64

Cases = dict[str, tuple[Server, str]]


async def measure(ground: Ground, *, quick: bool) -> list[Figure]:
    """Ours, the bare handler and starlette (pipelines that requests share, then an XADD a request), a few rounds."""
    rounds, seconds = (1, 0.7) if quick else (4, 2.0)
    rates: dict[str, list[float]] = defaultdict(list)
    per_core: dict[str, list[float]] = defaultdict(list)
    async with _servers(ground) as cases:
        for _ in range(rounds):
            for name, (server, path) in cases.items():
                await ground.forget_events()
                used, found = await _round(ground, server, path, seconds)
                rates[name].append(found.rate)
                # By the second of the core that it used: the other processes of the run, and the machine's other
                # users, take theirs from the same cores, and a case whose core was not busy all the time would look
                # slower than it is.
                per_core[name].append(found.rate / used)
    await ground.forget_events()
    return _figures(rates, per_core)


@asynccontextmanager
async def _servers(ground: Ground) -> AsyncIterator[Cases]:
    """A process each, by name, and where it takes webhooks."""
    async with AsyncExitStack() as stack:
        cases = {"ours": (await stack.enter_async_context(ground.bot("web", "--door", "sms")), "/smsfactor/dlr")}
        for kind in ("shared", "single"):
            bare = await stack.enter_async_context(ground.run("tests.bench.bare", ground.redis_url, kind))
            words = ("tests.bench.on_starlette", ground.redis_url, kind, SECRET)
            starlette = await stack.enter_async_context(ground.run(*words))
            cases |= {f"bare, {kind}": (bare, "/"), f"starlette, {kind}": (starlette, "/smsfactor/dlr")}
        yield cases


async def _round(ground: Ground, server: Server, path: str, seconds: float) -> tuple[float, Load]:
    """The share of its core that the server used, and what the load found."""
    before = server.cpu
    order = Order("receipts", server.port, path, SECRET, CONNECTIONS, seconds)
    found = await load(ground, order)
    return min(1.0, (server.cpu - before) / (seconds + order.warm_up)), found


def _figures(rates: dict[str, list[float]], per_core: dict[str, list[float]]) -> list[Figure]:
    def ratio(of: dict[str, list[float]], other: str) -> float:
        return median(a / b for a, b in zip(of["ours"], of[other], strict=True))

    def figure(what: str, beside: str, other: str, goal: float | None, times: str) -> Figure:
        found = ratio(per_core, other)
        return Figure(
            what,
            beside,
            f"≥ {goal}{times}" if goal else "",
            f"{found:.2f}{times}",
            f"{median(per_core['ours']):,.0f} a second of its core ({spread(per_core['ours'], ',.0f')}) against "
            f"{median(per_core[other]):,.0f}; on the clock {median(rates['ours']):,.0f}/s against "
            f"{median(rates[other]):,.0f}/s: {ratio(rates, other):.2f}{times}",
            met=found >= goal if goal else None,
        )

    taken, alone = "webhooks taken by one web process", "the same, with one XADD a request"
    bare = "bare aiohttp + uvloop that appends the raw body through shared redis-py pipelines"
    starlette = "the same work in starlette on uvicorn (uvloop, httptools), through shared redis-py pipelines"
    return [
        figure(taken, bare, "bare, shared", OF_BARE, ""),
        figure("(as above)", alone, "bare, single", None, ""),
        figure(taken, starlette, "starlette, shared", OF_STARLETTE, " ×"),
        figure("(as above)", alone, "starlette, single", None, " ×"),
    ]
