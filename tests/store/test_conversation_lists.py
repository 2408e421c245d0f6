"""What a list of conversations reads: many at once, in the order asked for, without those that are gone."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.conversations import Conversations, Incoming
from bot.store.posts import Anchors

NUMBERS = ["33612345678", "33698765432", "33655443322"]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def conversations(redis: Redis) -> Conversations:
    """Two of three numbers have written, the first one three times."""
    made = Conversations(redis, 60)
    for number, texts in ((NUMBERS[0], "abc"), (NUMBERS[2], "d")):
        for text in texts:
            sms = Incoming(f"mark {text}", text, None, "webhook", "c1")
            new_id = f"k{number}"
            await made.hear(number, new_id, sms, channel="C0SMS", new_thread_after=-1, wants_answer=True)
    return made


async def test_a_sketch_says_of_a_conversation_what_a_list_needs(conversations: Conversations) -> None:
    await conversations.claim(NUMBERS[2], "U0ALICE")
    await conversations.snooze(NUMBERS[2], 99.5)
    whole, sketches = await conversations.many(NUMBERS), await conversations.sketches(NUMBERS)
    assert [one.number for one in sketches] == [NUMBERS[0], NUMBERS[2]]

    def needed(listed: list[object]) -> list[list[object]]:
        names = [
            "id",
            "subject",
            "anchor",
            "channel",
            "state",
            "owner",
            "since",
            "snooze",
            "last_in",
            "last_out",
            "waiting",
        ]
        return [[getattr(one, name) for name in names] for one in listed]

    assert needed([*sketches]) == needed([*whole])
    assert await conversations.sketches([]) == []


async def test_numbers_are_found_by_id(conversations: Conversations) -> None:
    first = f"k{NUMBERS[0]}"
    assert await conversations.numbers([first, "k-unknown"]) == {first: NUMBERS[0]}
    assert await conversations.numbers([]) == {}


async def test_the_recent_texts_of_many_are_read_at_once(conversations: Conversations) -> None:
    recent = await conversations.recent(NUMBERS, 2)
    assert {number: [text.text for text in texts] for number, texts in recent.items()} == {
        NUMBERS[0]: ["b", "c"],
        NUMBERS[1]: [],
        NUMBERS[2]: ["d"],
    }


async def test_resolve_leaves_what_was_written_after_it_was_seen(conversations: Conversations) -> None:
    [before, _] = await conversations.sketches([NUMBERS[0], NUMBERS[2]])
    sms = Incoming("later", "encore", None, "webhook", None)
    await conversations.hear(NUMBERS[0], "k", sms, channel="C0SMS", new_thread_after=-1, wants_answer=True)
    done, about = await conversations.resolve(NUMBERS[0], before.last_in, "U0ALICE")
    assert done == "no"
    assert about
    assert about.waiting
    done, about = await conversations.resolve(NUMBERS[0], about.last_in, "U0ALICE")
    assert done == "done"
    assert about
    assert not about.waiting


async def test_the_places_of_many_cards_are_read_at_once(redis: Redis) -> None:
    anchors = Anchors(redis, 60)
    await anchors.put("conversation:k1.1", "C0SMS", "1.000100")
    await anchors.home("conversation:k2.1", "C0SMS")
    names = ["conversation:k1.1", "conversation:k2.1", "conversation:k3.1"]
    assert await anchors.places(names) == {"conversation:k1.1": ("C0SMS", "1.000100")}
    assert await anchors.places([]) == {}
