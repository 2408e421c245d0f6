"""Webhooks that were set aside: listed, done again, dropped, each decided on once."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.aside import Aside
from bot.store.events import EventStream, StoredEvent, partition_of

NUMBERS = ["33612345678", "33698765432", "33611111111"]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def events(redis: Redis) -> EventStream:
    stream = EventStream(redis)
    await stream.open()
    return stream


@pytest.fixture
def aside(redis: Redis) -> Aside:
    return Aside(redis)


async def set_aside(events: EventStream, fingerprint: str, number: str = NUMBERS[0], reason: str = "because") -> None:
    """One that came in, and could not be done."""
    await events.append("mo", b'{"message": "private"}', fingerprint, number)
    [event] = await read(events, number)
    await events.set_aside(partition_of(number), event, reason)


async def read(events: EventStream, number: str = NUMBERS[0]) -> list[StoredEvent]:
    """What a worker is handed."""
    return await events.read(partition_of(number), 100, 0.05)


async def test_the_newest_come_first_over_all_partitions(events: EventStream, aside: Aside) -> None:
    for index in range(6):
        await set_aside(events, f"{index:032x}", NUMBERS[index % 3])
        await asyncio.sleep(0.002)  # streams count in milliseconds
    found = await aside.newest(4)
    assert [event.mark for event in found] == ["00000000"] * 4
    assert [event.at for event in found] == sorted((event.at for event in found), reverse=True)
    assert len(await aside.newest(100)) == 6
    assert {(event.kind, event.reason) for event in found} == {("mo", "because")}
    assert "private" not in str(found)


async def test_what_is_done_again_is_whole_and_no_longer_known(events: EventStream, aside: Aside) -> None:
    await set_aside(events, "print")
    [event] = await aside.newest(5)
    assert await aside.has(event.id)
    assert await aside.again(event.id)
    [back] = await read(events)
    assert (back.kind, back.body, back.fingerprint, back.deliveries) == ("mo", b'{"message": "private"}', "print", 1)
    assert await events.unseen(partition_of(NUMBERS[0]), [back]) == [back]
    assert await aside.newest(5) == []


async def test_it_is_forgotten_on_whichever_day_it_was_seen(
    events: EventStream, aside: Aside, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("bot.store.events.time.time", lambda: now - 2 * 86_400)
    await set_aside(events, "print")
    monkeypatch.undo()
    [event] = await aside.newest(5)
    assert await events.finished({"print": NUMBERS[0]}) == {"print"}
    assert await aside.again(event.id)
    assert await events.finished({"print": NUMBERS[0]}) == set()


async def test_only_the_first_decision_counts(events: EventStream, aside: Aside) -> None:
    await set_aside(events, "one")
    [event] = await aside.newest(5)
    assert sorted(await asyncio.gather(*(aside.again(event.id) for _ in range(3)))) == [False, False, True]
    assert not await aside.drop(event.id)
    assert not await aside.has(event.id)
    assert len(await read(events)) == 1


async def test_what_is_dropped_is_gone_and_its_like_stays_known(events: EventStream, aside: Aside) -> None:
    await set_aside(events, "one")
    [event] = await aside.newest(5)
    assert [await aside.drop(event.id) for _ in range(2)] == [True, False]
    assert not await aside.again(event.id)
    assert (await events.depth()).aside == 0
    assert await events.finished({"one": NUMBERS[0]}) == {"one"}


async def test_all_of_them_are_done_again_in_order_and_none_twice(events: EventStream, aside: Aside) -> None:
    marks = [f"{index:032x}" for index in range(250)]
    for mark in marks:
        await events.append("mo", b"{}", mark, NUMBERS[0])
    for event in await events.read(partition_of(NUMBERS[0]), 300, 0.05):
        await events.set_aside(partition_of(NUMBERS[0]), event, "because")
    elsewhere = next(f"3361234000{n}" for n in range(10) if partition_of(f"3361234000{n}") != partition_of(NUMBERS[0]))
    await set_aside(events, "other", elsewhere)
    assert await aside.all_again() == 251
    assert [event.fingerprint for event in await events.read(partition_of(NUMBERS[0]), 300, 0.05)] == marks
    assert (await events.depth()).aside == 0
    assert await aside.all_again() == 0


async def test_finished_tells_what_is_done_or_aside_of_many(events: EventStream) -> None:
    numbers = {f"{index:032x}": NUMBERS[index % 3] for index in range(2_000)}
    for mark, number in list(numbers.items())[:1_500]:
        await events.append("mo", b"{}", mark, number)
    done = set()
    for number in NUMBERS:
        found = await events.read(partition_of(number), 300, 0.05)
        await events.done(partition_of(number), found)
        done |= {event.fingerprint for event in found}
    assert await events.finished(numbers) == done
    assert await events.finished({}) == set()
