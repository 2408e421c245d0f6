"""Held campaigns and lost answers, as the people at the desk see them."""

from dataclasses import replace

import pytest

from bot.sandbox.slack import show
from tests.conftest import NUMBER, QUICK, Town, open_town


def ticket(town: Town) -> str:
    """Of the last send."""
    return list(town.provider.campaigns)[-1]


async def held(town: Town) -> dict[str, object]:
    """Send something that the provider holds."""
    town.provider.hold()
    await town.send()
    return await town.card_says("Held")


async def test_a_held_campaign_is_held_and_neither_failed_nor_sent(town: Town) -> None:
    text = show(await held(town)).replace("*", "")
    assert "Held by SMSFactor's moderation" in text
    assert "Do not send it again" in text
    assert "1 held" in text
    for other in ("failed", "not sent", "accepted", "delivered"):
        assert other not in text.lower()
    assert town.provider.texts(NUMBER) == []


async def test_a_released_campaign_is_accepted_and_says_that_it_was_held(town: Town) -> None:
    await held(town)
    await town.provider.release(ticket(town))
    card = await town.card_says("Accepted")
    assert "held and released" in show(card)
    assert "1 accepted" in show(card)
    assert len(town.sends) == 1
    assert len(town.provider.texts(NUMBER)) == 1


async def test_a_refused_campaign_is_refused_and_the_credits_came_back(town: Town) -> None:
    await held(town)
    await town.provider.refuse(ticket(town))
    card = show(await town.card_says("Refused")).replace("*", "")
    assert "Nobody was texted" in card
    assert "1 refused" in card
    assert "1 credit, given back" in card


async def test_a_receipt_releases_a_held_campaign_before_anybody_looks(redis_url: str) -> None:
    slow = replace(QUICK, looks=(60.0,) * 4)
    async with open_town(redis_url, tempo=slow) as town:
        await held(town)
        await town.provider.release(ticket(town))
        message_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
        await town.provider.receipt(message_id, 3)
        card = await town.card_says("1 delivered")
        assert "Held" not in show(card)


async def test_after_its_time_the_card_says_that_nobody_looks_any_more(redis_url: str) -> None:
    impatient = replace(QUICK, looks_for=0.3)
    async with open_town(redis_url, tempo=impatient) as town:
        await held(town)
        card = show(await town.card_says("Ask its support")).replace("*", "")
        assert f"ticket {ticket(town)}" in card
        assert "given_up" not in card


@pytest.mark.parametrize("fault", ["drop_after", "garbage"])
async def test_a_lost_answer_is_unknown_until_the_list_shows_what_became_of_it(redis_url: str, fault: str) -> None:
    async with open_town(redis_url, tempo=replace(QUICK, unknown_looks=(1.0,) * 4)) as town:
        town.provider.fail("POST /send", fault)
        await town.send()
        unknown = show(await town.card_says("Unknown")).replace("*", "")
        assert "may or may not be on its way" in unknown
        assert "1 unknown" in unknown
        await town.card_says("Accepted")
        assert len(town.sends) == 1
        assert len(town.provider.texts(NUMBER)) == 1


async def test_what_the_list_never_shows_is_most_likely_not_sent(redis_url: str) -> None:
    async with open_town(redis_url, tempo=replace(QUICK, unknown_looks_for=0.3)) as town:
        town.provider.fail("POST /send", "drop")
        await town.send()
        card = show(await town.card_says("most likely not sent")).replace("*", "")
        assert card.startswith(":grey_question: Unknown")
        assert len(town.sends) == 1


async def test_the_status_counts_what_is_held_and_what_is_looked_up(town: Town) -> None:
    await held(town)
    answer = (await town.person().command("/sms", "status")).answer
    assert answer
    assert "held: *1*, being looked up: *0*" in str(answer["blocks"])


async def test_a_receipt_that_comes_before_the_lost_answer_is_given_up_shows_that_it_was_sent(redis_url: str) -> None:
    async with open_town(redis_url, tempo=replace(QUICK, send_patience=1.0, unknown_looks=(60.0,) * 4)) as town:
        town.provider.fail("/send", "timeout")
        await town.send()
        text = await town.provider.until(lambda: next(iter(town.provider.texts(NUMBER)), None))
        await town.provider.receipt(text.message_id)
        card = show(await town.card_says("has reported on every message"))
        assert "nknown" not in card
        assert len(town.sends) == 1
