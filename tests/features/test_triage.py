"""Triage: the card of a conversation says how it stands, and its buttons decide whose it is and how it goes on."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.slack import Result, show
from bot.store.team import ConversationPolicy
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, OTHER, QUICK, STRANGER, Town, open_town

CHLOE, ROBOT = "U0CHLOE", "U0ROBOT"
MORE = "triage_more"
WHOLE = "+33 6 12 34 56 78"
TUESDAY = datetime(2026, 3, 10, 10, 20, 30, tzinfo=UTC)  # 11:20 in Paris


def said(message: dict[str, Any]) -> str:
    """A message as a person reads it, without bold marks."""
    return show(message).replace("*", "")


def card(town: Town) -> dict[str, Any]:
    """The one card, as it stands in the channel."""
    [found] = [root for root in town.roots() if "triage_more" in str(root.get("blocks"))]
    return found


def thread(town: Town) -> list[str]:
    """What stands under the card, as it reads."""
    return [said(message) for message in town.slack.thread(CHANNEL, card(town)["ts"])[1:]]


def whispers(town: Town, who: str) -> list[str]:
    """What only this person was told."""
    return [message["text"] for message in town.person(who).ephemerals]


async def audit(town: Town) -> list[tuple[str, str]]:
    """Who did what, oldest first; that the subject is the conversation's id is asserted."""
    store = town.desk.services.store
    about = await store.conversations.of(NUMBER)
    assert about
    entries = [entry for entry in await store.audit.last(100) if entry["what"] != "send"]
    assert {entry["subject"] for entry in entries} <= {about.id}
    return [(entry["who"], entry["what"]) for entry in reversed(entries)]


async def opened(town: Town, text: str = "Bonjour, c'est ouvert ?") -> dict[str, Any]:
    """An SMS came in, and its conversation's card stands."""
    await town.provider.reply(NUMBER, text)
    return await card_says(town, "Waiting")


async def card_says(town: Town, words: str) -> dict[str, Any]:
    """Wait until the card says this; give it."""

    def found() -> dict[str, Any] | None:
        return next((root for root in town.roots() if "triage_more" in str(root) and words in said(root)), None)

    return await town.slack.until(found)


async def choose(town: Town, who: str, verb: str, where: dict[str, Any] | None = None) -> Result:
    """Take a line of the card's ⋯ menu, by its words."""
    return await town.person(who).click(where or card(town), MORE, verb)


# The card


async def test_an_sms_opens_a_card_that_says_who_waits_since_when_and_stands_in_its_thread(town: Town) -> None:
    await opened(town)
    await town.slack.until(lambda: thread(town))
    shown = said(card(town))
    assert shown.startswith(":speech_balloon: +33 6 •• •• •• 78\n:hourglass_flowing_sand: Waiting since ")
    assert " · unassigned\n> Bonjour, c'est ouvert ?\n" in shown
    assert shown.splitlines()[-1] == (
        "[ Reply ]  [ Claim ]  [ Resolve ]  [ ⋯ Transfer… / Snooze… / Reveal number / Opt out… / Block nuisance… ]"
    )
    assert "<!date^" in str(card(town)["blocks"])
    assert card(town)["text"] == "+33 6 •• •• •• 78: waiting for an answer"
    assert thread(town) == ["> Bonjour, c'est ouvert ?"]
    assert NUMBER not in str(town.slack.calls)


async def test_the_card_says_what_they_answer_and_when_that_was(town: Town) -> None:
    await town.send(text="Votre colis <est> là & vous attend")
    await town.card_says("Accepted")
    await town.provider.reply(NUMBER, "Merci")
    shown = said(await card_says(town, "in answer to"))
    assert "Votre colis <est> là & vous attend" in shown


async def test_the_card_says_that_they_opted_out(town: Town) -> None:
    await opened(town)
    await town.provider.stop(NUMBER)
    shown = said(await card_says(town, "Opted out: they cannot be texted any more"))
    assert not any(words in shown for words in ("Opt out…", "Reply", "Waiting"))
    assert card(town)["text"].endswith(": open, opted out")
    assert "[ Claim ]  [ Resolve ]" in shown


