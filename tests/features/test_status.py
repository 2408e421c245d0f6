"""Status: what waits, in figures, to the one who asks, and what was set aside, to be decided on by admins."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.features.status import LISTED, Figures, list_form, render
from bot.sandbox.slack import Result, show
from bot.store.aside import AsideEvent
from bot.store.events import QueueDepth
from tests.block_kit import validate_message, validate_view
from tests.conftest import ALICE, BRUNO, NUMBER, OTHER, QUICK, SECRET, Town, open_town
from tests.rules.killing import eventually
from tests.rules.webhooks import key_of, post, reply, saying, says

BROKEN: dict[str, Any] = {"from": {}, "message": "très privé"}


async def asked(town: Town) -> str:
    """What /sms status says."""
    return show(await answer(town)).replace("*", "")


async def answer(town: Town, who: str = ALICE) -> dict[str, Any]:
    """The private message that /sms status is answered with."""
    result = (await town.person(who).command("/sms", "status")).answer
    assert result
    return result


async def set_aside(town: Town, *payloads: Mapping[str, Any], kind: str = "mo") -> None:
    """Webhooks that cannot be used, one after the other."""
    for payload in payloads:
        before = (await town.desk.services.store.events.depth()).aside
        assert await post(town, kind, payload) == 200

        async def is_aside(wanted: int = before + 1) -> bool:
            return (await town.desk.services.store.events.depth()).aside == wanted

        await eventually(is_aside)


@asynccontextmanager
async def fault_of_ours(town: Town, *numbers: str) -> AsyncIterator[None]:
    """The room that hears these people's SMS stumbles over what Redis holds of them, until it is mended."""
    redis = town.desk.services.store.redis
    for number in numbers:
        await redis.hset(f"conversation:{{{number}}}", "answers", "no number")
    yield
    for number in numbers:
        await redis.hdel(f"conversation:{{{number}}}", "answers")


async def opened(town: Town, who: str = ALICE) -> dict[str, Any]:
    """The form behind *Look at them*, as an admin sees it."""
    await town.person(who).click(await answer(town, who), "status_look")
    view = town.person(who).view
    assert view, town.person(who).ephemerals[-1:]
    return view


async def pressed(town: Town, action: str, index: int = 0, who: str = ALICE, **more: Any) -> Result:
    """Click the button of this name in the open form; the first one, or a later one."""
    view = town.person(who).view
    assert view
    return await town.person(who).click(view, action, values(view, action)[index], **more)


def values(view: Mapping[str, Any], action: str) -> list[str | None]:
    """The values of the buttons of one name."""
    elements = [element for block in view["blocks"] for element in block.get("elements", ())]
    return [element.get("value") for element in elements if element.get("action_id") == action]


def listed(town: Town, who: str = ALICE) -> str:
    """What the open form says."""
    view = town.person(who).view
    assert view
    return show(view).replace("*", "")


async def test_a_desk_in_order_says_that_it_works(town: Town) -> None:
    text = await asked(town)
    assert text.startswith("# The desk works.")
    for words in (
        "Campaigns that are held: 0, being looked up: 0",
        "Events of SMSFactor (replies, receipts, clicks …) that wait: 0\n",
        "Events that could not be handled and were set aside: 0",
        "wait for their turn in Slack: 0\n",
        "Numbers that opted out: 0",
        "Version ",
    ):
        assert words in text
    assert "Look at them" not in text


