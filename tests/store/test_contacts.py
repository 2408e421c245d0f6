"""What the team knows of a person: one name in one line, and notes that are there once."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.contacts import NAME_MAX, NOTES_KEPT, Contact, ContactNote, Contacts

NUMBER, OTHER = "33612345678", "33698765432"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def contacts(redis: Redis) -> Contacts:
    """Nobody yet."""
    return Contacts(redis, 60)


def note(index: int, text: str = "Un client") -> ContactNote:
    """A note, the later the higher its index."""
    return ContactNote(f"V{index}", "U0ALICE", 1_763_817_600.25 + index, text)


async def test_nobody_is_known_at_first(contacts: Contacts) -> None:
    assert await contacts.get(NUMBER) == Contact(NUMBER)
    assert await contacts.name(NUMBER) == ""
    assert await contacts.names([NUMBER, OTHER]) == {}
    assert await contacts.names([]) == {}


async def test_a_name_is_given_changed_and_taken_away(contacts: Contacts) -> None:
    await contacts.rename(NUMBER, "Marie")
    await contacts.rename(NUMBER, "Marie Dupont")
    assert await contacts.name(NUMBER) == "Marie Dupont"
    assert await contacts.names([OTHER, NUMBER]) == {NUMBER: "Marie Dupont"}
    await contacts.rename(NUMBER, " ")
    assert await contacts.get(NUMBER) == Contact(NUMBER)


async def test_a_name_that_a_list_knows_replaces_none_that_the_team_gave(contacts: Contacts) -> None:
    await contacts.learn(NUMBER, "DUPONT M")
    assert await contacts.name(NUMBER) == "DUPONT M"
    await contacts.rename(NUMBER, "Marie")
    await contacts.learn(NUMBER, "DUPONT M")
    await contacts.learn(OTHER, "  ")
    assert await contacts.names([NUMBER, OTHER]) == {NUMBER: "Marie"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Marie\n Dupont\t", "Marie Dupont"),
        ("a\u2028b\u2029c\x00d\ud800e", "a b c d e"),
        ("\u202eeiraM", "eiraM"),
        ("👩‍👩‍👧‍👦 Dupont", "👩‍👩‍👧‍👦 Dupont"),
        ("é" * 100, "é" * NAME_MAX),
        ("مرحبا", "مرحبا"),
    ],
)
async def test_a_name_is_one_line_whoever_gives_it(contacts: Contacts, given: str, kept: str) -> None:
    await contacts.rename(NUMBER, given)
    await contacts.learn(OTHER, given)
    assert await contacts.names([NUMBER, OTHER]) == {NUMBER: kept, OTHER: kept}


async def test_notes_are_kept_with_author_and_time_the_oldest_first(contacts: Contacts) -> None:
    for index in (2, 0, 1):
        await contacts.note(NUMBER, note(index, "<!here> é 👩‍👩‍👧‍👦 \ud800"))
    assert (await contacts.get(NUMBER)).notes == tuple(note(i, "<!here> é 👩‍👩‍👧‍👦 \ud800") for i in range(3))
    assert (await contacts.get(OTHER)).notes == ()


async def test_a_note_that_comes_again_later_is_the_first_one(contacts: Contacts) -> None:
    await contacts.note(NUMBER, note(0))
    await contacts.note(NUMBER, ContactNote("V0", "U0ALICE", 1_763_819_999.0, "Un client"))
    assert (await contacts.get(NUMBER)).notes == (note(0),)


async def test_the_last_notes_are_kept(contacts: Contacts) -> None:
    for index in range(NOTES_KEPT + 3):
        await contacts.note(NUMBER, note(index))
    notes = (await contacts.get(NUMBER)).notes
    assert len(notes) == NOTES_KEPT
    assert (notes[0], notes[-1]) == (note(3), note(NOTES_KEPT + 2))


async def test_all_of_it_lives_for_the_retention_after_a_change_or_a_look(contacts: Contacts, redis: Redis) -> None:
    await contacts.rename(NUMBER, "Marie")
    await contacts.note(NUMBER, note(0))
    keys = await redis.keys("*")
    assert len(keys) == 2
    for look in (contacts.get, contacts.name):
        for key in keys:
            await redis.expire(key, 5)
        await look(NUMBER)
        assert all(50 < ttl <= 60 for ttl in [await redis.ttl(key) for key in keys]), look
