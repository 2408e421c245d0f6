"""Every message and form that the desk can show, against Slack's own description of what it takes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.campaigns import render, render_foreign, render_list
from bot.features.send import form, review_form
from bot.guards import Plan
from bot.sandbox.slack import show
from bot.slack.forms import notice
from bot.slack.markup import escape
from bot.smsfactor.errors import Declined
from bot.smsfactor.history import CampaignReport
from bot.smsfactor.models import Sending
from bot.smsfactor.sending import FILTERS
from bot.smsfactor.text import measure
from bot.store.campaign import Campaign, CampaignState, MessageState, Order
from bot.store.drafts import Draft
from bot.words import WORDS
from tests.block_kit import validate_message, validate_view
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town

PARIS = ZoneInfo("Europe/Paris")
MESSAGE_TEXT_MAX = 12_000  # of all blocks together; above it Slack answers msg_blocks_too_long
TEXT_MAX = 4_000  # Slack docs, chat.update

HOSTILE = "<!channel> *bold* _x_ `y` & <https://evil.example|click> :tada:\n> quoted\r\n\t<@U0ALICE>"
TEXTS = ["Bonjour", HOSTILE, "&" * 3000, "<" * 3000, "é\n" * 1500, "👩‍👩‍👧‍👦" * 400, "مرحبا " * 500, " "]
STATE_WORDS = {
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


def campaign(state: CampaignState = CampaignState.ACCEPTED, **more: Any) -> Campaign:
    """A campaign to one person, as it stands after SMSFactor took it."""
    order = Order("c7k2m9q34", ALICE, CHANNEL, more.pop("text", "Bonjour"), created=1_763_817_600.0)
    order = replace(order, **{name: more.pop(name) for name in ("kind", "sender", "links") if name in more})
    messages = more.pop("messages", {MessageState.ACCEPTED: 1})
    return Campaign(order, state, sum(messages.values()), messages, **more)


def read(shown: Mapping[str, Any]) -> str:
    """A message as a person reads it, checked against Slack's description first."""
    blocks = list(shown["blocks"])
    validate_message(blocks)
    assert len(shown["text"]) <= TEXT_MAX
    assert sum(map(len, _texts(blocks))) <= MESSAGE_TEXT_MAX
    return show(dict(shown))


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if isinstance(thing.get("text"), str):
            yield thing["text"]
        for inner in thing.values():
            yield from _texts(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from _texts(inner)


# The card


@pytest.mark.parametrize("state", CampaignState)
def test_a_card_says_its_state_in_a_word_in_blocks_and_in_text(state: CampaignState) -> None:
    """Never by an emoji alone; and screen readers and notifications get the text."""
    shown = render(campaign(state))
    assert STATE_WORDS[state] in read(shown).splitlines()[0]
    assert str(shown["text"]).startswith(f"Campaign c7k2m9q34: {STATE_WORDS[state]}")


@pytest.mark.parametrize("why", ["", "given_up_looking"])
@pytest.mark.parametrize("state", CampaignState)
def test_no_state_of_a_card_takes_the_word_of_another(state: CampaignState, why: str) -> None:
    shown = render(campaign(state, why=why, messages={MessageState.WAITING: 1}))
    assert [word for word in STATE_WORDS.values() if f"*{word}*" in str(shown["blocks"])] == [STATE_WORDS[state]]


@pytest.mark.parametrize("state", MessageState)
def test_a_card_counts_a_message_under_its_own_word(state: MessageState) -> None:
    shown = render(campaign(messages={state: 7}))
    counted = [line for line in read(shown).splitlines() if line.strip().startswith("7 ")]
    assert [line.strip() for line in counted] == [f"7 {WORDS[state]}"]
    assert f"7 {WORDS[state]}" in str(shown["text"])


def test_a_card_tells_messages_of_every_state_apart() -> None:
    shown = render(campaign(messages=dict.fromkeys(MessageState, 1)))
    text = read(shown)
    for word in set(WORDS.values()):
        many = sum(one == word for one in WORDS.values())
        assert f"{many} {word}" in text


def test_a_card_is_done_when_every_message_is_reported_on() -> None:
    reported = {MessageState.DELIVERED: 2, MessageState.EXPIRED: 1, MessageState.FAILED: 1, MessageState.OPTED_OUT: 1}
    assert "Done" in read(render(campaign(messages=reported)))
    assert "Done" not in read(render(campaign(messages={**reported, MessageState.SENT: 1})))
    assert "Done" not in read(render(campaign(messages={MessageState.OPTED_OUT: 1})))


def test_done_is_not_said_to_be_delivered() -> None:
    shown = render(campaign(messages={MessageState.FAILED: 3}))
    assert "delivered" not in read(shown).lower() + str(shown["text"]).lower()


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        ({MessageState.ACCEPTED: 3}, "2 accepted"),
        ({MessageState.ACCEPTED: 1, MessageState.DELIVERED: 2}, "2 delivered"),
        ({MessageState.HELD: 3}, "2 held"),
        ({MessageState.REFUSED: 3}, "2 refused"),
    ],
)
def test_who_was_filtered_is_counted_as_filtered_and_as_nothing_else(
    messages: dict[MessageState, int], says: str
) -> None:
    """The provider says how many it filtered, not whom; our byte for them is that of the others."""
    text = read(render(campaign(messages=messages, filtered={"blacklisted": 1})))
    assert says in text
    assert "1 filtered" in text
    assert "1 accepted" not in text


