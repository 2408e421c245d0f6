"""Settings: what admins choose in /sms settings, what is refused, and that it holds at once; each saved by itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import time
from typing import Any

import pytest

from bot.features.settings._invited import decided, render
from bot.features.settings._overview import PARTS, overview
from bot.features.settings._part import form, overtaken_form
from bot.features.settings._rule_views import RULE_FORM, RULES, RULES_MAX, list_view, rule_form
from bot.office_hours import OfficeHours
from bot.sandbox.slack import Result, show
from bot.store.conversations import Incoming
from bot.store.team import (
    AutoReply,
    ConversationPolicy,
    Decision,
    FreeTyping,
    Routes,
    Rule,
    RuleKind,
    StopWords,
    TeamSettings,
)
from tests.block_kit import validate_message, validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town, settings_for
from tests.test_views import HOSTILE, TEXTS

SHOP, CLUB, NOT_IN = "C0SHOP", "C0CLUB", "C0RANDOM"


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """Two more channels with the desk in them, and Bruno among the admins."""
    async with open_town(redis_url, admins=BRUNO) as opened:
        for channel in (SHOP, CLUB):
            members = [opened.slack.world.bot_user_id, ALICE, BRUNO]
            opened.slack.world.add_channel(channel, channel[2:].lower(), members, creator=ALICE)
        yield opened
        refused = [one for one in opened.slack.refused if one.where != "conversations.info"]  # asked on purpose
        assert refused == []


async def open_part(town: Town, key: str, who: str = ALICE) -> Result:
    """``/sms settings``, then *Change…* of one part."""
    person = town.person(who)
    opened = await person.command("/sms", "settings")
    assert opened.view, opened
    pushed = await person.click(opened.view, "settings_change", key)
    assert pushed.view
    validate_view(_sent(pushed.view))
    return pushed


async def save(town: Town, key: str, values: dict[str, Any], who: str = ALICE) -> Result:
    """Open a part, fill it in, *Save*."""
    await open_part(town, key, who)
    return await town.person(who).submit(values)


async def chosen(town: Town) -> TeamSettings:
    """What holds."""
    return await town.desk.services.store.team.settings()


def top(town: Town, who: str = ALICE) -> str:
    """What the view on top says, without bold marks and the buttons beside."""
    view = town.person(who).view
    assert view
    return show(view).replace("*", "").replace("  [ Change… ]", "")


async def audited(town: Town) -> list[tuple[str, str]]:
    """Who changed what, oldest first."""
    entries = reversed(await town.desk.services.store.audit.last(100))
    return [(entry["who"], entry["subject"]) for entry in entries if entry["what"] == "settings"]


def _sent(view: dict[str, Any]) -> dict[str, Any]:
    """A view as it was sent: without what Slack adds."""
    names = ("type", "callback_id", "title", "blocks", "submit", "close", "private_metadata")
    return {name: view[name] for name in names if view.get(name)}


# The overview


async def test_the_overview_says_in_plain_words_what_holds_for_every_part(town: Town) -> None:
    opened = await town.person().command("/sms", "settings")
    assert opened.view
    validate_view(_sent(opened.view))
    text = show(opened.view)
    for words in (
        f"Replies: #{CHANNEL}",
        f"Opt-outs: #{CHANNEL}",
        "No rules",
        "a new one if they write 7 days or more after it was resolved",
        "Resolved: after 72 hours of silence",
        "after 30 minutes of waiting",
        "Answers can be taken back: never",
        "Monday to Friday, 09:00 to 18:00, by the clock of Europe/Paris",
        "Off: outside of the office hours nothing is sent by itself.",
        "Nowhere: in threads only what begins with sms: goes out.",
        "STOP, ARRET, ARRÊT, DESABONNER",
    ):
        assert words in text.replace("*", "").replace("`", ""), words
    buttons = [block["accessory"]["value"] for block in opened.view["blocks"] if "accessory" in block]
    assert buttons == list(PARTS)


@pytest.mark.parametrize("who", ["U0CHLOE", "U0GUEST", "U0STRANGER"])
async def test_who_is_no_admin_sees_nothing(town: Town, who: str) -> None:
    answer = await town.person(who).command("/sms", "settings")
    assert answer.view is None
    assert answer.answer
    assert "Only" in answer.answer["text"]


async def test_who_is_no_admin_any_more_can_neither_click_nor_save(town: Town) -> None:
    """What they have open is of no use to them."""
    await open_part(town, "auto_reply")
    old = town.person().view
    overviews = town.person().views[0]
    await town.slack.change_user(ALICE, is_admin=False)
    await town.person().submit({"text": "Bonjour"})
    assert "Only admins can do this" in top(town)
    assert old
    await town.person().close()
    await town.person().click(overviews, "settings_change", "hours")
    assert "Only admins can do this" in top(town)
    assert await chosen(town) == TeamSettings()
    assert await audited(town) == []


# Where things are shown


async def test_a_channel_is_chosen_shown_beneath_written_down_and_used_at_once(town: Town) -> None:
    done = await save(town, "channels", {"replies": SHOP, "alerts": CLUB})
    assert done.action == "close"
    assert f"Replies: #{SHOP}\nCampaigns: #{CHANNEL}" in top(town)
    assert await audited(town) == [(ALICE, "channels")]
    await town.provider.reply(NUMBER, "Bonjour")
    await town.slack.until(lambda: "Bonjour" in str(town.slack.messages(SHOP)))
    assert (await chosen(town)).routes.purposes == {"replies": SHOP, "alerts": CLUB}


async def test_an_emptied_field_means_the_default_again(town: Town) -> None:
    await save(town, "channels", {"replies": SHOP, "campaigns": CLUB})
    await save(town, "channels", {"replies": None})
    assert (await chosen(town)).routes.purposes == {"campaigns": CLUB}
    assert f"Replies: #{CHANNEL} (the default)" in top(town)


async def refused(town: Town, key: str, values: dict[str, Any], field: str, words: str) -> None:
    """It says why under the field, and nothing is saved."""
    before = await chosen(town)
    answer = await save(town, key, values)
    assert list(answer.errors) == [field]
    assert words in answer.errors[field]
    assert "Nothing was saved" in answer.errors[field]
    assert await chosen(town) == before
    assert await audited(town) == []


@pytest.mark.parametrize("purpose", ["replies", "campaigns", "alerts", "optouts"])
async def test_a_channel_without_the_desk_is_refused_under_its_field(town: Town, purpose: str) -> None:
    await refused(
        town, "channels", {purpose: NOT_IN}, purpose, "The desk is not in #random. Nothing was saved. Write /"
    )


async def test_a_private_channel_without_the_desk_is_refused(town: Town) -> None:
    made = await town.person().create_channel("geheim", private=True)
    await refused(town, "channels", {"replies": SHOP, "alerts": made["id"]}, "alerts", "it is private, or gone")


async def test_a_channel_that_is_archived_meanwhile_is_refused(town: Town) -> None:
    await open_part(town, "channels")
    await town.person().fill({"replies": SHOP})
    await town.person().archive(SHOP)
    answer = await town.person().submit()
    assert "#shop is archived" in answer.errors["replies"]


@pytest.mark.parametrize("fault", [500, "drop", 429, "timeout", "internal_error"])
async def test_if_slack_does_not_say_whether_the_desk_is_in_a_channel_nothing_is_saved(
    town: Town, fault: int | str
) -> None:
    town.slack.fail("conversations.info", fault, 3)  # aiohttp asks again by itself where a connection is lost
    await refused(town, "channels", {"optouts": SHOP}, "optouts", "Slack did not say")


# Rules


async def add_rule(town: Town, kind: str, value: str, channel: str, who: str = ALICE) -> Result:
    """With the list of rules on top: *Add a rule…*, and *Add*."""
    person = town.person(who)
    assert person.view
    await person.click(person.view, "settings_rule_add")
    return await person.submit({"kind": kind, "value": value, "channel": channel})


def listed(town: Town, who: str = ALICE) -> list[str]:
    """The rules as they are listed."""
    return [line.partition("  [")[0] for line in top(town, who).splitlines() if line[:1].isdigit()]


async def test_rules_are_added_moved_and_removed_and_the_first_that_fits_wins(town: Town) -> None:
    await town.send(text="Soldes", sender="ACME")
    await town.card_says("Accepted")
    message_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
    campaign = message_id.partition("-")[0]
    await open_part(town, "rules")
    for kind, value, channel in (
        ("keyword", "Promo", SHOP),
        ("campaign", f" `{campaign.upper()}` ", CLUB),
        ("sender", "acme", SHOP),
    ):
        assert (await add_rule(town, kind, value, channel)).action == "close"
    first, second, third = listed(town)
    assert first == f"1. SMS that begin with Promo → #{SHOP}"
    assert second.replace("`", "") == f"2. Answers to campaign {campaign} → #{CLUB}"
    assert third == f"3. Answers to SMS from ACME → #{SHOP}"
    await town.provider.reply(NUMBER, "promo svp")
    await town.slack.until(lambda: "promo svp" in str(town.slack.messages(SHOP)))

    list_view = town.person().view
    assert list_view
    menus = [block["accessory"]["options"] for block in list_view["blocks"] if "accessory" in block]
    assert [[one["text"]["text"] for one in menu] for menu in menus] == [["Remove"], *[["Move up", "Remove"]] * 2]
    await town.person().click(list_view, "settings_rule", "Move up", block_id="rule_2")
    assert [line[3:10] for line in listed(town)] == ["SMS tha", "Answers", "Answers"]
    assert "ACME" in listed(town)[1]
    await town.person().click(list_view, "settings_rule", "Remove", block_id="rule_0")
    assert "ACME" in listed(town)[0]
    assert len(listed(town)) == 2
    assert await audited(town) == [(ALICE, "rules")] * 5
    await town.person().close()
    assert "1. Answers to SMS from ACME" in top(town)
    assert "Promo" not in top(town)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("keyword", "deux mots", "one word"),
        ("keyword", "!?", "one word"),
        ("campaign", "c00000000", "knows no campaign"),
        ("campaign", "<!channel>", "knows no campaign"),
        ("sender", "Nobody", "Sender names are: ACME, Shop"),
    ],
)
async def test_a_rule_that_can_never_fit_is_refused(town: Town, kind: str, value: str, words: str) -> None:
    await open_part(town, "rules")
    answer = await add_rule(town, kind, value, SHOP)
    assert words in answer.errors["value"]
    assert (await chosen(town)).routes == Routes()


async def test_a_rule_for_a_channel_without_the_desk_is_refused(town: Town) -> None:
    await open_part(town, "rules")
    answer = await add_rule(town, "keyword", "promo", NOT_IN)
    assert "not in #random" in answer.errors["channel"]


async def test_an_answer_in_a_conversation_is_no_campaign_for_a_rule(town: Town) -> None:
    await town.provider.reply(NUMBER, "Bonjour")
    await town.channel_says("Bonjour")
    card = await town.slack.until(lambda: next(iter(town.roots()), None))
    await town.person().write(CHANNEL, "sms: Bonsoir", card["ts"])
    await town.slack.until(lambda: town.sends)
    answer_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].partition("-")[0]
    await open_part(town, "rules")
    assert "knows no campaign" in (await add_rule(town, "campaign", answer_id, SHOP)).errors["value"]


async def test_a_second_rule_for_the_same_is_refused_and_the_same_rule_again_is_one(town: Town) -> None:
    await open_part(town, "rules")
    await add_rule(town, "keyword", "Été", SHOP)
    assert "a rule for this already" in (await add_rule(town, "keyword", "e\u0301te\u0301", CLUB)).errors["value"]
    await town.person().close()
    assert not (await add_rule(town, "keyword", "Été", SHOP)).errors
    assert len(listed(town)) == 1


async def test_there_is_an_end_of_rules(town: Town) -> None:
    rules = tuple(Rule(kind="keyword", value=f"mot{index}", channel=SHOP) for index in range(RULES_MAX - 1))
    await town.desk.services.store.team.save("routes", Routes(rules=rules))
    await open_part(town, "rules", BRUNO)
    await town.person(BRUNO).click(town.person(BRUNO).view or {}, "settings_rule_add")
    await open_part(town, "rules")
    assert not (await add_rule(town, "keyword", "dernier", SHOP)).errors
    assert "Add a rule" not in top(town)
    late = await town.person(BRUNO).submit({"kind": "keyword", "value": "de trop", "channel": SHOP})
    assert late.errors
    late = await town.person(BRUNO).submit({"kind": "keyword", "value": "trop", "channel": SHOP})
    assert "40 rules are the most" in late.errors["value"]


async def test_without_sender_names_no_rule_for_one_is_offered(redis_url: str) -> None:
    async with open_town(redis_url, senders="") as town:
        await open_part(town, "rules")
        await town.person().click(town.person().view or {}, "settings_rule_add")
        assert "A sender name" not in top(town)


async def test_a_click_on_rules_that_somebody_changed_meanwhile_does_nothing_and_says_so(town: Town) -> None:
    await open_part(town, "rules")
    for value in ("un", "deux", "trois"):
        await add_rule(town, "keyword", value, SHOP)
    stale = town.person().view
    assert stale
    await open_part(town, "rules", BRUNO)
    await town.person(BRUNO).click(town.person(BRUNO).view or {}, "settings_rule", "Remove", block_id="rule_0")
    await town.person().click(stale, "settings_rule", "Remove", block_id="rule_0")
    assert f"@{BRUNO} changed the rules before you clicked" in top(town)
    assert [rule.value for rule in (await chosen(town)).routes.rules] == ["deux", "trois"]
    await town.person().click(town.person().view or {}, "settings_rule", "Remove", block_id="rule_0")
    assert [rule.value for rule in (await chosen(town)).routes.rules] == ["trois"]
    assert "changed the rules" not in top(town)


# Conversations


async def test_how_conversations_go_is_chosen_in_numbers(town: Town) -> None:
    values = {"new_thread_days": "0", "resolve_hours": " 48 ", "remind_minutes": "1", "undo_seconds": "10"}
    assert (await save(town, "conversations", values)).action == "close"
    assert (await chosen(town)).conversations == ConversationPolicy(
        new_thread_days=0, resolve_hours=48, remind_minutes=1, undo_seconds=10
    )
    words = (
        "a new one if they write after it was resolved\nResolved: after 48 hours of silence\nReminder: after 1 minute"
    )
    assert words in top(town)
    assert "for 10 seconds" in top(town)


async def test_the_same_thread_for_life_and_nothing_by_itself(town: Town) -> None:
    values = {"new_thread_days": None, "resolve_hours": "0", "remind_minutes": "0", "undo_seconds": "0"}
    assert (await save(town, "conversations", values)).action == "close"
    assert (await chosen(town)).conversations.new_thread_days is None
    assert "Thread: one for life\nResolved: only by hand\nReminder: never" in top(town)
    await open_part(town, "conversations")
    assert "New thread after (days) (optional): ‹ ›" in top(town)


@pytest.mark.parametrize(
    ("field", "typed", "most"),
    [
        ("new_thread_days", "366", 365),
        ("new_thread_days", "never", 365),
        ("resolve_hours", "-1", 2160),
        ("resolve_hours", "2161", 2160),
        ("remind_minutes", "1.5", 1440),
        ("remind_minutes", "٣", 1440),
        ("undo_seconds", "61", 60),
        ("undo_seconds", "00010", 60),
    ],
)
async def test_what_is_no_such_number_is_refused_under_its_field(town: Town, field: str, typed: str, most: int) -> None:
    await refused(town, "conversations", {field: typed}, field, f"a whole number from 0 to {most}")


async def test_new_rules_are_held_against_every_conversation_at_once(redis_url: str) -> None:
    """Each is looked at again; what that look does is in the room `waiting`."""
    async with open_town(redis_url, workers=0) as town:
        store = town.desk.services.store
        sms = Incoming("m1", "Bonjour", None, "webhook", None)
        about, _ = await store.conversations.hear(
            NUMBER, "k1", sms, channel=CHANNEL, new_thread_after=-1, wants_answer=True
        )
        await store.inbox.note(about)
        assert await store.inbox.due(3600) == [NUMBER]
        assert await store.inbox.due(3600) == []
        await save(town, "conversations", {"remind_minutes": "5"})
        assert await store.inbox.due(3600) == [NUMBER]


# Office hours


async def test_office_hours_are_chosen_by_the_clock_of_the_team(town: Town) -> None:
    await open_part(town, "hours")
    assert "The times are those of the team's clock: Europe/Paris." in top(town)
    done = await town.person().submit({"days": ["0", "2", "5"], "opens": "08:30", "closes": "19:00"})
    assert done.action == "close"
    assert "Monday, Wednesday, Saturday, 08:30 to 19:00, by the clock of Europe/Paris" in top(town)
    hours = (await chosen(town)).hours
    assert hours == OfficeHours(days=frozenset({0, 2, 5}), opens=time(8, 30), closes=time(19))


async def test_the_form_says_who_is_reminded_where_and_when(town: Town) -> None:
    await open_part(town, "conversations")
    assert "The owner is reminded first, in the thread; after as long again, or at once if nobody owns it, the" in top(
        town
    )
    assert "channel. Not before the office opens. 0: never." in top(town)


@pytest.mark.parametrize(("opens", "closes"), [("18:00", "09:00"), ("09:00", "09:00")])
async def test_hours_that_close_before_they_open_are_refused(town: Town, opens: str, closes: str) -> None:
    values = {"opens": opens, "closes": closes}
    await refused(town, "hours", values, "closes", f"It opens at {opens}; choose a later time here. Nothing was saved.")


async def test_a_day_without_an_end(town: Town) -> None:
    values = {"days": [str(day) for day in range(7)], "opens": "00:00", "closes": "00:00"}
    assert (await save(town, "hours", values)).action == "close"
    assert "Every day, 00:00 to midnight" in top(town)


async def test_no_day_at_all_cannot_be_chosen(town: Town) -> None:
    answer = await save(town, "hours", {"days": []})
    assert "days" in answer.errors


# The automatic answer


async def test_an_automatic_answer_is_chosen_measured_and_switched_off(town: Town) -> None:
    await open_part(town, "auto_reply")
    assert (
        "once a day, and not within an hour of your last SMS to them. People who opted out and short codes never"
        in top(town)
    )
    await town.person().submit({"text": "  Nous sommes fermés *jusqu'à* demain :tada:  "})
    assert (await chosen(town)).auto_reply.text == "Nous sommes fermés *jusqu'à* demain :tada:"
    assert "On, 1 SMS each (GSM-7, 118 characters left):\n> Nous sommes fermés jusqu'à demain :tada:" in top(town)
    await open_part(town, "auto_reply")
    assert "As it is now: 1 SMS each" in top(town)
    await town.person().submit({"text": None})
    assert (await chosen(town)).auto_reply.text == ""
    assert "Off: outside of the office hours" in top(town)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 460, "takes 4 SMS (460 characters, GSM-7); 3 are the most"),
        ("é" * 200 + "ê" * 2, "takes 4 SMS (202 characters, Unicode)"),
        ("👩‍👩‍👧‍👦" * 250, "takes"),
        ("écrivez <-short->", "“<-” has a meaning"),
    ],
    ids=["long", "unicode", "emoji", "mark"],
)
async def test_a_text_that_is_too_dear_or_cannot_be_sent_is_refused(town: Town, text: str, words: str) -> None:
    await refused(town, "auto_reply", {"text": text}, "text", words)


@pytest.mark.parametrize("text", ["x" * 459, "ê" * 201], ids=["GSM-7", "Unicode"])
async def test_three_segments_are_not_too_many(town: Town, text: str) -> None:
    assert (await save(town, "auto_reply", {"text": text})).action == "close"
    assert (await chosen(town)).auto_reply.text == text


# Free typing


async def test_free_typing_says_its_danger_and_is_chosen_by_channel(town: Town) -> None:
    await open_part(town, "free_typing")
    assert "Everything that is written in a conversation's thread there is sent to the person" in top(town)
    await town.person().submit({"channels": [SHOP, CLUB]})
    assert (await chosen(town)).free_typing.channels == (SHOP, CLUB)
    assert f"In #{SHOP}, #{CLUB}: all that is written in threads goes out" in top(town)
    await save(town, "free_typing", {"channels": []})
    assert (await chosen(town)).free_typing == FreeTyping()


async def test_free_typing_is_refused_where_the_desk_is_not(town: Town) -> None:
    await refused(town, "free_typing", {"channels": [SHOP, NOT_IN]}, "channels", "The desk is not in #random")


async def test_free_typing_has_an_end(town: Town) -> None:
    many = [f"C0MANY{index:02d}" for index in range(21)]
    for channel in many:
        town.slack.world.add_channel(channel, channel.lower(), [town.slack.world.bot_user_id, ALICE])
    await refused(town, "free_typing", {"channels": many}, "channels", "20 channels are the most")


# Stop words


async def test_a_new_stop_word_counts_from_the_next_sms_on(town: Town) -> None:
    await save(town, "stop_words", {"words": "Fini\n\n  ARRÊT \nfini\r\nstop"})
    assert (await chosen(town)).stop_words.words == ("Fini", "ARRÊT", "stop")
    assert "STOP, Fini, ARRÊT\n" in top(town) + "\n"
    await town.provider.reply(NUMBER, "fini, merci")
    await town.channel_says("said STOP")
    await town.provider.reply(OTHER, "Désabonner svp")
    await town.slack.until(lambda: "svp" in str(town.slack.world.channels[CHANNEL].messages))
    await town.provider.reply(OTHER, "Stop")
    await town.slack.until(lambda: str(town.slack.world.channels[CHANNEL].messages).count("said STOP") >= 2)
    store = town.desk.services.store
    assert await store.optouts.among([NUMBER, OTHER]) == {NUMBER, OTHER}


async def test_without_words_stop_still_counts(town: Town) -> None:
    await save(town, "stop_words", {"words": None})
    assert (await chosen(town)).stop_words == StopWords(words=())
    await town.provider.reply(NUMBER, "STOP")
    await town.channel_says("said STOP")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ne plus", "“ne plus”"),
        ("x", "“x”"),
        ("a" * 31, "2 to 30 letters"),
        ("36111", "“36111”"),
        ("non!", "“non!”"),
        ("<b>", "“<b>”"),
        ("👋👋", "“👋👋”"),
        ("\n".join(f"mot {index}" for index in range(9)), "and 4 more"),
        ("\n".join(f"mot{index}" for index in range(51)), "51 words are too many; 50 is the most"),
    ],
    ids=range(9),
)
async def test_what_is_no_word_is_quoted_under_the_field(town: Town, typed: str, words: str) -> None:
    await refused(town, "stop_words", {"words": typed}, "words", words)


@pytest.mark.parametrize("word", ["ok", "a" * 30, "24H", "रोकें", "توقف", "стоп", "Überfällig"])
async def test_words_of_every_script_are_taken(town: Town, word: str) -> None:
    assert (await save(town, "stop_words", {"words": word})).action == "close"
    await town.provider.reply(NUMBER, f"{word.upper()} !")
    await town.channel_says("said STOP")


# Two admins, and clicks that come again


async def test_two_admins_who_change_two_parts_do_not_undo_each_other(town: Town) -> None:
    """Even where, and rules, which are stored together."""
    await open_part(town, "channels")
    await open_part(town, "rules", BRUNO)
    await add_rule(town, "keyword", "promo", SHOP, BRUNO)
    assert (await town.person().submit({"replies": CLUB})).action == "close"
    await open_part(town, "hours")
    await save(town, "stop_words", {"words": "Fini"}, BRUNO)
    assert (await town.person().submit({"opens": "07:00"})).action == "close"
    team = await chosen(town)
    assert team.routes == Routes(purposes={"replies": CLUB}, rules=(Rule(kind="keyword", value="promo", channel=SHOP),))
    assert (team.hours.opens, team.stop_words.words) == (time(7), ("Fini",))
    assert await audited(town) == [(BRUNO, "rules"), (ALICE, "channels"), (BRUNO, "stop_words"), (ALICE, "hours")]
    assert "1. SMS that begin with promo" in top(town)


async def test_the_second_of_two_admins_at_one_part_is_told_what_the_other_chose(town: Town) -> None:
    await open_part(town, "auto_reply")
    await save(town, "auto_reply", {"text": "Fermé."}, BRUNO)
    told = await town.person().submit({"text": "Nous revenons lundi."})
    assert told.action == "update"
    assert f"@{BRUNO} changed this while you had it open. Nothing of yours was saved." in top(town)
    assert "What they chose: On, 1 SMS each (GSM-7, 154 characters left):\n> Fermé." in top(town)
    assert "‹Nous revenons lundi.›" in top(town), "what was typed is not lost"
    assert (await chosen(town)).auto_reply.text == "Fermé."
    assert "Fermé." in show(town.person().views[0]), "the overview beneath shows it too"
    assert (await town.person().submit()).action == "close"
    assert (await chosen(town)).auto_reply.text == "Nous revenons lundi."
    assert await audited(town) == [(BRUNO, "auto_reply"), (ALICE, "auto_reply")]


async def test_of_two_who_save_one_part_in_the_same_moment_one_is_told(town: Town) -> None:
    people = {ALICE: "Alice", BRUNO: "Bruno"}
    for who in people:
        await open_part(town, "auto_reply", who)
    results = await asyncio.gather(*(town.person(who).submit({"text": text}) for who, text in people.items()))
    assert sorted(str(result.action) for result in results) == ["close", "update"]
    winner = next(text for text, result in zip(people.values(), results, strict=True) if result.action == "close")
    assert (await chosen(town)).auto_reply.text == winner
    assert len(await audited(town)) == 1


async def test_rules_and_channels_that_are_saved_in_the_same_moment_both_hold(town: Town) -> None:
    await open_part(town, "channels")
    await open_part(town, "rules", BRUNO)
    await town.person(BRUNO).click(town.person(BRUNO).view or {}, "settings_rule_add")
    results = await asyncio.gather(
        town.person().submit({"replies": CLUB}),
        town.person(BRUNO).submit({"kind": "keyword", "value": "promo", "channel": SHOP}),
    )
    assert [result.action for result in results] == ["close", "close"]
    routes = (await chosen(town)).routes
    assert (routes.purposes, len(routes.rules)) == ({"replies": CLUB}, 1)


async def test_a_form_that_is_submitted_three_times_is_saved_once(town: Town) -> None:
    await open_part(town, "hours")
    await town.person().fill({"opens": "07:00"})
    old = town.person().view
    assert old
    results = await asyncio.gather(*(town.person().submit(view=old) for _ in range(3)))
    assert all(not result.errors and result.problem is None for result in results)
    assert (await chosen(town)).hours.opens == time(7)
    assert await audited(town) == [(ALICE, "hours")]


async def test_a_section_that_was_stored_by_an_older_desk_can_be_changed(town: Town) -> None:
    """Its JSON is not letter for letter what we would write."""
    redis = town.desk.services.store.redis
    await redis.hset("team", "auto_reply", '{ "text": "Fermé.", "once_a": "week" }')
    assert (await save(town, "auto_reply", {"text": "Ouvert."})).action == "close"
    assert (await chosen(town)).auto_reply.text == "Ouvert."


async def test_a_section_that_cannot_be_read_stops_no_reply_and_is_mended_in_the_form(town: Town) -> None:
    redis = town.desk.services.store.redis
    await redis.hset("team", mapping={"routes": "{", "stop_words": '{"words": 5}', "hours": b"\xff"})
    await town.provider.reply(NUMBER, "Bonjour")
    await town.channel_says("Bonjour")
    assert (await save(town, "channels", {"replies": SHOP})).action == "close"
    await town.provider.reply(OTHER, "Bonsoir")
    await town.slack.until(lambda: "Bonsoir" in str(town.slack.messages(SHOP)))


# When something is away


@pytest.mark.parametrize("fault", [500, "drop", "timeout", "not_found"])
async def test_what_is_saved_is_saved_if_the_overview_cannot_be_redrawn(town: Town, fault: int | str) -> None:
    town.slack.fail("views.update", fault)
    done = await save(town, "auto_reply", {"text": "Fermé."})
    assert (done.action, done.problem) == ("close", None)
    assert (await chosen(town)).auto_reply.text == "Fermé."


async def test_a_form_of_another_version_changes_nothing(town: Town) -> None:
    await open_part(town, "hours")
    form = town.slack.workspace.modals.stacks[ALICE][-1]
    form["private_metadata"] = "horoscope 0123456789abcdef"
    await town.person().submit({"opens": "07:00"})
    assert "of another version of the desk. Nothing was changed" in top(town)
    assert await chosen(town) == TeamSettings()


# Every view is one that Slack takes


def crowded(text: str) -> TeamSettings:
    """As much as the forms let through, and more."""
    kinds: tuple[RuleKind, ...] = ("keyword", "campaign", "sender")
    rules = [Rule(kind=kinds[index % 3], value=text[:30] or "x", channel=SHOP) for index in range(RULES_MAX)]
    return TeamSettings(
        routes=Routes(purposes={"replies": SHOP, "optouts": CLUB}, rules=tuple(rules)),
        conversations=ConversationPolicy(new_thread_days=None, resolve_hours=0),
        hours=OfficeHours(days=frozenset({6}), opens=time(0), closes=time(0)),
        auto_reply=AutoReply(text=text[:460]),
        free_typing=FreeTyping(channels=tuple(f"C{index:011d}" for index in range(20))),
        stop_words=StopWords(words=tuple(f"{index:02d}{'&' * 28}" for index in range(50))),
    )


@pytest.mark.parametrize("text", ["", *TEXTS], ids=lambda text: text[:8])
async def test_every_view_is_one_that_slack_takes(town: Town, text: str) -> None:
    settings = settings_for(town.slack, town.provider)
    for team in (TeamSettings(), crowded(text)):
        validate_view(overview(settings, team))
        validate_view(list_view(team))
        validate_view(list_view(team, ALICE))
        for part in PARTS.values():
            if part is not RULES:
                validate_view(form(settings, team, part))
                validate_view(overtaken_form(settings, team, part, BRUNO))
        validate_message(render(SHOP, team, f"{SHOP}.1763817600.000100")["blocks"])
    for senders in ([], ["ACME"]):
        validate_view(rule_form(RULE_FORM, senders))
        validate_view(rule_form(RULE_FORM, senders, channel=SHOP, about="x"))
    for choice in ("replies", "campaigns", "alerts", "optouts", "free", "nothing", "keyword", "campaign", "sender"):
        shown = decided(SHOP, Decision(ALICE, choice, text[:30]))
        validate_message(shown["blocks"])
        assert "<!channel>" not in str(shown)


async def test_what_admins_typed_rings_nobody(town: Town) -> None:
    view = overview(settings_for(town.slack, town.provider), crowded(HOSTILE))
    markup = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    assert "<!channel>" not in str(markup)
    assert "<@U0ALICE>" not in str(markup)
