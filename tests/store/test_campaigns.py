"""Campaigns: stored once, moved only forward, counted exactly."""

import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.store.campaign import FINAL, CampaignState, MessageState, Order
from bot.store.campaigns import Campaigns

DAY = 86_400
NUMBERS = ["33612345678", "447911123456", "4915112345678"]
QUEUED, SENDING = (CampaignState.QUEUED,), (CampaignState.SENDING,)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def campaigns(redis: Redis) -> Campaigns:
    """Kept for a day."""
    return Campaigns(redis, DAY)


def order(name: str = "c1", text: str = "Bonjour à tous") -> Order:
    """Somebody's order."""
    return Order(name, "U0ALICE", "C0SMS", text, created=1_000.0)


async def test_a_campaign_comes_back_as_it_was_stored(campaigns: Campaigns) -> None:
    assert await campaigns.create(order(), NUMBERS)
    found = await campaigns.get("c1")
    assert found
    assert (found.order, found.state, found.size) == (order(), CampaignState.QUEUED, 3)
    assert found.messages == {MessageState.WAITING: 3}
    assert await campaigns.numbers("c1") == NUMBERS
    assert [await campaigns.number("c1", index) for index in range(4)] == [*NUMBERS, None]


async def test_the_same_id_is_stored_once_and_the_first_stays(campaigns: Campaigns) -> None:
    await campaigns.create(order(), NUMBERS)
    assert not await campaigns.create(order(text="Autre"), NUMBERS[:1])
    found = await campaigns.get("c1")
    assert found
    assert (found.order.text, found.size) == ("Bonjour à tous", 3)


async def test_a_campaign_that_nobody_stored_is_none_and_cannot_be_moved(campaigns: Campaigns) -> None:
    assert await campaigns.get("c1") is None
    assert not await campaigns.begin("c1", "me")
    assert not await campaigns.write("c1", "ccc")
    assert not await campaigns.settle("c1", QUEUED, CampaignState.FAILED)
    assert await campaigns.receive("c1", [(0, MessageState.DELIVERED)]) is None
    assert not await campaigns.count_once("c1", "clicks", "mark")


async def test_one_holder_may_begin_and_is_told_so_again_if_the_answer_was_lost(campaigns: Campaigns) -> None:
    await campaigns.create(order(), NUMBERS)
    assert await campaigns.begin("c1", "me")
    assert await campaigns.begin("c1", "me")
    assert not await campaigns.begin("c1", "somebody else")


async def test_bytes_are_written_while_it_is_sent_and_not_before_or_after(campaigns: Campaigns) -> None:
    await campaigns.create(order(), NUMBERS)
    assert not await campaigns.write("c1", "coc")
    await campaigns.begin("c1", "me")
    assert await campaigns.write("c1", "coc")
    assert await campaigns.asked_for("c1") == [0, 2]
    await campaigns.settle("c1", SENDING, CampaignState.UNKNOWN)
    assert not await campaigns.write("c1", "ccc")
    found = await campaigns.get("c1")
    assert found
    assert found.messages == {MessageState.SENDING: 2, MessageState.OPTED_OUT: 1}


async def test_settling_moves_state_messages_and_fields_together_and_only_from_where_it_was_said(
    campaigns: Campaigns,
) -> None:
    await campaigns.create(order(), NUMBERS)
    await campaigns.begin("c1", "me")
    await campaigns.write("c1", "coc")
    moves = {MessageState.SENDING: MessageState.ACCEPTED}
    assert not await campaigns.settle("c1", QUEUED, CampaignState.FAILED, moves, why="no")
    assert await campaigns.settle(
        "c1", SENDING, CampaignState.ACCEPTED, moves, ticket="2048", cost=2, filtered={"npai": 1}
    )
    found = await campaigns.get("c1")
    assert found
    assert (found.state, found.ticket, found.cost, found.filtered, found.why) == (
        CampaignState.ACCEPTED,
        "2048",
        2,
        {"npai": 1},
        "",
    )
    assert found.messages == {MessageState.ACCEPTED: 2, MessageState.OPTED_OUT: 1}
    assert found.count(MessageState.ACCEPTED, MessageState.OPTED_OUT) == 3
    assert await campaigns.of_ticket("2048") == "c1"
    assert await campaigns.of_ticket("4096") is None


@pytest.mark.parametrize(
    ("told", "stays"),
    [
        ("sd", "d"),  # sent, then delivered
        ("ds", "d"),  # the other way round: final stays
        ("nd", "d"),  # "not delivered" may yet be delivered
        ("nsf", "n"),
        ("nf", "n"),
        ("de", "d"),
        ("ed", "e"),
        ("fs", "f"),
        ("dd", "d"),
    ],
)
async def test_receipts_never_lead_back(campaigns: Campaigns, redis: Redis, told: str, stays: str) -> None:
    await campaigns.create(order(), NUMBERS[:1])
    await campaigns.begin("c1", "me")
    await campaigns.write("c1", "a")
    for byte in told:
        assert await campaigns.receive("c1", [(0, MessageState(byte))]) == CampaignState.SENDING
    assert await redis.get("campaign:{c1}:state") == stays.encode()