def test_a_card_with_filtered_numbers_is_done_when_the_others_are_reported_on() -> None:
    messages = {MessageState.ACCEPTED: 1, MessageState.DELIVERED: 2}
    assert "Done" in read(render(campaign(messages=messages, filtered={"npai": 1})))


def test_a_campaign_that_was_filtered_whole_says_filtered_and_not_that_it_failed() -> None:
    shown = render(
        campaign(CampaignState.FILTERED, messages={MessageState.NOT_SENT: 2}, filtered={"blacklisted": 1, "npai": 1})
    )
    text = read(shown)
    assert "2 filtered" in text
    assert "not sent" not in text
    assert "nothing was charged" in text


def test_every_filter_of_the_provider_has_words() -> None:
    filtered = {name: count for count, name in enumerate(FILTERS, start=2)}
    text = read(render(campaign(messages={MessageState.ACCEPTED: 99}, filtered=filtered)))
    for name, count in filtered.items():
        assert f"{count} {FILTERS[name]}" in text
        assert name in {"duplicated", "other"} or name not in text or name in FILTERS[name]


def test_a_filter_that_nobody_knows_is_shown_by_its_name() -> None:
    assert "1 moon_phase" in read(render(campaign(filtered={"moon_phase": 1})))


def test_a_refused_card_gives_the_credits_back() -> None:
    shown = read(render(campaign(CampaignState.REFUSED, cost=3, messages={MessageState.REFUSED: 3})))
    assert "3 credits, given back" in shown


def test_a_card_that_was_held_says_so_after_its_release() -> None:
    assert "held and released" in read(render(campaign(was_held=True)))


def test_the_provider_s_reason_stands_on_the_card_and_cannot_ring() -> None:
    why = "SMSFactor refused it (status -7): “<!channel> Données invalides”."
    shown = render(campaign(CampaignState.FAILED, why=why, messages={MessageState.NOT_SENT: 1}))
    assert why in read(shown)
    assert "<!channel>" not in str(shown)


@pytest.mark.parametrize("state", [CampaignState.HELD, CampaignState.UNKNOWN])
def test_a_card_says_when_nobody_looks_any_more_and_what_to_do(state: CampaignState) -> None:
    text = read(render(campaign(state, why="given_up_looking", ticket="20480001")))
    assert "given_up_looking" not in text
    assert "Ask its support" in text or "Check on SMSFactor's site" in text


def test_numbers_of_one_are_in_the_singular() -> None:
    one = campaign(cost=1, replies=1, stops=1, links=True, clicks=1, clickers=1)
    text = read(render(one))
    for words in ("1 credit\n", "1 reply, 1 STOP", "1 click by 1 person"):
        assert words in text + "\n"
    text = read(render(replace(one, cost=2, replies=2, clicks=2, clickers=2)))
    for words in ("2 credits", "2 replies, 1 STOP", "2 clicks by 2 people"):
        assert words in text


def test_clicks_without_a_person_are_only_counted() -> None:
    assert "3 clicks\n" in read(render(campaign(links=True, clicks=3))) + "\n"


def test_the_card_says_who_sent_it_from_which_name_and_its_ids() -> None:
    text = read(render(campaign(sender="ACME", kind="marketing", ticket="20480001")))
    for words in ("c7k2m9q34", "U0ALICE", "marketing", "from ACME", "ticket 20480001"):
        assert words in text


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
def test_a_text_is_shown_as_it_was_typed_and_rings_nobody(text: str) -> None:
    shown = render(campaign(text=text))
    assert "<!channel>" not in str(shown["text"])
    assert [part["type"] for part in shown["blocks"][1]["elements"][0]["elements"]] == ["text"]
    quoted = read(shown).splitlines()[1]
    assert quoted.startswith("> ")
    if len(text) < 100:
        assert quoted.removeprefix("> ").rstrip() == text.splitlines()[0].rstrip()


