"""The App Home: each person's own inbox, what can be done there, and who sees nothing."""

import re
from typing import Any

import pytest

from bot import conversation
from bot.features.inbox._list import Show, Wanted
from bot.features.inbox._view import home_view, refused_home
from bot.sandbox.slack import show
from bot.slack.home import channel_menu, home, menu
from bot.store.conversations import Conversation, Incoming
from tests.block_kit import validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, OTHER, STRANGER, Town
from tests.features.test_inbox import crowd, overview, wrote
from tests.test_views import PARIS

ELSEWHERE = "C0RANDOM"


def read(town: Town, who: str = ALICE) -> str:
    """The Home as its person reads it, checked against Slack's description, without bold marks."""
    shown = town.person(who).home
    assert shown
    validate_view({name: shown[name] for name in ("type", "blocks", "private_metadata")})
    return show(shown).replace("*", "")


async def opened(town: Town, who: str = ALICE) -> str:
    """Open the Home; what it says."""
    result = await town.person(who).open_home()
    assert result.status == 200
    return read(town, who)


async def click(town: Town, action_id: str, value: str | None = None, who: str = ALICE, **more: Any) -> str:
    """Click or choose something in the Home; what it says then."""
    person = town.person(who)
    assert person.home
    await person.click(person.home, action_id, value, **more)
    return read(town, who)


def listed(text: str) -> list[str]:
    """The last two digits of those that a Home lists, from above."""
    return re.findall(r"•• (\d\d)(?= ·|$)", text, re.MULTILINE)


async def heard(town: Town, number: str, channel: str) -> Conversation:
    """Somebody waits in a channel, by memory alone."""
    about, _ = await town.desk.services.store.conversations.hear(
        number,
        conversation.new_id(),
        Incoming(f"mark of {number}", "Bonjour", None, "webhook", None),
        channel=channel,
        new_thread_after=-1,
        wants_answer=True,
    )
    await town.desk.services.store.inbox.note(about)
    return about


# What it shows


async def test_the_home_shows_what_is_mine_then_nobody_s_then_what_others_owe(town: Town) -> None:
    numbers = {"mine": NUMBER, "unassigned": OTHER, "bruno's": "33655443322", "asleep": "33644556677"}
    for number in numbers.values():
        await wrote(town, number, number[-4:])
    store = town.desk.services.store.conversations
    await store.claim(numbers["mine"], ALICE)
    await store.claim(numbers["bruno's"], BRUNO)
    await store.snooze(numbers["asleep"], 0)
    text = await opened(town)
    assert listed(text) == ["78", "32", "22", "77"]
    assert text.startswith("3 wait for an answer, the longest since")
    titles = [line for line in text.splitlines() if re.fullmatch(r"[A-Z][\w', ]+ · 1", line)]
    assert titles == ["Mine · 1", "Unassigned · 1", "Colleagues', waiting · 1", "Snoozed · 1"]
    assert "Snoozed until they write · unassigned" in text
    assert listed(await opened(town, BRUNO)) == ["22", "32", "78", "77"], "each their own"


async def test_an_empty_home_is_no_error(town: Town) -> None:
    text = await opened(town)
    assert "Nobody waits, and nothing is open." in text
    assert "Resolve several" not in text


async def test_what_was_chosen_stays_chosen_when_the_home_is_opened_again(town: Town) -> None:
    await wrote(town, NUMBER, "un")
    await wrote(town, OTHER, "deux")
    await opened(town)
    await town.desk.services.store.conversations.claim(NUMBER, ALICE)
    assert listed(await click(town, "inbox_show", "unassigned")) == ["32"]
    await wrote(town, "33655443322", "trois")
    assert listed(await opened(town)) == ["32", "22"]
    assert "‹Unassigned›" in read(town)
    assert listed(await click(town, "inbox_show", "overview")) == ["78", "32", "22"]


async def test_refresh_shows_what_came_meanwhile(town: Town) -> None:
    await opened(town)
    await wrote(town, NUMBER)
    assert listed(await click(town, "inbox_refresh")) == ["78"]


async def test_three_hundred_conversations_fit_and_the_rest_is_a_click_away(town: Town) -> None:
    await crowd(town, 300)
    text = await opened(town)
    assert "300 wait" in text
    assert len(listed(text)) == 10
    assert listed(text)[:3] == ["00", "01", "02"], "who waits longest stands first"
    person = town.person()
    more = next(
        block for block in (person.home or {})["blocks"] if block.get("accessory", {}).get("value") == "unassigned"
    )
    text = await click(town, "inbox_show", "unassigned", block_id=more["block_id"])
    assert len(listed(text)) == 30
    assert "270 more: `/sms inbox unassigned words` narrows it down" in text
    assert len((person.home or {})["blocks"]) <= 100


