"""How far the provider's list has been read, and what was found in it."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.catchup import CatchUp, Found, Reading


@pytest.fixture
async def catchup(redis_url: str) -> AsyncIterator[CatchUp]:
    async with Redis.from_url(redis_url) as client:
        yield CatchUp(client)


async def test_nothing_is_covered_before_the_very_first_time(catchup: CatchUp) -> None:
    assert await catchup.reading() is None
    await catchup.start(100.0)
    await catchup.start(200.0)
    assert await catchup.reading() == Reading(100.0, 100.0, 100.0)


async def test_a_reading_is_open_from_its_beginning_to_its_end(catchup: CatchUp) -> None:
    await catchup.start(100.0)
    await catchup.begin(1_763_817_600.25)
    assert await catchup.reading() == Reading(100.0, 100.0, 1_763_817_600.25)
    await catchup.end(1_763_817_600.25)
    assert await catchup.reading() == Reading(100.0, 1_763_817_600.25, 1_763_817_600.25)


async def test_what_is_expected_leaves_with_its_end(catchup: CatchUp) -> None:
    await catchup.expect({})
    await catchup.expect({"a": "33612345678", "b": "33698765432"})
    await catchup.expect({"b": "33698765432", "c": "ACME"})
    await catchup.met(["a", "b"])
    await catchup.met([])
    assert await catchup.expected() == {"c": "ACME"}


async def test_what_was_found_is_kept_once_until_it_is_told(catchup: CatchUp) -> None:
    for _ in range(2):
        await catchup.found("a", "33612345678", 1_763_817_600.5)
    await catchup.found("b", "A C M E", 3.0)
    assert await catchup.untold() == {"a": Found("33612345678", 1_763_817_600.5), "b": Found("A C M E", 3.0)}
    await catchup.told(["a"])
    await catchup.told([])
    assert set(await catchup.untold()) == {"b"}
