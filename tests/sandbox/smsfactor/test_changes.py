"""Following what changes: nobody polls, and nobody misses anything."""

import asyncio

import pytest

from bot.sandbox.smsfactor.changes import Changes

ANA = "33612345601"


async def test_a_change_that_has_been_is_not_waited_for():
    changes = Changes()
    changes.notify()
    changes.notify()
    assert await changes.after(0) == 2


async def test_every_waiter_is_woken_by_the_next_change():
    changes = Changes()
    waiting = [asyncio.create_task(changes.after(changes.count)) for _ in range(3)]
    await asyncio.wait(waiting, timeout=0)
    assert not any(task.done() for task in waiting)
    changes.notify()
    assert await asyncio.gather(*waiting) == [1, 1, 1]


async def test_who_waits_for_more_changes_waits_longer():
    changes = Changes()
    waiting = asyncio.create_task(changes.after(1))
    await asyncio.wait([waiting], timeout=0)
    changes.notify()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.01)
    changes.notify()
    assert await waiting == 2


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("phone", {"number": ANA}),
        ("power", {"number": ANA, "state": "off"}),
        ("outcome", {"number": ANA, "code": 2}),
        ("reply", {"number": ANA, "text": "Oui"}),
        ("stop", {"number": ANA}),
        ("jump", {"seconds": 60}),
        ("hold", {}),
        ("credits", {"add": 1}),
        ("trigger", {"balance": 5}),
        ("rules", {"flood_per_hour": 2}),
        ("blacklist", {"number": ANA}),
        ("npai", {"number": ANA}),
        ("outage", {"how": "down"}),
    ],
)
async def test_whatever_a_person_does_is_a_change(provider, control, verb, fields):
    before = provider.changes.count
    await control.do(verb, **fields)
    assert await provider.changes.after(before) > before
    assert (await control.state())["changes"] == provider.changes.count
