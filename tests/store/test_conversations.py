"""What is remembered of the talk with one number: what comes in, who answers, who waits, and since when."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.store.conversation import Conversation, ConversationState, Done, Incoming, Known, Way
from bot.store.conversations import LIST_WITHIN, SAME_WITHIN, Conversations
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER

DAY = 86_400
KEPT = 90 * DAY
NOON = datetime(2026, 3, 10, 11, 0, 0, 123_456, tzinfo=UTC)
OPEN, SNOOZED, RESOLVED = ConversationState.OPEN, ConversationState.SNOOZED, ConversationState.RESOLVED
ELSEWHERE = "C0SHOP"


@dataclass
class Desk:
    """Conversations under a clock that only we move."""

    redis: Redis
    at: float = NOON.timestamp()
    conversations: Conversations = field(init=False)

    def __post_init__(self) -> None:
        self.conversations = Conversations(self.redis, KEPT, lambda: self.at)

    async def hears(
        self,
        mark: str,
        text: str = "Bonjour",
        *,
        date: datetime | None = None,
        way: Way = "webhook",
        campaign: str | None = None,
        channel: str = CHANNEL,
        new_thread_after: float = 7 * DAY,
        wants_answer: bool = True,
    ) -> tuple[Conversation, Known]:
        """An SMS comes in."""
        return await self.conversations.hear(
            NUMBER,
            f"k-{mark}",
            Incoming(mark, text, date, way, campaign),
            channel=channel,
            new_thread_after=new_thread_after,
            wants_answer=wants_answer,
        )

    async def does(self, verb: str, *words: Any) -> tuple[Done, Conversation]:
        """Something is done to the one conversation."""
        done, about = await getattr(self.conversations, verb)(NUMBER, *words)
        assert about
        return done, about

    async def now(self) -> Conversation:
        """The conversation as it is."""
        about = await self.conversations.of(NUMBER)
        assert about
        return about


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    async with Redis.from_url(redis_url) as redis:
        yield Desk(redis)


# What comes in


async def test_the_first_sms_opens_a_conversation_and_later_ones_go_on_with_it(desk: Desk) -> None:
    first, known = await desk.hears("m1", campaign="c1")
    assert (first.id, first.state, first.channel, first.opened_by) == ("k-m1", OPEN, CHANNEL, "m1")
    assert (first.since, first.waits_for, known) == (desk.at, "m1", "new")
    began = desk.at
    desk.at += 60
    second, _ = await desk.hears("m2", channel=ELSEWHERE)
    assert (second.id, second.replies, second.campaign, second.channel) == ("k-m1", 2, "c1", CHANNEL)
    assert (second.since, second.waits_for, second.last_in) == (began, "m1", desk.at)


async def test_an_sms_that_is_told_again_changes_nothing(desk: Desk) -> None:
    """Even if others came in between: a worker that died is followed by one that hears all of its batch again."""
    for mark in ("m1", "m2", "m3", "m1", "m2"):
        about, known = await desk.hears(mark)
        assert (known == "new") == (about.replies == int(mark[1]))
    assert (about.id, about.replies, known) == ("k-m1", 3, "again")
    assert [text.mark for text in await desk.conversations.texts(NUMBER)] == ["m1", "m2", "m3"]


async def test_the_campaign_is_the_last_one_that_was_answered(desk: Desk) -> None:
    await desk.hears("m1", campaign="c1")
    await desk.hears("m2", campaign="c2")
    await desk.hears("m3")
    again, _ = await desk.hears("m1", campaign="c1")
    assert again.campaign == "c2"


async def test_what_wants_no_answer_makes_nobody_wait(desk: Desk) -> None:
    """A STOP is no question."""
    about, known = await desk.hears("m1", "STOP", wants_answer=False)
    assert (about.state, about.since, about.waiting, known) == (RESOLVED, 0, False, "new")
    about, _ = await desk.hears("m2")
    assert (about.state, about.waiting, about.episode) == (OPEN, True, 1)


async def test_it_is_found_by_number_by_id_and_by_card_and_a_strange_id_finds_nothing(desk: Desk) -> None:
    heard, _ = await desk.hears("m1")
    get = desk.conversations.get
    assert await desk.now() == await get("k-m1") == await get("k-m1.1") == await get("k-m1.7") == heard
    assert heard.subject == "k-m1.1"
    assert await desk.conversations.of(OTHER) is None
    assert await get("k2") is None
    assert await get("") is None
    assert await desk.conversations.many([OTHER, NUMBER]) == [heard]
    assert await desk.conversations.many([]) == []


async def test_all_of_it_lives_for_the_retention_of_silence_and_every_act_renews_it(desk: Desk) -> None:
    """Also the way from its id to it: else its buttons would call it forgotten."""
    await desk.hears("m1")
    for act in (lambda: desk.hears("m1"), lambda: desk.does("claim", ALICE)):
        keys = await desk.redis.keys("conversation*")
        assert len(keys) == 4
        for key in keys:
            await desk.redis.expire(key, 5)
        await act()
        assert all(KEPT - 5 < ttl <= KEPT for ttl in [await desk.redis.ttl(key) for key in keys])


async def test_a_way_to_it_that_was_lost_is_found_again_with_the_next_act(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.redis.delete("conversation-id:{k-m1}")
    await desk.does("claim", ALICE)
    assert await desk.conversations.get("k-m1") == await desk.now()


async def test_texts_are_kept_both_ways_the_last_hundred(desk: Desk) -> None:
    for index in range(101):
        await desk.hears(f"m{index}", f"texte {index}")
    await desk.does("say", "a1", ALICE, "Bonjour 👩‍👩‍👧‍👦")
    texts = await desk.conversations.texts(NUMBER)
    assert (len(texts), texts[0].mark) == (100, "m2")
    assert (texts[-1].text, texts[-1].out, texts[-1].author) == ("Bonjour 👩‍👩‍👧‍👦", True, ALICE)
    assert [text.mark for text in await desk.conversations.texts(NUMBER, 2)] == ["m100", "a1"]


async def test_a_lone_half_of_a_surrogate_pair_is_heard_like_any_text(desk: Desk) -> None:
    about, known = await desk.hears("m1", "\ud83d", date=NOON)
    assert (about.replies, known) == (1, "new")


# Two ways bring the same SMS


@pytest.mark.parametrize(("first", "second"), [("webhook", "list"), ("list", "webhook")])
async def test_the_same_sms_by_both_ways_is_one(desk: Desk, first: Way, second: Way) -> None:
    await desk.hears("m1", "Bonjour,  ça va ?", date=NOON, way=first)
    later = NOON + timedelta(seconds=SAME_WITHIN)
    about, known = await desk.hears("x1", "Bonjour, ça va ?\n", date=later, way=second)
    assert (about.replies, known) == (1, "paired")
    assert len(await desk.conversations.texts(NUMBER)) == 1


async def test_of_two_equal_sms_each_is_paired_with_one(desk: Desk) -> None:
    """ "ok" and "ok": the list brings both, and one more that no webhook brought."""
    for mark in ("m1", "m2"):
        await desk.hears(mark, "ok", date=NOON)
    known = [(await desk.hears(mark, "ok", date=NOON, way="list"))[1] for mark in ("x1", "x2", "x3")]
    assert known == ["paired", "paired", "new"]
    again = [(await desk.hears(mark, "ok", date=NOON, way="list"))[1] for mark in ("x1", "x2", "x3")]
    assert again == ["paired", "paired", "again"]
    assert (await desk.hears("m1", "ok", date=NOON))[1] == "again"
    assert (await desk.now()).replies == 3


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Bonsoir", "date": NOON},
        {"date": NOON + timedelta(seconds=LIST_WITHIN + 1)},
        {"date": NOON - timedelta(seconds=LIST_WITHIN + 1)},
        {"date": None},
        {"date": NOON, "way": "webhook"},
    ],
    ids=["another text", "too late", "too early", "no date", "the same way"],
)
async def test_what_cannot_be_told_to_be_the_same_is_another_sms(desk: Desk, other: dict[str, Any]) -> None:
    await desk.hears("m1", date=NOON)
    about, known = await desk.hears("x1", **{"text": "Bonjour", "way": "list", **other})
    assert (about.replies, known) == (2, "new")


async def test_a_list_in_another_zone_brings_the_same_sms_and_a_late_webhook_has_to_be_near(desk: Desk) -> None:
    """What the list brings first and no webhook does must not swallow the same words of some hours later."""
    for hours in (-3, 3):
        await desk.hears(f"m{hours}", "ok", date=NOON)
        assert (await desk.hears(f"x{hours}", "ok", date=NOON + timedelta(hours=hours), way="list"))[1] == "paired"
    await desk.hears("x", "oui", date=NOON, way="list")
    assert (await desk.hears("m", "oui", date=NOON + timedelta(seconds=SAME_WITHIN + 1)))[1] == "new"


async def test_a_paired_sms_does_not_open_what_was_resolved(desk: Desk) -> None:
    await desk.hears("m1", date=NOON)
    await desk.does("resolve")
    about, known = await desk.hears("x1", date=NOON, way="list")
    assert (about.state, about.since, known) == (RESOLVED, 0, "paired")


async def test_marks_are_forgotten_a_week_after_the_date_of_their_sms(desk: Desk) -> None:
    await desk.hears("m1", "ok", date=NOON)
    desk.at += 7 * DAY + 60
    await desk.hears("m2", "ok", date=datetime.fromtimestamp(desk.at, UTC))
    assert await desk.redis.hkeys(f"conversation:{{{NUMBER}}}:heard") == [b"m2"]


# Threads


@pytest.mark.parametrize(
    ("after", "wait", "episode"), [(DAY, DAY, 2), (DAY, DAY - 1, 1), (-1, 999 * DAY, 1), (0, 0, 2)]
)
async def test_what_was_resolved_for_so_long_begins_a_new_thread(
    desk: Desk, after: float, wait: float, episode: int
) -> None:
    await desk.hears("m1")
    await desk.does("claim", ALICE)
    await desk.does("resolve")
    desk.at += wait
    about, _ = await desk.hears("m2", channel=ELSEWHERE, new_thread_after=after)
    new = episode == 2
    assert (about.id, about.episode, about.subject) == ("k-m1", episode, f"k-m1.{episode}")
    assert (about.channel, about.owner, about.opened_by) == ((ELSEWHERE, "", "m2") if new else (CHANNEL, ALICE, "m1"))
    assert (about.state, about.since, about.waits_for) == (OPEN, desk.at, "m2")
    again, _ = await desk.hears("m2", channel=CHANNEL, new_thread_after=after)
    assert again == about


async def test_what_is_open_or_snoozed_goes_on_in_its_thread_however_long_it_was(desk: Desk) -> None:
    await desk.hears("m1")
    desk.at += 400 * DAY
    await desk.hears("m2", new_thread_after=0)
    await desk.does("snooze", 0)
    assert (await desk.hears("m3", new_thread_after=0))[0].episode == 1


# Whose it is


async def test_the_first_claim_wins_and_their_own_second_one_is_no_news(desk: Desk) -> None:
    await desk.hears("m1")
    assert (await desk.does("claim", ALICE))[0] == "done"
    assert (await desk.does("claim", ALICE))[0] == "same"
    done, about = await desk.does("claim", BRUNO)
    assert (done, about.owner) == ("no", ALICE)


async def test_of_many_who_claim_at_once_one_has_it(desk: Desk) -> None:
    await desk.hears("m1")
    people = [f"U{index}" for index in range(20)]
    outcomes = await asyncio.gather(*(desk.does("claim", who) for who in people))
    winners = [who for who, (done, _) in zip(people, outcomes, strict=True) if done == "done"]
    assert [(await desk.now()).owner] == winners
    assert {about.owner for _, about in outcomes} == set(winners)


async def test_it_can_be_handed_over(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("claim", ALICE)
    done, about = await desk.does("hand_over", BRUNO)
    assert (done, about.owner) == ("done", BRUNO)
    assert (await desk.does("hand_over", BRUNO))[0] == "same"


# Open, snoozed, resolved


async def test_a_snoozed_one_wakes_when_its_time_has_come_and_not_before(desk: Desk) -> None:
    await desk.hears("m1")
    done, about = await desk.does("snooze", desk.at + 60)
    assert (done, about.state, about.waiting) == ("done", SNOOZED, False)
    assert (await desk.does("snooze", desk.at + 60))[0] == "same"
    assert (await desk.does("wake"))[0] == "no"
    desk.at += 60
    done, about = await desk.does("wake")
    assert (done, about.state, about.snooze, about.reopened) == ("done", OPEN, 0, desk.at)
    assert (await desk.does("wake"))[0] == "no"


async def test_snoozed_until_they_write_no_clock_wakes_it(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("snooze", 0)
    desk.at += 99 * DAY
    assert (await desk.does("wake"))[0] == "no"
    about, _ = await desk.hears("m2")
    assert (about.state, about.snooze) == (OPEN, 0)


async def test_an_sms_ends_a_snooze_and_a_new_spell_of_waiting_begins_though_they_waited_before(desk: Desk) -> None:
    """Its owner is called again, and reminded again; the card still says since when they have waited in truth."""
    first, _ = await desk.hears("m1")
    await desk.conversations.remind(first, 1)
    await desk.does("snooze", desk.at + DAY)
    desk.at += 3600
    about, _ = await desk.hears("m2")
    assert (about.since, about.waits_for, about.spell, about.reminded) == (first.since, "m2", desk.at, 0)


async def test_a_resolved_one_cannot_be_snoozed(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("resolve", None, ALICE)
    done, about = await desk.does("snooze", desk.at + 60)
    assert (done, about.state, about.snooze, about.ended_by) == ("no", RESOLVED, 0, ALICE)


@pytest.mark.parametrize("before", ["resolve", "snooze"])
async def test_it_can_be_opened_again_by_hand(desk: Desk, before: str) -> None:
    await desk.hears("m1")
    await desk.does(before, *([0] if before == "snooze" else []))
    done, about = await desk.does("reopen")
    assert (done, about.state, about.waiting, about.reopened) == ("done", OPEN, True, desk.at)
    assert (await desk.does("reopen"))[0] == "same"


async def test_who_was_answered_before_it_was_resolved_does_not_wait_when_it_is_reopened(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("say", "a1", ALICE, "Oui")
    await desk.does("resolve")
    _, about = await desk.does("reopen")
    assert not about.waiting
    await desk.does("resolve")
    await desk.hears("m2")
    await desk.does("resolve")
    await desk.does("say", "a2", ALICE, "Oui")
    await desk.does("resolve")
    _, about = await desk.does("reopen")
    assert not about.waiting


async def test_an_answer_that_left_after_all_and_was_lost_in_the_end_leaves_them_waiting(desk: Desk) -> None:
    first, _ = await desk.hears("m1")
    await desk.does("say", "a1", ALICE, "Oui")
    for _ in range(2):
        await desk.does("unsay", "a1")
        assert (await desk.now()).since == first.since
        for _ in range(2):  # whoever did it died before it was told
            done, about = await desk.does("say_after_all", "a1")
            assert (done, about.since) == ("done", 0)
    await desk.does("unsay", "a1")
    assert (await desk.now()).waiting


async def test_what_was_not_unsaid_or_nobody_wrote_does_not_leave_after_all(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("say", "auto", "", "Fermé")
    await desk.does("unsay", "auto")
    assert (await desk.does("say_after_all", "auto"))[0] == "same"
    assert (await desk.now()).waiting
    await desk.does("say", "a1", ALICE, "Oui")
    assert (await desk.does("say_after_all", "a1"))[0] == "same"


async def test_an_answer_into_a_resolved_one_that_is_taken_back_leaves_what_reopen_brings_back(desk: Desk) -> None:
    first, _ = await desk.hears("m1")
    await desk.does("resolve")
    await desk.does("say", "a1", ALICE, "Oui")
    await desk.conversations.unsay(NUMBER, "a1", taken_back=True)
    assert (await desk.now()).state is RESOLVED
    _, about = await desk.does("reopen")
    assert about.since == first.since


async def test_of_two_answers_at_once_one_goes_first_unless_they_are_of_one_person(desk: Desk) -> None:
    await desk.hears("m1")
    begin = desk.conversations.begin_answer
    assert await begin(NUMBER, "a1", ALICE, 0)
    assert await begin(NUMBER, "a1", ALICE, 0)
    assert await begin(NUMBER, "a2", ALICE, 0)
    assert not await begin(NUMBER, "b1", BRUNO, 0)
    await desk.conversations.end_answer(NUMBER, "a1")
    assert not await begin(NUMBER, "b1", BRUNO, 0)
    await desk.conversations.end_answer(NUMBER, "a2")
    assert await begin(NUMBER, "b1", BRUNO, 0)
    desk.at += 6
    assert await begin(NUMBER, "a3", ALICE, 0)
    await desk.does("say", "a3", ALICE, "Oui")
    assert await begin(NUMBER, "a3", ALICE, 0), "the same form again"
    assert not await begin(NUMBER, "b1", BRUNO, 0)
    assert await begin(NUMBER, "b1", BRUNO, 1)


async def test_resolving_what_was_seen_leaves_what_came_in_after_it(desk: Desk) -> None:
    seen, _ = await desk.hears("m1")
    desk.at += 0.001
    later, _ = await desk.hears("m2")
    assert (await desk.does("resolve", seen.last_in))[0] == "no"
    assert (await desk.now()).state is OPEN
    done, about = await desk.does("resolve", later.last_in, BRUNO)
    assert (done, about.state, about.since, about.ended_by) == ("done", RESOLVED, 0, BRUNO)
    assert (await desk.does("resolve"))[0] == "same"


async def test_it_rests_after_silence_counted_from_the_teams_last_message(desk: Desk) -> None:
    await desk.hears("m1")
    desk.at += 3600
    assert (await desk.does("rest", 3600))[0] == "no", "they wait"
    await desk.does("say", "a1", ALICE, "Oui")
    desk.at += 3599
    assert (await desk.does("rest", 3600))[0] == "no"
    desk.at += 1
    done, about = await desk.does("rest", 3600)
    assert (done, about.state, about.ended, about.ended_by, about.unshown) == ("done", RESOLVED, desk.at, "", desk.at)
    await desk.does("reopen")
    assert (await desk.does("rest", 3600))[0] == "no", "somebody wanted it open"


async def test_what_the_desk_did_by_itself_is_unshown_until_it_is_shown(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("snooze", desk.at + 1)
    desk.at += 1
    _, first = await desk.does("wake")
    await desk.does("snooze", desk.at + 1)
    desk.at += 1
    _, second = await desk.does("wake")
    assert (await desk.conversations.shown(first))[0] == "same", "its card said something older"
    assert (await desk.now()).unshown == second.unshown > 0
    assert (await desk.conversations.shown(second))[0] == "done"
    assert (await desk.now()).unshown == 0


# Nuisances


async def test_what_a_blocked_one_writes_is_kept_and_opens_nothing(desk: Desk) -> None:
    await desk.hears("m1")
    done, about = await desk.does("block", ALICE)
    assert (done, about.state, about.blocked, about.since) == ("done", RESOLVED, ALICE, 0)
    assert (await desk.does("block", BRUNO))[0] == "same"
    desk.at += 30 * DAY
    about, known = await desk.hears("m2", channel=ELSEWHERE)
    assert (about.state, about.waiting, about.episode, about.channel, known) == (RESOLVED, False, 1, CHANNEL, "new")
    assert [text.mark for text in await desk.conversations.texts(NUMBER)] == ["m1", "m2"]
    assert (await desk.does("reopen"))[0] == "no"
    assert (await desk.does("unblock"))[0] == "done"
    assert (await desk.does("unblock"))[0] == "same"
    about, _ = await desk.hears("m3", channel=ELSEWHERE)
    assert (about.state, about.episode, about.channel) == (OPEN, 2, ELSEWHERE)


# Who has the form open


async def test_a_composer_is_one_until_their_time_is_over_or_they_put_it_down(desk: Desk) -> None:
    await desk.hears("m1")
    _, about = await desk.does("compose", ALICE, 120)
    assert (about.composer(desk.at), about.composer(desk.at + 119), about.composer(desk.at + 120)) == (ALICE, ALICE, "")
    assert about.composed_until == desk.at + 120
    assert (await desk.does("put_down", BRUNO))[0] == "same"
    assert (await desk.does("forget_composer"))[0] == "no"
    _, about = await desk.does("put_down", ALICE)
    assert (about.composer(desk.at), about.composed_until) == ("", 0)
    assert (await desk.does("forget_composer"))[0] == "same"


async def test_a_composer_is_forgotten_once_their_time_is_over_but_not_if_they_went_on(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("compose", ALICE, 120)
    desk.at += 120
    await desk.does("compose", ALICE, 120)
    assert (await desk.does("forget_composer"))[0] == "no"
    desk.at += 120
    done, about = await desk.does("forget_composer")
    assert (done, about.composing) == ("done", "")


# Answers


async def test_an_answer_ends_the_waiting_and_claims_what_is_nobodys(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("compose", ALICE, 120)
    desk.at += 60
    done, about = await desk.does("say", "a1", ALICE, "Oui")
    assert (done, about.since, about.owner, about.answered_by, about.answers) == ("done", 0, ALICE, ALICE, 1)
    assert (about.last_out, about.composing) == (desk.at, "")
    assert (await desk.does("say", "a1", ALICE, "Oui"))[0] == "same"
    _, about = await desk.does("say", "a2", BRUNO, "Non")
    assert (about.owner, about.answered_by, about.answers) == (ALICE, BRUNO, 2)
    assert [text.mark for text in await desk.conversations.texts(NUMBER)] == ["m1", "a1", "a2"]


@pytest.mark.parametrize("before", ["resolve", "snooze"])
async def test_an_answer_opens_what_was_not(desk: Desk, before: str) -> None:
    await desk.hears("m1")
    await desk.does(before, *([0] if before == "snooze" else []))
    _, about = await desk.does("say", "a1", ALICE, "Oui")
    assert (about.state, about.snooze) == (OPEN, 0)


async def test_what_the_desk_says_by_itself_answers_nobody(desk: Desk) -> None:
    before, _ = await desk.hears("m1")
    _, about = await desk.does("say", "a1", "", "Nous sommes fermés")
    assert about == before
    assert (await desk.does("say", "a1", "", "Nous sommes fermés"))[0] == "same"
    assert (await desk.does("unsay", "a1"))[1] == before
    assert [text.mark for text in await desk.conversations.texts(NUMBER)] == ["m1", "a1"]


async def test_whoever_waited_before_an_answer_that_did_not_leave_waits_again(desk: Desk) -> None:
    """In the same spell: a reminder that was given is not given again."""
    before, _ = await desk.hears("m1")
    await desk.conversations.remind(before, 1)
    desk.at += 60
    await desk.does("say", "a1", ALICE, "Oui")
    done, about = await desk.does("unsay", "a1")
    assert (done, about.since, about.spell, about.reminded, about.waiting) == (
        "done",
        before.since,
        before.since,
        1,
        True,
    )
    assert (await desk.does("unsay", "a1"))[0] == "same"
    assert (await desk.does("unsay", "never said"))[0] == "same"


async def test_they_wait_again_only_once_all_answers_to_them_have_come_to_nothing(desk: Desk) -> None:
    before, _ = await desk.hears("m1")
    for campaign in ("a1", "a2"):
        await desk.does("say", campaign, ALICE, campaign)
    assert (await desk.does("unsay", "a1"))[1].since == 0
    assert (await desk.does("unsay", "a1"))[1].since == 0, "it came to nothing once"
    assert (await desk.does("unsay", "a2"))[1].since == before.since


async def test_they_wait_since_their_first_sms_if_the_answer_to_it_fails_after_they_wrote_again(desk: Desk) -> None:
    before, _ = await desk.hears("m1")
    await desk.does("say", "a1", ALICE, "Oui")
    desk.at += 60
    about, _ = await desk.hears("m2")
    assert about.since == desk.at
    assert (await desk.does("unsay", "a1"))[1].since == before.since


async def test_an_old_answer_that_fails_late_undoes_no_later_one(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("say", "a1", ALICE, "Oui")
    desk.at += 60
    second, _ = await desk.hears("m2")
    await desk.does("say", "a2", ALICE, "Non")
    assert (await desk.does("unsay", "a1"))[1].since == 0
    assert (await desk.does("unsay", "a2"))[1].since == second.since


@pytest.mark.parametrize(
    "before", [("snooze", 0), ("snooze", NOON.timestamp() + DAY), ("resolve",), ("hand_over", BRUNO)]
)
async def test_after_an_answer_that_was_taken_back_all_stands_as_before(desk: Desk, before: tuple[Any, ...]) -> None:
    """Two answers, the second of them to the first, taken back one after the other."""
    await desk.hears("m1")
    await desk.does(*before)
    stood = await desk.conversations.of(NUMBER)
    assert stood
    for campaign in ("a1", "a2"):
        desk.at += 60
        await desk.does("say", campaign, ALICE, campaign)
    for campaign in ("a2", "a1"):
        await desk.conversations.unsay(NUMBER, campaign, taken_back=True)
    now_is = await desk.conversations.of(NUMBER)
    assert now_is == replace(stood, answers=2)


async def test_what_failed_stays_open_and_with_who_wrote_it(desk: Desk) -> None:
    await desk.hears("m1")
    await desk.does("resolve")
    await desk.does("say", "a1", ALICE, "Oui")
    _, about = await desk.does("unsay", "a1")
    assert (about.state, about.owner, about.waiting) == (OPEN, ALICE, False)


@pytest.mark.parametrize("act", [("hand_over", BRUNO), ("snooze", 0), ("hears", "m2")])
async def test_what_was_done_after_an_answer_is_not_undone_with_it(desk: Desk, act: tuple[Any, ...]) -> None:
    await desk.hears("m1")
    await desk.does("resolve")
    await desk.does("say", "a1", ALICE, "Oui")
    desk.at += 60
    await (desk.hears(act[1]) if act[0] == "hears" else desk.does(*act))
    done = await desk.conversations.of(NUMBER)
    assert done
    _, about = await desk.conversations.unsay(NUMBER, "a1", taken_back=True)
    assert about
    assert about.owner == done.owner
    if act[0] != "hand_over":
        assert (about.state, about.since) == (done.state, done.since)


async def test_an_answer_ends_no_waiting_for_what_its_author_had_not_seen(desk: Desk) -> None:
    first, _ = await desk.hears("m1")
    await desk.conversations.remind(first, 2)
    desk.at += 60
    second, _ = await desk.hears("m2")
    _, about = await desk.does("say", "a1", ALICE, "Oui", first.last_in)
    assert (about.waiting, about.since, about.reminded) == (True, second.last_in, 0)
    _, about = await desk.does("say", "a2", ALICE, "Et oui", second.last_in)
    assert not about.waiting


async def test_marks_of_answers_are_forgotten_after_a_month(desk: Desk) -> None:
    await desk.hears("m1", date=NOON)
    await desk.does("say", "a1", ALICE, "Oui")
    await desk.does("say", "a2", ALICE, "Non")
    await desk.does("unsay", "a2")
    desk.at += 29 * DAY
    await desk.hears("m2", date=NOON + timedelta(days=29))
    marks = await desk.redis.hkeys(f"conversation:{{{NUMBER}}}:heard")
    assert {b"out:a1", b"out:a2"} <= set(marks)
    desk.at += 2 * DAY
    await desk.hears("m3", date=NOON + timedelta(days=31))
    assert set(await desk.redis.hkeys(f"conversation:{{{NUMBER}}}:heard")) == {b"m2", b"m3"}


@pytest.mark.parametrize("end", [("resolve",), ("block", ALICE)])
async def test_what_was_ended_meanwhile_stays_so_when_an_answer_fails(desk: Desk, end: tuple[str, ...]) -> None:
    await desk.hears("m1")
    await desk.does("say", "a1", ALICE, "Oui")
    await desk.does(*end)
    _, about = await desk.does("unsay", "a1")
    assert (about.state, about.since) == (RESOLVED, 0)
    if end[0] == "resolve":
        assert not (await desk.does("reopen"))[1].waiting


# Reminders


async def test_a_reminder_is_given_once_in_a_spell_and_a_later_one_after_it(desk: Desk) -> None:
    about, _ = await desk.hears("m1")
    desk.at += 60
    done, now = await desk.conversations.remind(about, 1)
    assert now
    assert (done, now.reminded, now.reminded_at) == ("done", 1, desk.at)
    assert (await desk.conversations.remind(about, 1))[0] == "no"
    assert (await desk.conversations.remind(about, 2))[0] == "done"
    assert (await desk.conversations.remind(about, 1))[0] == "no"


async def test_a_reminder_of_a_spell_that_is_over_is_not_given(desk: Desk) -> None:
    about, _ = await desk.hears("m1")
    await desk.does("say", "a1", ALICE, "Oui")
    assert (await desk.conversations.remind(about, 1))[0] == "no"
    desk.at += 60
    again, _ = await desk.hears("m2")
    assert (await desk.conversations.remind(about, 1))[0] == "no"
    assert (await desk.conversations.remind(again, 1))[0] == "done"
    await desk.does("snooze", 0)
    assert (await desk.conversations.remind(again, 2))[0] == "no"


async def test_after_a_snooze_reminders_begin_anew(desk: Desk) -> None:
    about, _ = await desk.hears("m1")
    await desk.conversations.remind(about, 2)
    await desk.does("snooze", desk.at + 3600)
    desk.at += 3600
    _, awake = await desk.does("wake")
    assert (awake.since, awake.spell, awake.reminded) == (about.since, desk.at, 0)
    assert (await desk.conversations.remind(about, 1))[0] == "no"
    assert (await desk.conversations.remind(awake, 1))[0] == "done"


# Nobody


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("claim", (ALICE,)),
        ("hand_over", (ALICE,)),
        ("snooze", (0,)),
        ("wake", ()),
        ("resolve", ()),
        ("rest", (1,)),
        ("reopen", ()),
        ("block", (ALICE,)),
        ("unblock", ()),
        ("compose", (ALICE, 120)),
        ("put_down", (ALICE,)),
        ("forget_composer", ()),
        ("say", ("a1", ALICE, "Oui")),
        ("unsay", ("a1",)),
    ],
)
async def test_what_was_forgotten_is_gone_and_nothing_brings_half_of_it_back(
    desk: Desk, verb: str, words: tuple[Any, ...]
) -> None:
    assert await getattr(desk.conversations, verb)(NUMBER, *words) == ("gone", None)
    assert await desk.redis.keys("*") == []
