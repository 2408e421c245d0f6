"""The bell that rings at every change, and its followers."""

import asyncio

import pytest

from bot.sandbox.slack.changes import Changes


async def test_a_follower_wakes_at_the_next_change_and_misses_none():
    changes = Changes()
    changes.ring()
    assert await changes.after(0) == 1
    waiting = asyncio.create_task(changes.after(1))
    done, _ = await asyncio.wait({waiting}, timeout=0.01)
    assert not done
    changes.ring()
    changes.ring()
    assert await waiting == 3
    assert await changes.after(1) == 3


async def test_any_number_may_follow_and_whoever_stops_is_forgotten():
    changes = Changes()
    followers = [asyncio.create_task(changes.after(0)) for _ in range(3)]
    leaving = asyncio.create_task(changes.after(0))
    await asyncio.wait({leaving}, timeout=0.01)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    changes.ring()
    assert await asyncio.gather(*followers) == [1, 1, 1]
    assert changes._waiting == set()