async def test_channels_can_be_chosen_where_there_are_several(town: Town) -> None:
    await heard(town, NUMBER, CHANNEL)
    assert "channel" not in await opened(town)
    await heard(town, OTHER, ELSEWHERE)
    text = await opened(town)
    assert "In any channel" in text
    assert len(listed(text)) == 2
    text = await click(town, "inbox_channel", CHANNEL)
    assert listed(text) == ["78"]
    assert text.startswith("1 waits")
    text = await click(town, "inbox_show", "mine")
    assert "There is nothing like that in the inbox." in text, "for it was asked of one channel"
    await click(town, "inbox_show", "overview")
    await town.desk.services.store.conversations.resolve(NUMBER)
    assert (await click(town, "inbox_refresh")).startswith(":sparkles: Nobody waits, and nothing is open in #")
    text = await click(town, "inbox_channel_any")
    assert len(listed(text)) == 1
    assert "All channels" not in text


async def test_all_channels_can_be_chosen_again(town: Town) -> None:
    await heard(town, NUMBER, CHANNEL)
    await heard(town, OTHER, ELSEWHERE)
    await opened(town)
    await click(town, "inbox_channel", CHANNEL)
    text = await click(town, "inbox_channel_any")
    assert len(listed(text)) == 2
    assert "All channels" not in text


async def test_no_whole_number_and_no_mention_by_a_customer_is_in_the_home(town: Town) -> None:
    await wrote(town, NUMBER, "<!channel> <@U0BRUNO> & co")
    await opened(town)
    shown = town.person().home or {}
    assert NUMBER[-8:] not in re.sub(r"\s", "", str(shown))
    assert "<!channel>" in show(shown)
    marked = [block["text"]["text"] for block in shown["blocks"] if block["type"] == "section"]
    assert not any("<!channel>" in text for text in marked)


# Who sees nothing


@pytest.mark.parametrize("who", [GUEST, STRANGER, "U0ROBOT"])
async def test_who_may_not_sees_a_sentence_and_no_data(town: Town, who: str) -> None:
    await wrote(town, NUMBER, "Un secret")
    await town.slack.event({"type": "app_home_opened", "user": who, "channel": "D0X", "tab": "home", "event_ts": "1.0"})
    text = read(town, who)
    assert "Only full members" in text
    assert len(text.splitlines()) == 1
    assert "secret" not in str(town.person(who).home)


async def test_a_member_who_became_a_guest_is_shown_nothing_any_more(town: Town) -> None:
    await wrote(town, NUMBER, "Un secret")
    assert "secret" in await opened(town, BRUNO)
    before = town.person(BRUNO).home
    await town.slack.change_user(BRUNO, is_restricted=True)
    await town.person(BRUNO).click(before or {}, "inbox_claim")
    assert "Only full members" in show(town.person(BRUNO).view or {})
    assert "unassigned" in str(town.roots())
    assert "Only full members" in await opened(town, BRUNO)
    assert "secret" not in str(town.person(BRUNO).home)


async def test_when_slack_does_not_say_who_it_is_nothing_is_shown(town: Town) -> None:
    await wrote(town, NUMBER, "Un secret")
    town.slack.fail("users.info", 500, 3)
    assert "Slack did not say who you are" in await opened(town, BRUNO)
    assert "secret" not in str(town.person(BRUNO).home)


async def test_the_messages_tab_is_no_home(town: Town) -> None:
    await town.slack.event(
        {"type": "app_home_opened", "user": ALICE, "channel": "D0X", "tab": "messages", "event_ts": "1.0"}
    )
    assert town.person().home is None


# What can be done


async def test_claim_in_the_home_makes_it_mine_in_the_home_and_on_the_card(town: Town) -> None:
    await wrote(town, NUMBER)
    await opened(town)
    text = await click(town, "inbox_claim")
    assert "Mine · 1" in text
    assert "Claim" not in text
    await town.channel_says(f"assigned to <@{ALICE}>")
    assert town.person().view is None


