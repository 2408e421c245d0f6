"""Answering an SMS: the form and what is typed into it, what leaves, and what the thread says became of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaign_ids import answer_id
from bot.features.answers._card import render
from bot.features.answers._views import Known, Opened, Said, asking, counter, form, others_wrote
from bot.sandbox.slack import Result, show
from bot.slack.blocks import button
from bot.store.campaign import Campaign, CampaignState, MessageState, Order
from bot.store.conversations import Conversation, Incoming, Text
from bot.store.team import AutoReply, ConversationPolicy
from bot.store.templates import Template
from bot.words import FAILURES, GIVEN_UP_LOOKING
from tests.block_kit import validate_message, validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, OTHER, QUICK, Town, open_town
from tests.test_views import HOSTILE, TEXTS

PARIS = ZoneInfo("Europe/Paris")
SUNDAY = datetime(2026, 3, 8, 11, 0, tzinfo=UTC)
UNDO = 3  # seconds: so long that a slow machine shows the button before they are over
PATIENT = replace(QUICK, send_patience=0.4, looks=(3600.0,), unknown_looks=(3600.0,))
"""Nothing is looked up before the test says so."""


def said(message: dict[str, Any]) -> str:
    """A message as a person reads it, without bold marks."""
    return show(message).replace("*", "")


def top(town: Town, who: str = ALICE) -> str:
    """The form on top of somebody's screen, as they read it."""
    view = town.person(who).view
    assert view
    return said(view)


def counted(town: Town, who: str = ALICE) -> str:
    """What stands under the field."""
    view = town.person(who).view
    assert view
    block = next(block for block in view["blocks"] if block.get("block_id") == "answer_counter")
    return said({"blocks": [block]})


def written(town: Town, who: str = ALICE) -> str:
    """What stands in the field."""
    view = town.person(who).view
    assert view
    block = next(block for block in view["blocks"] if block.get("element", {}).get("action_id") == "answer_text")
    return view["state"]["values"][block["block_id"]]["answer_text"]["value"] or ""


def card(town: Town) -> dict[str, Any]:
    """The conversation's card."""
    return next(root for root in town.roots() if "triage_more" in str(root.get("blocks")))


def answers(town: Town) -> list[dict[str, Any]]:
    """The cards of the answers in its thread."""
    return [
        message
        for message in town.slack.thread(CHANNEL, card(town)["ts"])
        if str((message.get("metadata") or {}).get("event_payload", {}).get("key", "")).startswith("answer:")
    ]


async def heard(town: Town, text: str = "Bonjour, c'est ouvert ?", number: str = NUMBER) -> dict[str, Any]:
    """An SMS came in: its card and its words stand in the channel."""
    await town.provider.reply(number, text)
    await town.channel_says(text.split("\n")[0][:40])
    return await town.slack.until(lambda: next((c for c in town.roots() if "answer_open" in str(c["blocks"])), None))


async def opened(town: Town, who: str = ALICE, old: dict[str, Any] | None = None) -> dict[str, Any]:
    """*Reply* was clicked, on the card as it stands or on an ``old`` one: the form."""
    result = await town.person(who).click(old or card(town), "answer_open")
    assert result.view, town.person(who).ephemerals
    validate_view({name: value for name, value in result.view.items() if name in VIEW and value})
    return result.view


async def typed(town: Town, text: str, who: str = ALICE) -> Result:
    """The field holds this by now, and Slack has told so."""
    view = town.person(who).view
    assert view
    return await town.person(who).click(view, "answer_text", text)


async def answered(town: Town, text: str = "Oui, jusqu'à 18 h.", who: str = ALICE) -> Result:
    """The form is opened, filled and submitted."""
    await opened(town, who)
    return await town.person(who).submit({"answer_text": text})


async def answer_says(town: Town, words: str, index: int = -1, timeout: float = 20.0) -> dict[str, Any]:
    """Wait until the card of an answer (the last one) says this."""
    return await town.slack.until(
        lambda: next((one for one in answers(town)[index:][:1] if words in said(one)), None), timeout
    )


async def card_says(town: Town, words: str) -> dict[str, Any]:
    """Wait until the conversation's card says this."""
    return await town.slack.until(lambda: card(town) if words in said(card(town)) else None)


