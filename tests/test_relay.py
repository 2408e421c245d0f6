"""The worker's reading: every event has its effect, in order, once; whoever dies in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.app import Desk, open_desk
from bot.doors import Doors, Heard
from bot.relay import DELIVERIES, Relay
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.services import Services
from bot.smsfactor.events import Receipt, Reply, fingerprint
from bot.store import StoreError
from bot.store.events import GROUP, partition_of
from tests.conftest import CHANNEL, NUMBER, QUICK, settings_for
from tests.rules.webhooks import receipt, reply

Work = Callable[[Services, Sequence[Heard]], Awaitable[None]]
STREAM = f"events:{{{partition_of(NUMBER)}}}"


class Office:
    """A desk whose rooms are the test's own. ``done``: what they were handed, in batches."""

    def __init__(self, desk: Desk, slack: SlackStandIn, redis: Redis) -> None:
        self.desk, self.slack, self.redis = desk, slack, redis
        self.done: list[list[str]] = []
        self.changed = asyncio.Event()

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.done for text in batch]

    async def append(self, *texts: str, number: str = NUMBER) -> None:
        for text in texts:
            await self.append_webhook("mo", reply(text, number))

    async def append_webhook(self, kind: str, payload: dict[str, Any]) -> None:
        events = self.desk.services.store.events
        await events.append(kind, json.dumps(payload).encode(), fingerprint(kind, payload), NUMBER)

    def note(self, heard: Sequence[Heard]) -> None:
        """Remember what a room was handed."""
        self.done.append([getattr(one.event, "text", "receipt") for one in heard])
        self.changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until a room was handed what makes it true."""
        async with asyncio.timeout(30):
            while not true():
                self.changed.clear()
                await self.changed.wait()

    async def until_empty(self) -> None:
        """Wait until nothing waits; Redis has nobody who would tell."""
        async with asyncio.timeout(30):
            while (await self.desk.services.store.events.depth()).waiting:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def worker(self, work: Work | None = None, **intervals: float) -> AsyncIterator[Relay]:
        """A relay at work, at its own ``intervals``; at the end it is stopped, and has finished."""

        async def note(_: Services, heard: Sequence[Heard]) -> None:
            self.note(heard)

        doors = Doors(QUICK)
        doors.relay(Reply, work or note)
        doors.relay(Receipt, work or note)
        relay = Relay(replace(self.desk.services, tempo=replace(QUICK, **intervals)), doors)
        running = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            relay.stop()
            async with asyncio.timeout(5):
                await running

    async def kill(self, work: Work, until: asyncio.Event) -> None:
        """A relay that is killed in the middle: no acknowledgement, no lease given back."""
        doors = Doors(QUICK)
        doors.relay(Reply, work)
        running = asyncio.create_task(Relay(self.desk.services, doors).run())
        async with asyncio.timeout(5):
            await until.wait()
        # Again and again: wait_for, which redis-py writes with, swallows a cancellation now and then (until 3.12).
        while not running.done():
            for task in asyncio.all_tasks():
                if task.get_coro().__qualname__.startswith("Relay."):
                    task.cancel()
            await asyncio.wait({running}, timeout=0.05)


@pytest.fixture
async def office(redis_url: str) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(SMSFactorStandIn(token="sandbox-token"))
        slack = await stack.enter_async_context(SlackStandIn())
        redis = await stack.enter_async_context(Redis.from_url(redis_url))
        desk = await stack.enter_async_context(open_desk(settings_for(slack, provider), redis_url, QUICK))
        yield Office(desk, slack, redis)


async def aside(office: Office) -> int:
    return (await office.desk.services.store.events.depth()).aside


async def test_events_are_handed_over_in_order_and_then_deleted(office: Office) -> None:
    texts = [f"{index}" for index in range(300)]
    await office.append(*texts)
    async with office.worker():
        await office.until_empty()
    assert office.texts == texts
    assert await office.redis.xlen(STREAM) == 0
    assert (await office.redis.xpending(STREAM, GROUP))["pending"] == 0


async def test_many_events_of_one_kind_are_handed_over_together(office: Office) -> None:
    await office.append(*(f"{index}" for index in range(50)))
    async with office.worker():
        await office.until_empty()
    assert len(office.done) == 1


async def test_kinds_are_not_mixed_and_keep_their_order(office: Office) -> None:
    await office.append("a", "b")
    await office.append_webhook("dlr", receipt("c1-0"))
    await office.append("c")
    async with office.worker():
        await office.until_empty()
    assert office.done == [["a", "b"], ["receipt"], ["c"]]


async def test_events_that_come_while_the_worker_runs_are_handed_over_at_once(office: Office) -> None:
    async with office.worker():
        for index in range(5):
            await office.append(f"{index}")
            await office.until(lambda index=index: office.texts == [f"{n}" for n in range(index + 1)])  # type: ignore[misc]


async def test_repeats_in_one_batch_and_later_are_dropped(office: Office) -> None:
    await office.append("a", "a", "b", "a")
    async with office.worker():
        await office.until_empty()
        await office.append("a", "c")
        await office.until_empty()
    assert office.texts == ["a", "b", "c"]


async def test_failing_event_is_tried_again_and_does_not_fail_its_neighbours(office: Office) -> None:
    tries: list[str] = []

    async def work(_: Services, heard: Sequence[Heard]) -> None:
        for one in heard:
            if one.event.text == "bad" and tries.count("bad") < 3:
                tries.append("bad")
                raise RuntimeError("not yet")
        office.note(heard)

    await office.append("a", "bad", "b")
    async with office.worker(work):
        await office.until_empty()
    assert office.texts == ["a", "bad", "b"]
    assert await aside(office) == 0


async def test_event_that_fails_every_time_is_set_aside_and_told_once(office: Office) -> None:
    async def work(_: Services, heard: Sequence[Heard]) -> None:
        if any(one.event.text == "bad" for one in heard):
            raise RuntimeError("a mistake in a room")
        office.note(heard)

    await office.append("a", "bad", "b")
    async with office.worker(work):
        await office.until_empty()
        await office.append("bad", "c")
        await office.until_empty()
    assert office.texts == ["a", "b", "c"]
    assert await aside(office) == 1
    await office.desk.services.poster.drain(CHANNEL)
    (told,) = office.slack.messages(CHANNEL)
    assert "could not be handled" in told["text"]
    assert "bad" not in told["text"]


async def test_event_is_not_set_aside_because_redis_failed(office: Office) -> None:
    failures = 4

    async def work(_: Services, heard: Sequence[Heard]) -> None:
        nonlocal failures
        failures -= 1
        if failures > 0:
            raise StoreError("away")
        office.note(heard)

    await office.append("a")
    async with office.worker(work):
        await office.until(lambda: office.texts == ["a"])
    assert await aside(office) == 0


async def test_what_a_killed_worker_had_begun_is_done_by_the_next(office: Office) -> None:
    begun = asyncio.Event()

    async def hang(_: Services, heard: Sequence[Heard]) -> None:
        begun.set()
        await asyncio.Event().wait()

    await office.append("a", "b", "c")
    await office.kill(hang, begun)
    async with office.worker():
        await office.until_empty()
    assert office.texts == ["a", "b", "c"]


async def test_event_whose_repeat_was_in_the_killed_worker_s_batch_is_not_lost(office: Office) -> None:
    """The repeat must not be marked as seen before the first of its like has had its effect."""
    begun = asyncio.Event()

    async def hang(_: Services, heard: Sequence[Heard]) -> None:
        begun.set()
        await asyncio.Event().wait()

    await office.append("a", "a", "b")
    await office.kill(hang, begun)
    async with office.worker():
        await office.until_empty()
    assert office.texts == ["a", "b"]


async def test_living_worker_keeps_its_partition_through_a_long_effect(office: Office) -> None:
    """Longer than the lease: it is renewed meanwhile, and the second worker does not begin the same work."""
    begun, end = asyncio.Event(), asyncio.Event()
    calls = 0

    async def slow(_: Services, heard: Sequence[Heard]) -> None:
        nonlocal calls
        calls += 1
        begun.set()
        await end.wait()
        office.note(heard)

    lease = f"{STREAM}:lease"
    async with office.worker(slow), office.worker(slow):
        await office.append("a")
        await begun.wait()
        holder = await office.redis.get(lease)
        for _ in range(15):
            await asyncio.sleep(QUICK.lease / 10)
            assert await office.redis.get(lease) == holder
        end.set()
        await office.until_empty()
    assert (calls, office.texts) == (1, ["a"])


async def test_worker_that_lost_its_lease_stops_its_work(office: Office) -> None:
    begun, cut_off = asyncio.Event(), asyncio.Event()

    async def work(_: Services, heard: Sequence[Heard]) -> None:
        if begun.is_set():
            office.note(heard)
            return
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off.set()
            raise

    await office.append("a")
    async with office.worker(work):
        await begun.wait()
        await office.redis.set(f"{STREAM}:lease", "somebody else", px=300)
        async with asyncio.timeout(5):
            await cut_off.wait()
        await office.until(lambda: office.texts == ["a"])


async def test_stop_finishes_the_batch_and_gives_the_lease_back(office: Office) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow(_: Services, heard: Sequence[Heard]) -> None:
        begun.set()
        await end.wait()
        office.note(heard)

    await office.append("a")
    async with office.worker(slow) as relay:
        await begun.wait()
        relay.stop()
        end.set()
    assert office.texts == ["a"]
    assert await office.redis.xlen(STREAM) == 0
    assert await office.redis.keys("events:*:lease") == []


async def test_event_that_kills_its_workers_is_set_aside_and_its_neighbours_are_not(office: Office) -> None:
    """After some deaths events come one at a time, so that only the guilty one goes on counting."""
    await office.desk.services.store.events.open()
    await office.append("a", "killer", "b")

    async def work(_: Services, heard: Sequence[Heard]) -> None:
        if any(one.event.text == "killer" for one in heard):
            died.set()
            await asyncio.Event().wait()
        office.note(heard)

    deaths = 0
    while not await aside(office) and deaths < DELIVERIES + 5:
        await office.redis.delete(*await office.redis.keys("events:*:lease") or ["-"])
        died = asyncio.Event()
        ended = asyncio.create_task(_until_aside(office, died))
        await office.kill(work, died)
        await ended
        deaths += 1
    async with office.worker():
        await office.until_empty()
    assert await aside(office) == 1
    assert sorted(set(office.texts)) == ["a", "b"]
    assert deaths >= DELIVERIES


async def _until_aside(office: Office, died: asyncio.Event) -> None:
    """Wake the killer of workers also when the event is set aside at last, which no room hears of."""
    while not died.is_set():
        if await aside(office):
            died.set()
        await asyncio.sleep(0.01)


async def test_workers_share_the_partitions_and_the_rest_takes_over(office: Office) -> None:
    numbers = [f"3361234{index:04d}" for index in range(40)]
    async with office.worker():
        async with office.worker():
            for index, number in enumerate(numbers):
                await office.append_webhook("mo", reply(f"{index}", number))
            await office.until(lambda: len(office.texts) == 40)
        await office.append("later")
        await office.until(lambda: "later" in office.texts)
    assert sorted(office.texts) == sorted([*(f"{n}" for n in range(40)), "later"])


async def test_a_worker_that_is_told_to_stop_waits_for_no_event_and_loses_none(office: Office) -> None:
    """Each of its eight waits would last for four seconds more, and others may tend its partitions at once."""
    async with office.worker(lease=16.0, read_wait=4.0):
        await office.append("a")
        await office.until_empty()
        stopped = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - stopped < 2
    await office.append("b")
    async with office.worker():
        await office.until_empty()
    assert office.texts == ["a", "b"]


async def test_old_event_of_a_broken_shape_does_not_stop_the_stream(office: Office) -> None:
    await office.redis.xadd(STREAM, {"kind": "mo", "body": "not json", "print": "f" * 32})
    await office.redis.xadd(STREAM, {"kind": "who knows", "body": "{}", "print": "e" * 32})
    await office.append("a")
    async with office.worker():
        await office.until_empty()
    assert office.texts == ["a"]
    assert await aside(office) == 2
