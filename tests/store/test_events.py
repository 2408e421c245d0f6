"""The durable queue of webhooks."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.store import StoreError
from bot.store.events import (
    CONSUMER,
    GROUP,
    PARTITIONS,
    SEEN_DAYS,
    SUSPECT,
    EventStream,
    StoredEvent,
    partition_of,
    stream_key,
)
from tests.rules.killing import eventually

P = partition_of("33612345678")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def events(redis: Redis) -> EventStream:
    stream = EventStream(redis)
    await stream.open()
    return stream


async def append(events: EventStream, *marks: str) -> None:
    for mark in marks:
        await events.append("mo", b"{}", mark, "33612345678")


async def read(events: EventStream, count: int = 100) -> list[StoredEvent]:
    return await events.read(P, count, 0.05)


def marks(found: list[StoredEvent]) -> list[str]:
    return [event.fingerprint for event in found]


@given(st.text())
def test_every_word_has_a_partition_and_always_the_same(word: str) -> None:
    assert 0 <= partition_of(word) == partition_of(word) < PARTITIONS


def test_numbers_spread_over_all_partitions() -> None:
    assert {partition_of(f"3361234{index:04d}") for index in range(200)} == set(range(PARTITIONS))


async def test_events_come_back_whole_and_in_order(events: EventStream) -> None:
    await events.append("dlr", b'{"a": 1}', "print", "33612345678")
    await append(events, "a", "b")
    first, *rest = await read(events)
    assert (first.kind, first.body, first.fingerprint, first.deliveries) == ("dlr", b'{"a": 1}', "print", 1)
    assert marks(rest) == ["a", "b"]


async def test_many_appends_at_once_are_all_stored(events: EventStream) -> None:
    await asyncio.gather(*(events.append("mo", b"{}", f"{n}", f"3361234{n:04d}") for n in range(500)))
    assert (await events.depth()).waiting == 500


async def test_append_fails_for_everybody_who_waits_when_redis_is_away() -> None:
    async with Redis.from_url("unix:///nowhere/valkey.sock") as client:
        stream = EventStream(client)
        answers = await asyncio.gather(*(append(stream, "a") for _ in range(5)), return_exceptions=True)
    assert [isinstance(answer, StoreError) for answer in answers] == [True] * 5


async def test_request_that_was_given_up_does_not_fail_the_others(events: EventStream) -> None:
    given_up = asyncio.create_task(append(events, "a"))
    other = asyncio.create_task(append(events, "b"))
    await asyncio.sleep(0)
    given_up.cancel()
    await other
    assert "b" in marks(await read(events))


async def test_what_was_not_acknowledged_comes_again_and_before_all_else(events: EventStream) -> None:
    """As when the connection was lost after Redis had handed it out, and redis-py asked once more by itself."""
    await append(events, "a", "b")
    handed_out = await read(events, 1)
    assert marks(handed_out) == ["a"]
    assert marks(await read(events)) == ["a"]
    assert marks(await events.left(P, 100)) == ["a"]
    await events.done(P, handed_out)
    last = await read(events)
    assert marks(last) == ["b"]
    await events.done(P, last)
    assert await read(events) == []


async def test_what_somebody_deleted_while_it_was_handed_out_holds_up_nothing(
    events: EventStream, redis: Redis
) -> None:
    await append(events, "a", "b")
    [handed_out] = await read(events, 1)
    await redis.xdel(stream_key(P), handed_out.id)
    assert marks(await read(events)) == ["b"]
    await append(events, "c")
    await redis.xreadgroup(GROUP, "somebody", {stream_key(P): ">"}, count=1)
    await append(events, "d")
    assert marks(await read(events)) == ["b"]
    await events.done(P, await events.left(P, 100))
    assert marks(await read(events)) == ["d"]


async def test_of_an_answer_that_was_lost_while_it_was_waited_for_nothing_is_overtaken(
    events: EventStream, redis: Redis
) -> None:
    """Two calls wait, as when redis-py repeats one whose connection broke; the first one's answer reaches nobody."""

    async def wait(count: int) -> bool:
        return sum(client["cmd"] == "xreadgroup" for client in await redis.client_list()) == count

    lost = asyncio.create_task(redis.xreadgroup(GROUP, CONSUMER, {stream_key(P): ">"}, count=1, block=5_000))
    await eventually(partial(wait, 1))
    repeated = asyncio.create_task(events.read(P, 100, 5.0))
    await eventually(partial(wait, 2))
    await append(events, "a")
    await append(events, "b")
    await lost
    assert marks(await repeated) == ["a", "b"]