def message_id(town: Town, index: int = -1) -> str:
    """Ours, of one POST /send."""
    return str(town.sends[index].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"])


VIEW = ("type", "title", "blocks", "submit", "close", "private_metadata", "callback_id", "notify_on_close")


@pytest.fixture
async def patient(redis_url: str) -> AsyncIterator[Town]:
    """A desk that looks things up when it is told to."""
    async with open_town(redis_url, tempo=PATIENT) as town:
        yield town


# The form, as it opens


async def test_reply_opens_a_form_that_says_whom_and_what_was_said_last(town: Town) -> None:
    await heard(town, "Un")
    await town.desk.services.store.contacts.rename(NUMBER, "Marie <b>")
    await answered(town, "Deux")
    await answer_says(town, "Accepted")
    await town.provider.receipt(message_id(town), 3)
    await answer_says(town, "Delivered")
    for text in ("Trois\nsur deux lignes", "Quatre"):
        await town.provider.reply(NUMBER, text)
        await town.channel_says(text.split("\n")[0])
    view = await opened(town, BRUNO)
    lines = said(view).splitlines()
    assert lines[1] == "To Marie <b> · +33 6 •• •• •• 78"
    assert "assigned to @U0ALICE" in lines[2]
    assert "> Un" not in lines
    assert [line for line in lines if line.startswith("> ")] == ["> Deux", "> Trois", "> sur deux lignes", "> Quatre"]
    assert lines[lines.index("> Deux") - 1].startswith("@U0ALICE · ")
    assert lines[lines.index("> Deux") - 1].endswith(" · delivered")
    assert lines[lines.index("> Quatre") - 1].startswith("Marie <b> · ")
    assert "160 characters left" in counted(town, BRUNO)
    for digits in (NUMBER, "12 34 56"):
        assert digits not in str(view)


async def test_the_form_is_there_within_the_time_of_its_trigger(town: Town) -> None:
    await heard(town)
    result = await town.person().click(card(town), "answer_open")
    assert result.elapsed < 2.0


async def test_who_said_stop_can_be_read_and_not_answered(town: Town) -> None:
    """The card has no button for it any more; one that Slack has not brought up to date yet opens the words."""
    old = await heard(town)
    await town.provider.stop(NUMBER)
    assert "Reply" not in said(await card_says(town, "Opted out"))
    view = await opened(town, old=old)
    assert "They opted out and cannot be texted any more." in said(view)
    assert "Waiting" not in said(view)
    assert "> Bonjour, c'est ouvert ?" in said(view)
    assert "submit" not in view or view["submit"] is None
    assert "is writing an answer" not in said(card(town))


async def test_a_blocked_one_is_not_answered_unheard(town: Town) -> None:
    old = await heard(town)
    await opened(town)
    await town.desk.services.store.conversations.block(NUMBER, BRUNO)
    await town.person().submit({"answer_text": "Oui"})
    assert "Blocked as a nuisance" in top(town)
    await town.person().close()
    assert written(town) == "Oui"
    text = said(await opened(town, BRUNO, old))
    assert text.count("Blocked as a nuisance") == 1
    assert "what they write back is kept, but not shown in the channel" in text
    assert town.person(BRUNO).view["submit"] is None  # type: ignore[index]  # it is open
    assert town.sends == []


async def test_a_short_code_is_not_answered(town: Town) -> None:
    about, _ = await town.desk.services.store.conversations.hear(
        "36035",
        "k1",
        Incoming("mark1", "Promo !", None, "webhook", None),
        channel=CHANNEL,
        new_thread_after=-1,
        wants_answer=True,
    )
    await town.desk.services.poster.card(CHANNEL, "conversation", about.subject)
    await town.channel_says("Promo !")
    old = card(town)
    assert "Reply" not in said(old)
    old["blocks"][-1]["elements"].insert(0, button("Reply", "answer_open", value=about.id))
    view = await opened(town, old=old)
    assert "Behind this number is a program" in said(view)
    assert view["submit"] is None


async def test_near_the_limit_of_the_hour_the_form_says_when_the_next_is_free(redis_url: str) -> None:
    async with open_town(redis_url, flood_per_hour=2) as town:
        await heard(town)
        assert "One more text" not in said(await opened(town))
        await town.person().close()
        await answered(town, "Un")
        await answer_says(town, "Accepted")
        free = f"{datetime.now(PARIS) + timedelta(hours=1):%H:}"
        assert f"One more text may go to them; the next one again at {free}" in said(await opened(town))
        await town.person().submit({"answer_text": "Deux"})
        await answer_says(town, "Accepted", 1)
        assert f"They got enough texts within the last hour; free again at {free}" in said(await opened(town))
        refused = await town.person().submit({"answer_text": "Trois"})
        assert f"free again at {free}" in refused.errors["answer_text"]
        assert written(town) == "Trois"
        assert len(town.sends) == 2


async def test_the_same_form_opens_from_the_app_s_home_and_from_a_contact(town: Town) -> None:
    await heard(town)
    person = town.person()
    await person.open_home()
    home = await town.slack.until(lambda: person.home if "answer_open" in str(person.home) else None)
    assert (await person.click(home, "answer_open")).view
    assert "To +33 6 •• •• •• 78" in top(town)
    await person.close()
    contact = (await person.command("/sms", "contact 06 12 34 56 78")).answer
    assert contact
    assert (await person.click(contact, "answer_open")).view
    await person.submit({"answer_text": "Oui"})
    await answer_says(town, "Accepted")


async def test_a_button_of_a_forgotten_conversation_says_so(town: Town) -> None:
    old = await heard(town)
    await town.desk.services.store.redis.flushdb()
    await town.person().click(old, "answer_open")
    assert "too old" in town.person().ephemerals[-1]["text"]
    assert town.person().view is None


async def test_a_guest_gets_no_form(town: Town) -> None:
    old = await heard(town)
    result = await town.person(GUEST).click(old, "answer_open")
    assert result.view is None
    assert "Only full members" in town.person(GUEST).ephemerals[-1]["text"]
    assert "is writing" not in said(card(town))


# Who has it open


async def test_the_card_says_who_writes_until_they_close_the_form(town: Town) -> None:
    await heard(town)
    await opened(town)
    await card_says(town, "@U0ALICE is writing an answer")
    assert "@U0ALICE is writing an answer too" in said(await opened(town, BRUNO))
    await card_says(town, "@U0BRUNO is writing an answer")
    await town.person(ALICE).close()  # the one who opened it last still writes
    await town.person(BRUNO).close()
    await town.slack.until(lambda: "is writing" not in said(card(town)))


async def test_the_card_says_nothing_of_writing_once_it_was_sent(town: Town) -> None:
    await heard(town)
    await opened(town)
    await card_says(town, "is writing")
    await town.person().submit({"answer_text": "Oui"})
    await town.slack.until(lambda: "is writing" not in said(card(town)))


async def test_that_somebody_writes_is_said_for_two_minutes(town: Town) -> None:
    await heard(town)
    await opened(town)
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    now = datetime.now(UTC).timestamp()
    assert about.composer(now + 110) == ALICE
    assert about.composer(now + 121) == ""


# What is typed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("B", ["1 segment (GSM-7), 159 characters left · about 1 credit"]),
        ("a" * 160, ["1 segment (GSM-7), 0 characters left · about 1 credit"]),
        ("a" * 161, ["2 segments (GSM-7), 145 characters left · about 2 credits"]),
        ("€" * 79 + "a", ["1 segment (GSM-7), 1 character left"]),
        ("  Bonjour \n", ["1 segment (GSM-7), 153 characters left"]),
        ("Fête ✅", ["1 segment (Unicode), 64 characters left", "“ê” “✅”: not in the SMS alphabet"]),
        ("ê" * 71, ["2 segments (Unicode)", "“ê”", "Written without, this text takes 1, not 2."]),
        ("😀" * 1500, ["46 segments (Unicode)", "Too long: 10 segments are the most."]),
        ("", ["160 characters left in the first segment"]),
        ("   ", ["160 characters left in the first segment"]),
        (HOSTILE, ["2 segments (Unicode)", "“`”"]),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
async def test_the_counter_follows_what_is_typed(town: Town, text: str, says: list[str]) -> None:
    await heard(town)
    await opened(town)
    await typed(town, "x")
    told = await typed(town, text)
    assert told.elapsed < 2.0
    for words in says:
        assert words in counted(town)
    assert written(town) == text
    assert town.slack.refused == []


async def test_the_counter_says_if_they_got_this_very_text_already(town: Town) -> None:
    await heard(town)
    await answered(town, "Oui.")
    await answer_says(town, "Accepted")
    await opened(town)
    await typed(town, "Oui")
    assert "free again" not in counted(town)
    await typed(town, "Oui. ")
    assert "would get too much within an hour; free again at" in counted(town)


async def test_a_burst_of_letters_ends_with_the_count_of_the_last(town: Town) -> None:
    """They are all of one drawing of the form, so only the first of its new ones is taken at once."""
    await heard(town)
    await opened(town)
    texts = ["Bonjour à vous"[:end] for end in range(1, 15)]
    await asyncio.gather(*(typed(town, text) for text in texts))
    assert "146 characters left" in counted(town)
    assert written(town) == "Bonjour à vous"
    assert "[ Send ]" in top(town)
    assert {refused.error for refused in town.slack.refused} <= {"hash_conflict"}


async def test_letters_that_come_late_change_nothing(town: Town) -> None:
    await heard(town)
    await opened(town)
    late = []
    for text in ("B", "Bo", "Bon"):
        result = await typed(town, text)
        assert result.delivery
        late.append(result.delivery)
    for delivery in reversed(late):
        await town.slack.deliver_again(delivery)
    assert "157 characters left" in counted(town)
    assert written(town) == "Bon"


async def test_a_counter_that_was_drawn_anew_meanwhile_is_drawn_all_the_same(town: Town) -> None:
    await heard(town)
    await opened(town)
    town.slack.fail("views.update", "hash_conflict")
    await typed(town, "Bon")
    assert "157 characters left" in counted(town)


@pytest.mark.parametrize("fault", ["drop", 500, "not_found", "timeout"])
async def test_whoever_types_is_not_disturbed_by_slack_s_troubles(town: Town, fault: int | str) -> None:
    await heard(town)
    await opened(town)
    town.slack.fail("views.update", fault)
    told = await typed(town, "Bon")
    assert told.elapsed < 2.3
    assert len(town.person().views) == 1
    assert written(town) == "Bon"
    await typed(town, "Bonj")
    assert "156 characters left" in counted(town)


async def test_a_letter_for_a_form_that_was_sent_says_nothing_of_writing(town: Town) -> None:
    await heard(town)
    await opened(town)
    last = await typed(town, "Oui")
    await town.person().submit()
    await answer_says(town, "Accepted")
    await town.desk.services.store.redis.delete(*await town.desk.services.store.redis.keys("told:*typing*"))
    assert last.delivery
    await town.slack.deliver_again(last.delivery)
    await town.slack.until(lambda: "is writing" not in said(card(town)))
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert about.composing == ""


# Saved answers


async def save(town: Town, name: str, text: str) -> None:
    """A saved answer."""
    assert await town.desk.services.store.templates.save(Template(f"t{name}", name, text, ALICE)) == "done"


async def pick(town: Town, name: str) -> Result:
    """Choose it in the menu."""
    view = town.person().view
    assert view
    return await town.person().click(view, "answer_pick", f"t{name}")


async def test_without_saved_answers_there_is_no_menu(town: Town) -> None:
    await heard(town)
    assert "Saved answer" not in said(await opened(town))


async def test_a_saved_answer_comes_into_the_field_and_is_sent_from_there(town: Town) -> None:
    await heard(town)
    await save(town, "Horaires", "De 9 h à 18 h ✅")
    await save(town, "Retard", "Désolés.")
    await opened(town)
    await pick(town, "Horaires")
    assert written(town) == "De 9 h à 18 h ✅"
    assert "1 segment (Unicode)" in counted(town)
    await pick(town, "Retard")
    assert written(town) == "Désolés."
    await typed(town, "Désolés !")
    assert "151 characters left" in counted(town)
    await town.person().submit()
    await answer_says(town, "Accepted")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Désolés !"]


async def test_a_saved_answer_that_was_not_touched_is_what_is_sent(town: Town) -> None:
    await heard(town)
    await save(town, "Horaires", "De 9 h à 18 h")
    await opened(town)
    await pick(town, "Horaires")
    await town.person().submit()
    await answer_says(town, "Accepted")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["De 9 h à 18 h"]


async def test_what_was_typed_before_a_saved_answer_was_chosen_is_kept(town: Town) -> None:
    await heard(town)
    await save(town, "Horaires", "De 9 h à 18 h")
    await opened(town)
    await typed(town, "Bonjour Marie, ")
    await pick(town, "Horaires")
    assert written(town) == "Bonjour Marie,\nDe 9 h à 18 h"


async def test_a_letter_from_before_the_choice_does_not_bring_the_old_field_back(town: Town) -> None:
    await heard(town)
    await save(town, "Horaires", "De 9 h à 18 h")
    await opened(town)
    early = await typed(town, "B")
    await pick(town, "Horaires")
    assert early.delivery
    await town.slack.deliver_again(early.delivery)
    assert written(town) == "B\nDe 9 h à 18 h"


async def test_a_saved_answer_that_was_deleted_meanwhile_leaves_the_field_as_it_is(town: Town) -> None:
    await heard(town)
    await save(town, "Horaires", "De 9 h à 18 h")
    await opened(town)
    await typed(town, "Bonjour")
    await town.desk.services.store.templates.delete("tHoraires", 1)
    await pick(town, "Horaires")
    assert "was deleted meanwhile" in top(town)
    await town.person().close()
    assert written(town) == "Bonjour"


async def test_an_error_stands_under_the_field_also_after_a_choice(town: Town) -> None:
    await heard(town)
    await save(town, "Long", "é" * 1000)
    await opened(town)
    await pick(town, "Long")
    refused = await town.person().submit({"answer_text": "ж" * 700})
    [(block_id, words)] = refused.errors.items()
    assert block_id != "answer_text"
    assert "11 SMS for each person" in words
    assert written(town) == "ж" * 700


# Sending


async def test_an_answer_goes_out_once_and_its_thread_says_who_and_what_and_how_it_ended(town: Town) -> None:
    await heard(town)
    sent = await answered(town, "Oui,\njusqu'à 18 h.\nÀ demain !", BRUNO)
    assert sent.action == "close"
    await answer_says(town, "Accepted by SMSFactor")
    assert said(answers(town)[0]).splitlines()[:4] == [
        "sent as SMS by @U0BRUNO",
        "> Oui,",
        "> jusqu'à 18 h.",
        "> À demain !",
    ]
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui,\njusqu'à 18 h.\nÀ demain !"]
    await card_says(town, "Open, nobody waits · assigned to @U0BRUNO")
    for code, words in ((1, "Sent: there is no report"), (3, "Delivered to their phone")):
        await town.provider.receipt(message_id(town), code)
        await answer_says(town, words)
    assert len(answers(town)) == 1
    assert "Accepted" not in said(answers(town)[0])
    assert len(town.sends) == 1
    for call in town.slack.calls:
        assert NUMBER not in str(call.args)


@pytest.mark.parametrize("code", [2, 4, 5, 6, 7, 9, 11])
async def test_a_receipt_of_a_failure_says_why_in_plain_words(town: Town, code: int) -> None:
    await heard(town)
    await answered(town)
    await answer_says(town, "Accepted")
    await town.provider.receipt(message_id(town), code)
    failed = await answer_says(town, f"Failed: {FAILURES[code]}.")
    assert "Accepted" not in said(failed)
    assert FAILURES[code] in failed["text"]


async def test_the_first_failure_stands_and_a_late_delivery_is_believed(town: Town) -> None:
    await heard(town)
    await answered(town)
    await answer_says(town, "Accepted")
    await town.provider.receipt(message_id(town), 2)
    await answer_says(town, FAILURES[2])
    await card_says(town, "Waiting")
    await town.provider.receipt(message_id(town), 11)
    for _ in range(2):
        await town.provider.receipt(message_id(town), 3)
    await answer_says(town, "Delivered")
    await card_says(town, "nobody waits")
    told = await town.channel_says("left after all")
    assert said(told) == (
        ":incoming_envelope: @U0ALICE, this answer left after all: its card says how it stands. Do not write it again."
    )


async def test_an_automatic_answer_that_arrived_after_all_answers_nobody(redis_url: str) -> None:
    async with open_town(redis_url, now=lambda: SUNDAY) as town:
        await town.desk.services.store.team.save("auto_reply", AutoReply(text="Fermé aujourd'hui."))
        await heard(town)
        await answer_says(town, "Accepted")
        for code in (2, 3):
            await town.provider.receipt(message_id(town), code)
        await answer_says(town, "Delivered")
        about = await town.desk.services.store.conversations.of(NUMBER)
        assert about
        assert about.since > 0
        assert "left after all" not in str(town.slack.thread(CHANNEL, card(town)["ts"]))


async def test_what_they_wrote_after_an_answer_that_left_after_all_waits_on(town: Town) -> None:
    await heard(town)
    await answered(town)
    await answer_says(town, "Accepted")
    await town.provider.receipt(message_id(town), 2)
    await card_says(town, "Waiting")
    await heard(town, "Et demain ?")
    await town.provider.receipt(message_id(town), 3)
    await town.channel_says("left after all")
    await card_says(town, "Waiting")


async def test_an_expired_one_is_said_to_be_neither_failed_nor_delivered(town: Town) -> None:
    await heard(town)
    await answered(town)
    await answer_says(town, "Accepted")
    await town.provider.receipt(message_id(town), 12)
    expired = await answer_says(town, "Expired: it was sent, but no report came in time")
    assert "Failed" not in said(expired)
    assert "Delivered" not in said(expired)


async def test_three_submissions_of_one_form_send_one_sms(town: Town) -> None:
    await heard(town)
    await opened(town)
    person = town.person()
    await person.fill({"answer_text": "Oui"})
    filled = person.view
    results = await asyncio.gather(*(person.submit({}, filled) for _ in range(3)))
    assert [result.action for result in results] == ["close"] * 3
    await answer_says(town, "Accepted")
    again = await person.submit({}, filled)
    assert again.action == "close"
    assert again.delivery
    await town.slack.deliver_again(again.delivery)
    await town.provider.receipt(message_id(town), 3)
    await answer_says(town, "Delivered")
    assert len(town.sends) == 1
    assert len(answers(town)) == 1
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui"]


async def test_a_form_that_was_sent_is_not_sent_with_other_words(town: Town) -> None:
    """As when the answer to the first submission was lost, so that the form still stood there."""
    await heard(town)
    await opened(town)
    person = town.person()
    await person.fill({"answer_text": "Oui"})
    filled = person.view
    await person.submit({}, filled)
    await answer_says(town, "Accepted")
    told = await person.submit({"answer_text": "Non"}, filled)
    assert "counts once" in str(told.delivery.answer if told.delivery else "")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui"]


async def test_a_lost_answer_of_the_provider_is_unknown_looked_up_and_never_sent_again(patient: Town) -> None:
    patient.provider.fail("POST /send", "drop_after")
    await heard(patient)
    await answered(patient)
    unknown = await answer_says(patient, "Unknown")
    assert said(unknown).startswith("SMS by")
    campaign = message_id(patient).rpartition("-")[0]
    await patient.desk.services.store.unknown.add(campaign, 0)
    await answer_says(patient, "Accepted")
    assert len(patient.sends) == 1
    assert len(patient.provider.texts(NUMBER)) == 1


async def test_who_wrote_an_answer_of_which_nobody_knows_is_told_and_they_wait_again(patient: Town) -> None:
    patient.provider.fail("POST /send", "drop")
    await heard(patient)
    await answered(patient)
    await answer_says(patient, "Unknown")
    await card_says(patient, "nobody waits")
    patient.desk.services.wall.ahead = 7 * 3_600.0
    await patient.desk.services.store.unknown.add(message_id(patient).rpartition("-")[0], 0)
    told = await patient.channel_says("nobody knows what became of this answer")
    assert f"<@{ALICE}>" in told["text"]
    assert told["thread_ts"] == card(patient)["ts"]
    await answer_says(patient, "most likely not sent")
    await card_says(patient, "Waiting since")
    assert patient.provider.texts(NUMBER) == []


async def test_an_answer_that_is_held_for_days_is_not_brought_to_mind_as_if_it_were_lost(redis_url: str) -> None:
    """Whoever wrote it again would send it twice."""
    async with open_town(redis_url, tempo=PATIENT) as town:
        town.provider.hold("release")
        await heard(town)
        await answered(town)
        await answer_says(town, "Held")
        town.desk.services.wall.ahead = 49 * 3_600.0
        await town.desk.services.store.held.add(message_id(town).rpartition("-")[0], 0)
        told = await town.channel_says("SMSFactor still holds this answer")
        assert told["text"].startswith(f":raised_hand: <@{ALICE}>, ")
        await answer_says(town, "for two days now")
        await card_says(town, "nobody waits")
        (ticket,) = town.provider.campaigns
        await town.provider.release(ticket)
        await town.provider.receipt(message_id(town), 3)
        await answer_says(town, "Delivered")
        assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui, jusqu'à 18 h."]


async def test_a_receipt_tells_what_a_lost_answer_did_not(patient: Town) -> None:
    patient.provider.fail("POST /send", "drop_after")
    await heard(patient)
    await answered(patient)
    await answer_says(patient, "Unknown")
    await patient.provider.receipt(message_id(patient), 3)
    delivered = await answer_says(patient, "Delivered")
    assert "Unknown" not in said(delivered)


@pytest.mark.parametrize(("verdict", "says"), [("release", "held and released it"), ("refuse", "Refused")])
async def test_a_held_answer_is_held_until_it_is_decided(town: Town, verdict: Any, says: str) -> None:
    town.provider.hold(verdict)
    await heard(town)
    await answered(town)
    held = await answer_says(town, "Held by SMSFactor's moderation")
    assert said(held).startswith("SMS by")
    await card_says(town, "nobody waits")
    (ticket,) = town.provider.campaigns
    await (town.provider.release(ticket) if verdict == "release" else town.provider.refuse(ticket))
    await answer_says(town, says)
    await card_says(town, "nobody waits" if verdict == "release" else "Waiting since")
    assert len(town.sends) == 1


async def test_an_answer_that_the_provider_declines_says_why_and_they_wait_again(town: Town) -> None:
    town.provider.fail("POST /send", "refuse:-3")
    await heard(town)
    await answered(town)
    card_of_it = await answer_says(town, "Not sent, and nothing was charged.\nSMSFactor refused it (status -3)")
    assert "not enough credits, so nothing was sent or charged. Top up, then send it again." in said(card_of_it)
    await card_says(town, "Waiting since")
    await answered(town)  # the same text: its place in the flood windows is free
    await answer_says(town, "Accepted", 1)
    await card_says(town, "nobody waits")


async def test_an_answer_into_a_country_that_is_not_allowed_is_filtered_and_says_so(town: Town) -> None:
    british = "447911123456"
    await heard(town, "Hello", british)
    await answered(town)
    filtered = await answer_says(town, "Filtered: the number is in a country that this account may not text.")
    assert "sent as SMS" not in said(filtered)
    await card_says(town, "Waiting since")


async def test_who_says_stop_while_an_answer_is_written_is_not_texted(town: Town) -> None:
    await heard(town)
    await opened(town)
    await typed(town, "Oui")
    await town.provider.stop(NUMBER)
    await town.channel_says("said STOP")
    refused = await town.person().submit()
    assert refused.errors == {"answer_text": "This number opted out and cannot be texted. Nothing was sent."}
    assert written(town) == "Oui"
    assert town.sends == []
    assert answers(town) == []


@pytest.mark.parametrize(
    "text",
    ["ê" * 700 + "😀" * 800, "é" * 3000, "ж" * 671],
    ids=["accents and emoji", "as long as a field", "11 segments"],
)
async def test_a_text_that_is_too_long_is_refused_under_its_field(town: Town, text: str) -> None:
    await heard(town)
    await opened(town)
    refused = await town.person().submit({"answer_text": text})
    assert "10 is the most. Nothing was sent. Shorten it." in refused.errors["answer_text"]
    assert written(town) == text
    assert town.sends == []


async def test_a_blank_answer_is_refused_under_its_field(town: Town) -> None:
    await heard(town)
    assert (await answered(town, " \n\u00a0")).errors == {"answer_text": "Write the text of the SMS."}


@pytest.mark.parametrize("text", [*TEXTS[:2], "a" * 1530, "😀" * 330], ids=lambda text: text[:8])
async def test_what_is_written_arrives_letter_by_letter_and_rings_nobody(town: Town, text: str) -> None:
    await heard(town)
    await answered(town, text)
    shown = await answer_says(town, "Accepted")
    assert [one.text.replace("\r\n", "\n") for one in town.provider.texts(NUMBER)] == [
        text.strip().replace("\r\n", "\n")
    ]
    assert "<!channel>" not in shown["text"]
    validate_message(shown["blocks"])
    assert town.slack.refused == []


async def test_an_answer_that_cannot_be_shown_at_once_is_sent_and_not_said_to_have_failed(town: Town) -> None:
    """The queue of the channel cannot be written at that moment; the send shows it too."""
    await heard(town)
    await opened(town)
    redis, items = town.desk.services.store.redis, f"posts:{{{CHANNEL}}}:item"
    await town.slack.until(lambda: len(town.slack.thread(CHANNEL, card(town)["ts"])) == 2)
    kept = await redis.dump(items)
    await redis.set(items, "no hash")
    done = await town.person().submit({"answer_text": "Oui"})
    await redis.delete(items)
    if kept:
        await redis.restore(items, 0, kept)
    assert done.action == "close"
    await answer_says(town, "Accepted")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui"]


async def test_of_a_long_answer_all_can_be_shown(town: Town) -> None:
    text = "a" * 1500 + "b" * 30
    await heard(town)
    await answered(town, text)
    shown = await answer_says(town, "Accepted")
    assert "b" * 30 not in said(shown)
    await town.person(BRUNO).click(shown, "reply_show_all")
    assert "b" * 30 in top(town, BRUNO)


async def test_a_conversation_that_is_forgotten_while_an_answer_is_written_keeps_the_words(town: Town) -> None:
    await heard(town)
    await opened(town)
    await typed(town, "Oui")
    await town.desk.services.store.redis.delete(*await town.desk.services.store.redis.keys("conversation*"))
    await town.person().submit()
    assert "too old; the desk has forgotten it. Nothing was sent." in top(town)
    await town.person().close()
    assert written(town) == "Oui"
    assert town.sends == []


async def test_an_automatic_answer_says_so_and_cannot_be_taken_back(redis_url: str) -> None:
    async with open_town(redis_url, now=lambda: SUNDAY) as town:
        team = town.desk.services.store.team
        await team.save("auto_reply", AutoReply(text="Fermé aujourd'hui."))
        await team.save("conversations", ConversationPolicy(undo_seconds=60))
        await heard(town)
        automatic = await answer_says(town, "Accepted")
        assert said(automatic).startswith("automatic answer\n> Fermé aujourd'hui.")
        assert "Undo" not in said(automatic)
        assert "Automatic answer · " in said(await opened(town))


# Somebody was quicker


async def test_sending_after_a_colleague_asks_first_and_keeps_what_was_typed(town: Town) -> None:
    await heard(town)
    await opened(town, ALICE)
    await typed(town, "Oui, de 9 à 18 h")
    await answered(town, "Oui !", BRUNO)
    await answer_says(town, "Accepted")
    asked = await town.person().submit()
    assert asked.action == "push"
    assert "@U0BRUNO has answered meanwhile" in top(town)
    assert "> Oui !" in top(town)
    assert "[ Send it all the same ]" in top(town)
    assert written(town) == "Oui, de 9 à 18 h"
    assert len(town.sends) == 1
    await town.person().close()
    assert written(town) == "Oui, de 9 à 18 h"
    assert "[ Send ]" in top(town)
    await town.person().submit({"answer_text": "Oui, de 9 à 18 h."})
    second = town.person().view
    results = await asyncio.gather(*(town.person().submit({}, second) for _ in range(3)))
    assert [result.action for result in results] == ["clear"] * 3
    await answer_says(town, "Accepted", 1)
    assert town.person().view is None
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Oui !", "Oui, de 9 à 18 h."]
    await card_says(town, "assigned to @U0BRUNO")


async def test_of_two_forms_that_are_sent_at_the_same_moment_one_goes_first_and_the_other_asks(redis_url: str) -> None:
    """At two processes, neither of which has said yet that it has answered."""
    async with open_town(redis_url) as town:
        await heard(town)
        forms = {who: await opened(town, who) for who in (ALICE, BRUNO)}
        sent = [town.person(who).submit({"answer_text": f"Par {who}"}, view) for who, view in forms.items()]
        first, second = await asyncio.gather(*sent)
        assert {first.action, second.action} == {"close", "push"}
        late, form = (BRUNO, forms[BRUNO]) if first.action == "close" else (ALICE, forms[ALICE])
        assert "meanwhile" in top(town, late) or "at this very moment" in top(town, late)
        await answer_says(town, "Accepted")
        assert len(town.sends) == 1
        await town.person(late).close()
        await town.person(late).submit({"answer_text": f"Par {late}"}, form)
        assert "has answered meanwhile" in top(town, late)
        assert (await town.person(late).submit()).action == "clear"
        await answer_says(town, "Accepted", 1)


async def test_the_question_counts_letters_and_shows_errors_like_the_form(town: Town) -> None:
    await heard(town)
    await opened(town, ALICE)
    await typed(town, "Oui")
    await answered(town, "Oui !", BRUNO)
    await answer_says(town, "Accepted")
    await town.person().submit()
    await typed(town, "Oui, oui")
    assert "152 characters left" in counted(town)
    refused = await town.person().submit({"answer_text": "Oui !"})  # just what Bruno wrote, within the hour
    assert "free again at" in refused.errors["answer_text"]
    assert (await town.person().submit({"answer_text": "Oui, oui"})).action == "clear"
    await answer_says(town, "Accepted", 1)


async def test_the_question_is_asked_anew_for_a_third_one_and_in_its_place(town: Town) -> None:
    await heard(town)
    await opened(town, ALICE)
    await typed(town, "Oui")
    await answered(town, "Un", BRUNO)
    await answer_says(town, "Accepted")
    await town.person().submit()
    await answered(town, "Deux", BRUNO)
    await answer_says(town, "Accepted", 1)
    assert (await town.person().submit()).action == "update"
    assert "> Deux" in top(town)
    assert "> Un" not in top(town)
    assert written(town) == "Oui"
    assert (await town.person().submit()).action == "clear"
    await answer_says(town, "Accepted", 2)


async def test_one_s_own_answer_from_elsewhere_is_no_reason_to_ask(town: Town) -> None:
    await heard(town)
    first = await opened(town)
    await answered(town, "Un")
    await answer_says(town, "Accepted")
    late = await town.person().submit({"answer_text": "Deux"}, first)
    assert late.action == "close"
    await answer_says(town, "Accepted", 1)


async def test_what_a_colleague_took_back_is_no_reason_to_ask(town: Town) -> None:
    await town.desk.services.store.team.save("conversations", ConversationPolicy(undo_seconds=60))
    await heard(town)
    await opened(town, ALICE)
    await answered(town, "Un", BRUNO)
    shown = await answer_says(town, "Undo")
    await town.person(BRUNO).click(shown, "answer_undo")
    await answer_says(town, "Cancelled")
    assert (await town.person().submit({"answer_text": "Oui"})).action == "close"


async def test_a_conversation_that_a_colleague_has_claimed_meanwhile_asks_first(town: Town) -> None:
    await heard(town)
    await opened(town, ALICE)
    await town.person(BRUNO).click(card(town), "triage_claim")
    await card_says(town, "assigned to @U0BRUNO")
    assert (await town.person().submit({"answer_text": "Oui"})).action == "push"
    assert "@U0BRUNO has taken this conversation meanwhile" in top(town)
    assert (await town.person().submit()).action == "clear"
    await answer_says(town, "Accepted")
    await card_says(town, "assigned to @U0BRUNO")


async def test_a_conversation_that_was_resolved_meanwhile_asks_first_and_opens_again(town: Town) -> None:
    await heard(town)
    await opened(town, ALICE)
    await town.person(BRUNO).click(card(town), "triage_resolve")
    await card_says(town, "Resolved")
    assert (await town.person().submit({"answer_text": "Oui"})).action == "push"
    assert "@U0BRUNO has resolved it meanwhile. Your answer would open it again." in top(town)
    assert (await town.person().submit()).action == "clear"
    await answer_says(town, "Accepted")
    await card_says(town, "Open, nobody waits · assigned to @U0ALICE")


async def test_a_conversation_that_was_somebody_s_and_resolved_before_is_answered_without_a_question(
    town: Town,
) -> None:
    await heard(town)
    await town.person(BRUNO).click(card(town), "triage_claim")
    await town.person(BRUNO).click(card(town), "triage_resolve")
    await card_says(town, "Resolved")
    assert (await answered(town)).action == "close"
    await answer_says(town, "Accepted")
    await card_says(town, "Open, nobody waits · assigned to @U0BRUNO")


# Undo


async def with_undo(town: Town, seconds: int) -> None:
    """The team wants so many seconds to take an answer back."""
    await town.desk.services.store.team.save("conversations", ConversationPolicy(undo_seconds=seconds))


async def test_an_answer_that_is_taken_back_was_never_sent_and_they_wait_again(town: Town) -> None:
    await with_undo(town, 60)
    waiting = said(await heard(town)).splitlines()[1]
    await answered(town)
    shown = await answer_says(town, "Queued: it leaves at")
    assert said(shown).startswith("SMS by @U0ALICE")
    await card_says(town, "nobody waits")
    for _ in range(3):
        await town.person().click(shown, "answer_undo")
    cancelled = await answer_says(town, "Cancelled: it was taken back before it left. Nothing was sent, and nothing")
    assert "Undo" not in said(cancelled)
    await card_says(town, waiting.partition(" · ")[0])
    assert town.person().ephemerals == []
    await with_undo(town, 0)
    await answered(town)  # the very same text: it never took a place in the flood windows
    await answer_says(town, "Accepted", 1)
    assert len(town.sends) == 1
    assert len(town.provider.texts(NUMBER)) == 1


async def test_what_was_resolved_and_nobody_s_before_an_answer_that_was_taken_back_is_so_again(town: Town) -> None:
    await with_undo(town, 60)
    await heard(town)
    await town.person(BRUNO).click(card(town), "triage_resolve")
    await card_says(town, "Resolved")
    await answered(town)
    await card_says(town, "@U0ALICE")
    await town.person().click(await answer_says(town, "Undo"), "answer_undo")
    await answer_says(town, "Cancelled")
    await card_says(town, "Resolved by @U0BRUNO")
    assert await town.desk.services.store.inbox.numbers() == []


async def test_when_the_time_is_over_and_not_before_it_goes_out_and_its_button_goes(town: Town) -> None:
    await with_undo(town, UNDO)
    await heard(town)
    confirmed = town.provider.now().timestamp()
    await answered(town)
    shown = await answer_says(town, "Undo")
    sent = await answer_says(town, "Accepted")
    assert "Undo" not in said(sent)
    assert [send.at >= confirmed + UNDO for send in town.sends] == [True]
    await town.person(BRUNO).click(shown, "answer_undo")  # on a screen that has not caught up
    assert "Too late to take it back" in town.person(BRUNO).ephemerals[-1]["text"]
    assert town.person(BRUNO).ephemerals[-1]["thread_ts"] == card(town)["ts"]
    assert "Accepted" in said(answers(town)[0])


async def test_an_answer_that_can_be_taken_back_does_not_leave_whoever_asks_for_it(redis_url: str) -> None:
    """The sweep, a second worker, a machine whose clock is ahead: its own time counts, not when it is asked for."""
    async with open_town(redis_url, workers=0) as town:
        services = town.desk.services
        due = services.wall.seconds() + 60
        order = Order(answer_id("early"), ALICE, CHANNEL, "Oui", conversation="k1", due=due)
        await services.store.campaigns.create(order, [NUMBER])
        await services.outbox.send(order.id)
        assert [r.path for r in town.provider.requests if r.method == "POST"].count("/send") == 0
        campaign = await services.store.campaigns.get(order.id)
        assert campaign
        assert campaign.state is CampaignState.QUEUED
        services.wall.ahead = 61
        await services.outbox.send(order.id)
        assert len(town.sends) == 1


async def test_of_an_answer_that_was_not_sent_undo_says_that_there_is_nothing_to_take_back(town: Town) -> None:
    await with_undo(town, UNDO)
    town.provider.fail("POST /send", "refuse:-3")
    await heard(town)
    await answered(town)
    shown = await answer_says(town, "Undo")
    await answer_says(town, "Not sent")
    await town.person().click(shown, "answer_undo")  # on a screen that has not caught up
    assert "There is nothing to take back: it was not sent." in town.person().ephemerals[-1]["text"]


async def test_who_took_back_somebody_else_s_answer_is_named_in_the_thread(town: Town) -> None:
    await with_undo(town, 60)
    await heard(town)
    await answered(town)
    await town.person(BRUNO).click(await answer_says(town, "Undo"), "answer_undo")
    told = await town.channel_says("took back what")
    assert "@U0BRUNO took back what @U0ALICE wrote" in said(told)
    assert {(entry["who"], entry["what"]) for entry in await town.desk.services.store.audit.last(5)} == {
        (ALICE, "send"),
        (BRUNO, "take_back"),
    }


async def test_of_an_undo_and_a_send_at_the_same_moment_one_wins_and_says_the_truth(redis_url: str) -> None:
    """Taken back: nothing leaves, and its place is free. Too late: it leaves, once."""
    cancelled = 0
    async with open_town(redis_url, workers=0, flood_per_hour=99, provider={"flood_per_hour": 99}) as town:
        services = town.desk.services
        await services.store.conversations.hear(
            NUMBER,
            "k1",
            Incoming("mark1", "Bonjour", None, "webhook", None),
            channel=CHANNEL,
            new_thread_after=-1,
            wants_answer=True,
        )
        for index in range(30):
            order = Order(answer_id(str(index)), ALICE, CHANNEL, f"Oui {index}", conversation="k1")
            await services.store.campaigns.create(order, [NUMBER])
            await services.store.conversations.say(NUMBER, order.id, ALICE, order.text)
            before = len(town.sends)
            late = asyncio.create_task(asyncio.sleep(index / 1000))
            sending = asyncio.create_task(services.outbox.send(order.id))
            await late
            taken_back = await services.outbox.take_back(order.id)
            await sending
            campaign = await services.store.campaigns.get(order.id)
            assert campaign
            assert (campaign.state is CampaignState.CANCELLED) == taken_back
            assert len(town.sends) - before == (0 if taken_back else 1)
            assert (await services.store.flood.look([NUMBER], order.text) == {}) == taken_back
            assert campaign.id not in await services.store.unknown.all()
            cancelled += taken_back
        assert 0 < cancelled < 30


async def test_who_says_stop_while_an_answer_can_be_taken_back_is_not_texted(town: Town) -> None:
    await with_undo(town, UNDO)
    await heard(town)
    await answered(town)
    await answer_says(town, "Undo")
    await town.provider.stop(NUMBER)
    left_out = await answer_says(
        town, "Left out: they opted out and cannot be texted. Nothing was sent, and nothing was charged."
    )
    assert "Filtered" not in said(left_out)
    assert town.sends == []


@pytest.mark.parametrize("first", [0, 1], ids=["in turn", "the later one first"])
async def test_of_two_answers_with_one_text_in_the_undo_time_the_second_to_leave_is_left_out(
    town: Town, first: int
) -> None:
    """Times that end within a moment end side by side: either answer may be the first to leave."""
    await with_undo(town, 60)
    await heard(town)
    for index in (0, 1):
        await answered(town, "Oui")
        await answer_says(town, "Undo", index)
    services = town.desk.services
    ids = [one["metadata"]["event_payload"]["key"].removeprefix("answer:") for one in answers(town)]
    services.wall.ahead = 61
    for index in (first, 1 - first):
        await services.outbox.send(ids[index])
    await answer_says(town, "Accepted", first)
    await town.slack.until(lambda: "Left out: they got enough texts" in said(answers(town)[1 - first]), 30)
    assert len(town.sends) == 1
    await card_says(town, "nobody waits")


# Every view and card, against Slack's own description

NAMES = st.sampled_from(["", "Marie", HOSTILE, "&" * 300, "👩‍👩‍👧‍👦" * 40]) | st.text(max_size=120)
LONG = st.sampled_from([*TEXTS, "😀" * 5000, "e\u0301" * 5000, "z" + "\u0301" * 3000]) | st.text(max_size=3000)
MOMENTS = st.floats(1.7e9, 1.9e9)
SAID = st.builds(
    Said,
    st.builds(Text, st.just("m"), LONG, MOMENTS, st.booleans(), st.sampled_from(["", ALICE, BRUNO])),
    st.sampled_from(["", "delivered", "not sent"]),
)
CONVERSATIONS = st.builds(
    Conversation,
    id=st.just("k0123456789"),
    number=st.sampled_from([NUMBER, OTHER, "36035"]),
    owner=st.sampled_from(["", ALICE]),
    blocked=st.sampled_from(["", BRUNO]),
    since=st.just(0.0) | MOMENTS,
    snooze=st.just(0.0) | MOMENTS,
)
SAVED = st.builds(
    Template,
    id=st.uuids().map(lambda one: f"t{one.hex[:10]}"),
    name=st.text(min_size=1, max_size=60),
    text=st.just("x"),
    owner=st.just(ALICE),
)
OPENED = Opened("k0123456789", answer_id("x"), 3, ALICE, False)


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        Known,
        CONVERSATIONS,
        NAMES,
        st.lists(SAID, max_size=3),
        st.lists(SAVED, max_size=100, unique_by=lambda one: one.id),
        st.booleans(),
        st.sampled_from(["", BRUNO]),
        st.just(0.0) | MOMENTS,
        st.just(0.0) | MOMENTS,
    )
)
def test_every_form_is_one_that_slack_takes(known: Known) -> None:
    view = form(known, OPENED, PARIS)
    validate_view(view)
    assert ("submit" in view) == (known.obstacle == "")
    assert known.about.number not in str(view) or known.about.number == "36035"