CAMPAIGNS = st.builds(
    campaign,
    st.sampled_from(CampaignState),
    text=st.text(max_size=3000),
    kind=st.sampled_from(["alert", "marketing"]),
    sender=st.none() | st.just("ACME"),
    links=st.booleans(),
    messages=st.dictionaries(st.sampled_from(MessageState), st.integers(1, 500), min_size=1),
    ticket=st.none() | st.text("0123456789abcdef", min_size=1, max_size=24),
    cost=st.integers(0, 10_000),
    filtered=st.dictionaries(st.sampled_from(list(FILTERS)), st.integers(1, 500)),
    why=st.text(max_size=500) | st.just("given_up_looking"),
    was_held=st.booleans(),
    clicks=st.integers(0, 10**6),
    clickers=st.integers(0, 500),
    replies=st.integers(0, 500),
    stops=st.integers(0, 500),
)


@settings(deadline=None)
@given(CAMPAIGNS)
def test_every_card_is_one_that_slack_takes(one: Campaign) -> None:
    read(render(one))


@settings(deadline=None)
@given(st.lists(CAMPAIGNS, min_size=1, max_size=14))
def test_every_list_of_campaigns_is_one_that_slack_takes(found: list[Campaign]) -> None:
    text = read(render_list(found))
    assert ("more; add words" in text) == (len(found) > 10)


@settings(deadline=None)
@given(
    st.builds(
        lambda **fields: CampaignReport.model_validate(fields),
        id=st.text(min_size=1, max_size=40),
        text=st.text(max_size=3000),
        status=st.text(max_size=40),
        cost=st.integers(0, 10**6),
        delivered=st.integers(0, 500),
        error=st.integers(0, 500),
        npai=st.integers(0, 500),
        total=st.integers(0, 500),
    )
)
def test_every_report_of_another_program_is_one_that_slack_takes(report: CampaignReport) -> None:
    assert "Not sent from this desk" in read(render_foreign(report))


# The forms

PHONES = st.integers(100_000_000, 899_999_999).map(lambda digits: f"33{digits}")


@settings(deadline=None)
@given(text=st.text(max_size=4000), number=st.text(max_size=4000), senders=st.lists(st.just("ACME"), max_size=1))
def test_every_form_is_one_that_slack_takes(text: str, number: str, senders: list[str]) -> None:
    validate_view(form("c7k2m9q34", senders, number, text))


@settings(deadline=None)
@given(
    text=st.text(min_size=1, max_size=3000).filter(str.strip),
    numbers=st.lists(PHONES, min_size=1, max_size=500, unique=True),
    opted_out=st.frozensets(PHONES, max_size=3),
    flooded=st.dictionaries(PHONES, st.floats(1.7e9, 1.9e9), max_size=3),
    links=st.booleans(),
    price=st.none()
    | st.builds(Declined, st.just(-3), st.text(max_size=200), st.text(max_size=4000))
    | st.builds(
        Sending,
        status=st.just(1),
        cost=st.integers(0, 5000),
        credits=st.integers(0, 5000),
        total=st.integers(0, 500),
        sent=st.integers(0, 500),
        blacklisted=st.integers(0, 500),
        npai=st.integers(0, 500),
        country_limit=st.integers(0, 500),
    ),
)
def test_every_review_is_one_that_slack_takes(
    text: str,
    numbers: list[str],
    opted_out: frozenset[str],
    flooded: dict[str, float],
    links: bool,
    price: Sending | Declined | None,
) -> None:
    draft = Draft(Order("c7k2m9q34", ALICE, CHANNEL, text, links=links), tuple(numbers))
    view = review_form(PARIS, draft, Plan(tuple(numbers), opted_out, flooded, measure(text)), price)
    validate_view(view)
    can_send = price is None or (isinstance(price, Sending) and price.sent > 0)
    assert ("submit" in view) == can_send


@settings(deadline=None)
@given(st.text(min_size=1, max_size=4000))
def test_every_notice_is_one_that_slack_takes(words: str) -> None:
    validate_view(notice(escape(words)))


# What is posted by the rooms, seen through the whole desk


async def test_what_the_rooms_post_and_answer_is_what_slack_takes(town: Town) -> None:
    """One of each: cards, replies with and without a campaign, opt-outs, alerts, and every command's answer."""
    await town.send(f"{NUMBER} {OTHER}", HOSTILE)
    await town.card_says("Accepted")
    await town.provider.reply(NUMBER, HOSTILE)
    await town.provider.reply(NUMBER, "&" * 1500)
    await town.provider.stop(OTHER)
    await town.provider.balance_alert()
    await town.channel_says("Low balance")
    await town.channel_says("said STOP")
    await town.slack.until(lambda: len(town.roots()) >= 3)
    for root in town.roots():
        for message in town.slack.thread(CHANNEL, root["ts"]):
            if message.get("blocks"):
                read(message)
    for words in ("help", "nosuch <!channel>", "status", "balance", "campaigns", "campaigns zebra", "campaign"):
        answer = (await town.person().command("/sms", words)).answer
        assert answer, words
        if answer.get("blocks"):
            read(answer)
    assert town.slack.refused == []
