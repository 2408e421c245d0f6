"""The desk is invited into a channel: it asks what the channel is for, and an admin's choice holds at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.app import open_desk, work
from bot.sandbox.slack import Result, show
from bot.store.team import FreeTyping, Routes, Rule, TeamSettings
from tests.block_kit import validate_message
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town

CHLOE = "U0CHLOE"
SHOP = "C0SHOP"
BUTTONS = ["All replies", "Some replies…", "Campaign cards", "Alerts", "Opt-outs", "Free typing", "Nothing"]


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """A channel without the desk; Alice and Bruno are admins."""
    async with open_town(redis_url, admins=BRUNO) as opened:
        add_shop(opened)
        yield opened
        away = ("conversations.info", "chat.postEphemeral")  # of a channel that the desk is not in, on purpose
        assert [one for one in opened.slack.refused if one.where not in away] == []


def add_shop(town: Town, kind: Any = "public") -> None:
    """A channel without the desk."""
    town.slack.world.add_channel(SHOP, "shop", [ALICE, BRUNO, CHLOE], creator=ALICE, kind=kind)


async def invite(town: Town, who: str = CHLOE, channel: str = SHOP) -> dict[str, Any]:
    """Somebody invites the desk; what it says."""
    await town.person(who).invite(channel, town.slack.world.bot_user_id)
    return await town.slack.until(lambda: next(iter(own(town, channel)), None))


def own(town: Town, channel: str = SHOP) -> list[dict[str, Any]]:
    """What the desk has said in a channel; that it has come in is said by Slack, in its name."""
    return [one for one in town.slack.messages(channel) if one.get("metadata")]


async def says(town: Town, words: str, channel: str = SHOP) -> dict[str, Any]:
    """Wait until the question, or what became of it, says this."""
    return await town.slack.until(lambda: next((m for m in own(town, channel) if words in said(m)), None))


def said(message: dict[str, Any]) -> str:
    """A message as a person reads it, without bold marks."""
    return show(message).replace("*", "").replace("`", "")


async def choose(town: Town, choice: str, who: str = ALICE) -> Result:
    """Click an answer of the question."""
    return await town.person(who).click((SHOP, own(town)[0]["ts"]), f"settings_invited_{choice}")


async def chosen(town: Town) -> TeamSettings:
    return await town.desk.services.store.team.settings()


async def audited(town: Town) -> list[tuple[str, str]]:
    entries = reversed(await town.desk.services.store.audit.last(100))
    return [(entry["who"], entry["subject"]) for entry in entries if entry["what"] == "settings"]


def whispered(town: Town, who: str) -> str:
    """The last that only this person was told."""
    return str(town.person(who).ephemerals[-1]["text"])


async def test_an_invitation_is_answered_by_one_question(town: Town) -> None:
    question = await invite(town)
    assert "What is #C0SHOP for?" in said(question)
    for words in (
        "All replies: conversations with people who write by SMS open here",
        "Some replies: only those that begin with a keyword",
        "Free typing: in threads of conversations here all that you write goes out as SMS",
        "An admin of the desk chooses one; /sms settings adds more.",
    ):
        assert words in said(question)
    validate_message(question["blocks"])
    buttons = next(block for block in question["blocks"] if block["type"] == "actions")
    assert [one["text"]["text"] for one in buttons["elements"]] == BUTTONS
    assert "What is this channel for?" in question["text"]
    assert len(own(town)) == 1
    assert town.slack.messages(CHANNEL) == []


async def test_a_private_channel_gets_the_question_too(redis_url: str) -> None:
    async with open_town(redis_url) as town:
        add_shop(town, "private")
        assert "What is" in said(await invite(town))


async def test_an_event_that_comes_again_asks_nothing_again(town: Town) -> None:
    """Under the same id, and, if that was forgotten, under what the event says."""
    await invite(town)
    joined = next(d for d in town.slack.requests if d.payload.get("event", {}).get("type") == "member_joined_channel")
    await town.slack.deliver_again(joined)
    await town.desk.services.store.redis.delete(f"told:{{event:{joined.payload['event_id']}}}")
    assert (await town.slack.deliver_again(joined)).status == 200
    await choose(town, "nothing")
    await says(town, "nothing new")
    assert len(own(town)) == 1


async def test_somebody_else_who_comes_in_is_nothing_to_the_desk(town: Town) -> None:
    await invite(town)
    await town.person(ALICE).invite(SHOP, "U0GUEST")
    await town.person(ALICE).invite(SHOP, "U0ROBOT")
    await choose(town, "nothing")
    await says(town, "nothing new")
    assert len(own(town)) == 1


async def test_in_the_desk_s_own_channel_there_is_nothing_to_ask(town: Town) -> None:
    members = town.slack.world.channels[CHANNEL].members
    members.remove(town.slack.world.bot_user_id)
    greeting = await invite(town, ALICE, CHANNEL)
    assert "The SMS desk is in" in greeting["text"]
    assert "for?" not in said(greeting)
    assert not greeting.get("blocks")


async def test_an_invitation_is_not_forgotten_if_slack_does_not_say_who_we_are(town: Town) -> None:
    await town.slack.change_user(CHLOE, locale="fr-FR")  # Bolt itself has asked by now
    town.slack.fail("auth.test", 500, 2)
    await invite(town)
    assert len(own(town)) == 1


async def test_an_invitation_while_no_worker_runs_is_answered_by_the_next(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        add_shop(town)
        await town.person(CHLOE).invite(SHOP, town.slack.world.bot_user_id)
        assert own(town) == []
        async with open_desk(town.settings, redis_url, town.tempo) as worker, work(worker):
            await says(town, "What is #C0SHOP for?")


# What is chosen


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("replies", "all replies that no rule sends elsewhere"),
        ("campaigns", "the cards of campaigns"),
        ("alerts", "alerts: a low balance"),
        ("optouts", "opt-outs of people"),
    ],
)
async def test_a_purpose_is_chosen_by_a_click_and_the_question_says_who_did(
    town: Town, choice: str, words: str
) -> None:
    await invite(town)
    await choose(town, choice)
    answered = await says(town, f"@{ALICE} chose what #C0SHOP is for: {words}")
    validate_message(answered["blocks"])
    assert not any(block["type"] == "actions" for block in answered["blocks"]), "decided, so the buttons are gone"
    assert len(own(town)) == 1
    assert (await chosen(town)).routes == Routes(purposes={choice: SHOP})  # type: ignore[dict-item]
    assert await audited(town) == [(ALICE, "channels")]


async def test_replies_come_in_from_the_next_sms_on(town: Town) -> None:
    await invite(town)
    await choose(town, "replies", BRUNO)
    await town.provider.reply(NUMBER, "Bonjour")
    await town.slack.until(lambda: any("Bonjour" in said(one) for one in own(town)))
    assert town.slack.messages(CHANNEL) == []


async def test_free_typing_asks_before_and_says_what_it_means_after(town: Town) -> None:
    question = await invite(town)
    button = next(b for b in question["blocks"][1]["elements"] if b["action_id"] == "settings_invited_free")
    assert "everything that is written is sent to the person" in button["confirm"]["text"]["text"]
    await town.person(ALICE).click((SHOP, question["ts"]), "settings_invited_free", confirm=False)
    assert (await chosen(town)).free_typing == FreeTyping()
    await choose(town, "free")
    await says(town, "everything goes out but what begins with note:")
    assert (await chosen(town)).free_typing == FreeTyping(channels=(SHOP,))
    assert await audited(town) == [(ALICE, "free_typing")]


async def test_nothing_is_a_choice_too(town: Town) -> None:
    await invite(town)
    await choose(town, "nothing")
    await says(town, f"@{ALICE} chose what #C0SHOP is for: nothing new. What was shown here before still is")
    assert await chosen(town) == TeamSettings()


async def test_some_replies_ask_which_and_become_a_rule(town: Town) -> None:
    await invite(town)
    opened = await choose(town, "some")
    assert opened.view
    assert "The conversations will open in #C0SHOP." in said(opened.view)
    wrong = await town.person(ALICE).submit({"value": "deux mots"})
    assert "one word" in wrong.errors["value"]
    assert (await town.person(ALICE).submit({"value": "Promo"})).action == "close"
    await says(town, f"@{ALICE} chose what #C0SHOP is for: some replies. SMS that begin with Promo open here.")
    rule = Rule(kind="keyword", value="Promo", channel=SHOP)
    assert (await chosen(town)).routes == Routes(rules=(rule,))
    assert await audited(town) == [(ALICE, "rules")]
    await town.provider.reply(NUMBER, "promo !")
    await town.provider.reply(OTHER, "bonjour")
    await town.slack.until(lambda: any("promo !" in said(one) for one in own(town)))
    await town.channel_says("bonjour")


async def test_some_replies_may_be_those_to_a_campaign_or_a_sender_name(town: Town) -> None:
    await town.send(text="Soldes")
    await town.card_says("Accepted")
    ticket = (await town.desk.services.store.campaigns.newest(1))[0].ticket
    await invite(town)
    await choose(town, "some")
    assert (await town.person(ALICE).submit({"kind": "campaign", "value": ticket})).action == "close"
    await says(town, "some replies. Answers to campaign c")
    [rule] = (await chosen(town)).routes.rules
    assert (rule.kind, rule.channel) == ("campaign", SHOP)
    assert rule.value.startswith("c")


# Who may choose, and who was first


@pytest.mark.parametrize("choice", ["replies", "some", "free", "nothing"])
async def test_only_an_admin_chooses_and_others_are_told_privately(town: Town, choice: str) -> None:
    await invite(town, CHLOE)
    refused = await choose(town, choice, CHLOE)
    assert refused.view is None
    assert "Only admins can do this" in whispered(town, CHLOE)
    assert await chosen(town) == TeamSettings()
    assert any(block["type"] == "actions" for block in own(town)[0]["blocks"])


async def test_who_is_no_admin_any_more_cannot_submit_the_form(town: Town) -> None:
    await invite(town)
    await choose(town, "some")
    await town.slack.change_user(ALICE, is_admin=False)
    await town.person(ALICE).submit({"value": "promo"})
    assert "Only admins can do this" in show(town.person(ALICE).view or {})
    assert await chosen(town) == TeamSettings()


async def test_the_first_choice_holds_and_a_second_admin_is_told(town: Town) -> None:
    """The second one's screen has not caught up."""
    question = await invite(town)
    await choose(town, "alerts")
    await says(town, "chose what")
    await town.person(BRUNO).click(question, "settings_invited_replies")
    assert f"<@{ALICE}> has chosen already: *alerts*" in whispered(town, BRUNO)
    await town.person(BRUNO).click(question, "settings_invited_some")
    assert "has chosen already" in whispered(town, BRUNO)
    assert town.person(BRUNO).view is None
    assert (await chosen(town)).routes == Routes(purposes={"alerts": SHOP})
    assert await audited(town) == [(ALICE, "channels")]