@settings(deadline=None, max_examples=60)
@given(CONVERSATIONS, NAMES, st.lists(SAID, min_size=1, max_size=9), LONG)
def test_every_question_is_one_that_slack_takes(about: Conversation, name: str, wrote: list[Said], text: str) -> None:
    news = others_wrote([one.text for one in wrote], PARIS)
    validate_view(asking(Known(about, name), replace(OPENED, asked=True), news, text, PARIS))


@settings(deadline=None)
@given(LONG, st.sampled_from(["", "14:32"]))
def test_every_counter_is_one_that_slack_takes(text: str, free_at: str) -> None:
    validate_message([counter(text, free_at)])


WORD = {
    CampaignState.QUEUED: "Queued",
    CampaignState.SENDING: "Being sent",
    CampaignState.ACCEPTED: "Accepted",
    CampaignState.HELD: "Held",
    CampaignState.REFUSED: "Refused",
    CampaignState.FILTERED: "Filtered",
    CampaignState.FAILED: "Not sent",
    CampaignState.UNKNOWN: "Unknown",
    CampaignState.CANCELLED: "Cancelled",
}
REPORTED = {
    MessageState.SENT: "Sent",
    MessageState.DELIVERED: "Delivered",
    MessageState.EXPIRED: "Expired",
    MessageState.FAILED: "Failed",
    MessageState.UNDELIVERED: "Failed",
}
ALL_WORDS = {*WORD.values(), *REPORTED.values(), "Left out"}
UNSENT = (CampaignState.REFUSED, CampaignState.FILTERED, CampaignState.FAILED, CampaignState.CANCELLED)


