"""R3, R4, R5, R12 of conversations under load: none lost, none twice, in order, no faster than Slack allows."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector

from bot.sandbox.slack import show
from tests.conftest import ALICE, BRUNO, NUMBER, QUICK, Town, open_town
from tests.rules.killing import eventually
from tests.rules.webhooks import key_of, post, reply, shown

PEOPLE, REPLIES, CONNECTIONS = 300, 1_000, 32
PACE = 0.01  # seconds in which Slack takes one message: a hundredth of the real one

pytestmark = pytest.mark.faults


def texts_by_thread(town: Town) -> dict[str, list[str]]:
    """The SMS that stand under each card of a conversation, by the card's ts, in order."""
    found: dict[str, list[str]] = {}
    for message in shown(town):
        if key_of(message).startswith("conversation:"):
            found[message["ts"]] = []
        elif key_of(message).startswith("text:"):
            found[message["thread_ts"]].append(message["text"].rpartition(": ")[2])
    return found


def texts(town: Town) -> list[str]:
    """All of them."""
    return [text for thread in texts_by_thread(town).values() for text in thread]


def burst(seed: int) -> list[list[tuple[str, str]]]:
    """(number, text) in some columns, to be posted side by side: a number's own stand in one column, in order."""
    numbers = [f"3361234{index:04d}" for index in range(PEOPLE)]
    turns = [*numbers, *random.Random(seed).choices(numbers, k=REPLIES - PEOPLE)]
    random.Random(seed + 1).shuffle(turns)
    said: Counter[str] = Counter()
    columns: list[list[tuple[str, str]]] = [[] for _ in range(CONNECTIONS)]
    for number in turns:
        columns[int(number) % CONNECTIONS].append((number, f"{number[-4:]} says {said[number]:02d}."))
        said[number] += 1
    return columns


async def figures(town: Town, session: ClientSession) -> dict[str, float]:
    """What /metrics says."""
    async with session.get(f"{town.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


@pytest.mark.timeout(240)
async def test_a_thousand_replies_of_three_hundred_people_are_shown_once_in_order_at_slack_s_pace(
    redis_url: str,
) -> None:
    tempo = replace(QUICK, post_pace=PACE, post_retry=(PACE, 2 * PACE), lease=5.0, job_lease=5.0, sweep=1.0)
    async with open_town(redis_url, tempo=tempo, workers=2, slack={"echo": False}) as town:
        town.slack.pace, town.slack.workspace.pace_seconds = True, PACE
        columns = burst(seed=7)

        async with ClientSession(connector=TCPConnector(limit=CONNECTIONS)) as session:

            async def send(column: list[tuple[str, str]]) -> None:
                for number, text in column:
                    assert await post(town, "mo", reply(text, number), session) == 200

            await asyncio.gather(*map(send, columns))
            seen = await watched(town, session)

        expected: dict[str, list[str]] = {}
        for number, text in (one for column in columns for one in column):
            expected.setdefault(number, []).append(text)
        assert sorted(texts_by_thread(town).values()) == sorted(expected.values())
        assert seen["posts"] > 100
        assert seen["oldest"] >= 2
        assert town.slack.refused == []
        assert len(town.slack.called("chat.postMessage")) == PEOPLE + REPLIES, "none was refused for its pace"


async def watched(town: Town, session: ClientSession) -> dict[str, float]:
    """The longest queue and the oldest age that /sms status and /metrics agree on, until all is shown."""
    seen = {"posts": 0.0, "oldest": 0.0}
    async with asyncio.timeout(200):
        while len(texts(town)) < REPLIES:
            now = await figures(town, session)
            said = show((await town.person(ALICE).command("/sms", "status")).answer or {}).replace("*", "")
            waiting = said.partition("wait for their turn in Slack: ")[2].partition("\n")[0]
            if ", the oldest for " in waiting:
                count, _, age = waiting.partition(", the oldest for ")
                seen["posts"] = max(seen["posts"], min(float(count), now["sms_desk_posts_waiting"]))
                seen["oldest"] = max(seen["oldest"], min(float(age.split()[0]), now["sms_desk_posts_oldest_seconds"]))
            await asyncio.sleep(0.5)
    return seen


async def test_two_workers_and_one_number_keep_order_and_owner(redis_url: str) -> None:
    """Replies stream in while two people reach for the conversation, again and again."""
    async with open_town(redis_url, workers=2) as town, ClientSession() as session:
        await post(town, "mo", reply("000"), session)
        card = await town.slack.until(lambda: next(iter(cards(town)), None))

        async def talk() -> None:
            for index in range(1, 60):
                assert await post(town, "mo", reply(f"{index:03d}"), session) == 200

        async def reach(who: str) -> None:
            for _ in range(5):
                await town.person(who).click(card, "triage_claim")

        await asyncio.gather(talk(), reach(ALICE), reach(BRUNO))
        await town.slack.until(lambda: len(texts(town)) == 60, 30)
        assert list(texts_by_thread(town).values()) == [[f"{index:03d}" for index in range(60)]]
        about = await town.desk.services.store.conversations.of(NUMBER)
        assert about
        assert about.owner in (ALICE, BRUNO)
        loser = BRUNO if about.owner == ALICE else ALICE
        await town.slack.until(lambda: f"assigned to <@{about.owner}>" in str(cards(town)[0]["blocks"]))
        told = [message["text"] for message in town.person(loser).ephemerals]
        assert len(told) == 5
        assert all(f"<@{about.owner}>" in words for words in told)
        assert len(cards(town)) == 1


def cards(town: Town) -> list[dict[str, Any]]:
    """The cards of conversations."""
    return [root for root in town.roots() if key_of(root).startswith("conversation:")]


async def test_a_reply_is_not_held_up_by_the_cards_of_a_hundred_others(redis_url: str) -> None:
    """While Slack holds the desk back, a hundred cards change; the person who writes then comes first."""
    async with open_town(redis_url) as town:
        store = town.desk.services.store
        for index in range(20):
            await post(town, "mo", reply("Bonjour", f"3361234{index:04d}"))
        await town.slack.until(lambda: len(texts(town)) == 20, 30)

        async def at_rest() -> bool:
            return not await store.posts.waiting()

        await eventually(at_rest)
        town.slack.fail("chat.update", "late")
        begun = len(town.slack.calls)
        for card in cards(town):
            await town.person(ALICE).click(card, "triage_claim")
        await post(town, "mo", reply("C'est urgent", NUMBER))

        async def read() -> bool:
            return not (await store.events.depth()).waiting

        async def shown_once_let_go() -> bool:
            town.slack.let_go()
            return "C'est urgent" in texts(town)

        await eventually(read)
        await eventually(shown_once_let_go)
        await eventually(at_rest)
        methods = [call.method for call in town.slack.calls[begun:] if call.method.startswith("chat.")]
        assert methods.count("chat.update") >= 20
        assert len(methods) - methods[::-1].index("chat.postMessage") < 10, "before nearly all edits"
