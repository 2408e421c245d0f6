"""/sms contact: all about one number, for the one who typed it; and the name and notes that a team gives it."""

import asyncio
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from bot import conversation
from bot.campaign_ids import answer_id
from bot.features.contact._view import NOTES, TEXTS, Known, form, render
from bot.sandbox.slack import show
from bot.store.campaign import CampaignState, MessageState
from bot.store.contacts import NAME_MAX, NOTES_KEPT, Contact, ContactNote
from bot.store.conversations import Conversation, Incoming, Text
from bot.store.optouts import OptOut
from tests.block_kit import validate_message, validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town
from tests.features.test_inbox import wrote
from tests.test_views import HOSTILE, MESSAGE_TEXT_MAX, PARIS, _texts, campaign
from tests.test_views import TEXTS as WORST

TYPED, WHOLE = "06 12 34 56 78", "+33 6 12 34 56 78"


async def asked(town: Town, words: str = TYPED, who: str = ALICE) -> dict[str, Any]:
    """The answer to the command, checked against Slack's description."""
    answer = (await town.person(who).command("/sms", f"contact {words}")).answer
    assert answer
    if answer.get("blocks"):
        validate_message(answer["blocks"])
    return answer


async def told(town: Town, words: str = TYPED, who: str = ALICE) -> str:
    """The same as a person reads it, without bold marks."""
    return show(await asked(town, words, who)).replace("*", "")


async def told_in_the_end(town: Town, words: str) -> str:
    """Ask until the answer says so."""
    async with asyncio.timeout(30):
        while words not in (text := await told(town)):
            pass
    return text


async def edit(town: Town, who: str = ALICE, words: str = TYPED) -> dict[str, Any]:
    """Open the form for name and notes."""
    person = town.person(who)
    await person.click(await asked(town, words, who), "contact_edit")
    assert person.view
    return person.view


# Which number


@pytest.mark.parametrize("words", [TYPED, "0612345678", WHOLE, "0033612345678", "33612345678", "06.12.34.56.78"])
async def test_a_number_is_found_however_it_is_typed(town: Town, words: str) -> None:
    await wrote(town, NUMBER)
    text = await told(town, words)
    assert text.startswith(f":bust_in_silhouette: {WHOLE}\n:hourglass_flowing_sand: Waiting since")
    assert "> Bonjour" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Whose? Write a number"),
        ("Marie", "“Marie” is no phone number"),
        ("06 12", "“06 12” is no phone number"),
        ("06 12 34 56 78 Marie", "“Marie” is no phone number"),
        ("06 12 34 56 78, 06 98 76 54 32", "These are 2 numbers"),
        ("<!channel>", "is no phone number"),
        ("x" * 3000, "is no phone number"),
    ],
)
async def test_what_is_no_number_is_refused_in_words(town: Town, words: str, said: str) -> None:
    answer = await asked(town, words)
    assert said in answer["text"]
    assert "<!channel>" not in answer["text"]


async def test_a_number_that_nobody_spoke_with_gets_a_helpful_answer(town: Town) -> None:
    text = await told(town)
    assert "The desk has no conversation with this number." in text
    assert "No SMS to them in the last hour. The limit is 5 an hour, and the same text once." in text
    assert "/sms send +33612345678" in text
    assert "[ Name and notes… ]" in text
    assert "Reply" not in text


async def test_a_short_code_and_a_sender_s_name_are_found_if_they_wrote(town: Town) -> None:
    for number in ("36035", "ACME"):
        assert "is no phone number" in await told(town, number)
        await town.desk.services.store.conversations.hear(
            number,
            conversation.new_id(),
            Incoming(f"mark of {number}", "Votre code : 1234", None, "webhook", None),
            channel=CHANNEL,
            new_thread_after=-1,
            wants_answer=True,
        )
        text = await told(town, number)
        assert text.startswith(f":bust_in_silhouette: {number}\n")
        assert "> Votre code : 1234" in text
        assert text.count("This is a short code or a sender's name: it cannot be answered.") == 1
        assert "Open, nobody waits" in text
        assert not any(words in text for words in ("Reply", "/sms send", "in the last hour"))


# What is told


