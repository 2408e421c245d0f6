"""Saved answers: each name once, nobody's change undone by another's."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.store.templates import MOST, Template, Templates
from tests.conftest import ALICE, BRUNO


@pytest.fixture
async def templates(redis_url: str) -> AsyncIterator[Templates]:
    """None, in an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield Templates(client)


HOURS = Template("t1", "Horaires", "De 9 h à 18 h 😀\n<@U1>", ALICE)


async def test_a_new_one_comes_back_as_it_was_written(templates: Templates) -> None:
    assert await templates.save(HOURS) == "done"
    assert await templates.get("t1") == replace(HOURS, revision=1)
    assert await templates.all() == [replace(HOURS, revision=1)]
    assert await templates.get("t2") is None


async def test_the_same_written_again_changes_nothing(templates: Templates) -> None:
    assert [await templates.save(HOURS) for _ in range(3)] == ["done", "same", "same"]
    change = Template("t1", "Horaires", "De 10 h à 17 h", ALICE, revision=1)
    assert [await templates.save(change) for _ in range(3)] == ["done", "same", "same"]
    assert await templates.all() == [replace(change, revision=2)]


async def test_of_two_changes_of_the_same_one_the_second_is_refused(templates: Templates) -> None:
    await templates.save(HOURS)
    first, second = replace(HOURS, text="Un", revision=1), replace(HOURS, text="Deux", revision=1)
    assert sorted(await asyncio.gather(templates.save(first), templates.save(second))) == ["changed", "done"]
    [kept] = await templates.all()
    assert kept.revision == 2
    assert kept.text in ("Un", "Deux")


@pytest.mark.parametrize("name", ["Horaires", "HORAIRES", " horaires  ", "Ｈｏｒａｉｒｅｓ"])
async def test_a_name_that_looks_the_same_is_taken(templates: Templates, name: str) -> None:
    await templates.save(HOURS)
    assert await templates.save(Template("t2", name, "Autre", BRUNO)) == "taken"
    assert len(await templates.all()) == 1
    assert await templates.save(replace(HOURS, name=name, text="Autre", revision=1)) == "done"  # it keeps its own


async def test_two_who_take_one_name_at_the_same_moment_get_it_once(templates: Templates) -> None:
    answers = await asyncio.gather(*(templates.save(replace(HOURS, id=f"t{index}")) for index in range(10)))
    assert sorted(answers) == ["done"] + ["taken"] * 9


async def test_a_name_that_was_given_up_is_free(templates: Templates) -> None:
    await templates.save(HOURS)
    await templates.save(replace(HOURS, name="Ouverture", revision=1))
    assert await templates.save(Template("t2", "Horaires", "Autre", BRUNO)) == "done"


async def test_there_is_a_most_which_changes_do_not_meet(templates: Templates) -> None:
    for index in range(MOST):
        assert await templates.save(Template(f"t{index}", f"Nom {index}", "x", ALICE)) == "done"
    assert await templates.save(Template("more", "Autre", "x", ALICE)) == "full"
    assert await templates.save(Template("t5", "Nom 5", "y", ALICE, revision=1)) == "done"
    assert await templates.delete("t6", 1) == "done"
    assert await templates.save(Template("more", "Autre", "x", ALICE)) == "done"


async def test_they_are_listed_by_name_whatever_their_capitals(templates: Templates) -> None:
    for index, name in enumerate(("Zèbre", "avoir", "Été", "Bon")):
        await templates.save(Template(f"t{index}", name, "x", ALICE))
    assert [one.name for one in await templates.all()] == ["avoir", "Bon", "Zèbre", "Été"]


async def test_one_is_deleted_as_it_was_read_and_not_as_somebody_changed_it(templates: Templates) -> None:
    await templates.save(HOURS)
    await templates.save(replace(HOURS, text="Neuf", revision=1))
    assert await templates.delete("t1", 1) == "changed"
    assert await templates.delete("t1", 2) == "done"
    assert await templates.delete("t1", 2) == "gone"
    assert await templates.save(replace(HOURS, text="Encore", revision=2)) == "gone"
    assert await templates.all() == []


@pytest.mark.parametrize("text", ["\ud800 seul", "\x00", "1 2 3", '{"a": 1}', "😀" * 500])
async def test_any_text_and_name_is_kept_letter_by_letter(templates: Templates, text: str) -> None:
    one = Template("t1", text[:60], text, ALICE)
    assert await templates.save(one) == "done"
    assert await templates.save(replace(one, id="t2")) == "taken"
    assert await templates.all() == [replace(one, revision=1)]


async def test_they_are_kept_for_good(templates: Templates) -> None:
    await templates.save(HOURS)
    assert await templates._redis.ttl("templates") == -1