async def test_webhooks_that_no_worker_takes_are_counted(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        await town.provider.reply("33612345678", "un")
        await town.provider.reply("33698765432", "deux")
        assert "that wait: 2, the oldest for 0 s" in await asked(town)


async def test_messages_that_wait_for_slack_are_counted_with_the_age_of_the_oldest(redis_url: str) -> None:
    """While Slack holds the desk back; in the metrics too."""
    async with open_town(redis_url, tempo=replace(QUICK, post_retry=(30,))) as town:
        town.slack.fail("chat.postMessage", 500, 100)
        await town.provider.reply(NUMBER, "un")
        await town.slack.until(lambda: town.slack.called("chat.postMessage"))
        await town.provider.reply(OTHER, "deux")

        async def all_wait() -> bool:
            posts = town.desk.services.store.posts
            return await posts.waiting() >= 4 and await posts.oldest() >= 1

        await eventually(all_wait)
        text = await asked(town)
        waiting, _, age = text.partition("wait for their turn in Slack: ")[2].partition("\n")[0].partition(", ")
        assert int(waiting) >= 4, "two cards and two SMS"
        assert age.startswith("the oldest for ")
        assert 1 <= int(age.split()[-2]) < 20
        async with ClientSession() as session, session.get(f"{town.url}/metrics") as metrics:
            figures = dict(line.rsplit(" ", 1) for line in (await metrics.text()).splitlines() if line[0] != "#")
        assert float(figures["sms_desk_posts_waiting"]) >= 4
        assert 1 <= float(figures["sms_desk_posts_oldest_seconds"]) < 20


async def test_a_webhook_that_was_set_aside_is_counted_and_told_once(town: Town) -> None:
    headers = {"X-SMSFactor-Signature": SECRET}
    async with ClientSession() as session:
        for _ in range(2):
            async with session.post(f"{town.url}/smsfactor/mo", json={"from": {}}, headers=headers) as answer:
                assert answer.status == 200
    await town.channel_says("could not be handled")
    assert "An event of SMSFactor (a reply) could not be handled" in town.roots()[0]["text"]
    text = await asked(town)
    assert text.startswith("# The desk works, but 1 event of SMSFactor could not be handled.")
    assert "and were set aside: 1" in text
    assert len(town.roots()) == 1


async def test_what_was_set_aside_is_listed_without_what_it_says(town: Town) -> None:
    await set_aside(town, BROKEN)
    await set_aside(town, {"status": "???"}, kind="dlr")
    text = await asked(town)
    assert "A reply: the desk cannot read what is in it · " in text
    assert "A delivery receipt: the desk cannot read what is in it · " in text
    marks = [mark for mark in text.split("`")[1::2] if len(mark) == 8]
    assert len(set(marks)) == 2
    view = await opened(town)
    assert all(mark in show(view) for mark in marks)
    assert "privé" not in text + show(view)
    assert "privé" not in str(town.slack.calls)


async def test_only_admins_may_look_and_decide(town: Town) -> None:
    await set_aside(town, BROKEN)
    view = await opened(town, ALICE)
    await town.person(BRUNO).click(await answer(town, BRUNO), "status_look")
    assert town.person(BRUNO).view is None
    assert "Only admins can do this" in town.person(BRUNO).ephemerals[-1]["text"]
    await town.slack.change_user(ALICE, is_admin=False)
    for action in ("status_again", "status_drop", "status_all_again", "status_refresh"):
        await town.person(ALICE).click(view, action, values(view, action)[0])
        assert "Only admins can do this" in show(town.person(ALICE).view or {})
        await town.person(ALICE).close()
    assert (await town.desk.services.store.events.depth()).aside == 1


async def test_what_is_tried_again_works_or_comes_back_with_its_reason(town: Town) -> None:
    await set_aside(town, BROKEN)
    await opened(town)
    await pressed(town, "status_again")
    assert "is tried again" in listed(town)

    async def is_back() -> bool:
        await pressed(town, "status_refresh")
        return "the desk cannot read what is in it" in listed(town)

    await eventually(is_back)
    assert len(saying(town, "could not be handled")) == 1


async def test_what_failed_for_a_while_is_shown_once_when_it_is_tried_again(town: Town) -> None:
    async with fault_of_ours(town, NUMBER):
        await set_aside(town, reply("Enfin"))
    await opened(town)
    await pressed(town, "status_again")
    [shown] = await says(town, "Enfin")
    assert key_of(shown).startswith("text:")
    await pressed(town, "status_refresh")
    assert "Nothing is set aside" in listed(town)
    assert await post(town, "mo", reply("Enfin")) == 200
    await post(town, "mo", reply("la fin", OTHER))
    await says(town, "la fin")
    assert len(saying(town, "Enfin")) == 1


async def test_dropping_asks_first_and_is_for_good(town: Town) -> None:
    await set_aside(town, BROKEN, {"from": None})
    await opened(town)
    await pressed(town, "status_drop", confirm=False)
    assert (await town.desk.services.store.events.depth()).aside == 2
    await pressed(town, "status_drop")
    assert "was dropped" in listed(town)
    assert (await town.desk.services.store.events.depth()).aside == 1
    [entry] = [one for one in await town.desk.services.store.audit.last(10) if one["what"] == "drop_webhook"]
    assert entry["who"] == ALICE
    assert entry["subject"] in listed(town)


@pytest.mark.parametrize("action", ["status_drop", "status_again"])
async def test_three_clicks_of_two_admins_are_one_decision(town: Town, action: str) -> None:
    await town.slack.change_user(BRUNO, is_admin=True)
    async with fault_of_ours(town, NUMBER):
        await set_aside(town, reply("Une fois"))
    views = {who: await opened(town, who) for who in (ALICE, BRUNO)}
    clicks = [
        town.person(who).click(views[who], action, values(views[who], action)[0]) for who in (ALICE, BRUNO, ALICE)
    ]
    await asyncio.gather(*clicks)
    await post(town, "mo", reply("la fin", OTHER))
    await says(town, "la fin")
    assert len(saying(town, "Une fois")) == (action == "status_again")
    told = [str(call["view"]) for call in town.slack.called("views.update")]
    assert sum("Somebody has decided on" in view for view in told) == 2
    assert sum("was dropped" in view or "is tried again" in view for view in told) == 1
    await pressed(town, "status_refresh")
    assert "Nothing is set aside" in listed(town)


async def test_all_are_tried_again_at_once(town: Town) -> None:
    numbers = [f"3361234000{index}" for index in range(4)]
    async with fault_of_ours(town, *numbers):
        await set_aside(town, *(reply(f"numéro {number[-1]}", number) for number in numbers))
    await set_aside(town, BROKEN)
    await opened(town)
    await pressed(town, "status_all_again")
    assert "5 events of SMSFactor are tried again" in listed(town)
    await says(town, "numéro", 4)

    async def one_is_back() -> bool:
        depth = await town.desk.services.store.events.depth()
        return (depth.waiting, depth.aside) == (0, 1)

    await eventually(one_is_back)
    assert [len(saying(town, f"numéro {index}")) for index in range(4)] == [1] * 4


# Views


def aside(count: int, **more: Any) -> list[AsideEvent]:
    """What may stand in the list."""
    return [
        AsideEvent(**{"id": f"7:{index}-0", "kind": "mo", "mark": f"{index:08x}", "reason": "x", "at": 1.0, **more})
        for index in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, LISTED])
