"""R4, R12 of conversations: card, SMS and answer stand in Slack once each, whatever Slack answers, or does not."""

from typing import Any

import pytest

from bot.sandbox.slack import show
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town, open_town
from tests.rules.killing import eventually
from tests.rules.webhooks import key_of, post, reply, shown

FAULTS: list[int | str] = [429, 500, "500_after", "drop", "drop_after", "fatal_error", "invalid_blocks"]
ACTED = ["500_after", "drop_after", "timeout_after"]

pytestmark = pytest.mark.faults


def cards(town: Town) -> list[dict[str, Any]]:
    """The cards of conversations, oldest first."""
    return [root for root in town.roots() if key_of(root).startswith("conversation:")]


def under(town: Town, card: dict[str, Any], kind: str = "text") -> list[str]:
    """What of a kind stands in the thread of a card, in order."""
    thread = town.slack.thread(CHANNEL, card["ts"])
    return [m["text"].rpartition(": ")[2] for m in thread if key_of(m).startswith(f"{kind}:")]


def threads(town: Town) -> list[list[str]]:
    """The SMS under each card."""
    return [under(town, card) for card in cards(town)]


def posts(town: Town, kind: str) -> int:
    """How many messages of a kind there are, wherever they stand."""
    return sum(key_of(message).startswith(f"{kind}:") for message in shown(town))


async def all_done(town: Town) -> None:
    """Until nothing waits any more."""

    async def at_rest() -> bool:
        store = town.desk.services.store
        return not (await store.events.depth()).waiting and not await store.posts.waiting()

    await eventually(at_rest, 30)


async def stands_once(town: Town, *texts: str) -> None:
    """One card, and these SMS under it."""
    await town.slack.until(lambda: threads(town) == [list(texts)], 30)
    await all_done(town)
    assert threads(town) == [list(texts)]
    assert (posts(town, "conversation"), posts(town, "text")) == (1, len(texts))


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_card_that_slack_does_not_take_at_once_stands_once(town: Town, fault: int | str, times: int) -> None:
    """The first post is the card; with it wait the SMS in its thread."""
    town.slack.fail("chat.postMessage", fault, times, retry_after=0)
    await post(town, "mo", reply("un"))
    await post(town, "mo", reply("deux"))
    await stands_once(town, "un", "deux")


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_sms_in_a_thread_that_slack_does_not_take_at_once_stands_once(
    town: Town, fault: int | str, times: int
) -> None:
    await post(town, "mo", reply("un"))
    await town.slack.until(lambda: threads(town) == [["un"]])
    await all_done(town)
    town.slack.fail("chat.postMessage", fault, times, retry_after=0)
    await post(town, "mo", reply("deux"))
    await post(town, "mo", reply("trois"))
    await stands_once(town, "un", "deux", "trois")


@pytest.mark.parametrize("method", ["chat.update", "conversations.replies", "conversations.history"])
@pytest.mark.parametrize("fault", [429, 500, "500_after", "drop", "drop_after"])
async def test_a_question_or_an_edit_that_fails_doubles_nothing(town: Town, method: str, fault: int | str) -> None:
    """Together with a post whose answer was lost, so that all of them are asked."""
    await post(town, "mo", reply("un"))
    await town.slack.until(lambda: threads(town) == [["un"]])
    await all_done(town)
    await forget_that_it_was_seen(town)
    town.slack.fail(method, fault, 3, retry_after=0)
    town.slack.fail("chat.postMessage", "drop_after", 1)
    await post(town, "mo", reply("deux"))
    await stands_once(town, "un", "deux")
    assert town.slack.called("conversations.replies")
    await town.slack.until(lambda: "deux" in show(cards(town)[0]))


async def forget_that_it_was_seen(town: Town) -> None:
    """As half a minute later: the next post in the thread asks first whether its card is still there."""
    redis = town.desk.services.store.redis
    seen = await redis.keys("anchor:*:seen")
    assert seen
    await redis.delete(*seen)


@pytest.mark.parametrize("fault", ACTED)
async def test_every_answer_of_slack_may_be_lost_at_once(redis_url: str, fault: str) -> None:
    """Two people, three posts, of which none is answered the first time."""
    async with open_town(redis_url) as town:
        town.slack.fail("chat.postMessage", fault, 1 if fault == "timeout_after" else 3)
        await post(town, "mo", reply("un"))
        await post(town, "mo", reply("autre", OTHER))
        await post(town, "mo", reply("deux"))
        await town.slack.until(lambda: sorted(threads(town)) == [["autre"], ["un", "deux"]], 40)
        await all_done(town)
        assert sorted(threads(town)) == [["autre"], ["un", "deux"]]
        assert (posts(town, "conversation"), posts(town, "text")) == (2, 3)


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_card_of_an_answer_that_slack_does_not_take_at_once_stands_once(town: Town, fault: int | str) -> None:
    await post(town, "mo", reply("un"))
    await town.slack.until(lambda: threads(town) == [["un"]])
    await all_done(town)
    await town.person(ALICE).click(cards(town)[0], "answer_open")
    town.slack.fail("chat.postMessage", fault, 2, retry_after=0)
    town.slack.fail("chat.update", fault, 2, retry_after=0)
    await town.person(ALICE).submit({"answer_text": "Oui"})
    await town.slack.until(
        lambda: "Accepted" in str([show(m) for m in town.slack.thread(CHANNEL, cards(town)[0]["ts"])]), 20
    )
    await all_done(town)
    assert len(under(town, cards(town)[0], "answer")) == posts(town, "answer") == 1
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui"]
    await town.slack.until(lambda: "nobody waits" in str(cards(town)[0]))