async def test_a_contacts_name_stands_before_the_masked_number(town: Town) -> None:
    await town.desk.services.store.contacts.rename(NUMBER, "Mme *Durand* <!channel>")
    await opened(town)
    assert "Mme *Durand* <!channel> · +33 6 •• •• •• 78" in show(card(town))
    assert "<!channel>" not in str(card(town))


# Claim


async def test_the_first_claim_wins_and_the_second_is_told_privately_whose_it_is(town: Town) -> None:
    first = await opened(town)
    await town.person(ALICE).click(first, "triage_claim")
    await town.person(BRUNO).click(first, "triage_claim")
    shown = said(await card_says(town, "assigned to @U0ALICE"))
    assert "[ Claim ]" not in shown
    assert whispers(town, ALICE) == []
    [told] = whispers(town, BRUNO)
    assert f"<@{ALICE}> was quicker" in told
    assert await audit(town) == [(ALICE, "claim")]


async def test_two_people_who_claim_at_once_at_two_workers_are_one_owner_and_one_who_was_told(redis_url: str) -> None:
    async with open_town(redis_url, workers=2) as town:
        at_once = await opened(town)
        await asyncio.gather(*(town.person(who).click(at_once, "triage_claim") for who in (ALICE, BRUNO, CHLOE)))
        about = await town.desks[1].services.store.conversations.of(NUMBER)
        assert about
        losers = {ALICE, BRUNO, CHLOE} - {about.owner}
        assert {who for who in (ALICE, BRUNO, CHLOE) if whispers(town, who)} == losers
        assert all(f"<@{about.owner}> was quicker" in whispers(town, who)[0] for who in losers)
        assert await audit(town) == [(about.owner, "claim")]


async def test_three_clicks_of_one_person_are_one_claim_and_nobody_hears_of_it(town: Town) -> None:
    first = await opened(town)
    await asyncio.gather(*(town.person(ALICE).click(first, "triage_claim") for _ in range(3)))
    await card_says(town, "assigned to @U0ALICE")
    assert whispers(town, ALICE) == []
    assert await audit(town) == [(ALICE, "claim")]


# Resolve and reopen


async def test_resolve_says_by_whom_on_the_card_and_nothing_in_the_thread(town: Town) -> None:
    first = await opened(town)
    for _ in range(3):
        await town.person(BRUNO).click(first, "triage_resolve")
    shown = said(await card_says(town, "Resolved by @U0BRUNO"))
    assert "[ Resolve ]" not in shown
    assert "Snooze…" not in shown
    assert len(thread(town)) == 1
    assert await audit(town) == [(BRUNO, "resolve")]


async def test_who_waited_when_it_was_resolved_by_mistake_waits_again_when_it_is_reopened(town: Town) -> None:
    since = said(await opened(town)).partition("Waiting since ")[2].partition(" · ")[0]
    await town.person().click(card(town), "triage_resolve")
    resolved = await card_says(town, "Resolved")
    for _ in range(3):
        await town.person(BRUNO).click(resolved, "triage_reopen")
    await card_says(town, f"Waiting since {since}")
    await town.slack.until(lambda: len(thread(town)) == 2)
    assert thread(town)[1] == ":leftwards_arrow_with_hook: @U0BRUNO reopened this."


async def test_reopen_opens_it_again_and_an_sms_does_too(town: Town) -> None:
    await town.person().click(await opened(town), "triage_resolve")
    await town.person().click(await card_says(town, "Resolved"), "triage_reopen")
    await town.person().click(await card_says(town, "Waiting"), "triage_resolve")
    await card_says(town, "Resolved")
    await town.provider.reply(NUMBER, "Encore moi")
    await card_says(town, "Waiting")
    assert [what for _, what in await audit(town)] == ["resolve", "reopen", "resolve"]


