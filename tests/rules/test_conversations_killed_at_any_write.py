"""R1, R3, R4, R5 of conversations: wherever the worker is killed, an SMS is shown once, and an answer leaves once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot import conversation
from bot.app import open_desk, work
from bot.campaign_ids import answer_id
from bot.sandbox.slack import show
from bot.store.campaign import CampaignState
from bot.store.conversation import Conversation
from bot.store.team import ConversationPolicy
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town
from tests.rules.killing import (
    TEMPO,
    Moment,
    Story,
    assert_counters_are_the_sum_of_the_bytes,
    eventually,
    kill_at_every_write,
)
from tests.rules.webhooks import key_of, shown
from tests.rules.worker_process import Nursery

BEFORE, AGAIN = "C'est ouvert ?", "Et demain ?"
TEXT = "Oui, jusqu'à 18 h."
ANSWER = answer_id("of this test")
CATCHING_UP = replace(TEMPO, catch_up_grace=0.0)
OF_CATCHING_UP = (
    b"catchup",
    b"events:",
    b"conversation:",
)  # the writes of what is posted are those of the other stories

PATIENCE = 40  # seconds; four stories at once on a busy machine take their time

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(400),
    pytest.mark.parametrize("moment", ["before", "after"]),
]


def cards(town: Town) -> list[dict[str, Any]]:
    """The cards of conversations in the channel, oldest first."""
    return [root for root in town.roots() if key_of(root).startswith("conversation:")]


def thread(town: Town, card: dict[str, Any], kind: str = "text") -> list[str]:
    """What of a kind stands in the thread of a card."""
    under = town.slack.thread(CHANNEL, card["ts"])[1:]
    return [show(message).replace("*", "") for message in under if key_of(message).startswith(f"{kind}:")]


def posted(town: Town, words: str) -> int:
    """How often an SMS stands anywhere."""
    return sum(key_of(message).startswith("text:") and words in message["text"] for message in shown(town))


async def known(town: Town) -> Conversation:
    """The conversation as Redis has it."""
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    return about


async def while_a_worker_lives(town: Town, done: Callable[[], Awaitable[object]]) -> None:
    """What went well before the story begins."""
    async with open_desk(town.settings, town.redis_url, town.tempo, town.desk.services.wall) as desk, work(desk):
        await done()


async def answered_and_resolved(town: Town) -> None:
    """They wrote, Alice took it and resolved it; the card says so, and no worker has been up since."""

    async def life() -> None:
        await town.provider.reply(NUMBER, BEFORE)
        await town.slack.until(lambda: cards(town) and thread(town, cards(town)[0]), PATIENCE)
        conversations = town.desk.services.store.conversations
        await conversations.claim(NUMBER, ALICE)
        _, about = await conversations.resolve(NUMBER)
        assert about
        await conversation.show(town.desk.services, about)
        await town.slack.until(lambda: "Resolved" in show(cards(town)[0]), PATIENCE)

    await while_a_worker_lives(town, life)


# A first SMS, and one into a conversation that was resolved


async def hear_first(town: Town) -> None:
    """Somebody of whom nobody knows writes."""
    [delivery] = await town.provider.reply(NUMBER, BEFORE)
    assert delivery.http_status == 200


async def first_shown(town: Town) -> None:
    await town.slack.until(lambda: cards(town) and thread(town, cards(town)[0]), PATIENCE)
    await town.slack.until(lambda: "Waiting" in show(cards(town)[0]) and BEFORE in show(cards(town)[0]), PATIENCE)


async def check_first_once(town: Town) -> None:
    """One card, one SMS under it, counted once, and in the inbox."""
    [card] = cards(town)
    assert len(thread(town, card)) == posted(town, BEFORE) == 1
    about = await known(town)
    assert (about.replies, about.episode, about.since > 0) == (1, 1, True)
    texts = await town.desk.services.store.conversations.texts(NUMBER)
    assert [text.text for text in texts] == [BEFORE]
    assert await town.desk.services.store.inbox.numbers() == [NUMBER]


async def test_a_first_sms_is_shown_once_under_its_card(moment: Moment, bots: Nursery, tmp_path: Path) -> None:
    writes = await kill_at_every_write(Story(hear_first, first_shown, check_first_once), moment, bots, tmp_path)
    assert any("conversation:" in write for write in writes)


async def hear_again(town: Town) -> None:
    await answered_and_resolved(town)
    [delivery] = await town.provider.reply(NUMBER, AGAIN)
    assert delivery.http_status == 200


async def again_shown(town: Town) -> None:
    await town.slack.until(lambda: len(thread(town, cards(town)[0])) == 2, PATIENCE)
    await town.slack.until(lambda: "Waiting" in show(cards(town)[0]) and AGAIN in show(cards(town)[0]), PATIENCE)


async def check_again_once(town: Town) -> None:
    """It goes on in its thread, open again, and its owner is told."""
    [card] = cards(town)
    first, second = thread(town, card)
    assert BEFORE in first
    assert AGAIN in second
    assert posted(town, AGAIN) == 1
    about = await known(town)
    assert (about.replies, about.episode, about.owner, about.state) == (2, 1, ALICE, "open")


async def test_an_sms_into_a_resolved_conversation_opens_it_again_once(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    writes = await kill_at_every_write(Story(hear_again, again_shown, check_again_once), moment, bots, tmp_path)
    assert any("conversation:" in write for write in writes)


async def hear_in_a_new_thread(town: Town) -> None:
    """The team wants a new thread for whatever comes after the end."""
    await town.desk.services.store.team.save("conversations", ConversationPolicy(new_thread_days=0))
    await hear_again(town)


async def new_thread_shown(town: Town) -> None:
    await town.slack.until(lambda: len(cards(town)) == 2 and thread(town, cards(town)[1]), PATIENCE)
    await town.slack.until(lambda: "goes on in a newer thread" in show(cards(town)[0]).lower(), PATIENCE)


async def check_new_thread_once(town: Town) -> None:
    """Two cards: the old one points on, the new one has the new SMS; nothing of it stands in the old thread."""
    old, new = cards(town)
    assert [len(thread(town, card)) for card in (old, new)] == [1, 1]
    assert AGAIN in thread(town, new)[0]
    about = await known(town)
    assert (about.replies, about.episode, about.owner, about.state) == (2, 2, "", "open")


async def test_an_sms_after_the_end_opens_one_new_thread(moment: Moment, bots: Nursery, tmp_path: Path) -> None:
    story = Story(hear_in_a_new_thread, new_thread_shown, check_new_thread_once)
    writes = await kill_at_every_write(story, moment, bots, tmp_path)
    assert any("conversation:" in write for write in writes)


# An answer, from its acceptance to its receipt


async def accept_an_answer(town: Town) -> None:
    """They wrote; Alice's answer is taken in, and every phone reports at once."""
    await while_a_worker_lives(town, partial(_heard, town))
    town.provider.rules.receipt_after = 0.05
    assert await conversation.answer(town.desk.services, await known(town), ANSWER, TEXT, ALICE)