async def test_it_tells_the_texts_both_ways_who_wrote_them_and_what_became_of_them(town: Town) -> None:
    about = await wrote(town, NUMBER, "C'est ouvert ?")
    services = town.desk.services
    await conversation.answer(services, about, answer_id("one"), "Oui, jusqu'à 18 h", ALICE)
    await town.provider.until(lambda: town.provider.texts(NUMBER))
    await town.provider.receipt(f"{answer_id('one')}-0", 3)
    await wrote(town, NUMBER, "Merci !")
    await town.channel_says("Merci !")
    text = await told_in_the_end(town, "delivered")
    lines = text.splitlines()
    texts = [line for line in lines if line.startswith(">")]
    assert texts == ["> C'est ouvert ?", "> Oui, jusqu'à 18 h", "> Merci !"]
    ours = lines[lines.index(texts[1]) - 1]
    assert re.fullmatch(rf":outbox_tray: @{ALICE}, .+ · delivered", ours)
    assert sum(line.startswith(":inbox_tray: They wrote, ") for line in lines) == 2
    assert f"assigned to @{ALICE}" in text
    assert f"/archives/{CHANNEL}/p" in text
    assert "1 SMS to them in the last hour, at" in text
    assert "; 4 more may go out now. The limit is 5 an hour" in text
    assert re.search(r"and the same text once\. Our last text may be repeated at .*\d\d:\d\d", text)


async def test_an_sms_that_did_not_leave_says_so_in_a_word(town: Town) -> None:
    about = await wrote(town, NUMBER)
    await conversation.answer(town.desk.services, about, answer_id("one"), "Bonjour", ALICE)
    await told_in_the_end(town, "· accepted")
    town.provider.fail("POST /send", 500)
    await conversation.answer(town.desk.services, about, answer_id("two"), "Encore", "")
    assert "Automatic answer, " in await told_in_the_end(town, "· unknown")


async def test_the_last_ten_texts_are_told_the_newest_below(town: Town) -> None:
    store = town.desk.services.store.conversations
    for index in range(14):
        sms = Incoming(f"mark{index}", f"text {index}", None, "webhook", None)
        await store.hear(NUMBER, "k1", sms, channel=CHANNEL, new_thread_after=-1, wants_answer=True)
    text = await told(town)
    assert [line for line in text.splitlines() if line.startswith(">")] == [f"> text {n}" for n in range(4, 14)]
    assert "The last 10 SMS of the conversation, the newest at the bottom" in text


async def test_it_tells_which_campaign_they_answered(town: Town) -> None:
    await town.send(text="Votre colis est <prêt>")
    await town.card_says("Accepted")
    await wrote(town, NUMBER, "Merci")
    text = await told(town)
    campaign_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].rpartition("-")[0]
    assert f"Our last SMS that they answered: `{campaign_id}`, " in text
    assert "Votre colis est <prêt>" in text
    assert "1 SMS to them in the last hour" in text


async def test_full_flood_windows_tell_when_the_next_place_is_free(town: Town) -> None:
    flood = town.desk.services.store.flood
    for claim in range(5):
        assert await flood.take([NUMBER], f"text {claim}", f"c{claim}") == {}
    [free] = (await flood.look([NUMBER], "another")).values()
    said = str((await asked(town))["blocks"])
    assert "5 SMS to them in the last hour, at " in said
    times = [int(at) for at in re.findall(r"<!date\^(\d+)\^\{time\}", said)]
    assert len(times) == 6
    assert all(abs(at - time.time()) < 30 for at in times[:5])
    assert times[5] == int(free), "the same moment that the guard itself tells"


async def test_the_limits_are_those_of_the_settings(redis_url: str) -> None:
    async with open_town(redis_url, flood_per_hour=12, flood_same_text_per_hour=3) as town:
        assert "The limit is 12 an hour, and the same text 3 times." in await told(town)


async def test_an_opt_out_is_told_with_its_origin_its_date_and_what_it_followed(town: Town) -> None:
    await town.send()
    await town.card_says("Accepted")
    assert "STOP" not in await told(town)
    await town.provider.stop(NUMBER)
    await town.channel_says("will not be texted again")
    campaign_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].rpartition("-")[0]
    text = await told(town)
    assert re.search(
        rf"Opted out: they cannot be texted any more\nThey said STOP, 20\d\d-.* after campaign `{campaign_id}`\.", text
    )


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("provider", "on SMSFactor's blacklist, where the desk read it 20"),
        (f"noted by {BRUNO}", f"Opted out by @{BRUNO}, 20"),
        ("STOP", "They said STOP, 20"),
    ],
)
async def test_every_origin_of_an_opt_out_has_its_words(town: Town, origin: str, words: str) -> None:
    await wrote(town, NUMBER)
    await town.desk.services.store.optouts.record(NUMBER, origin, "mark")
    text = await told(town)
    assert words in text
    assert text.count("cannot be texted any more") == 1
    assert not any(words in text for words in ("Reply", "/sms send", "in the last hour", "Waiting"))


async def test_an_opt_out_without_a_conversation_is_told_too(town: Town) -> None:
    await town.desk.services.store.optouts.learn([NUMBER], "provider")
    text = await told(town)
    assert "The desk has no conversation with this number.\n:no_entry: Opted out: they cannot be texted" in text
    assert "/sms send" not in text


