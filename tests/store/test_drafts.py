"""Drafts: what was filled in comes back as it was, for a day."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.campaign import Order
from bot.store.drafts import KEPT, Draft, Drafts


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_a_draft_comes_back_as_it_was_kept(redis: Redis) -> None:
    order = Order("c1", "U0ALICE", "C0SMS", "Ça va ? 😀\n<@U1> & *co*", kind="marketing", sender="ACME", links=True)
    draft = Draft(order, ("33612345678", "447911123456"))
    await Drafts(redis).put(draft)
    assert await Drafts(redis).get("c1") == draft
    assert draft.id == "c1"


async def test_a_later_draft_of_the_same_form_replaces_the_earlier(redis: Redis) -> None:
    drafts = Drafts(redis)
    for text in ("Avant", "Après"):
        await drafts.put(Draft(Order("c1", "U0ALICE", "C0SMS", text), ("33612345678",)))
    found = await drafts.get("c1")
    assert found
    assert found.order.text == "Après"


async def test_a_draft_expires_after_a_day_and_is_then_none(redis: Redis) -> None:
    drafts = Drafts(redis)
    await drafts.put(Draft(Order("c1", "U0ALICE", "C0SMS", "Bonjour"), ("33612345678",)))
    assert 0 < await redis.ttl("draft:{c1}") <= KEPT
    await redis.delete("draft:{c1}")
    assert await drafts.get("c1") is None
