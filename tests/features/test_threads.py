"""Threads: what of that which people type under a conversation's card goes out, and what they are told of the rest."""

import asyncio
import time
from typing import Any

import pytest

from bot import conversation
from bot.campaign_ids import answer_id
from bot.store.conversation import Incoming
from bot.store.team import ConversationPolicy, FreeTyping
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, OTHER, STRANGER, Town, open_town
from tests.rules.test_r09_without_redis_nothing_is_sent import town_with_memory

ASKED = "Vous êtes ouverts demain ?"
APP_TOKEN = "xapp-of-the-tests"


@pytest.fixture
async def thread(town: Town) -> str:
    """The ts of the card of a conversation with NUMBER."""
    return await asked(town)


async def asked(town: Town, text: str = ASKED, number: str = NUMBER) -> str:
    """Somebody writes; the ts of the card in whose thread it stands."""
    await town.provider.reply(number, text)

    def card() -> str | None:
        for root in town.roots():
            if any(text in str(message) for message in town.slack.thread(CHANNEL, root["ts"])[1:]):
                return str(root["ts"])
        return None

    return str(await town.slack.until(card, 10.0))


def texts(town: Town, number: str = NUMBER) -> list[str]:
    """What this phone got."""
    return [text.text for text in town.provider.texts(number)]


async def got(town: Town, *wanted: str, number: str = NUMBER) -> None:
    """Wait until a phone got this and nothing else."""
    await town.provider.until(lambda: len(texts(town, number)) >= len(wanted))
    assert texts(town, number) == list(wanted)


async def nothing_but(town: Town, thread: str, *wanted: str) -> None:
    """They got this and no more: whatever was taken in before another answer would be there when that one is."""
    await town.person(BRUNO).write(CHANNEL, "sms: le dernier", thread)
    await town.provider.until(lambda: "le dernier" in texts(town))
    assert sorted(texts(town)) == sorted([*wanted, "le dernier"])
    assert len(town.sends) == len(texts(town)) + len(texts(town, OTHER))


def whispers(town: Town, who: str = ALICE) -> list[str]:
    """What somebody alone was told, oldest first."""
    return [message["text"] for message in town.person(who).ephemerals]


def event(town: Town, text: str, thread: str | None, user: str = ALICE, **more: Any) -> dict[str, Any]:
    """A message as the Events API tells of it."""
    ts = town.slack.world.new_ts()
    return {
        "type": "message",
        "channel": CHANNEL,
        "channel_type": "channel",
        "user": user,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        **({"thread_ts": thread} if thread else {}),
        **more,
    }


async def heard(town: Town, event: dict[str, Any]) -> None:
    """Tell the desk of an event; it is taken."""
    delivery = await town.slack.event(event)
    assert delivery
    assert delivery.ok


async def free(town: Town, *channels: str) -> None:
    """Choose free typing for these channels."""
    await town.desk.services.store.team.save("free_typing", FreeTyping(channels=channels))


# What goes out


async def test_a_line_of_which_nothing_can_be_seen_is_no_sms(town: Town, thread: str) -> None:
    await town.person().write(CHANNEL, "sms: \u202e\u200b \ufeff", thread)
    await town.slack.until(lambda: whispers(town))
    assert "Write the text of the SMS" in whispers(town)[0]
    await nothing_but(town, thread)


async def test_who_wrote_what_the_thread_does_not_show_yet_waits_on_after_an_answer(town: Town, thread: str) -> None:
    """The worker that heard it died before it was shown."""
    services = town.desk.services
    second = Incoming("m2", "Et dimanche ?", None, "webhook", None)
    await services.store.conversations.hear(
        NUMBER, "new", second, channel=CHANNEL, new_thread_after=-1, wants_answer=True
    )
    await town.person().write(CHANNEL, "sms: Oui, jusqu'à 18 h.", thread)
    await got(town, "Oui, jusqu'à 18 h.")
    about = await services.store.conversations.of(NUMBER)
    assert about
    assert (about.since, about.owner) == (about.last_in, ALICE)
    await town.channel_says("Waiting")