async def test_a_blocked_nuisance_is_told_with_who_blocked_it(town: Town) -> None:
    await wrote(town, NUMBER)
    await town.desk.services.store.conversations.block(NUMBER, BRUNO)
    text = await told(town)
    assert f":mute: Blocked as a nuisance by @{BRUNO}: what they write is kept, but not shown in the channel" in text
    assert "> Bonjour" in text
    assert "[ Reply ]" not in text


# Name and notes


async def test_a_name_and_a_note_are_kept_with_who_wrote_it_and_the_card_has_the_name(town: Town) -> None:
    await wrote(town, NUMBER)
    await edit(town)
    saved = await town.person().submit({"name": "  Marie\u2028 Dupont ", "note": "Rappeler le matin\navant 9 h"})
    assert saved.action == "close"
    await town.slack.until(lambda: "Marie Dupont · +33 6 •• •• •• 78" in str(town.roots()))
    text = await told(town, who=BRUNO)
    assert text.startswith(f":bust_in_silhouette: Marie Dupont · {WHOLE}\n")
    assert re.search(rf"Notes\n:memo: @{ALICE}, 20.+\n> Rappeler le matin", text)
    assert "Marie" in str((await town.person().command("/sms", "inbox")).answer)


async def test_a_number_without_a_conversation_can_have_them_too(town: Town) -> None:
    await edit(town)
    await town.person().submit({"name": "Marie", "note": "Un client"})
    text = await told(town)
    assert text.startswith(f":bust_in_silhouette: Marie · {WHOLE}\nThe desk has no conversation")
    assert "> Un client" in text
    await wrote(town, NUMBER)
    assert "Marie · +33 6 •• •• •• 78" in str(town.roots()), "the card has it as soon as they write"


async def test_a_number_is_no_name_for_a_name_is_read_in_channels(town: Town) -> None:
    await edit(town)
    refused = await town.person().submit({"name": "Marie 06 12 34 56 78", "note": "Une cliente"})
    assert "no number may be read. Nothing was saved" in refused.errors["name"]
    kept = await town.desk.services.store.contacts.get(NUMBER)
    assert (kept.name, kept.notes) == ("", ())
    assert (await town.person().submit({"name": "Marie 12345"})).action == "close"


async def test_a_name_can_be_taken_away(town: Town) -> None:
    await town.desk.services.store.contacts.rename(NUMBER, "Marie")
    view = await edit(town)
    assert "‹Marie›" in show(view)
    await town.person().submit({"name": ""})
    assert (await told(town)).startswith(f":bust_in_silhouette: {WHOLE}\n")


async def test_the_same_form_twice_leaves_one_note(town: Town) -> None:
    view = await edit(town)
    person = town.person()
    for _ in range(3):
        await person.submit({"name": "", "note": "une fois"}, view=view)
    assert (await told(town)).count("> une fois") == 1
    await edit(town)
    await person.submit({"note": "une fois"})
    assert (await told(town)).count("> une fois") == 2, "another form is another note"


async def test_a_note_does_not_undo_a_name_that_somebody_else_gave_meanwhile(town: Town) -> None:
    await edit(town)
    await edit(town, BRUNO)
    await town.person(BRUNO).submit({"name": "Marie"})
    await town.person(ALICE).submit({"note": "Un client"})
    assert (await told(town)).startswith(":bust_in_silhouette: Marie")


async def test_names_and_notes_are_no_markup_and_ring_nobody(town: Town) -> None:
    await wrote(town, NUMBER)
    await edit(town)
    await town.person().submit({"name": "<!channel> & <@U0BRUNO>", "note": "<!here> *gras*"})
    answer = await asked(town)
    assert "> <!here> *gras*" in show(answer)
    marked = [block["text"]["text"] for block in answer["blocks"] if block["type"] == "section"]
    assert any("&lt;!channel&gt; &amp; &lt;@U0BRUNO&gt;" in text for text in marked)
    await town.slack.until(lambda: "&lt;!channel&gt;" in str(town.roots()))
    assert town.slack.refused == []


async def test_a_form_of_a_forgotten_conversation_saves_nothing_and_says_so(town: Town) -> None:
    await wrote(town, NUMBER)
    answer = await asked(town)
    await edit(town)
    await town.desk.services.store.redis.flushdb()
    refused = await town.person().submit({"name": "Marie"})
    assert refused.action == "push"
    assert "has forgotten this conversation. Nothing was saved" in show(town.person().view or {})
    await town.person().close(everything=True)
    await town.person().click(answer, "contact_edit")
    assert town.person().view is None
    assert "has forgotten this conversation" in town.person().ephemerals[-1]["text"]
    assert not (await town.desk.services.store.contacts.get(NUMBER)).name


