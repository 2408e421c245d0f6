"""R5: what one person writes is read in the order in which they wrote it, in one thread."""

import random

import pytest
from aiohttp import ClientSession

from bot.app import open_desk, work
from tests.conftest import CHANNEL, Town, open_town
from tests.rules.webhooks import key_of, post, reply, saying, says

NUMBERS = [f"33612340{index:03d}" for index in range(20)]


def interleaved(first: int, last: int, seed: int) -> list[tuple[str, str]]:
    """(number, text) of replies ``first`` to ``last`` of every number, shuffled, but in order for each."""
    turns = [number for number in NUMBERS for _ in range(first, last)]
    random.Random(seed).shuffle(turns)
    said = dict.fromkeys(NUMBERS, first)
    replies = []
    for number in turns:
        replies.append((number, f"{number[-3:]} says {said[number]:02d}."))
        said[number] += 1
    return replies


def threads(town: Town) -> dict[str, list[str]]:
    """The SMS in each thread, by the last three digits of who wrote them."""
    found: dict[str, list[str]] = {}
    for root in town.roots():
        thread = [message for message in town.slack.thread(CHANNEL, root["ts"]) if key_of(message).startswith("text:")]
        said = [message["text"].rpartition(": ")[2] for message in thread]
        assert said[0][:3] not in found, "one thread each"
        found[said[0][:3]] = said
    return found


@pytest.mark.faults
async def test_replies_of_many_people_stand_in_order_each_once_each_in_its_thread(redis_url: str) -> None:
    """200 replies of 20 people, two workers, one of which is stopped in the middle."""
    async with open_town(redis_url) as town, ClientSession() as session:
        async with open_desk(town.settings, redis_url, town.tempo) as second, work(second):
            for number, text in interleaved(0, 5, seed=1):
                assert await post(town, "mo", reply(text, number), session) == 200
            await says(town, " says ", 20)
        for number, text in interleaved(5, 10, seed=2):
            assert await post(town, "mo", reply(text, number), session) == 200
        await says(town, " says ", 200, timeout=30)
        assert threads(town) == {n[-3:]: [f"{n[-3:]} says {i:02d}." for i in range(10)] for n in NUMBERS}


async def test_later_replies_go_on_in_the_same_thread(town: Town) -> None:
    await post(town, "mo", reply("first"))
    (first,) = await says(town, "first")
    await post(town, "mo", reply("another's", "33698765432"))
    await says(town, "another's")
    await post(town, "mo", reply("second"))
    (second,) = await says(town, "second")
    assert second["thread_ts"] == first["thread_ts"]
    assert len(town.roots()) == 2


async def test_reply_that_slack_refuses_for_a_while_is_not_overtaken(town: Town) -> None:
    town.slack.fail("chat.postMessage", 500, 2)
    for index in range(5):
        await post(town, "mo", reply(f"says {index}"))
    await says(town, "says ", 5)
    assert [m["text"][-1] for m in saying(town, "says ")] == list("01234")
    assert len(town.roots()) == 1


async def test_stop_of_a_person_stands_in_their_thread(town: Town) -> None:
    await post(town, "mo", reply("Bonjour"))
    (first,) = await says(town, "Bonjour")
    await post(town, "mo", reply("STOP"))
    (told,) = await says(town, "said STOP")
    assert told["thread_ts"] == first["thread_ts"]