def test_the_list_is_a_form_that_slack_takes(count: int) -> None:
    hostile = {"kind": "<!channel> *b* `c`", "reason": "<@U0ALICE> & " + "é" * 400}
    view = list_form(count + 500, aside(count, **hostile), UTC, "`ab` is tried again.")
    validate_view(view)
    assert "<!channel>" not in str(view)
    assert "<@U0ALICE>" not in str(view)
    assert "and 500 older" in show(view)


def test_the_answer_is_a_message_that_slack_takes() -> None:
    depth = QueueDepth(12, 3.0, 999)
    shown = render(Figures(depth, 12, 9.4, aside=aside(5, reason="<!here>" * 40), others=[("<!here>", 1)]))
    validate_message(shown["blocks"])
    assert "<!here>" not in str(shown)
    assert "Messages that wait for their turn in Slack: *12*, the oldest for 9 s" in str(shown)


@pytest.mark.parametrize(
    ("oldest", "oldest_post", "aside", "words"),
    [
        (0, 0, 0, "The desk works."),
        (61, 0, 0, "whether its worker runs"),
        (0, 61, 0, "Slack is behind"),
        (61, 61, 1, "whether its worker runs"),
        (0, 61, 3, "The desk works, but 3 events of SMSFactor could not be handled."),
    ],
)
def test_what_is_wrong_is_said_first(oldest: float, oldest_post: float, aside: int, words: str) -> None:
    shown = render(Figures(QueueDepth(1, oldest, aside), 1, oldest_post))
    assert words in shown["text"]
    assert shown["blocks"][0]["text"]["text"] == shown["text"]


async def test_a_channel_in_which_the_desk_cannot_post_is_named(town: Town) -> None:
    await town.desk.services.store.lost.note("C0GONE", "channel_not_found")
    shown = (await town.person().command("/sms", "status")).answer
    assert shown["text"] == "The desk works, but cannot post in every channel."
    assert "The desk cannot post in <#C0GONE>, since " in str(shown["blocks"])