async def test_what_a_colleague_has_just_answered_is_read_first(town: Town, thread: str) -> None:
    """Their answer is on its way, and does not stand in the thread yet."""
    services = town.desk.services
    about = await services.store.conversations.of(NUMBER)
    assert about
    ts = town.slack.world.new_ts()
    await conversation.answer(services, about, answer_id("form", "bruno"), "Oui", BRUNO)
    late = {**event(town, "sms: Non", thread), "ts": ts, "event_ts": ts}
    await heard(town, late)
    await heard(town, late)
    assert "A colleague answers, or has answered, at this very moment. Read theirs first" in whispers(town)[-1]
    assert len(whispers(town)) == 1
    await got(town, "Oui")
    await town.channel_says("Accepted")
    await town.person().write(CHANNEL, "sms: Non, pardon", thread)
    await got(town, "Oui", "Non, pardon")


async def test_who_wrote_while_somebody_typed_the_answer_waits_on(town: Town, thread: str) -> None:
    ts = town.slack.world.new_ts()
    await asked(town, "Et dimanche ?")
    late = {**event(town, "sms: Oui, jusqu'à 18 h.", thread), "ts": ts, "event_ts": ts}
    await heard(town, late)
    await got(town, "Oui, jusqu'à 18 h.")
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert about.since == about.last_in
    await heard(town, event(town, "sms: Dimanche aussi.", thread))
    await got(town, "Oui, jusqu'à 18 h.", "Dimanche aussi.")
    await town.channel_says("nobody waits")


async def test_a_marked_message_leaves_as_an_sms_and_its_author_has_the_conversation(town: Town, thread: str) -> None:
    await town.person().write(CHANNEL, "sms: Oui, à 9 h", thread)
    await got(town, "Oui, à 9 h")
    await town.channel_says(f"assigned to <@{ALICE}>")
    assert whispers(town) == []
    assert len(town.sends) == 1


@pytest.mark.parametrize("typed", ["sms:Oui", "SMS: Oui", "Sms : Oui", "  sms :\n Oui ", "sms\u00a0:\u00a0Oui"])
async def test_the_mark_may_be_written_in_any_way(town: Town, thread: str, typed: str) -> None:
    await town.person().write(CHANNEL, typed, thread)
    await got(town, "Oui")


@pytest.mark.parametrize(
    "typed",
    [
        "R&D: 3 < 4 > 2 &amp; 2*3*4 a_b_c ~20",
        "https://example.org/a?b=1&c=2",
        "sms: oui",
        "note: à vous",
        "Deux\nlignes",
        "👩‍👩‍👧‍👦 ok",
        "10:30:45",
    ],
)
async def test_the_phone_gets_what_was_typed(town: Town, thread: str, typed: str) -> None:
    await town.person().write(CHANNEL, f"sms: {typed}", thread)
    await got(town, typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("sms: *Merci* et _à bientôt_ :tada:", "Merci et à bientôt 🎉"),
        ("*sms:* oui 👍", "oui 👍"),
        ("sms: tapez `START`", "tapez START"),
        ("sms: elle a dit :\n> non\nmais oui", "elle a dit :\nnon\nmais oui"),
    ],
)
async def test_the_phone_gets_no_marks_of_slack(town: Town, thread: str, typed: str, read: str) -> None:
    await town.person().write(CHANNEL, typed, thread)
    await got(town, read)


async def test_the_marks_of_rich_text_do_not_reach_the_phone(town: Town, thread: str) -> None:
    def words(text: str, **style: bool) -> dict[str, Any]:
        return {"type": "text", "text": text, **({"style": style} if style else {})}

    item = {"type": "rich_text_section", "elements": [words("pain & lait")]}
    elements = [
        {
            "type": "rich_text_section",
            "elements": [words("sms: "), words("Merci", bold=True), words(" 2*3 "), {"type": "emoji", "name": "tada",
             "unicode": "1f389"}, words(" à prendre :\n")],
        },
        {"type": "rich_text_list", "style": "bullet", "elements": [item]},
        {"type": "rich_text_preformatted", "elements": [words("code 42")]},
    ]  # fmt: skip
    blocks = [{"type": "rich_text", "elements": elements}]
    text = "sms: *Merci* 2*3 :tada: à prendre :\n• pain &amp; lait\n```code 42```"
    await heard(town, event(town, text, thread, blocks=blocks))
    await got(town, "Merci 2*3 🎉 à prendre :\n- pain & lait\ncode 42")