async def test_a_click_on_a_card_that_was_resolved_by_another_meanwhile_does_no_harm(town: Town) -> None:
    """The screen has not caught up: what counts is how it stands."""
    old = await opened(town)
    await town.person(ALICE).click(old, "triage_resolve")
    await town.person(BRUNO).click(old, "triage_resolve")
    await card_says(town, "Resolved by @U0ALICE")
    await choose(town, BRUNO, "Snooze…", old)
    assert "is resolved, so it cannot be snoozed" in whispers(town, BRUNO)[-1]
    assert town.person(BRUNO).view is None


# Transfer


async def test_a_transfer_tells_the_new_owner_in_the_thread_with_the_note(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Transfer…")
    done = await town.person(ALICE).submit({"to": BRUNO, "note": "Ton client & <ami> *vraiment*"})
    assert (done.errors, done.action) == ({}, "close")
    await card_says(town, "assigned to @U0BRUNO")
    await town.slack.until(lambda: len(thread(town)) == 2)
    assert thread(town)[1] == ":handshake: @U0ALICE handed this over to @U0BRUNO.\n> Ton client & <ami> vraiment"
    last = town.slack.thread(CHANNEL, card(town)["ts"])[-1]
    assert f"<@{BRUNO}>" in last["text"]
    assert "Ton client &amp; &lt;ami&gt;" in last["text"]
    assert await audit(town) == [(ALICE, "transfer")]
    assert town.provider.texts(NUMBER) == [], "the note stays inside"


async def test_a_form_that_is_sent_three_times_hands_over_once_and_says_it_once(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Transfer…")
    person = town.person(ALICE)
    await person.fill({"to": BRUNO})
    form = person.view
    await asyncio.gather(*(person.submit(view=form) for _ in range(3)))
    await card_says(town, "assigned to @U0BRUNO")
    await town.person().click(card(town), "triage_resolve")
    await card_says(town, "Resolved")
    assert [line for line in thread(town) if "handed" in line] == [":handshake: @U0ALICE handed this over to @U0BRUNO."]
    assert await audit(town) == [(ALICE, "transfer"), (ALICE, "resolve")]


@pytest.mark.parametrize("whom", [GUEST, STRANGER, ROBOT])
async def test_nobody_but_a_full_member_can_be_given_a_conversation(town: Town, whom: str) -> None:
    await opened(town)
    await choose(town, ALICE, "Transfer…")
    done = await town.person(ALICE).submit({"to": whom})
    assert "Only a full member" in done.errors["to"]
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert about.owner == ""
    assert await audit(town) == []


async def test_if_slack_does_not_say_who_that_is_nothing_is_changed(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Transfer…")
    town.slack.fail("users.info", 500)
    done = await town.person(ALICE).submit({"to": CHLOE})
    assert "Slack did not say who that is" in done.errors["to"]
    assert (await town.person(ALICE).submit({})).action == "close"
    await card_says(town, "assigned to @U0CHLOE")


async def test_who_is_not_in_the_channel_is_not_given_what_they_would_not_hear_of(town: Town) -> None:
    await opened(town)
    town.slack.world.channels[CHANNEL].members.remove(BRUNO)
    await choose(town, ALICE, "Transfer…")
    done = await town.person(ALICE).submit({"to": BRUNO})
    assert "They are not in the channel of this conversation" in done.errors["to"]
    assert (await town.person(ALICE).submit({"to": CHLOE})).action == "close"
    await card_says(town, "assigned to @U0CHLOE")


async def test_somebody_may_take_over_what_is_anothers(town: Town) -> None:
    await town.person(ALICE).click(await opened(town), "triage_claim")
    await choose(town, BRUNO, "Transfer…")
    await town.person(BRUNO).submit({"to": BRUNO})
    await card_says(town, "assigned to @U0BRUNO")
    await town.slack.until(lambda: ":handshake: @U0BRUNO took this over." in thread(town))


# Snooze


async def snoozed(town: Town, values: dict[str, Any]) -> Result:
    """Alice puts it off."""
    await choose(town, ALICE, "Snooze…")
    return await town.person(ALICE).submit(values)


async def until(town: Town) -> datetime:
    """When it wakes, to the second, in UTC."""
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert about.state == "snoozed"
    return datetime.fromtimestamp(about.snooze, UTC)


@pytest.mark.parametrize(
    ("how", "when"),
    [
        ("hour", datetime(2026, 3, 10, 11, 21, tzinfo=UTC)),
        ("hours", datetime(2026, 3, 10, 14, 21, tzinfo=UTC)),
        ("opening", datetime(2026, 3, 11, 8, 0, tzinfo=UTC)),
        ("reply", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
async def test_it_is_put_off_for_as_long_as_was_chosen(redis_url: str, how: str, when: datetime) -> None:
    async with open_town(redis_url) as town:
        town.desk.services.wall.ahead = TUESDAY.timestamp() - datetime.now(UTC).timestamp()
        await opened(town)
        assert (await snoozed(town, {"how": how})).action == "close"
        shown = said(await card_says(town, "Snoozed"))
        assert ("until they write" in shown) == (how == "reply")
        assert await until(town) == when
        assert await audit(town) == [(ALICE, "snooze")]


@pytest.mark.parametrize(
    ("now", "says", "when"),
    [
        (datetime(2026, 3, 13, 16, 0, tzinfo=UTC), "Monday 16 March, 09:00", datetime(2026, 3, 16, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 10, 23, 30, tzinfo=UTC), "Thursday 12 March, 09:00", datetime(2026, 3, 12, 8, tzinfo=UTC)),
        (datetime(2026, 3, 27, 16, 0, tzinfo=UTC), "Monday 30 March, 09:00", datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
    ],
    ids=["over the weekend", "past midnight in Paris", "over the change of clocks"],
)
async def test_tomorrow_is_when_the_office_opens_and_the_form_names_it(
    redis_url: str, now: datetime, says: str, when: datetime
) -> None:
    async with open_town(redis_url) as town:
        town.desk.services.wall.ahead = now.timestamp() - datetime.now(UTC).timestamp()
        await opened(town)
        await choose(town, ALICE, "Snooze…")
        form = town.person(ALICE).view
        assert form
        assert says in str(form["blocks"])
        town.desk.services.wall.ahead += 3 * 3600  # it is open over midnight, and still means what it says
        await town.person(ALICE).submit({"how": "opening"})
        assert await until(town) == when


async def test_a_day_and_a_time_win_over_what_is_chosen_above(redis_url: str) -> None:
    async with open_town(redis_url, now=lambda: TUESDAY) as town:
        town.desk.services.wall.seconds = TUESDAY.timestamp  # type: ignore[method-assign]
        await opened(town)
        when = datetime(2026, 4, 1, 6, 15, tzinfo=UTC)
        await snoozed(town, {"how": "reply", "until": when})
        assert await until(town) == when


async def test_a_time_that_is_over_or_further_than_the_desk_remembers_is_refused_under_its_field(town: Town) -> None:
    await opened(town)
    now = int(datetime.now(UTC).timestamp())
    assert "This time is over" in (await snoozed(town, {"until": now - 60})).errors["until"]
    late = await town.person(ALICE).submit({"until": now + 180 * 86_400})
    assert "after 180 days" in late.errors["until"]
    assert (await town.person(ALICE).submit({"until": now + 60})).action == "close"
    await card_says(town, "Snoozed")
    assert await audit(town) == [(ALICE, "snooze")]


async def test_a_form_that_was_left_open_until_the_office_had_opened_says_so(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Snooze…")
    town.desk.services.wall.ahead = 10 * 86_400
    done = await town.person(ALICE).submit({"how": "opening"})
    assert "This time is over" in done.errors["how"]


async def test_a_form_that_comes_back_after_it_was_resolved_snoozes_nothing(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Snooze…")
    await town.person(BRUNO).click(card(town), "triage_resolve")
    done = await town.person(ALICE).submit({"how": "hour"})
    assert "is resolved, so it cannot be snoozed" in str(done.delivery)
    await card_says(town, "Resolved by @U0BRUNO")


async def test_a_snooze_does_not_bury_what_they_wrote_while_its_form_was_open(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Snooze…")
    await town.provider.reply(NUMBER, "C'est urgent")
    await town.channel_says("C'est urgent")
    done = await town.person(ALICE).submit({"how": "reply"})
    assert "They wrote again after what this showed you. Nothing was changed" in str(done.delivery)
    await card_says(town, "Waiting")
    assert await audit(town) == []


async def test_the_card_says_who_put_it_off(town: Town) -> None:
    await opened(town)
    await snoozed(town, {"how": "reply"})
    await card_says(town, "Snoozed by @U0ALICE until they write · unassigned")


async def test_three_clicks_on_snooze_are_one(redis_url: str) -> None:
    async with open_town(redis_url) as town:
        town.desk.services.wall.ahead = TUESDAY.timestamp() - datetime.now(UTC).timestamp()
        await opened(town)
        await choose(town, ALICE, "Snooze…")
        form = town.person(ALICE).view
        for _ in range(3):
            await town.person(ALICE).submit(view=form)
        assert await audit(town) == [(ALICE, "snooze")]


async def test_a_snooze_can_be_ended_by_hand(town: Town) -> None:
    await opened(town)
    await snoozed(town, {"how": "hours"})
    await town.person(BRUNO).click(await card_says(town, "Snoozed"), "triage_reopen")
    await card_says(town, "Waiting")
    assert await audit(town) == [(ALICE, "snooze"), (BRUNO, "reopen")]


# Reveal


async def test_a_number_is_shown_to_the_one_who_asks_alone_and_leaves_a_trace(town: Town) -> None:
    await opened(town)
    for _ in range(3):
        await choose(town, BRUNO, "Reveal number")
        assert WHOLE in str(town.person(BRUNO).view)
        await town.person(BRUNO).close()
    await town.slack.until(lambda: len(thread(town)) == 2)
    assert town.person(ALICE).view is None
    assert whispers(town, BRUNO) == []
    await town.person().click(card(town), "triage_resolve")
    await card_says(town, "Resolved")
    assert thread(town)[1:] == [":eyes: @U0BRUNO looked at the number."]
    assert [what for _, what in await audit(town)].count("reveal") == 3
    posted = town.slack.called("chat.postMessage") + town.slack.called("chat.update")
    assert "12 34 56" not in str(posted)


async def test_without_a_trace_no_number_is_shown(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record fails: nobody has seen anything."""
    await opened(town)
    await town.desk.services.store.redis.set("audit", "in the way")
    await choose(town, BRUNO, "Reveal number")
    await town.slack.until(lambda: "Something went wrong" in str(whispers(town, BRUNO)), 15)
    assert town.person(BRUNO).view is None


# Opt out


async def test_an_opt_out_is_asked_for_holds_at_once_and_is_told_once(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Opt out…")
    form = town.person(ALICE).view
    assert form
    assert "cannot be undone" in show(form)
    assert NUMBER not in str(form)
    for _ in range(3):
        await town.person(ALICE).submit(view=form)
    await card_says(town, "Opted out")
    await town.provider.until(lambda: town.provider.opted_out(NUMBER))
    assert [line for line in thread(town) if "opted out" in line] == [
        ":no_entry: +33 6 •• •• •• 78 was opted out by @U0ALICE, and will not be texted again."
    ]
    assert "opted out" in (await town.fill()).errors["to"]
    assert await audit(town) == [(ALICE, "opt_out")]
    await choose(town, BRUNO, "Reveal number")
    assert town.sends == []


async def test_the_provider_is_told_of_an_opt_out_until_it_has_heard_it_and_nobody_waits_for_that(
    redis_url: str,
) -> None:
    """It is away, declines, and at last does it without an answer; our own record holds from the first moment."""
    async with open_town(redis_url, tempo=replace(QUICK, optouts=0.2)) as town:
        await opened(town)
        for how in (500, "refuse:-1", "drop", "drop_after"):
            town.provider.fail("POST /blacklist", how)
        await choose(town, ALICE, "Opt out…")
        assert (await town.person(ALICE).submit()).action == "close"
        assert "opted out" in (await town.fill()).errors["to"]
        await town.provider.until(lambda: len(told_provider(town)) == 5, 30)
        assert town.provider.opted_out(NUMBER)
        await card_says(town, "Opted out")
        await choose(town, BRUNO, "Transfer…")
        await town.person(BRUNO).submit({"to": BRUNO})
        await card_says(town, "assigned to @U0BRUNO")
        assert await town.desk.services.store.unlisted.count() == 0
        assert len(told_provider(town)) == 5


def told_provider(town: Town) -> list[Any]:
    """Every POST /blacklist that reached the provider."""
    return [r for r in town.provider.requests if (r.method, r.path) == ("POST", "/blacklist")]


async def test_who_has_opted_out_meanwhile_is_not_asked_for_again(town: Town) -> None:
    old = await opened(town)
    await town.provider.stop(NUMBER)
    await card_says(town, "Opted out")
    await choose(town, ALICE, "Opt out…", old)
    assert "opted out before" in whispers(town, ALICE)[-1]
    assert town.person(ALICE).view is None


# Nuisances


async def test_a_nuisance_is_blocked_after_a_question_and_heard_again_at_once(town: Town) -> None:
    await opened(town)
    await choose(town, ALICE, "Block nuisance…")
    form = town.person(ALICE).view
    assert form
    assert "This is no opt-out" in show(form)
    for _ in range(3):
        await town.person(ALICE).submit(view=form)
    shown = said(await card_says(town, "Blocked as a nuisance by @U0ALICE"))
    assert "c'est ouvert" not in shown
    assert "[ Reopen ]" not in shown
    await town.provider.reply(NUMBER, "Réponds !!!")
    await town.provider.reply(OTHER, "Autre personne")
    await town.channel_says("Autre personne")
    assert "Réponds" not in str(town.slack.calls)
    await choose(town, BRUNO, "Hear them again", shown_card(town))
    await card_says(town, "Resolved")
    await town.channel_says("wants to hear them again.")
    await town.provider.reply(NUMBER, "Pardon")
    await card_says(town, "Waiting")
    await town.channel_says("Pardon")
    assert await audit(town) == [(ALICE, "block"), (BRUNO, "unblock")]


def shown_card(town: Town) -> dict[str, Any]:
    """The card of NUMBER, when there are two."""
    return next(root for root in town.roots() if "•• 78" in said(root))


async def test_a_blocked_one_is_not_reopened_by_an_old_card(town: Town) -> None:
    await town.person().click(await opened(town), "triage_resolve")
    old = await card_says(town, "Resolved")
    await choose(town, ALICE, "Block nuisance…")
    await town.person(ALICE).submit()
    await card_says(town, "Blocked")
    await town.person(BRUNO).click(old, "triage_reopen")
    assert "is blocked as a nuisance" in whispers(town, BRUNO)[-1]


# Old cards, forgotten conversations


async def test_a_new_thread_leaves_no_buttons_on_the_card_of_the_old_one(redis_url: str) -> None:
    async with open_town(redis_url) as town:
        await town.desk.services.store.team.save("conversations", ConversationPolicy(new_thread_days=1))
        await town.person().click(await opened(town), "triage_resolve")
        old = await card_says(town, "Resolved")
        town.desk.services.wall.ahead += 86_401
        await town.provider.reply(NUMBER, "Un mois plus tard")
        await town.channel_says("Goes on in a newer thread")
        await town.channel_says("Un mois plus tard")
        first, second = town.roots()
        assert "[" not in said(first)
        assert f"/archives/{CHANNEL}/p{second['ts'].replace('.', '')}|Goes on in" in str(first["blocks"])
        await town.person(BRUNO).click(old, "triage_reopen")
        assert "goes on in a newer thread" in whispers(town, BRUNO)[-1]
        await choose(town, BRUNO, "Reveal number", old)
        assert "12 34" not in str(whispers(town, BRUNO))
        await town.person(BRUNO).click(second, "triage_resolve")
        await card_says(town, "Resolved by @U0BRUNO")


@pytest.mark.parametrize(
    "act",
    ["triage_claim", "triage_resolve", "Transfer…", "Snooze…", "Reveal number", "Opt out…", "Block nuisance…"],
)
async def test_a_click_on_a_forgotten_conversation_is_refused_in_words(town: Town, act: str) -> None:
    old = await opened(town)
    await forget(town)
    if act.startswith("triage"):
        await town.person().click(old, act)
    else:
        await choose(town, ALICE, act, old)
    assert "too old; the desk has forgotten it. Nothing was changed" in whispers(town, ALICE)[-1]
    assert town.person().view is None
    assert await town.desk.services.store.audit.last(5) == []


@pytest.mark.parametrize("act", ["Transfer…", "Snooze…", "Opt out…", "Block nuisance…"])
async def test_a_form_of_a_forgotten_conversation_is_refused_in_words(town: Town, act: str) -> None:
    await opened(town)
    await choose(town, ALICE, act)
    await forget(town)
    done = await town.person().submit({"to": BRUNO} if act == "Transfer…" else {})
    assert "too old; the desk has forgotten it" in str(done.delivery)
    store = town.desk.services.store
    assert await store.audit.last(5) == []
    assert await store.optouts.among([NUMBER]) == frozenset()
    assert await store.conversations.of(NUMBER) is None


async def forget(town: Town) -> None:
    """Retention is over."""
    redis = town.desk.services.store.redis
    await redis.delete(*await redis.keys("conversation*"))


async def test_a_line_of_a_menu_that_nobody_knows_any_more_is_refused(town: Town) -> None:
    old = await opened(town)
    for block in old["blocks"]:
        for element in block.get("elements", []):
            for option in element.get("options", []):
                option["value"] = option["value"].replace("block", "paint")
    await choose(town, ALICE, "Block nuisance…", old)
    assert "menu is older" in whispers(town, ALICE)[-1]


# Who may not


@pytest.mark.parametrize("who", [GUEST, STRANGER])
async def test_guests_and_strangers_change_nothing_and_see_no_number(town: Town, who: str) -> None:
    before = await opened(town)
    for press in ("triage_claim", "triage_resolve"):
        await town.person(who).click(before, press)
    for line in ("Transfer…", "Snooze…", "Reveal number", "Opt out…", "Block nuisance…"):
        await choose(town, who, line)
    assert len(whispers(town, who)) == 7
    assert all("Only full members" in text for text in whispers(town, who))
    assert town.person(who).view is None
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert (about.owner, about.state, about.blocked) == ("", "open", "")
    assert await audit(town) == []
    assert "12 34" not in str(town.slack.called("chat.postEphemeral"))


@pytest.mark.parametrize("line", ["Transfer…", "Snooze…", "Opt out…", "Block nuisance…"])
async def test_a_form_of_somebody_who_has_become_a_guest_does_nothing(town: Town, line: str) -> None:
    await opened(town)
    await choose(town, BRUNO, line)
    await town.slack.change_user(BRUNO, is_restricted=True)
    done = await town.person(BRUNO).submit({"to": ALICE} if line == "Transfer…" else {})
    assert "Only full members" in str(done.delivery)
    assert await audit(town) == []
    assert await town.desk.services.store.optouts.among([NUMBER]) == frozenset()


async def test_resolve_does_not_bury_an_sms_that_the_card_has_not_shown(town: Town) -> None:
    await opened(town)
    old = card(town)
    await town.provider.reply(NUMBER, "Encore une question")
    await town.channel_says("Encore une question")
    await town.person(BRUNO).click(old, "triage_resolve")
    assert "They wrote again after what this showed you" in whispers(town, BRUNO)[-1]
    assert "Waiting" in str(card(town)["blocks"])