async def test_a_second_claim_is_told_whose_it_is_and_sees_it(town: Town) -> None:
    await wrote(town, NUMBER)
    for who in (ALICE, BRUNO):
        await opened(town, who)
    await click(town, "inbox_claim")
    text = await click(town, "inbox_claim", who=BRUNO)
    assert f"@{ALICE} was quicker" in show(town.person(BRUNO).view or {})
    assert f"assigned to @{ALICE}" in text
    assert "Mine" not in text.splitlines()[2]


async def test_claim_of_a_forgotten_conversation_says_so_and_it_leaves_the_home(town: Town) -> None:
    await wrote(town, NUMBER)
    await opened(town)
    await town.desk.services.store.redis.delete(f"conversation:{{{NUMBER}}}")
    text = await click(town, "inbox_claim")
    assert "the desk has forgotten it" in show(town.person().view or {})
    assert listed(text) == []


async def test_those_that_are_resolved_in_the_form_leave_the_home(town: Town) -> None:
    for number in (NUMBER, OTHER):
        await wrote(town, number, number)
    await opened(town)
    await click(town, "inbox_show", "unassigned")
    await click(town, "inbox_many")
    person = town.person()
    options = [one["value"] for one in (person.view or {})["blocks"][0]["element"]["options"]]
    await person.submit({"which": options[:1]})
    assert "1 resolved." in show(person.view or {}).replace("*", "")
    assert listed(read(town)) == ["32"]
    assert "‹Unassigned›" in read(town)


async def test_reply_opens_the_form_of_an_answer_in_the_home_in_the_list_and_on_the_contact(town: Town) -> None:
    await wrote(town, NUMBER, "C'est ouvert ?")
    await opened(town)
    person = town.person()
    for where in (
        person.home,
        (await person.command("/sms", "inbox")).answer,
        (await person.command("/sms", "contact 06 12 34 56 78")).answer,
    ):
        await person.click(where or {}, "answer_open")
        assert person.view
        assert "C'est ouvert ?" in show(person.view)
        await person.close()


async def test_what_cannot_be_done_is_said_over_the_home(town: Town) -> None:
    """Nothing can be pushed upon a Home: a form opens."""
    await wrote(town, NUMBER)
    await opened(town)
    await town.desk.services.store.conversations.resolve(NUMBER)
    await click(town, "inbox_many")
    assert "There is nothing to resolve" in show(town.person().view or {})


# Slack's faults


async def test_a_home_that_somebody_was_quicker_to_publish_is_read_anew(town: Town) -> None:
    await wrote(town, NUMBER)
    town.slack.fail("views.publish", "hash_conflict")
    assert listed(await opened(town)) == ["78"]
    assert len(town.slack.called("views.publish")) == 2


@pytest.mark.parametrize("how", [429, 500, "timeout_after", "drop", "not_enabled", "hash_conflict"])
async def test_an_act_is_done_though_slack_does_not_take_the_home(town: Town, how: int | str) -> None:
    await wrote(town, NUMBER)
    await opened(town)
    before = town.person().home or {}
    town.slack.fail("views.publish", how, 2)
    await town.person().click(before, "inbox_claim")
    await town.channel_says(f"assigned to <@{ALICE}>")


async def test_an_event_is_answered_though_slack_does_not_take_the_home(town: Town) -> None:
    """Else Slack would tell it again, and in the end nothing any more."""
    town.slack.fail("views.publish", "view_too_large", 2)
    result = await town.person().open_home()
    assert result.status == 200
    assert town.person().home is None


# Views


def test_the_longest_home_of_the_worst_names_and_texts_is_one_that_slack_takes() -> None:
    shown = home_view(overview(10))
    validate_view(shown)
    assert len(shown["blocks"]) <= 100
    assert len(str(shown)) < 250_000


def test_refusals_are_views_that_slack_takes() -> None:
    validate_view(refused_home("Only <members> & " + "x" * 4_000))


def test_a_home_that_slack_would_refuse_is_refused_here() -> None:
    with pytest.raises(ValueError, match="1 to 100 blocks"):
        home([])
    with pytest.raises(ValueError, match="modals only"):
        home([{"type": "alert"}])
    with pytest.raises(ValueError, match="no option has the value"):
        menu("m", [], initial="x")
    with pytest.raises(ValueError, match="placeholder"):
        channel_menu("m", initial=None, placeholder="")


@pytest.mark.parametrize("shown", Show)
def test_every_list_is_one_that_the_menu_offers(shown: Show) -> None:
    listing = overview(0)
    view = home_view(type(listing)(Wanted(shown), listing.counts, PARIS))
    validate_view(view)
    assert view["blocks"][1]["elements"][0]["initial_option"]["value"] == shown