async def test_an_answer_in_an_earlier_thread_goes_to_the_same_number(town: Town, thread: str) -> None:
    store = town.desk.services.store
    await store.team.save("conversations", ConversationPolicy(new_thread_days=0))
    await store.conversations.resolve(NUMBER)
    newer = await asked(town, "Et dimanche ?")
    assert newer != thread
    await town.person().write(CHANNEL, "sms: Dimanche non", thread)
    await got(town, "Dimanche non")


async def test_each_conversation_gets_its_own_answers(town: Town, thread: str) -> None:
    other = await asked(town, "Et moi ?", OTHER)
    await town.person().write(CHANNEL, "sms: à vous", other)
    await got(town, "à vous", number=OTHER)
    await nothing_but(town, thread)


# Free typing


async def test_with_free_typing_all_but_notes_goes_out_in_conversations_alone(town: Town, thread: str) -> None:
    await free(town, CHANNEL)
    alice = town.person()
    await alice.write(CHANNEL, "Oui, à 9 h", thread)
    await got(town, "Oui, à 9 h")
    for note in ("note: rappeler", "NOTE : x", "*Note:* x", "(note: x)", "> note: x", "\u200bnote: x", "note\u00a0：x"):
        await alice.write(CHANNEL, note, thread)
    await alice.write(CHANNEL, "sms: marqué", thread)
    await alice.write(CHANNEL, "dans le canal")
    root = await alice.write(CHANNEL, "un autre sujet")
    await alice.write(CHANNEL, "sous un autre sujet", root["ts"])
    await nothing_but(town, thread, "Oui, à 9 h", "marqué")
    assert whispers(town) == []


async def test_a_channel_without_it_keeps_remarks_and_notes_inside(town: Town, thread: str) -> None:
    await free(town, "C0RANDOM")
    remarks = ("Il est sympa, lui", "note: rappeler", "note: sms: oui", "un sms: oui", "smsx: oui", "sms oui")
    for text in (*remarks, "> sms: oui", "`sms: oui`", "```sms: oui```", "~sms: oui~"):
        await town.person().write(CHANNEL, text, thread)
    await nothing_but(town, thread)
    assert whispers(town) == []


async def test_a_remark_from_before_free_typing_was_chosen_stays_inside(town: Town, thread: str) -> None:
    """Its event may come late, or again."""
    remark = await town.person().write(CHANNEL, "Quel casse-pieds", thread)
    late = event(town, "Lui encore", thread)
    await free(town, CHANNEL)
    await heard(town, {**event(town, remark["text"], thread), "ts": remark["ts"]})
    await heard(town, late)
    await nothing_but(town, thread)
    await free(town)
    late = event(town, "Toujours lui", thread)
    assert await town.desk.services.store.team.change("free_typing", FreeTyping(), FreeTyping(channels=(CHANNEL,)))
    await heard(town, late)
    await town.person().write(CHANNEL, "Oui, à 9 h", thread)
    await got(town, "le dernier", "Oui, à 9 h")


# What is refused, and told