async def test_the_number_is_whole_for_who_typed_it_alone(town: Town) -> None:
    """Neither the channel nor what a form keeps has it, where the conversation's id can stand for it."""
    await wrote(town, NUMBER)
    await edit(town)
    kept = [town.person().view]
    await town.person().submit({"name": "Marie", "note": "Un client"})
    await town.slack.until(lambda: "Marie" in str(town.roots()))
    buttons = [block for block in (await asked(town))["blocks"] if block["type"] == "actions"]
    assert NUMBER[-8:] not in re.sub(r"\s", "", str(kept) + str(buttons) + str(town.roots()))
    assert town.person(BRUNO).ephemerals == []


# Views


def known(text: str, **more: Any) -> Known:
    """Everything at its longest, made of one text."""
    about = Conversation("k0123456789", NUMBER, channel=CHANNEL, owner=ALICE, since=1_763_817_600.0)
    notes = tuple(ContactNote(f"V{index}", BRUNO, 1_763_817_600.0, text[:1000]) for index in range(50))
    ours = campaign(CampaignState.ACCEPTED, text=text, messages={MessageState.DELIVERED: 1})
    texts = [Text(f"m{n}", text, 1_763_817_600.0, out=n % 2 == 0, author=BRUNO) for n in range(TEXTS)]
    whole = Known(
        Contact(NUMBER, text[:NAME_MAX], notes),
        about,
        PARIS,
        link=f"https://a-workspace-with-a-long-name.slack.com/archives/{CHANNEL}/p1763817600000100",
        texts=texts,
        sent={one.mark: ours for one in texts},
        answers=ours,
        optout=OptOut(1_763_817_600.0, f"noted by {BRUNO}", "mark", "c7k2m9q34"),
        taken=[1_763_817_600.0 + index for index in range(40)],
        per_hour=40,
    )
    return replace(whole, **more)


@pytest.mark.parametrize("text", WORST)
def test_the_longest_answer_of_the_worst_texts_fits_into_a_message(text: str) -> None:
    shown = render(known(text))
    validate_message(shown["blocks"])
    assert len(shown["text"]) <= 4_000
    assert sum(map(len, _texts(shown["blocks"]))) <= MESSAGE_TEXT_MAX


@pytest.mark.parametrize("text", WORST)
@pytest.mark.parametrize("which", ["id k0123456789", f"number {NUMBER}"])
def test_the_form_takes_the_worst_of_names_and_all_notes(text: str, which: str) -> None:
    notes = tuple(ContactNote(f"n{n}", ALICE, 1_763_817_600.0 + n, text[:1_000] or "-") for n in range(NOTES_KEPT))
    shown = form(Contact(NUMBER, text[:NAME_MAX], notes), which, PARIS)
    validate_view(shown)
    assert len(str(shown)) < 250_000
    assert show(shown).count(":memo:") >= NOTES_KEPT


async def test_notes_that_the_answer_has_no_room_for_stand_in_the_form(town: Town) -> None:
    store = town.desk.services.store.contacts
    for n in range(NOTES + 2):
        await store.note(NUMBER, ContactNote(f"n{n}", BRUNO, 1_763_817_600.0 + n, f"Rappel {n}"))
    text = await told(town)
    assert f"Notes, the last {NOTES} of {NOTES + 2}; Name and notes… shows all" in text
    assert "Rappel 1" not in text
    lines = [line for line in show(await edit(town)).splitlines() if "Rappel" in line]
    assert lines == [f"> Rappel {n}" for n in reversed(range(NOTES + 2))]


@pytest.mark.parametrize("state", CampaignState)
def test_every_state_of_an_sms_has_one_short_word(state: CampaignState) -> None:
    ours = campaign(state, messages={MessageState.HELD if state is CampaignState.HELD else MessageState.NOT_SENT: 1})
    text = Text("a1", "Bonjour", 1_763_817_600.0, out=True, author=BRUNO)
    shown = show(render(known("x", texts=[text], sent={"a1": ours})))
    [line] = [line for line in shown.splitlines() if line.startswith(":outbox_tray:")]
    assert re.fullmatch(r"[a-z ]{4,14}", line.rpartition(" · ")[2])


def test_what_became_of_an_sms_may_be_forgotten() -> None:
    text = Text("a1", HOSTILE, 1_763_817_600.0, out=True)
    assert "Automatic answer, " in show(render(known("x", texts=[text], sent={})))
    assert "what became of it is forgotten" in show(render(known("x", texts=[text], sent={})))


async def test_other_numbers_are_not_touched(town: Town) -> None:
    await edit(town)
    await town.person().submit({"name": "Marie", "note": "Un client"})
    other = await town.desk.services.store.contacts.get(OTHER)
    assert other == Contact(OTHER)
