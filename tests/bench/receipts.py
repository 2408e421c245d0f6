"""Receipts through the worker: from the streams into campaigns, against a consumer that awaits each command."""

import asyncio
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.smsfactor.events import fingerprint
from bot.store import Store, open_store
from bot.store.campaign import CampaignState, MessageState, Order
from bot.store.flood import FloodLimits
from tests.bench.figures import Figure, median, spread
from tests.bench.generator import receipt
from tests.bench.ground import CHANNEL, USER, Ground, Server

TIMES, SECONDS, SECONDS_IN_PARTS = 40, 1.0, 1.5
TOTAL, ONE_BY_ONE = 100_000, 5_000
APPENDED_AT_ONCE = 2_000
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class _Drain:
    """How long ``receipts`` took, on the clock and of the worker's core; seconds."""

    receipts: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.receipts / self.wall

    @property
    def cpu_of_all(self) -> float:
        """As if all receipts had been there when the measuring began."""
        return self.cpu * TOTAL / self.receipts


async def measure(ground: Ground, *, quick: bool) -> list[Figure]:
    """One campaign of 100,000, then 200 campaigns of 500; one by one beside both."""
    total, rounds = (TOTAL // 10, 1) if quick else (TOTAL, 3)
    limits = FloodLimits(5, 1)
    store = open_store(ground.redis, flood=limits, retention_days=1, provider_pace=0)
    one: list[_Drain] = []
    many: list[_Drain] = []
    slow: list[float] = []
    for _ in range(rounds):
        one.append(await _drained(ground, store, [total]))
        if not quick:
            many.append(await _drained(ground, store, [500] * (total // 500)))
        slow.append(await _one_by_one(ground, store, ONE_BY_ONE // 10 if quick else ONE_BY_ONE))
    return [*_figures(one, slow), *(_in_parts(many, slow) if many else ())]


def _figures(drains: Sequence[_Drain], slow: Sequence[float]) -> list[Figure]:
    ratio = median(d.rate / s for d, s in zip(drains, slow, strict=True))
    rates, cpu = [d.rate for d in drains], [d.cpu_of_all for d in drains]
    return [
        Figure(
            "receipts through one worker (duplicate check, state, counters, acknowledgement)",
            "the same commands, each awaited",
            f"≥ {TIMES} ×",
            f"{ratio:.0f} ×",
            f"{median(rates):,.0f}/s ({spread(rates, ',.0f')}) against {median(slow):,.0f}/s",
            met=ratio >= TIMES,
        ),
        Figure(
            "100,000 receipts of one campaign: CPU of the worker",
            "-",
            f"≤ {SECONDS} s",
            f"{median(cpu):.2f} s",
            f"{spread(cpu, '.2f')}; on the clock {TOTAL / median(rates):.2f} s",
            met=median(cpu) <= SECONDS,
        ),
    ]


def _in_parts(drains: Sequence[_Drain], slow: Sequence[float]) -> list[Figure]:
    ratio = median(d.rate / s for d, s in zip(drains, slow, strict=True))
    cpu = [d.cpu_of_all for d in drains]
    return [
        Figure(
            "(the same in 200 campaigns of 500, one after the other)",
            "-",
            f"≤ {SECONDS_IN_PARTS} s",
            f"{median(cpu):.2f} s",
            f"{spread(cpu, '.2f')}; {ratio:.0f} × as many a second as with each command awaited",
            met=median(cpu) <= SECONDS_IN_PARTS,
        )
    ]


async def _drained(ground: Ground, store: Store, sizes: Sequence[int]) -> _Drain:
    """Fill the streams, then start a worker; measured from the first entry that leaves to the last."""
    await ground.forget_all()
    campaigns = await _fill(store, sizes)
    async with ground.bot("worker") as worker:
        left = await _left(store, below=sum(sizes))
        began, used = time.perf_counter(), worker.cpu
        await _left(store, below=1)
        drain = _Drain(left, time.perf_counter() - began, worker.cpu - used)
    for campaign, size in zip(campaigns, sizes, strict=True):
        found = await store.campaigns.get(campaign)
        if not found or found.count(MessageState.DELIVERED) != size:
            raise RuntimeError("receipts were lost: the figure would say nothing")
    return drain


async def _left(store: Store, below: int) -> int:
    """How many events wait, once they are fewer than ``below``."""
    async with asyncio.timeout(PATIENCE):
        while (waiting := (await store.events.depth()).waiting) >= below:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # Redis tells nobody that a stream is empty
    return waiting


async def _fill(store: Store, sizes: Sequence[int]) -> list[str]:
    """Accepted campaigns, and a "delivered" for each of their messages, one campaign after the other."""
    campaigns = []
    for size in sizes:
        campaign = f"c{secrets.token_hex(4)}"
        await store.campaigns.create(Order(campaign, USER, CHANNEL, "Bonjour"), [f"336{n:08}" for n in range(size)])
        await store.campaigns.begin(campaign, "bench")
        await store.campaigns.write(campaign, MessageState.SENDING * size)
        moves = {MessageState.SENDING: MessageState.ACCEPTED}
        await store.campaigns.settle(campaign, (CampaignState.SENDING,), CampaignState.ACCEPTED, moves)
        campaigns.append(campaign)
    places = [(c, i) for c, size in zip(campaigns, sizes, strict=True) for i in range(size)]
    await store.events.open()
    for at in range(0, len(places), APPENDED_AT_ONCE):
        payloads = [receipt(at + n, c, i) for n, (c, i) in enumerate(places[at : at + APPENDED_AT_ONCE])]
        await asyncio.gather(
            *(
                store.events.append("dlr", json.dumps(p).encode(), fingerprint("dlr", p), str(p["destination"]))
                for p in payloads
            )
        )
    return campaigns


async def _one_by_one(ground: Ground, store: Store, count: int) -> float:
    """Receipts a second of the consumer beside it."""
    await ground.forget_all()
    await _fill(store, [count])
    async with ground.run("tests.bench.one_by_one", ground.redis_url) as consumer:
        return await _rate(store, consumer, count)


async def _rate(store: Store, consumer: Server, count: int) -> float:
    left = await _left(store, below=count)
    began = time.perf_counter()
    await consumer.process.wait()
    took = time.perf_counter() - began
    await _left(store, below=1)
    return left / took