@pytest.mark.parametrize("typed", ["sms:", "SMS : ", "sms:\n\n"])
async def test_a_mark_with_no_text_after_it_is_told(town: Town, thread: str, typed: str) -> None:
    await town.person().write(CHANNEL, typed, thread)
    [told] = whispers(town)
    assert "Not sent as an SMS.* There is no text after `sms:`. Write it in the same message: `sms: …`" in told
    assert town.person().ephemerals[-1]["thread_ts"] == thread
    await nothing_but(town, thread)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("é" * 2000, "10 is the most"),
        ("🎉" * 5000, "10 is the most"),
        ("a <- b", "has a meaning for SMSFactor"),
        ("demande à <@U0BRUNO>", "a mention of somebody"),
        ("demande à @bruno", "a mention of somebody"),
        ("voir #sms", "a mention of somebody, a group or a channel"),
        ("20 euros et pas ~30~", "struck through"),
        ("merci :party_parrot:", "an emoji in Slack alone"),
    ],
    ids=lambda words: words[:12],
)
async def test_what_a_guard_refuses_is_told_with_what_was_not_sent(
    town: Town, thread: str, text: str, why: str
) -> None:
    await town.person().write(CHANNEL, f"sms: {text}", thread)
    [told] = whispers(town)
    assert why in told
    assert f"> {text[:2]}" in told
    assert len(told) < 4000
    assert town.slack.refused == []
    await nothing_but(town, thread)


async def test_whoever_said_stop_gets_nothing_and_its_author_is_told(town: Town, thread: str) -> None:
    await town.provider.stop(NUMBER)
    await town.channel_says("said STOP")
    await town.person().write(CHANNEL, "sms: <Désolé> & adieu", thread)
    assert "This number opted out" in whispers(town)[-1]
    assert "&lt;Désolé&gt; &amp; adieu" in whispers(town)[-1]
    assert NUMBER not in whispers(town)[-1]
    assert town.sends == []


async def test_the_same_text_twice_in_an_hour_is_refused_as_everywhere(town: Town, thread: str) -> None:
    await town.person().write(CHANNEL, "sms: Oui", thread)
    await got(town, "Oui")
    await town.person().write(CHANNEL, "sms: Oui", thread)
    assert "Texted enough in the last hour" in whispers(town)[-1]
    await nothing_but(town, thread, "Oui")


async def test_in_a_forgotten_conversation_nothing_is_sent(town: Town, thread: str) -> None:
    redis = town.desk.services.store.redis
    await redis.delete(*[key async for key in redis.scan_iter("conversation*")])
    await town.person().write(CHANNEL, "sms: Oui", thread)
    assert "the desk has forgotten whose number it was" in whispers(town)[-1]
    assert town.sends == []


async def test_a_blocked_nuisance_is_not_answered_by_accident(town: Town, thread: str) -> None:
    await town.desk.services.store.conversations.block(NUMBER, BRUNO)
    await town.person().write(CHANNEL, "sms: Ça suffit", thread)
    assert "what it writes back is not shown in the channel" in whispers(town)[-1]
    await town.desk.services.store.conversations.unblock(NUMBER)
    await nothing_but(town, thread)


@pytest.mark.parametrize("user", [GUEST, STRANGER])
async def test_who_may_not_send_is_told_only_if_they_tried(town: Town, thread: str, user: str) -> None:
    await town.person(user).write(CHANNEL, "Je peux aider ?", thread)
    assert whispers(town, user) == []
    await town.person(user).write(CHANNEL, "sms: Oui", thread)
    [told] = whispers(town, user)
    assert "Only full members" in told
    await free(town, CHANNEL)
    for text in ("Bonjour", "Encore", "sms: Toujours"):
        await town.person(user).write(CHANNEL, text, thread)
    assert len(whispers(town, user)) == 3  # once for what is not marked
    await nothing_but(town, thread)


