"""Every card of a conversation and every form of its menu, against Slack's own description of what it takes."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import phone
from bot.features.triage._card import PREVIEW, Known, render, render_ended
from bot.features.triage._views import block_form, handed_over, opt_out_form, snooze_form, transfer_form
from bot.sandbox.slack import show
from bot.store.conversation import Conversation, ConversationState, Text
from tests.block_kit import validate_view
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER
from tests.test_views import PARIS, TEXTS, campaign, read

NOW = 1_770_000_000.0
ABOUT = Conversation("k0123456789", NUMBER, channel=CHANNEL, state=ConversationState.OPEN)
NIGHT = datetime(2026, 3, 11, 9, tzinfo=PARIS)
STATES = {
    "Waiting since": replace(ABOUT, since=NOW - 60),
    "Open, nobody waits": ABOUT,
    "Snoozed until <": replace(ABOUT, state=ConversationState.SNOOZED, snooze=NOW + 60),
    "Snoozed until they write": replace(ABOUT, state=ConversationState.SNOOZED),
    "Resolved by": replace(ABOUT, state=ConversationState.RESOLVED, ended=NOW, ended_by=BRUNO),
    "Blocked as a nuisance by": replace(ABOUT, state=ConversationState.RESOLVED, blocked=ALICE),
}


def says(known: Known) -> str:
    """The card as a person reads it, without bold marks, checked first."""
    return read(render(known)).replace("*", "")


def labels(known: Known) -> list[str]:
    """What can be clicked on the card: its buttons, then the lines of its ⋯ menu."""
    elements = render(known)["blocks"][-1]["elements"]
    menu = [option["text"]["text"] for option in elements[-1]["options"]]
    return [button["text"]["text"] for button in elements[:-1]] + menu


@pytest.mark.parametrize("words", STATES)
def test_a_card_says_how_it_stands_in_words_also_where_no_blocks_are_shown(words: str) -> None:
    shown = render(Known(STATES[words], PARIS, now=NOW))
    assert words.replace("<", "") in read(shown).replace("*", "")
    others = [other for other in STATES if other.replace("<", "") in read(shown).replace("*", "")]
    assert words in others
    assert str(shown["text"]).startswith(f"{phone.mask(NUMBER)}: ")
    texts = {str(render(Known(about, PARIS, now=NOW))["text"]) for about in STATES.values()}
    assert len(texts) == 5, "a snooze is a snooze"


@pytest.mark.parametrize("words", STATES)
@pytest.mark.parametrize("owner", ["", ALICE])
@pytest.mark.parametrize("opted_out", [False, True])
def test_a_card_offers_what_can_be_done_and_nothing_else(words: str, owner: str, opted_out: bool) -> None:
    known = Known(replace(STATES[words], owner=owner), PARIS, opted_out=opted_out, now=NOW)
    offered = labels(known)
    about = known.about
    is_open, is_resolved = about.state is ConversationState.OPEN, about.state is ConversationState.RESOLVED
    assert ("Claim" in offered) == (not owner and not about.blocked)
    assert ("Resolve" in offered) == ("Snooze…" in offered) == (not is_resolved)
    assert ("Reopen" in offered) == (not is_open and not about.blocked)
    assert ("Hear them again" in offered) == bool(about.blocked)
    assert ("Block nuisance…" in offered) == (not about.blocked)
    assert ("Opt out…" in offered) == (not opted_out)
    assert ("Reply" in offered) == (not opted_out and not about.blocked)
    assert {"Transfer…", "Reveal number"} <= set(offered)


@pytest.mark.parametrize("words", STATES)
def test_who_opted_out_is_said_to_have_once_and_never_to_wait(words: str) -> None:
    known = Known(STATES[words], PARIS, opted_out=True, now=NOW)
    text = says(known)
    assert text.count("Opted out: they cannot be texted any more") == 1
    assert ("Open" in text, "Waiting" in text) == (False, False)
    assert str(render(known)["text"]).endswith(", opted out")
    assert "wait" not in str(render(known)["text"])


@pytest.mark.parametrize("number", ["36035", "Chronopost"])
@pytest.mark.parametrize("words", STATES)
def test_the_card_of_a_program_says_once_that_it_cannot_be_answered_and_offers_no_reply(
    words: str, number: str
) -> None:
    known = Known(replace(STATES[words], number=number), PARIS, now=NOW)
    text = says(known)
    assert text.count("This is a short code or a sender's name: it cannot be answered.") == 1
    assert "Waiting" not in text
    assert "waiting" not in str(render(known)["text"])
    assert "Reply" not in labels(known)
    assert "Transfer…" in labels(known)


def test_who_blocked_them_and_where_their_texts_are_is_on_the_card_of_a_nuisance() -> None:
    text = says(Known(replace(ABOUT, state=ConversationState.RESOLVED, blocked=ALICE), PARIS, now=NOW))
    assert "what they write is kept, but not shown in the channel; `/sms contact` shows it." in text


def test_times_are_those_of_the_team_where_slack_shows_no_others() -> None:
    """In notifications and old clients. It is 03:40 in Paris, and 02:40 in Greenwich."""
    stands = str(render(Known(replace(ABOUT, since=NOW), PARIS, answers=campaign(), now=NOW))["blocks"])
    assert f"*Waiting* since <!date^{NOW:.0f}^{{date_short_pretty}} {{time}}|2026-02-02 03:40 CET>" in stands
    assert re.search(r"in answer to `\w+`, <!date\^[^|]+\|[^>]+ CES?T>", stands)


def test_every_value_names_the_card_and_none_a_number() -> None:
    """*Resolve* says in addition when the SMS came that the card shows, in seconds of Unix time."""
    for about in STATES.values():
        elements = render(Known(about, PARIS))["blocks"][-1]["elements"]
        values = [element.get("value", "") for element in elements]
        values += [option["value"].partition(" ")[2] for option in elements[-1]["options"]]
        named = {value.removesuffix(f" {about.last_in}") for value in values if value}
        assert named <= {about.id, about.subject}


def test_the_words_of_a_nuisance_are_not_on_its_card() -> None:
    last = Text("m1", "Répondez !!!", NOW)
    assert "Répondez" in says(Known(ABOUT, PARIS, last=last))
    assert "Répondez" not in says(Known(replace(ABOUT, blocked=ALICE), PARIS, last=last))


def test_who_is_writing_is_on_the_card_for_as_long_as_it_counts() -> None:
    about = replace(ABOUT, composing=f"{BRUNO} {NOW + 120}")
    assert f"@{BRUNO} is writing an answer" in says(Known(about, PARIS, now=NOW + 119))
    assert "is writing" not in says(Known(about, PARIS, now=NOW + 120))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
def test_an_sms_a_name_and_a_campaign_are_shown_as_they_were_written_and_ring_nobody(text: str) -> None:
    shown = render(Known(ABOUT, PARIS, name=text, last=Text("m1", text, NOW), answers=campaign(text=text), now=NOW))
    read(shown)
    assert "<!channel>" not in str([block for block in shown["blocks"] if block["type"] != "rich_text"])
    assert "<!channel>" not in str(shown["text"])
    [quoted] = [block for block in shown["blocks"] if block["type"] == "rich_text"]
    [piece] = quoted["elements"][0]["elements"]
    assert piece["type"] == "text"
    assert piece["text"].rstrip("…") == text[: PREVIEW - (len(text) > PREVIEW)]


CONVERSATIONS = st.builds(
    Conversation,
    st.just(ABOUT.id),
    st.sampled_from([NUMBER, "36035", "Chronopost", "+", ""]),
    episode=st.integers(1, 10**6),
    state=st.sampled_from(ConversationState),
    owner=st.sampled_from(["", ALICE]),
    since=st.just(0.0) | st.floats(1, 4e9),
    snooze=st.just(0.0) | st.floats(1, 4e9),
    ended=st.just(0.0) | st.floats(1, 4e9),
    ended_by=st.sampled_from(["", ALICE]),
    blocked=st.sampled_from(["", BRUNO]),
    composing=st.sampled_from(["", f"{ALICE} {NOW + 5}"]),
)


@given(
    st.builds(
        Known,
        CONVERSATIONS,
        st.just(PARIS),
        name=st.text(max_size=200),
        last=st.none() | st.builds(Text, st.just("m1"), st.text(max_size=3000), st.floats(0, 4e9)),
        answers=st.none() | st.builds(campaign, text=st.text(max_size=3000)),
        opted_out=st.booleans(),
        now=st.just(NOW),
    )
)
def test_every_card_is_one_that_slack_takes(known: Known) -> None:
    read(render(known))


@given(CONVERSATIONS, st.text(max_size=200), st.sampled_from(["", "https://desk.slack.com/archives/C0SMS/p1770000000"]))
def test_every_card_of_an_earlier_thread_is_one_that_slack_takes(about: Conversation, name: str, link: str) -> None:
    shown = render_ended(about, name, link)
    assert "in a newer thread" in read(shown)
    assert (link or "newer") in str(shown["blocks"])
    assert "actions" not in str(shown["blocks"])


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
def test_a_note_of_a_transfer_is_shown_as_it_was_written_and_rings_nobody_but_the_new_owner(text: str) -> None:
    said = handed_over(ALICE, BRUNO, text)
    assert text[:50].splitlines()[0].strip() in read(said)
    assert str(said["text"]).startswith(f":handshake: <@{ALICE}> handed this over to <@{BRUNO}>.")
    assert "<!channel>" not in str(said["text"])


@given(st.text(max_size=1000))
def test_every_transfer_is_one_that_slack_takes(note: str) -> None:
    read(handed_over(ALICE, BRUNO, note))


@given(st.text(max_size=300))
def test_every_form_is_one_that_slack_takes(who: str) -> None:
    about = f"{ABOUT.subject} 0123456789abcdef"
    for view in (
        transfer_form(about, who),
        snooze_form(about, who, NIGHT),
        opt_out_form(about, who),
        block_form(about, who),
    ):
        validate_view(view)
        assert view["private_metadata"] == about
        assert view["submit"]["text"] != view["close"]["text"]


@pytest.mark.parametrize("form", [opt_out_form, block_form])
def test_a_question_says_what_it_does_before_it_is_done(form: Any) -> None:
    shown = show(form("k1.1 x", "<!channel> · +33 6 •• •• •• 78"))
    assert "<!channel>" in shown
    assert "campaign" in shown


def test_the_question_of_a_block_says_where_their_texts_are() -> None:
    shown = show(block_form("k1.1", "+33 6 •• •• •• 78"))
    assert "is kept, but not shown in the channel; `/sms contact` shows it." in shown