async def _heard(town: Town) -> None:
    await hear_first(town)
    await first_shown(town)


def outcome(town: Town) -> str:
    """What the answer's card says; a request that was never answered and never reported on stays unknown."""
    found = thread(town, cards(town)[0], "answer")
    return found[0] if found else ""


async def answer_settled(town: Town) -> None:
    """Its card and theirs say so, and what was unknown for a while has been looked up."""
    await town.slack.until(lambda: ("Delivered" if town.sends else "Unknown") in outcome(town), PATIENCE)
    await town.slack.until(lambda: f"assigned to <@{ALICE}>" in str(cards(town)[0]["blocks"]), PATIENCE)
    await eventually(partial(is_looked_up, town), PATIENCE)


async def is_looked_up(town: Town) -> bool:
    """Whether the desk knows of an answer that left that it did."""
    campaign = await town.desk.services.store.campaigns.get(ANSWER)
    return not town.sends or (campaign is not None and campaign.state is CampaignState.ACCEPTED)


async def check_one_answer(town: Town) -> None:
    """One SMS at most, one card of it in the thread, and nobody waits."""
    assert len(town.sends) <= 1
    assert [text.text for text in town.provider.texts(NUMBER)] == [TEXT] * len(town.sends)
    [card] = cards(town)
    assert len(thread(town, card)) == len(thread(town, card, "answer")) == 1
    campaign = await town.desk.services.store.campaigns.get(ANSWER)
    assert campaign
    assert campaign.state is (CampaignState.ACCEPTED if town.sends else CampaignState.UNKNOWN)
    about = await known(town)
    assert (about.answers, about.owner, about.since, about.answered_by) == (1, ALICE, 0, ALICE)
    texts = await town.desk.services.store.conversations.texts(NUMBER)
    assert [(text.text, text.out) for text in texts] == [(BEFORE, False), (TEXT, True)]
    await assert_counters_are_the_sum_of_the_bytes(town, ANSWER)


async def test_an_answer_leaves_at_most_once_and_its_truth_stands_once_in_the_thread(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    story = Story(accept_an_answer, answer_settled, check_one_answer)
    writes = await kill_at_every_write(story, moment, bots, tmp_path)
    assert any("campaign:" in write for write in writes)


# Catching up


async def miss_some(town: Town) -> None:
    """One came by webhook; three more are only in SMSFactor's list."""
    sms = town.desk.services.sms
    await town.desk.services.store.catchup.start(town.provider.now().timestamp() - 60)
    await town.provider.reply(NUMBER, BEFORE)
    for hook in await sms.webhooks():
        await sms.set_webhook_status(hook.id, "paused")
    await town.provider.reply(NUMBER, AGAIN)
    await town.provider.reply(NUMBER, AGAIN)
    await town.provider.reply(OTHER, "Bonjour")


def digests(town: Town) -> list[str]:
    """What was told of it."""
    return [show(root).replace("*", "") for root in town.roots() if key_of(root).startswith("catchup:")]


async def caught_up(town: Town) -> None:
    await town.slack.until(lambda: digests(town), PATIENCE)


async def check_caught_up_once(town: Town) -> None:
    """Each is shown once, in order, and one digest counts what was missed."""
    [told] = digests(town)
    assert "3 SMS from 2 people" in told
    mine, other = sorted(cards(town), key=lambda card: len(thread(town, card)), reverse=True)
    assert [posted(town, text) for text in (BEFORE, AGAIN, "Bonjour")] == [1, 2, 1]
    assert BEFORE in thread(town, mine)[0]
    assert all(AGAIN in text for text in thread(town, mine)[1:])
    assert len(thread(town, other)) == 1
    assert (await known(town)).replies == 3


async def test_what_was_missed_is_shown_once_and_told_once(moment: Moment, bots: Nursery, tmp_path: Path) -> None:
    story = Story(miss_some, caught_up, check_caught_up_once)
    writes = await kill_at_every_write(story, moment, bots, tmp_path, CATCHING_UP, OF_CATCHING_UP)
    assert any("catchup:expected" in write for write in writes)