async def test_outside_of_a_conversation_the_mark_is_explained_once_an_hour(town: Town, thread: str) -> None:
    await town.send("06 98 76 54 32")
    card = await town.card_says("Accepted")
    alice = town.person()
    await alice.write(CHANNEL, "sms: Oui")
    await alice.write(CHANNEL, "sms: Allô ?")
    assert len(whispers(town)) == 1
    assert "in the thread of a conversation's card" in whispers(town)[0]
    await alice.write(CHANNEL, "sms: Oui", card["ts"])
    assert len(whispers(town)) == 2
    await town.person(GUEST).write(CHANNEL, "sms: Oui")
    assert whispers(town, GUEST) == []
    await nothing_but(town, thread)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"subtype": "thread_broadcast", "root": {"text": "x"}}, "also sent to the channel is never an SMS"),
        ({"subtype": "file_share", "files": [{"id": "F1", "name": "plan.pdf"}]}, "carries no files"),
        ({"files": [{"id": "F1", "name": "plan.pdf"}], "upload": True}, "carries no files"),
        ({"attachments": [{"is_share": True, "text": "d'ailleurs"}]}, "no messages from elsewhere"),
        ({"subtype": "me_message"}, "with /me is never an SMS"),
    ],
    ids=["broadcast", "file", "file without a subtype", "shared message", "me"],
)
async def test_what_is_no_plain_message_is_never_an_sms(
    town: Town, thread: str, more: dict[str, Any], why: str
) -> None:
    await heard(town, event(town, "rien", thread, **more))
    assert whispers(town) == []
    await heard(town, event(town, "sms: Oui", thread, **more))
    assert why in whispers(town)[-1]
    await free(town, CHANNEL)
    await heard(town, event(town, "Oui encore", thread, **more))
    assert why in whispers(town)[-1]
    assert len(whispers(town)) == 2
    await nothing_but(town, thread)


async def test_links_that_slack_unfolds_do_not_make_a_message_a_shared_one(town: Town, thread: str) -> None:
    attachments = [{"from_url": "https://example.org", "title": "Exemple"}]
    await heard(town, event(town, "sms: <https://example.org>", thread, attachments=attachments))
    await got(town, "https://example.org")


# Events that come again, late, or in another order


async def test_an_event_that_comes_again_in_whatever_way_sends_once(town: Town, thread: str) -> None:
    await town.person().write(CHANNEL, "sms: Oui", thread)
    delivered = town.told("sms:")[-1]
    message = delivered.payload["event"]
    await town.slack.deliver_again(delivered)
    await heard(town, message)  # an event id of its own, after a crash before the first was written down
    await heard(town, {**message, "subtype": "thread_broadcast"})
    await asyncio.gather(*(heard(town, message) for _ in range(5)))
    await nothing_but(town, thread, "Oui")
    await heard(town, message)
    assert whispers(town) == []
    assert len(town.sends) == 2


async def test_one_message_that_comes_many_times_at_once_sends_once(town: Town, thread: str) -> None:
    message = event(town, "sms: Oui", thread)
    await asyncio.gather(*(heard(town, message) for _ in range(8)))
    await nothing_but(town, thread, "Oui")
    assert whispers(town) == []


async def test_a_message_that_comes_after_ten_minutes_is_told_and_not_sent(town: Town, thread: str) -> None:
    late = event(town, "sms: J'arrive dans 5 minutes", thread)
    late |= {"ts": f"{time.time() - 660:.6f}"}
    await heard(town, late)
    await heard(town, late)
    [told] = whispers(town)
    assert "11 minutes to reach the desk" in told
    assert "J'arrive dans 5 minutes" in told
    in_time = event(town, "sms: J'arrive", thread)
    await heard(town, in_time | {"ts": f"{time.time() - 400:.6f}"})
    await nothing_but(town, thread, "J'arrive")


async def test_what_was_sent_in_time_is_not_told_to_be_late_when_it_comes_again(redis_url: str) -> None:
    async with open_town(redis_url) as town:
        thread = await asked(town)
        await town.person().write(CHANNEL, "sms: Oui", thread)
        message = town.told("sms:")[-1].payload["event"]
        await got(town, "Oui")
        for desk in town.desks:
            desk.services.wall.ahead = 3600.0
        await heard(town, message)
        assert whispers(town) == []


async def test_what_was_refused_is_not_sent_when_it_comes_again_and_nothing_speaks_against_it(
    town: Town, thread: str
) -> None:
    """They were told that it was not sent, and have said it in another way since."""
    await town.desk.services.store.conversations.block(NUMBER, BRUNO)
    await town.person().write(CHANNEL, "sms: Oui", thread)
    message = town.told("sms:")[-1].payload["event"]
    await town.desk.services.store.conversations.unblock(NUMBER)
    await heard(town, message)
    assert len(whispers(town)) == 1
    await nothing_but(town, thread)


