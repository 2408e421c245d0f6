"""Doors for operators: how often ``/ready`` asks Slack and SMSFactor. What it says: tests/test_webhooks.py."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession

from bot import health
from tests.conftest import Town, open_town

FAULTS: dict[str, Callable[[Town], None]] = {
    "Slack": lambda town: town.slack.fail("auth.test", "invalid_auth"),
    "SMSFactor": lambda town: town.provider.fail("GET /credits", "refuse:-1"),
}


@pytest.fixture
async def door(redis_url: str) -> AsyncIterator[Town]:
    """A desk without a worker, so that nobody but its probes asks Slack and SMSFactor."""
    async with open_town(redis_url, workers=0) as town:
        yield town


async def problems(town: Town, session: ClientSession) -> list[str]:
    """Who cannot be reached, by the answer of ``/ready``."""
    async with session.get(f"{town.url}/ready") as answer:
        named = [problem.partition(":")[0] for problem in (await answer.json())["problems"]]
        assert answer.status == (503 if named else 200)
        return named


@pytest.mark.parametrize("who", FAULTS)
async def test_a_failure_and_a_recovery_show_when_the_seconds_of_rest_are_over(
    door: Town, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(health, "FRESH", 0.05)
    async with asyncio.timeout(30), ClientSession() as session:
        assert await problems(door, session) == []
        FAULTS[who](door)
        while await problems(door, session) != [who]:
            pass
        while await problems(door, session):
            pass


async def test_within_the_seconds_of_rest_probes_ask_nobody(door: Town) -> None:
    async with ClientSession() as session:
        assert await problems(door, session) == []
        asked = len(door.slack.called("auth.test")), len(door.provider.requests)
        for fault in FAULTS.values():
            fault(door)
        assert [await problems(door, session) for _ in range(5)] == [[]] * 5
        assert (len(door.slack.called("auth.test")), len(door.provider.requests)) == asked