async def test_a_form_that_was_open_while_another_chose_saves_nothing(town: Town) -> None:
    await invite(town)
    await choose(town, "some", BRUNO)
    await choose(town, "alerts", ALICE)
    await town.person(BRUNO).submit({"value": "promo"})
    assert "Somebody has chosen meanwhile" in show(town.person(BRUNO).view or {})
    assert (await chosen(town)).routes == Routes(purposes={"alerts": SHOP})


async def test_the_same_click_three_times_is_one_choice(town: Town) -> None:
    question = await invite(town)
    await asyncio.gather(*(town.person(ALICE).click(question, "settings_invited_free") for _ in range(3)))
    await says(town, "free typing")
    assert (await chosen(town)).free_typing.channels == (SHOP,)
    assert await audited(town) == [(ALICE, "free_typing")]
    assert town.person(ALICE).ephemerals == []


async def test_the_same_form_twice_is_one_rule(town: Town) -> None:
    await invite(town)
    await choose(town, "some")
    await town.person(ALICE).fill({"value": "promo"})
    form = town.person(ALICE).view
    assert form
    await asyncio.gather(*(town.person(ALICE).submit(view=form) for _ in range(2)))
    assert len((await chosen(town)).routes.rules) == 1
    assert await audited(town) == [(ALICE, "rules")]