async def test_a_refusal_that_slack_did_not_take_is_told_when_slack_brings_the_event_again(
    town: Town, thread: str
) -> None:
    town.slack.fail("chat.postEphemeral", 500, 2)
    await town.person().write(CHANNEL, "sms:", thread)
    assert [request.status for request in town.told("sms:")] == [503, 503, 200]
    assert len(whispers(town)) == 1


async def test_a_person_who_cannot_be_told_does_not_keep_slack_busy(town: Town, thread: str) -> None:
    town.slack.fail("chat.postEphemeral", "user_not_in_channel", 9)
    await heard(town, event(town, "sms:", thread))
    assert len(town.slack.called("chat.postEphemeral")) == 1


async def test_when_slack_is_too_slow_to_say_who_it_is_the_event_comes_again_and_sends_once(
    town: Town, thread: str
) -> None:
    town.slack.fail("users.info", "timeout")
    await town.person().write(CHANNEL, "sms: Oui", thread)
    first, second = town.told("sms:")
    assert (first.status, second.status) == (503, 200)
    assert first.elapsed < 3
    await nothing_but(town, thread, "Oui")


async def test_when_slack_does_not_say_who_it_is_nothing_is_sent_now_or_later(town: Town, thread: str) -> None:
    town.slack.fail("users.info", 500)
    await town.person().write(CHANNEL, "sms: Oui", thread)
    assert "Slack did not say who you are" in whispers(town)[-1]
    await heard(town, town.told("sms:")[-1].payload["event"])
    await nothing_but(town, thread)


async def test_without_redis_slack_keeps_the_message_and_it_is_sent_once_when_redis_is_back(tmp_path: Any) -> None:
    async with town_with_memory(tmp_path) as (town, memory):
        thread = await asked(town)
        await memory.stop()
        await town.person().write(CHANNEL, "sms: Oui", thread)
        failed = town.told("sms:")[-1]
        assert (failed.status, failed.retry_num) == (503, 3)
        await memory.start()
        assert (await town.slack.deliver_again(failed)).ok
        assert (await town.slack.deliver_again(failed)).ok
        await got(town, "Oui")
        assert len(town.sends) == 1


async def test_a_line_that_was_edited_or_deleted_before_it_came_stays_inside(town: Town, thread: str) -> None:
    """Slack does not promise an order, and people take back what seems not to have worked."""
    edited, gone = event(town, "sms: 20 euros", thread), event(town, "sms: Non", thread)
    await heard(town, changed(town, edited, "sms: 25 euros"))
    await heard(town, removed(town, gone))
    await heard(town, edited)
    await heard(town, gone)
    assert [told.count("refused, edited or deleted before") for told in whispers(town)[-2:]] == [1, 1]
    await nothing_but(town, thread)


# Edits and deletions