async def test_a_receipt_beyond_the_recipients_changes_nothing(campaigns: Campaigns) -> None:
    await campaigns.create(order(), NUMBERS)
    await campaigns.receive("c1", [(3, MessageState.DELIVERED), (99_999, MessageState.DELIVERED)])
    found = await campaigns.get("c1")
    assert found
    assert found.messages == {MessageState.WAITING: 3}


RECEIPTS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("sdenf")), min_size=1, max_size=8)
WRITTEN = st.text("ocalhu", min_size=4, max_size=4)
STEPS = st.lists(st.one_of(RECEIPTS, st.sampled_from(["held", "accepted", "refused"])), max_size=12)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=WRITTEN, steps=STEPS)
async def test_counters_are_the_sum_of_the_bytes_whatever_happens_and_final_bytes_stay(
    redis: Redis, written: str, steps: list[list[tuple[int, str]] | str]
) -> None:
    await redis.flushall()
    campaigns = Campaigns(redis, DAY)
    await campaigns.create(order(), ["33612345678", "33612345679", "33612345680", "33612345681"])
    await campaigns.begin("c1", "me")
    await campaigns.write("c1", written)
    before = written
    for step in steps:
        if isinstance(step, str):
            byte = {"held": MessageState.HELD, "accepted": MessageState.ACCEPTED, "refused": MessageState.REFUSED}[step]
            moves = dict.fromkeys((MessageState.HELD, MessageState.SENDING, MessageState.UNKNOWN), byte)
            await campaigns.settle("c1", tuple(CampaignState), CampaignState(step), moves)
        else:
            await campaigns.receive("c1", [(index, MessageState(byte)) for index, byte in step])
        after = (await redis.get("campaign:{c1}:state")).decode()
        found = await campaigns.get("c1")
        assert found
        assert {state.value: count for state, count in found.messages.items()} == Counter(after)
        assert all(new == old for old, new in zip(before, after, strict=True) if old in FINAL)
        before = after


async def test_marks_and_people_are_counted_once(campaigns: Campaigns) -> None:
    await campaigns.create(order(), NUMBERS)
    assert await campaigns.count_once("c1", "clicks", "mark 1", "c1-0")
    assert not await campaigns.count_once("c1", "clicks", "mark 1", "c1-0")
    assert await campaigns.count_once("c1", "clicks", "mark 2", "c1-0")
    assert await campaigns.count_once("c1", "clicks", "mark 3", "c1-1")
    assert await campaigns.count_once("c1", "clicks", "mark 4")
    assert await campaigns.count_once("c1", "replies", "mark 5")
    found = await campaigns.get("c1")
    assert found
    assert (found.clicks, found.clickers, found.replies, found.stops) == (4, 2, 1, 0)


async def test_newest_come_first_and_unfinished_are_those_that_wait_or_are_being_sent(campaigns: Campaigns) -> None:
    now = time.time()
    for index, name in enumerate(("c1", "c2", "c3")):
        one = Order(name, "U0ALICE", "C0SMS", "Bonjour", created=now + index)
        await campaigns.create(one, NUMBERS)
    await campaigns.begin("c2", "me")
    await campaigns.begin("c3", "me")
    await campaigns.settle("c3", SENDING, CampaignState.ACCEPTED)
    assert [campaign.id for campaign in await campaigns.newest(2)] == ["c3", "c2"]
    for _ in range(2):  # those that have ended leave the list, the others stay in it
        assert [campaign.id for campaign in await campaigns.unfinished()] == ["c1", "c2"]


async def test_every_record_of_a_campaign_expires(campaigns: Campaigns, redis: Redis) -> None:
    await campaigns.create(order(), NUMBERS)
    await campaigns.begin("c1", "me")
    await campaigns.settle("c1", SENDING, CampaignState.ACCEPTED, ticket="2048")
    await campaigns.count_once("c1", "clicks", "mark")
    keys = [key async for key in redis.scan_iter("*c1*")] + [b"ticket:{2048}"]
    assert len(keys) == 6
    for key in keys:
        assert 0 < await redis.ttl(key) <= DAY, key


async def test_an_id_that_is_listed_and_not_yet_stored_is_passed_over_and_found_once_it_is(
    campaigns: Campaigns, redis: Redis
) -> None:
    """Whoever listed it may have died, or may be about to store it."""
    now = time.time()
    for name in ("campaigns", "campaigns:open"):
        await redis.zadd(name, {"c1": now})
    assert await campaigns.newest(10) == []
    assert await campaigns.unfinished() == []
    await campaigns.create(Order("c1", "U0ALICE", "C0SMS", "Bonjour", created=now), NUMBERS)
    assert [campaign.id for campaign in await campaigns.unfinished()] == ["c1"]


async def test_of_several_failures_of_an_answer_the_first_is_remembered(campaigns: Campaigns) -> None:
    await campaigns.create(order("a1"), NUMBERS[:1])
    for code in (5, 11):
        await campaigns.note_failure("a1", code)
    found = await campaigns.get("a1")
    assert found
    assert found.failure == 5
