"""R4: one event, one visible effect, however often it comes and whatever Slack does meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.conftest import NUMBER, Town, open_town
from tests.rules.webhooks import post, receipt, reply, saying, says, shown

Story = Callable[[Town, str], Awaitable[tuple[str, dict[str, Any], str]]]


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
async def town(redis_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with open_town(redis_url, workers=request.param) as opened:
        yield opened


async def sent(town: Town) -> str:
    """One campaign to one number with a tracked link; its message id."""
    await town.send(text="See https://example.org/form", options=["links"])
    await town.card_says("Accepted")
    message_id: str = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
    return message_id


EVENTS: dict[str, Callable[[str, str], tuple[str, dict[str, Any], str]]] = {
    "a reply": lambda mid, _: ("mo", reply("Oui merci", message_id=mid), "Oui merci"),
    "a STOP": lambda mid, _: (
        "stop",
        {"from": NUMBER, "message": "Stop SMS", "last_message_id": mid, "date": "2026-03-02T10:11:12+01:00"},
        "said STOP",
    ),
    "a receipt": lambda mid, ticket: ("dlr", receipt(mid, 3, campaign_id=ticket), "1 delivered"),
    "a click": lambda mid, ticket: (
        "clicker",
        {"campaign_id": ticket, "gsmsid": mid, "long_url": "https://example.org/form", "clicks_on_link": "1"},
        "1 click by 1 person",
    ),
    "a balance alert": lambda *_: ("balance", {"balance": "98", "trigger": "100"}, "98 credits"),
}


@pytest.mark.parametrize("name", EVENTS)
async def test_same_bytes_again_and_again_have_one_effect(town: Town, name: str) -> None:
    mid = await sent(town)
    ticket = next(iter(town.provider.campaigns))
    kind, payload, words = EVENTS[name](mid, ticket)
    answers = await asyncio.gather(*(post(town, kind, payload) for _ in range(8)))
    assert answers == [200] * 8
    await says(town, words)
    before = len(shown(town))
    assert await post(town, kind, payload) == 200
    assert await post(town, "mo", reply("the end", "33698765432")) == 200
    await says(town, "the end")
    await _all_done(town)
    assert len(saying(town, words)) == 1
    assert len(shown(town)) == before + 2, "the card and the SMS of who wrote last"
    campaign = await town.desk.services.store.campaigns.get(mid.partition("-")[0])
    assert campaign
    assert campaign.replies <= 1
    assert campaign.stops <= 1
    assert campaign.clicks <= 1


async def test_a_stop_that_comes_as_webhook_and_as_reply_is_told_and_counted_once(town: Town) -> None:
    mid = await sent(town)
    stop = {"from": NUMBER, "message": "STOP", "last_message_id": mid, "account_id": "1"}
    await asyncio.gather(post(town, "stop", stop), post(town, "mo", stop))
    await says(town, "said STOP")
    await post(town, "mo", reply("the end", "33698765432"))
    await says(town, "the end")
    await _all_done(town)
    assert len(saying(town, "said STOP")) == 1
    campaign = await town.desk.services.store.campaigns.get(mid.partition("-")[0])
    assert campaign
    assert campaign.stops == 1


async def test_a_stop_that_the_provider_s_list_knew_first_is_told_once_all_the_same(town: Town) -> None:
    await town.desk.services.store.optouts.record(NUMBER, "provider")
    stop = {"from": NUMBER, "message": "STOP", "last_message_id": None}
    await asyncio.gather(post(town, "stop", stop), post(town, "mo", stop))
    await says(town, "said STOP")
    await _all_done(town)
    assert len(saying(town, "said STOP")) == 1


async def test_two_different_replies_with_the_same_words_are_two(town: Town) -> None:
    await post(town, "mo", reply("Oui", date="2026-03-02T09:30:00"))
    await post(town, "mo", reply("Oui", date="2026-03-02T09:31:00"))
    await says(town, "Oui", 2)


@pytest.mark.faults
@pytest.mark.parametrize(
    "fault", [429, 500, "drop", "drop_after", "invalid_blocks", "channel_not_found", "not_in_channel", "fatal_error"]
)
async def test_replies_are_neither_lost_nor_doubled_whatever_slack_answers(redis_url: str, fault: int | str) -> None:
    async with open_town(redis_url) as town:
        for method in ("chat.postMessage", "conversations.history", "conversations.replies", "chat.update"):
            town.slack.fail(method, fault, 3, retry_after=0)
        for index in range(6):
            await post(town, "mo", reply(f"reply {index}", f"3361234000{index % 2}"))
        await town.slack.until(lambda: all(saying(town, f"reply {n}") for n in range(6)), 20)
        await _all_done(town)
        assert [len(saying(town, f"reply {n}")) for n in range(6)] == [1] * 6
        assert len(town.roots()) == 2


async def test_reply_whose_post_was_never_answered_is_found_and_not_posted_again(redis_url: str) -> None:
    """Slack took it and was silent until our own time limit."""
    async with open_town(redis_url) as town:
        town.slack.fail("chat.postMessage", "timeout_after")
        await post(town, "mo", reply("reply 1"))
        await post(town, "mo", reply("reply 2"))
        await says(town, "reply 2", timeout=30)
        assert len(saying(town, "reply 1")) == 1
        assert len(town.roots()) == 1


async def test_slack_s_own_repeats_of_an_event_have_one_effect(town: Town) -> None:
    await town.person().command("/sms", "help")
    await town.slack.change_user("U0BRUNO", is_restricted=True)
    first = town.slack.requests[-1]
    answers = await asyncio.gather(*(town.slack.deliver_again(first) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}


async def _all_done(town: Town) -> None:
    """Until nothing waits any more; Redis has nobody who would tell."""
    store = town.desk.services.store
    async with asyncio.timeout(20):
        while (await store.events.depth()).waiting or await store.posts.waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
