"""What is remembered of the talk with one number."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.conversations import Conversations
from tests.conftest import NUMBER, OTHER


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def conversations(redis: Redis) -> Conversations:
    return Conversations(redis, 60)


async def test_first_reply_opens_and_later_ones_go_on(conversations: Conversations) -> None:
    first, opened = await conversations.hear(NUMBER, "k1", "mark1", "c1")
    second, reopened = await conversations.hear(NUMBER, "k2", "mark2", None)
    assert (opened, reopened) == (True, False)
    assert (first.id, second.id) == ("k1", "k1")
    assert (second.replies, second.campaign, second.number) == (2, "c1", NUMBER)


async def test_reply_that_is_told_again_changes_nothing(conversations: Conversations) -> None:
    """Even if others came in between: a worker that died is followed by one that hears all of its batch again."""
    for mark in ("mark1", "mark2", "mark3", "mark1", "mark2"):
        conversation, opened = await conversations.hear(NUMBER, f"id of {mark}", mark, None)
        assert opened == (mark == "mark1")
    assert (conversation.id, conversation.replies) == ("id of mark1", 3)


async def test_campaign_is_the_last_one_that_was_answered(conversations: Conversations) -> None:
    await conversations.hear(NUMBER, "k1", "mark1", "c1")
    await conversations.hear(NUMBER, "k1", "mark2", "c2")
    again, _ = await conversations.hear(NUMBER, "k1", "mark1", "c1")
    assert again.campaign == "c2"


async def test_conversation_is_found_by_number_and_by_id(conversations: Conversations) -> None:
    heard, _ = await conversations.hear(NUMBER, "k1", "mark1", None)
    assert await conversations.of(NUMBER) == await conversations.get("k1") == heard
    assert heard.campaign is None
    assert await conversations.of(OTHER) is None
    assert await conversations.get("k2") is None


async def test_all_of_it_lives_for_the_retention_of_silence(conversations: Conversations, redis: Redis) -> None:
    await conversations.hear(NUMBER, "k1", "mark1", None)
    keys = await redis.keys("conversation*")
    assert len(keys) == 3
    assert all(0 < ttl <= 60 for ttl in [await redis.ttl(key) for key in keys])