def one(state: CampaignState, message: MessageState, **more: Any) -> Campaign:
    """An answer."""
    order = Order(answer_id("x"), ALICE, CHANNEL, more.pop("text", "Oui"), conversation="k0123456789")
    return Campaign(replace(order, due=more.pop("due", 0.0)), state, 1, {message: 1}, **more)


@pytest.mark.parametrize("why", ["", GIVEN_UP_LOOKING])
@pytest.mark.parametrize("message", MessageState)
@pytest.mark.parametrize("state", CampaignState)
def test_a_card_says_one_truth_in_one_word(state: CampaignState, message: MessageState, why: str) -> None:
    shown = render(one(state, message, why=why), 0.0, PARIS)
    bold = [word for word in ALL_WORDS if f"*{word}*" in str(shown["blocks"])]
    if state is CampaignState.FILTERED and message in (MessageState.OPTED_OUT, MessageState.FLOODED):
        assert bold == ["Left out"]
    elif state not in UNSENT and message in REPORTED:
        assert bold == [REPORTED[message]]
    else:
        assert bold == [WORD[state]]
    assert f": {bold[0]}" in shown["text"]
    assert ("sent as SMS" in str(shown["blocks"])) == (
        state is CampaignState.ACCEPTED or message in (MessageState.SENT, MessageState.DELIVERED, MessageState.EXPIRED)
    )