def changed(town: Town, message: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    """The event of an edit."""
    now = {**message, "text": text, "edited": {"user": message["user"], "ts": town.slack.world.new_ts()}, **more}
    return _hidden(town, "message_changed", message=now, previous_message=message)


def removed(town: Town, message: dict[str, Any]) -> dict[str, Any]:
    """The event of a deletion."""
    return _hidden(town, "message_deleted", deleted_ts=message["ts"], previous_message=message)


def _hidden(town: Town, subtype: str, **more: Any) -> dict[str, Any]:
    ts = town.slack.world.new_ts()
    place = {"channel": CHANNEL, "channel_type": "channel", "ts": ts, "event_ts": ts}
    return {"type": "message", "subtype": subtype, "hidden": True, **place, **more}


async def test_an_edit_of_a_sent_line_tells_that_it_cannot_be_unsent(town: Town, thread: str) -> None:
    alice = town.person()
    line = await alice.write(CHANNEL, "sms: 20 euros", thread)
    await got(town, "20 euros")
    await alice.edit(CHANNEL, line["ts"], "sms: 25 euros")
    again = town.told("sms:")[-1].payload["event"]
    await heard(town, again)
    [told] = whispers(town)
    assert "An SMS cannot be unsent" in told
    assert "> 20 euros" in told
    await alice.edit(CHANNEL, line["ts"], "sms : 20 euros")  # as it was sent
    assert len(whispers(town)) == 1
    await alice.edit(CHANNEL, line["ts"], "note: 20 euros, en fait 25")
    assert len(whispers(town)) == 2
    await nothing_but(town, thread, "20 euros")


async def test_an_edit_that_adds_the_mark_sends_nothing_and_tells_so(town: Town, thread: str) -> None:
    alice = town.person()
    remark = await alice.write(CHANNEL, "Oui, à 9 h", thread)
    await alice.edit(CHANNEL, remark["ts"], "Oui, à 10 h")
    assert whispers(town) == []
    await alice.edit(CHANNEL, remark["ts"], "sms: Oui, à 10 h")
    [told] = whispers(town)
    assert "An edit sends nothing" in told
    assert "> Oui, à 10 h" in told
    root = await alice.write(CHANNEL, "Dans le canal")
    await alice.edit(CHANNEL, root["ts"], "sms: Dans le canal")
    assert len(whispers(town)) == 1
    await nothing_but(town, thread)


async def test_an_edit_of_what_was_refused_does_not_send_it(town: Town, thread: str) -> None:
    alice = town.person()
    line = await alice.write(CHANNEL, "sms: " + "é" * 2000, thread)
    await alice.edit(CHANNEL, line["ts"], "sms: Bref, oui")
    assert ["An edit sends nothing" in told for told in whispers(town)] == [False, True]
    await nothing_but(town, thread)


async def test_with_free_typing_a_note_that_is_edited_into_an_answer_is_not_sent(town: Town, thread: str) -> None:
    await free(town, CHANNEL)
    note = await town.person().write(CHANNEL, "note: Oui ?", thread)
    await town.person().edit(CHANNEL, note["ts"], "Oui !")
    assert "An edit sends nothing" in whispers(town)[-1]
    await town.person(GUEST).write(CHANNEL, "note: Non", thread)
    await nothing_but(town, thread)
    assert whispers(town, GUEST) == []


async def test_a_guest_whose_edit_adds_the_mark_is_not_told_to_write_it_anew(town: Town, thread: str) -> None:
    remark = await town.person(GUEST).write(CHANNEL, "Oui", thread)
    await town.person(GUEST).edit(CHANNEL, remark["ts"], "sms: Oui")
    assert whispers(town, GUEST) == []
    await nothing_but(town, thread)


async def test_what_slack_changes_by_itself_is_no_edit(town: Town, thread: str) -> None:
    await town.person().write(CHANNEL, "sms: https://example.org", thread)
    line = town.told("sms:")[-1].payload["event"]
    await got(town, "https://example.org")
    unfolded = {**line, "attachments": [{"from_url": "https://example.org", "title": "Exemple"}]}
    await heard(town, _hidden(town, "message_changed", message=unfolded, previous_message=line))
    await heard(town, _hidden(town, "message_changed", message=unfolded))
    remark = event(town, "voir <https://example.org>", thread)
    await heard(town, _hidden(town, "message_changed", message={**remark, "reply_count": 1}, previous_message=remark))
    assert whispers(town) == []


async def test_an_edit_within_the_time_to_undo_tells_how_to_take_it_back(town: Town, thread: str) -> None:
    services = town.desk.services
    await services.store.team.save("conversations", ConversationPolicy(undo_seconds=60))
    alice = town.person()
    line = await alice.write(CHANNEL, "sms: 20 euros", thread)
    await alice.edit(CHANNEL, line["ts"], "sms: 25 euros")
    assert "has not left yet" in whispers(town)[-1]
    assert await services.outbox.take_back(answer_id("thread", CHANNEL, line["ts"]))
    await alice.edit(CHANNEL, line["ts"], "sms: 30 euros")
    assert "An edit sends nothing" in whispers(town)[-1]
    await alice.delete(CHANNEL, line["ts"])
    assert len(whispers(town)) == 2
    assert town.sends == []


async def test_a_deletion_of_a_sent_line_is_told_to_who_wrote_it(town: Town, thread: str) -> None:
    line = await town.person(BRUNO).write(CHANNEL, "sms: Oui", thread)
    await got(town, "Oui")
    await town.person(ALICE).delete(CHANNEL, line["ts"])  # an admin
    await heard(town, town.told("sms:")[-1].payload["event"])
    [told] = whispers(town, BRUNO)
    assert "An SMS cannot be unsent" in told
    assert "> Oui" in told
    assert town.person(BRUNO).ephemerals[-1]["thread_ts"] == thread
    assert whispers(town, ALICE) == []
    remark = await town.person().write(CHANNEL, "Bof", thread)
    await town.person().delete(CHANNEL, remark["ts"])
    assert whispers(town, ALICE) == []
    await nothing_but(town, thread, "Oui")


async def test_a_deletion_is_told_even_if_slack_does_not_say_what_was_deleted(town: Town, thread: str) -> None:
    line = await town.person().write(CHANNEL, "sms: Oui", thread)
    await got(town, "Oui")
    await heard(town, _hidden(town, "message_deleted", deleted_ts=line["ts"]))
    assert "An SMS cannot be unsent" in whispers(town)[-1]


async def test_tidying_up_after_a_day_is_not_told(town: Town, thread: str) -> None:
    line = await town.person().write(CHANNEL, "sms: Oui", thread)
    await got(town, "Oui")
    town.desk.services.wall.ahead = 86_500.0
    await town.person().delete(CHANNEL, line["ts"])
    assert whispers(town) == []


async def test_a_deleted_card_is_opened_anew_by_what_comes_next(town: Town, thread: str) -> None:
    await town.person(ALICE).delete(CHANNEL, thread)
    tried = len(town.slack.called("chat.update"))
    newer = await asked(town, "Allô ?")
    assert newer != thread
    assert thread not in [call["ts"] for call in town.slack.called("chat.update")[tried:]]
    await town.person().write(CHANNEL, "sms: Oui", newer)
    await got(town, "Oui")


async def test_a_deleted_message_of_the_desk_is_opened_anew_and_not_edited(town: Town) -> None:
    """Bolt keeps events about our own messages from us, unless it is told not to."""
    await town.send()
    card = await town.card_says("Accepted")
    await town.person(ALICE).delete(CHANNEL, card["ts"])
    tried = len(town.slack.called("chat.update"))
    await town.provider.receipt(town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"], 3)
    newer = await town.card_says("1 delivered")
    assert newer["ts"] != card["ts"]
    assert card["ts"] not in [call["ts"] for call in town.slack.called("chat.update")[tried:]]


# The other way in


async def test_over_socket_mode_it_is_the_same(redis_url: str) -> None:
    slack = {"app_token": APP_TOKEN, "redeliver_after": 0.3}
    async with open_town(redis_url, slack=slack, slack_app_token=APP_TOKEN) as town:
        await town.slack.until(lambda: town.slack.sockets.connected)
        thread = await asked(town)
        line = await town.person().write(CHANNEL, "sms: Oui", thread)
        written = town.told("sms:")[-1]
        assert written.transport == "socket"
        await got(town, "Oui")
        await town.slack.deliver_again(written)
        await town.person().write(CHANNEL, "Un client sympa", thread)
        await town.person().edit(CHANNEL, line["ts"], "sms: Non")
        assert "An SMS cannot be unsent" in whispers(town)[-1]
        await nothing_but(town, thread, "Oui")


async def test_a_short_code_is_not_answered_from_its_thread(town: Town) -> None:
    await town.provider.reply("36035", "Votre code est 1234")
    root = await town.channel_says("Votre code est 1234")
    await town.person(ALICE).write(CHANNEL, "sms: Merci", root["ts"])
    assert "Behind this number is a program" in town.person(ALICE).ephemerals[-1]["text"]
    assert town.sends == []