async def test_left_events_tell_how_often_they_were_handed_out(events: EventStream) -> None:
    await append(events, "a")
    await read(events)
    assert [(await events.left(P, 100))[0].deliveries for _ in range(3)] == [2, 3, 4]


async def test_events_that_were_left_again_and_again_come_one_at_a_time(events: EventStream) -> None:
    await append(events, "a", "b")
    await read(events)
    sizes = [len(await events.left(P, 100)) for _ in range(SUSPECT + 2)]
    assert sizes == [2] * (SUSPECT - 1) + [1, 1, 1]


async def test_done_events_are_gone_and_known(events: EventStream) -> None:
    await append(events, "a", "b")
    found = await read(events)
    await events.done(P, found[:1])
    assert marks(await events.left(P, 100)) == ["b"]
    assert marks(await events.unseen(P, found)) == ["b"]
    assert (await events.depth()).waiting == 1


async def test_unseen_gives_each_fingerprint_once(events: EventStream) -> None:
    await append(events, "a", "b", "a")
    assert marks(await events.unseen(P, await read(events))) == ["a", "b"]


async def test_known_fingerprints_are_forgotten_after_their_days(events: EventStream, redis: Redis) -> None:
    await append(events, "a")
    await events.done(P, await read(events))
    (key,) = await redis.keys("events:*:seen:*")
    assert 2 * 86_400 < await redis.ttl(key) <= SEEN_DAYS * 86_400


async def test_what_is_set_aside_is_kept_with_its_reason_and_known(events: EventStream, redis: Redis) -> None:
    await append(events, "a", "b")
    first, second = await read(events)
    await events.set_aside(P, first, "because")
    depth = await events.depth()
    assert (depth.waiting, depth.aside) == (1, 1)
    assert marks(await events.unseen(P, [first, second])) == ["b"]
    ((_, fields),) = await redis.xrange(f"events:{{{P}}}:aside")
    assert fields[b"reason"] == b"because"
    assert fields[b"body"] == b"{}"


async def test_setting_aside_twice_keeps_it_once(events: EventStream) -> None:
    """redis-py sends a command again whose answer was lost."""
    await append(events, "a")
    (event,) = await read(events)
    await events.set_aside(P, event, "because")
    await events.set_aside(P, event, "because")
    assert (await events.depth()).aside == 1


async def test_depth_tells_the_age_of_the_oldest(events: EventStream, redis: Redis) -> None:
    assert (await events.depth()).oldest == 0.0
    await redis.xadd(
        f"events:{{{P}}}", {"kind": "mo", "body": "{}", "print": "a"}, id=f"{int(time.time() - 60) * 1000}-0"
    )
    assert 59 < (await events.depth()).oldest < 65


async def test_lease_has_one_holder_until_it_is_freed_or_runs_out(events: EventStream) -> None:
    assert await events.take_lease(P, "one", 10)
    assert await events.take_lease(P, "one", 10)
    assert not await events.take_lease(P, "two", 10)
    assert not await events.renew_lease(P, "two", 10)
    await events.free_lease(P, "two")
    assert not await events.take_lease(P, "two", 10)
    await events.free_lease(P, "one")
    assert await events.take_lease(P, "two", 10)
    assert not await events.renew_lease(P, "one", 10)


async def test_opening_twice_changes_nothing(events: EventStream) -> None:
    await append(events, "a")
    await events.open()
    assert marks(await read(events)) == ["a"]