@settings(deadline=None)
@given(
    st.builds(
        one,
        st.sampled_from(CampaignState),
        st.sampled_from(MessageState),
        text=LONG,
        why=st.text(max_size=500) | st.just(GIVEN_UP_LOOKING),
        ticket=st.none() | st.text("0123456789abcdef", min_size=1, max_size=24),
        filtered=st.dictionaries(st.sampled_from(["npai", "flood", "moon_phase", "<b>"]), st.just(1), max_size=1),
        failure=st.none() | st.integers(0, 20),
        due=st.just(0.0) | MOMENTS,
        was_held=st.booleans(),
    )
)
def test_every_card_is_one_that_slack_takes(campaign: Campaign) -> None:
    shown = render(campaign, 1.8e9, PARIS)
    validate_message(list(shown["blocks"]))
    assert len(shown["text"]) <= 4000
    undo = campaign.state is CampaignState.QUEUED and campaign.order.due > 1.8e9
    assert ("answer_undo" in str(shown["blocks"])) == undo


async def test_an_answer_that_did_not_arrive_is_told_to_who_wrote_it_and_they_wait_again(town: Town) -> None:
    await town.provider.reply(NUMBER, "Vous êtes là ?")
    card = await town.channel_says("Vous êtes là ?")
    await town.person(ALICE).click(card, "answer_open")
    await town.person(ALICE).submit({"answer_text": "Oui"})
    await town.provider.until(lambda: town.provider.texts(NUMBER))
    message_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
    await town.provider.receipt(message_id, 5)
    told = await town.channel_says("this answer did not arrive")
    assert f"<@{ALICE}>" in told["text"]
    await town.channel_says("*Waiting* since")


async def test_what_they_wrote_while_the_form_was_open_is_shown_before_an_answer_counts_for_it(town: Town) -> None:
    await town.provider.reply(NUMBER, "Vous êtes là ?")
    card = await town.channel_says("Vous êtes là ?")
    await town.person(ALICE).click(card, "answer_open")
    await town.provider.reply(NUMBER, "Annulez tout !")
    await town.channel_says("Annulez tout !")
    asked = await town.person(ALICE).submit({"answer_text": "Oui"})
    assert asked.action == "push"
    assert "They have written meanwhile" in str(town.person(ALICE).view)
    assert "Annulez tout !" in str(town.person(ALICE).view)
    assert town.sends == []
    await town.person(ALICE).submit({})
    await town.provider.until(lambda: town.provider.texts(NUMBER))