async def test_of_two_admins_in_the_same_moment_each_knows_what_holds(town: Town) -> None:
    """The question names the first; if both were in time, the second is told that theirs holds as well."""
    question = await invite(town)
    clicks = {ALICE: "alerts", BRUNO: "campaigns"}
    await asyncio.gather(
        *(town.person(who).click(question, f"settings_invited_{choice}") for who, choice in clicks.items())
    )
    answered = said(await says(town, "chose what"))
    first = next(who for who in clicks if f"@{who}" in answered)
    second = BRUNO if first == ALICE else ALICE
    purposes = (await chosen(town)).routes.purposes
    assert purposes[clicks[first]] == SHOP  # type: ignore[index]
    words = whispered(town, second)
    assert ("Both hold now" in words) == (clicks[second] in purposes)
    assert ("has chosen already" in words) == (clicks[second] not in purposes)


async def test_a_channel_that_the_desk_has_left_meanwhile_is_not_chosen(town: Town) -> None:
    question = await invite(town)
    await town.person(ALICE).remove(SHOP, town.slack.world.bot_user_id)
    await town.person(ALICE).click(question, "settings_invited_replies")
    assert await chosen(town) == TeamSettings()
    await town.person(ALICE).click(question, "settings_invited_some")
    answer = await town.person(ALICE).submit({"value": "promo"})
    assert "The desk is not in #shop" in answer.errors["value"]
    assert await chosen(town) == TeamSettings()


async def test_a_desk_that_comes_back_asks_again_and_says_what_it_does_there(town: Town) -> None:
    await invite(town)
    await choose(town, "replies")
    await says(town, "chose what")
    await town.person(ALICE).remove(SHOP, town.slack.world.bot_user_id)
    await town.person(ALICE).invite(SHOP, town.slack.world.bot_user_id)
    await says(town, "At present: replies.")
    assert len(own(town)) == 2


async def test_a_choice_that_slack_does_not_show_is_shown_when_it_can(town: Town) -> None:
    await invite(town)
    town.slack.fail("chat.update", 500, 3)
    await choose(town, "alerts")
    await says(town, "chose what")
    assert len(own(town)) == 1
