"""Waiting: reminders, what comes back after a snooze, and what is resolved by itself; each once, and in its time."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot import conversation
from bot.campaign_ids import answer_id
from bot.office_hours import OfficeHours
from bot.sandbox.slack import show
from bot.store.conversation import Conversation, Incoming
from bot.store.inbox import LISTED
from bot.store.team import ConversationPolicy
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town

MINUTE, HOUR, DAY = 60, 3_600, 86_400
ALWAYS = OfficeHours(days=frozenset(range(7)), opens=time(0), closes=time(23, 59, 59, 999_999))
TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # 11:00 in Paris
FRIDAY_EVENING = datetime(2026, 3, 13, 16, 45, tzinfo=UTC)  # 17:45: a quarter of an hour before it closes


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """Two workers, and a team that is always at work: whoever is to be reminded is, once."""
    async with open_town(redis_url, workers=2) as opened:
        await opened.desk.services.store.team.save("hours", ALWAYS)
        yield opened


def it_is(town: Town, now: datetime) -> None:
    """Set the clock that all workers look at."""
    town.desk.services.wall.ahead = now.timestamp() - datetime.now(UTC).timestamp()


def pass_time(town: Town, seconds: float) -> None:
    """Let so much time pass for the desk."""
    town.desk.services.wall.ahead += seconds


def said(message: dict[str, Any]) -> str:
    """A message as a person reads it, without bold marks."""
    return show(message).replace("*", "")


def saying(town: Town, words: str) -> list[str]:
    """What stands in the threads and has these words."""
    seen = {m["ts"]: said(m) for root in town.roots() for m in town.slack.thread(CHANNEL, root["ts"])}
    return [text for text in seen.values() if words in text]


def in_channel(town: Town, words: str) -> list[dict[str, Any]]:
    """What the channel itself shows: cards, and what was broadcast."""
    return [root for root in town.roots() if words in said(root)]


async def sees(town: Town, words: str, times: int = 1) -> list[str]:
    """Wait until the threads say this so many times."""

    def found() -> list[str]:
        texts = saying(town, words)
        return texts if len(texts) >= times else []

    return await town.slack.until(found, 30)


async def card_says(town: Town, words: str) -> None:
    """Wait until the card does."""
    await town.slack.until(lambda: words in said(card(town)), 30)


async def about(town: Town, number: str = NUMBER) -> Conversation:
    """The conversation as it is now."""
    found = await town.desk.services.store.conversations.of(number)
    assert found
    return found


def card(town: Town) -> dict[str, Any]:
    """The card of NUMBER."""
    return next(root for root in town.roots() if "triage_more" in str(root) and "•• 78" in said(root))


async def waits(town: Town, owner: str = "") -> None:
    """Somebody wrote, and ``owner`` has claimed it."""
    await town.provider.reply(NUMBER, "Vous êtes là ?")
    await sees(town, "> Vous êtes là ?", 2)
    if owner:
        await town.person(owner).click(card(town), "triage_claim")
        await card_says(town, f"assigned to @{owner}")


async def answer(town: Town, words: str = "Oui") -> None:
    """Alice answers."""
    now = await about(town)
    await conversation.answer(town.desk.services, now, answer_id(words, now.id), words, ALICE)


async def at_rest(town: Town) -> None:
    """Wait until no look is due, or at hand, and all that was said stands in Slack."""
    store, wall = town.desk.services.store, town.desk.services.wall
    async with asyncio.timeout(30):
        while await store.redis.zcount("inbox:due", "-inf", wall.seconds() + 5):  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.02)
        while await store.posts.waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def policy(town: Town, **fields: Any) -> None:
    """The team changes its mind."""
    store = town.desk.services.store
    await store.team.save("conversations", ConversationPolicy(**fields))
    await store.inbox.look_at_all()


# Reminders


async def test_the_owner_is_reminded_in_the_thread_then_the_channel_each_once(town: Town) -> None:
    await waits(town, ALICE)
    pass_time(town, 29 * MINUTE)
    await at_rest(town)
    assert saying(town, "has waited for an answer") == []
    pass_time(town, MINUTE + 1)
    [first] = await sees(town, "has waited for an answer")
    assert first.startswith(":hourglass_flowing_sand: @U0ALICE, +33 6 •• •• •• 78 has waited for an answer since ")
    assert in_channel(town, "has waited") == []
    pass_time(town, 29 * MINUTE)
    await at_rest(town)
    assert len(saying(town, "has waited")) == 1
    pass_time(town, MINUTE + 5)
    second = (await sees(town, "has waited for an answer", 2))[1]
    assert second.endswith(". Assigned to @U0ALICE.")
    assert [said(message) for message in in_channel(town, "has waited")] == [second]
    pass_time(town, 2 * HOUR)
    await at_rest(town)
    assert len(saying(town, "has waited")) == 2
    assert NUMBER not in str(town.slack.calls)


async def test_who_claims_it_after_the_channel_was_reminded_is_reminded_too_and_then_the_channel(town: Town) -> None:
    await waits(town)
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "Nobody has claimed it")
    await town.person(BRUNO).click(card(town), "triage_claim")
    await card_says(town, "assigned to @U0BRUNO")
    pass_time(town, 29 * MINUTE)
    await at_rest(town)
    assert len(saying(town, "has waited for an answer")) == 1
    pass_time(town, MINUTE + 1)
    assert (await sees(town, "has waited for an answer", 2))[1].startswith(":hourglass_flowing_sand: @U0BRUNO, ")
    pass_time(town, 30 * MINUTE + 1)
    assert (await sees(town, "has waited for an answer", 3))[2].endswith("Assigned to @U0BRUNO.")


async def test_who_is_caught_up_with_is_not_reminded_of_before_anybody_could_answer(town: Town) -> None:
    """They wrote two hours ago; the team has it since now."""
    fields = {"from": NUMBER, "message": "Ouvert ?", "caught_up": True}
    written = town.desk.services.wall.now() - timedelta(hours=2)
    body = json.dumps({**fields, "date": written.isoformat()}).encode()
    await town.desk.services.store.events.append("mo", body, "late", NUMBER)
    await sees(town, "> Ouvert ?", 2)
    assert (await about(town)).since == pytest.approx(written.timestamp(), abs=1)
    pass_time(town, 29 * MINUTE)
    await at_rest(town)
    assert saying(town, "has waited for an answer") == []
    pass_time(town, MINUTE + 1)
    await sees(town, "has waited for an answer")


async def test_an_answer_that_failed_after_all_reminders_begins_them_anew(town: Town) -> None:
    await waits(town, ALICE)
    for times in (1, 2):
        pass_time(town, 30 * MINUTE + 1)
        await sees(town, "has waited", times)
    town.provider.fail("POST /send", "refuse:-3")
    await answer(town)
    await sees(town, "this answer was not sent")
    pass_time(town, 30 * MINUTE + 1)
    assert (await sees(town, "has waited", 3))[2].startswith(":hourglass_flowing_sand: @U0ALICE, ")


async def test_what_is_nobodys_is_brought_to_the_channel_at_once(town: Town) -> None:
    await waits(town)
    pass_time(town, 30 * MINUTE + 1)
    [text] = await sees(town, "has waited for an answer")
    assert text.endswith(". Nobody has claimed it: Claim or Reply on its card.")
    assert len(in_channel(town, "has waited")) == 1
    pass_time(town, 5 * HOUR)
    await at_rest(town)
    assert len(saying(town, "has waited")) == 1


async def test_a_second_sms_does_not_put_the_reminder_off(town: Town) -> None:
    await waits(town)
    pass_time(town, 29 * MINUTE)
    await town.provider.reply(NUMBER, "Allô ?")
    await sees(town, "> Allô ?")
    await at_rest(town)
    assert saying(town, "has waited") == []
    pass_time(town, MINUTE + 1)
    assert len(await sees(town, "has waited")) == 1


async def test_an_answer_ends_it_and_a_new_sms_begins_it_anew(town: Town) -> None:
    await waits(town, ALICE)
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "has waited")
    await answer(town)
    await card_says(town, "nobody waits")
    pass_time(town, 5 * HOUR)
    await at_rest(town)
    assert len(saying(town, "has waited")) == 1
    await town.provider.reply(NUMBER, "Et demain ?")
    await sees(town, "> Et demain ?", 2)
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "@U0ALICE, +33", 2)


async def test_an_answer_that_did_not_leave_leaves_them_waiting_and_the_reminders_go_on(town: Town) -> None:
    await waits(town, ALICE)
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "has waited")
    town.provider.fail("POST /send", "refuse:-3")
    await answer(town)
    await town.provider.until(lambda: len(town.sends) == 1)
    await card_says(town, "Waiting")
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "Assigned to @U0ALICE")
    assert len(saying(town, "has waited")) == 2


@pytest.mark.parametrize("how", ["resolved", "blocked", "opted out", "switched off", "snoozed"])
async def test_nobody_is_reminded_of_whom_nobody_is_to_answer(town: Town, how: str) -> None:
    await waits(town)
    store, person = town.desk.services.store, town.person()
    match how:
        case "resolved":
            await person.click(card(town), "triage_resolve")
        case "blocked":
            await person.click(card(town), "triage_more", "Block nuisance…")
            await person.submit()
        case "opted out":
            await town.provider.stop(NUMBER)
            await sees(town, "said STOP")
        case "switched off":
            await policy(town, remind_minutes=0)
            await at_rest(town)  # a look that was under way still knows the old settings
        case "snoozed":
            await person.click(card(town), "triage_more", "Snooze…")
            await person.submit({"how": "reply"})
    pass_time(town, 5 * HOUR)
    await store.inbox.look_at_all()
    await at_rest(town)
    assert saying(town, "has waited") == []


@pytest.mark.parametrize("number", ["36035", "Chronopost"])
async def test_nobody_is_reminded_of_a_program_which_cannot_be_answered(town: Town, number: str) -> None:
    services = town.desk.services
    sms = Incoming("m1", "Votre code : 1234", None, "webhook", None)
    now, _ = await services.store.conversations.hear(
        number, "k1", sms, channel=CHANNEL, new_thread_after=-1, wants_answer=True
    )
    await conversation.show(services, now)
    await town.slack.until(lambda: in_channel(town, "Votre code"))
    await services.store.conversations.snooze(number, services.wall.seconds() + HOUR)
    pass_time(town, HOUR + 1)
    await services.store.inbox.look_at_all()
    [woken] = await sees(town, "was snoozed until now")
    assert "waited" not in woken
    pass_time(town, 5 * HOUR)
    await services.store.inbox.look_at_all()
    await at_rest(town)
    assert saying(town, "has waited") == []


async def test_the_time_in_a_reminder_is_that_of_the_team_where_slack_shows_no_other(town: Town) -> None:
    it_is(town, TUESDAY)
    await waits(town)
    pass_time(town, 30 * MINUTE + 1)
    [text] = await sees(town, "has waited for an answer")
    assert re.search(r"has waited for an answer since 2026-03-10 11:0\d CET\.", text)


async def test_a_change_of_the_settings_holds_for_those_who_wait_already(town: Town) -> None:
    await policy(town, remind_minutes=120)
    await waits(town)
    pass_time(town, 20 * MINUTE)
    await at_rest(town)
    assert saying(town, "has waited") == []
    await policy(town, remind_minutes=10)
    assert len(await sees(town, "has waited")) == 1


async def test_outside_of_the_office_hours_reminders_wait_until_it_opens_and_keep_their_distance(
    redis_url: str,
) -> None:
    async with open_town(redis_url, workers=2) as town:
        it_is(town, FRIDAY_EVENING)
        await waits(town, BRUNO)
        it_is(town, datetime(2026, 3, 13, 17, 30, tzinfo=UTC))
        await at_rest(town)
        it_is(town, datetime(2026, 3, 16, 7, 59, tzinfo=UTC))
        await at_rest(town)
        assert saying(town, "has waited") == []
        it_is(town, datetime(2026, 3, 16, 8, 0, 1, tzinfo=UTC))
        await sees(town, "@U0BRUNO, +33 6")
        it_is(town, datetime(2026, 3, 16, 8, 29, tzinfo=UTC))
        await at_rest(town)
        assert len(saying(town, "has waited")) == 1
        it_is(town, datetime(2026, 3, 16, 8, 31, tzinfo=UTC))
        await sees(town, "Assigned to @U0BRUNO")


async def test_a_desk_that_was_down_when_a_reminder_was_due_gives_it_in_the_next_office_hours(redis_url: str) -> None:
    async with open_town(redis_url) as town:
        it_is(town, TUESDAY)
        await waits(town)
        it_is(town, datetime(2026, 3, 10, 21, 0, tzinfo=UTC))
        await at_rest(town)
        assert saying(town, "has waited") == []
        it_is(town, datetime(2026, 3, 11, 8, 1, tzinfo=UTC))
        await sees(town, "has waited")


# Snoozes


async def snoozed(town: Town, values: dict[str, Any], who: str = ALICE) -> None:
    """Put it off."""
    await town.person(who).click(card(town), "triage_more", "Snooze…")
    await town.person(who).submit(values)
    await card_says(town, "Snoozed")


async def test_what_was_put_off_comes_back_in_its_time_and_its_owner_is_told_once(town: Town) -> None:
    await waits(town, ALICE)
    await snoozed(town, {"how": "hour"})
    pass_time(town, 59 * MINUTE)
    await at_rest(town)
    assert saying(town, "was snoozed") == []
    pass_time(town, 2 * MINUTE)
    [text] = await sees(town, "was snoozed until now")
    assert text.startswith(":alarm_clock: @U0ALICE, +33 6 •• •• •• 78 was snoozed until now. They have waited")
    await card_says(town, "Waiting")
    await at_rest(town)
    assert in_channel(town, "was snoozed") == []
    assert len(saying(town, "was snoozed")) == 1
    assert saying(town, "has waited for") == [], "it was brought to mind just now"
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "@U0ALICE, +33 6 •• •• •• 78 has waited")


async def test_who_opted_out_meanwhile_does_not_come_back_as_one_who_waits(town: Town) -> None:
    await waits(town, ALICE)
    await snoozed(town, {"how": "hour"})
    await town.desk.services.store.optouts.record(NUMBER, "provider")
    pass_time(town, HOUR + 2 * MINUTE)
    [text] = await sees(town, "was snoozed until now")
    assert "waited" not in text
    await card_says(town, "Opted out: they cannot be texted any more · assigned to @U0ALICE")


async def test_what_is_nobodys_comes_back_in_the_channel(town: Town) -> None:
    await waits(town)
    await snoozed(town, {"how": "hour"})
    pass_time(town, 2 * HOUR)
    await town.slack.until(lambda: in_channel(town, "was snoozed until now"), 30)
    await at_rest(town)
    assert len(saying(town, "was snoozed")) == 1


async def test_each_snooze_of_one_waiting_is_told_of(town: Town) -> None:
    await waits(town, ALICE)
    for times in (1, 2):
        await snoozed(town, {"how": "hour"})
        pass_time(town, 61 * MINUTE)
        await sees(town, "was snoozed", times)
        await card_says(town, "Waiting")


async def test_an_sms_wakes_what_sleeps_and_calls_its_owner_at_once(town: Town) -> None:
    await waits(town, ALICE)
    await snoozed(town, {"how": "reply"})
    pass_time(town, 2 * HOUR)
    await town.provider.reply(NUMBER, "Finalement non")
    await sees(town, "for @U0ALICE")
    await card_says(town, "Waiting")
    await at_rest(town)
    assert saying(town, "has waited for") == [], "the reminders begin anew"
    pass_time(town, 30 * MINUTE + 1)
    await sees(town, "@U0ALICE, +33")


# Who is writing


async def test_somebody_who_has_the_form_open_is_taken_off_the_card_after_two_minutes(town: Town) -> None:
    await waits(town)
    _, now = await town.desk.services.store.conversations.compose(NUMBER, BRUNO, 2 * MINUTE)
    assert now
    await conversation.show(town.desk.services, now)
    await card_says(town, "@U0BRUNO is writing")
    pass_time(town, 2 * MINUTE)
    await town.slack.until(lambda: "is writing" not in said(card(town)), 30)
    await at_rest(town)
    assert (await about(town)).composing == ""


# What is over


async def test_after_silence_since_the_teams_last_message_it_is_resolved_by_itself(town: Town) -> None:
    await policy(town, resolve_hours=24)
    await waits(town, ALICE)
    pass_time(town, 20 * HOUR)
    await answer(town)
    await card_says(town, "nobody waits")
    pass_time(town, 23 * HOUR)
    await at_rest(town)
    assert "Open, nobody waits" in said(card(town))
    pass_time(town, HOUR + MINUTE)
    await card_says(town, "Resolved")
    assert await town.desk.services.store.inbox.numbers() == []


async def test_nobody_who_waits_is_resolved_by_itself_and_with_zero_hours_nobody_is(town: Town) -> None:
    await policy(town, resolve_hours=1, remind_minutes=0)
    await waits(town)
    pass_time(town, 30 * DAY)
    await at_rest(town)
    assert "Waiting" in said(card(town))
    await policy(town, resolve_hours=0, remind_minutes=0)
    await answer(town)
    await card_says(town, "nobody waits")
    pass_time(town, 30 * DAY)
    await at_rest(town)
    assert "Open, nobody waits" in said(card(town))


async def test_what_was_opened_again_by_hand_has_its_whole_time_again(town: Town) -> None:
    await policy(town, resolve_hours=1)
    await waits(town)
    await answer(town)
    await card_says(town, "nobody waits")
    pass_time(town, HOUR + 1)
    await card_says(town, "Resolved")
    await town.person().click(card(town), "triage_reopen")
    await card_says(town, "Open, nobody waits")
    pass_time(town, 59 * MINUTE)
    await at_rest(town)
    assert "Open, nobody waits" in said(card(town))
    pass_time(town, 2 * MINUTE)
    await card_says(town, "Resolved")


# Looks


async def test_what_is_forgotten_leaves_the_inbox(town: Town) -> None:
    await waits(town)
    store = town.desk.services.store
    await at_rest(town)
    await store.redis.delete(*await store.redis.keys("conversation*"))
    await store.inbox.look_at_all()
    await at_rest(town)
    assert await store.inbox.numbers() == []
    assert await store.redis.zcard("inbox:due") == 0


async def test_what_two_changes_at_once_left_wrong_in_the_inbox_is_mended(town: Town) -> None:
    await waits(town)
    store = town.desk.services.store
    old = await about(town)
    await town.person().click(card(town), "triage_resolve")
    await card_says(town, "Resolved")
    await store.inbox.note(old)
    await at_rest(town)
    assert await store.inbox.numbers() == []


async def test_one_that_cannot_be_looked_at_keeps_no_other_from_it(town: Town) -> None:
    """A hash that was never written by us: the time of its composer is no number."""
    await waits(town)
    await town.provider.reply(OTHER, "Moi aussi")
    await sees(town, "> Moi aussi", 2)
    await town.desk.services.store.redis.hset(f"conversation:{{{NUMBER}}}", "composing", "nobody knows")
    pass_time(town, 30 * MINUTE + 1)
    assert len(await sees(town, "•• 32 has waited")) == 1


async def test_a_thousand_who_wait_are_all_looked_at_in_one_check(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        services = town.desk.services
        for index in range(LISTED):
            now, _ = await services.store.conversations.hear(
                f"336{index:08}",
                f"k{index}",
                Incoming(f"m{index}", "Bonjour", None, "webhook", None),
                channel=CHANNEL,
                new_thread_after=-1,
                wants_answer=True,
            )
            await services.store.inbox.note(now)
        check, _ = town.desk.doors.checks["waiting"]
        await check(services)
        assert await services.store.redis.zcount("inbox:due", "-inf", services.wall.seconds() + 10 * MINUTE) == 0
        assert await services.store.redis.zcard("inbox:due") == LISTED
