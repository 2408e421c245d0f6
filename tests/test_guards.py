"""The guards of a draft: what may be sent to whom, in words that say how to mend it."""

import pytest

from bot.errors import Refused
from bot.guards import MAX_RECIPIENTS, Guards, compose
from bot.store.campaign import Order
from bot.store.drafts import Draft
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town, open_town


def draft(text: str = "Bonjour", numbers: int = 1, **more: object) -> Draft:
    """A filled form, to so many people."""
    order = Order("c1", ALICE, CHANNEL, text, **more)  # type: ignore[arg-type]
    return Draft(order, tuple(f"336{index:08}" for index in range(numbers)))


async def refusal(guards: Guards, filled: Draft) -> Refused:
    """What the guards say against it."""
    with pytest.raises(Refused) as caught:
        await guards.check(filled)
    return caught.value


async def test_more_recipients_than_one_person_may_send_to_are_refused_in_words(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, serving=False, approval_over=3) as town:
        guards = town.desk.services.guards
        assert len((await guards.check(draft(numbers=3))).numbers) == 3
        refused = await refusal(guards, draft(numbers=4))
        assert refused.field == "to"
        assert "4 recipients are above what one person may send alone here (3)" in refused.text
        assert "Nothing was sent" in refused.text


async def test_with_approval_over_zero_nobody_sends_alone_and_with_minus_one_everybody_does(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, serving=False, approval_over=0) as town:
        assert "(0)" in (await refusal(town.desk.services.guards, draft())).text
    async with open_town(redis_url, workers=0, serving=False, approval_over=-1) as town:
        plan = await town.desk.services.guards.check(draft(numbers=MAX_RECIPIENTS))
        assert plan.estimate == MAX_RECIPIENTS


async def test_more_than_one_request_can_hold_is_refused_whatever_approval_says(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, serving=False, approval_over=-1) as town:
        refused = await refusal(town.desk.services.guards, draft(numbers=MAX_RECIPIENTS + 1))
        assert (refused.field, "501 recipients are too many" in refused.text) == ("to", True)


async def test_fifty_one_numbers_are_refused_in_the_form_under_their_field(town: Town) -> None:
    numbers = " ".join(f"+336120000{index:02}" for index in range(51))
    filled = await town.fill(to=numbers)
    assert "above what one person may send alone here (50)" in filled.errors["to"]
    assert town.sends == []


@pytest.mark.parametrize(
    ("text", "segments"),
    [("a" * 1530, 10), ("é" * 1530, 10), ("ç" * 670, 10), ("😀" * 330, 10)],
)
async def test_a_text_of_ten_segments_passes_and_one_character_more_does_not(
    town: Town, text: str, segments: int
) -> None:
    plan = await town.desk.services.guards.check(draft(text))
    assert plan.measure.segments == segments
    refused = await refusal(town.desk.services.guards, draft(text + text[-1] * 6))
    assert refused.field == "text"
    assert "takes 11 SMS for each person; 10 is the most" in refused.text


async def test_five_thousand_emoji_are_refused_in_words(town: Town) -> None:
    refused = await refusal(town.desk.services.guards, draft("😀" * 5_000))
    assert refused.field == "text"
    assert "10 is the most. Nothing was sent. Shorten it." in refused.text


@pytest.mark.parametrize("text", ["Voici <-short->", "Voici <-stop->", "a <- b", "<-"])
async def test_the_providers_placeholder_typed_by_a_person_is_refused_under_its_field(town: Town, text: str) -> None:
    filled = await town.fill(text=text)
    assert "cannot be sent" in filled.errors["text"]
    assert town.sends == []


@pytest.mark.parametrize("text", ["", "   ", "\n\t \u00a0", "\u200b\u202e\x00 \ufeff", "\u2800\u3164"])
async def test_an_empty_text_is_refused(town: Town, text: str) -> None:
    refused = await refusal(town.desk.services.guards, draft(text))
    assert (refused.field, refused.text) == ("text", "Write the text of the SMS.")


@pytest.mark.parametrize("text", ["👩\u200d👩\u200d👧", ".", "\u202eשלום", "\U0001fae9"])
async def test_a_text_with_a_sign_that_can_be_seen_is_none(town: Town, text: str) -> None:
    await town.desk.services.guards.check(draft(text))


async def test_the_refusal_of_a_full_number_says_the_limits_as_they_are_set(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, serving=False, flood_per_hour=3, flood_same_text_per_hour=2) as town:
        store, guards = town.desk.services.store, town.desk.services.guards
        full = Draft(Order("c1", ALICE, CHANNEL, "Bonjour"), (NUMBER,))
        for claim in ("a", "b"):
            await guards.check(full)
            await store.flood.take([NUMBER], "Bonjour", claim)
        refused = await refusal(guards, full)
        assert "at most 3, and the same text at most 2" in refused.text


async def test_numbers_that_opted_out_and_numbers_that_are_full_are_both_named_when_nobody_is_left(town: Town) -> None:
    store = town.desk.services.store
    await store.optouts.record(NUMBER, "STOP", "mark")
    await store.flood.take([OTHER], "Bonjour", "earlier")
    refused = await refusal(town.desk.services.guards, Draft(Order("c1", ALICE, CHANNEL, "Bonjour"), (NUMBER, OTHER)))
    assert "free again at" in refused.text
    assert "The other numbers opted out" in refused.text


def test_links_become_placeholders_only_if_asked_for_and_keep_their_order() -> None:
    text = "Plan : https://example.org/a, aide (https://example.org/b?c=d)."
    plain = compose(Order("c1", ALICE, CHANNEL, text))
    assert (plain.text, plain.links) == (text, ())
    short = compose(Order("c1", ALICE, CHANNEL, text, links=True))
    assert short.text == "Plan : <-short->, aide (<-short->)."
    assert short.links == ("https://example.org/a", "https://example.org/b?c=d")


def test_unicode_is_asked_for_only_where_a_character_needs_it() -> None:
    assert not compose(Order("c1", ALICE, CHANNEL, "Été à Paris €")).unicode
    assert compose(Order("c1", ALICE, CHANNEL, "Comme ça")).unicode
