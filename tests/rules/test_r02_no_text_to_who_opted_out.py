"""R2: no text to a number that opted out, whoever knows of it and whenever it was said."""

from typing import Any

import pytest

from bot.app import work
from bot.smsfactor.contacts import Contact
from tests.conftest import CHANNEL, NUMBER, OTHER, Town, open_town


async def say_stop(town: Town, number: str = NUMBER) -> None:
    """The number says STOP to the provider, whose webhook tells the bot; wait until it was told in the channel."""
    await town.provider.stop(number)
    await town.channel_says("said STOP")


async def bar_at_the_provider(town: Town, number: str) -> None:
    """The number lands on the provider's blacklist, and nobody tells the bot."""
    assert await town.desk.services.sms.add_to_blacklist([Contact(number)]) == 1


def prices(town: Town) -> int:
    """How often the provider was asked for a price."""
    return sum((r.method, r.path) == ("POST", "/send/simulate") for r in town.provider.requests)


def texted(town: Town) -> list[str]:
    """Every number that a POST /send named."""
    return [one["value"] for send in town.sends for one in send.json["sms"]["recipients"]["gsm"]]


async def test_a_number_that_said_stop_is_refused_under_its_field(town: Town) -> None:
    await say_stop(town)
    filled = await town.fill()
    assert "opted out" in filled.errors["to"]
    assert "Nothing was sent" in filled.errors["to"]
    assert town.sends == []


async def test_of_two_numbers_the_one_that_said_stop_is_left_out_and_the_review_says_so(town: Town) -> None:
    await say_stop(town)
    await town.fill(to="06 12 34 56 78, 06 98 76 54 32")
    review = town.slack.show(town.person().view)
    assert "1 opted out and cannot be texted" in review
    assert "To 1 person" in review
    await town.person().submit({})
    await town.card_says("1 left out: opted out")
    assert texted(town) == [OTHER]


@pytest.mark.parametrize("door", ["answer button", "message shortcut", "global shortcut", "command"])
async def test_no_door_leads_around_an_opt_out(town: Town, door: str) -> None:
    person = town.person()
    await town.provider.reply(NUMBER, "Bonjour ?")
    conversation = await town.channel_says("Bonjour ?")
    if door == "answer button":  # before: afterwards the form has no field
        await person.click(conversation, "answer_open")
    await say_stop(town)
    values: dict[str, Any] = {"to": "0612345678", "text": "Une réponse"}
    match door:
        case "answer button":
            values = {"answer_text": "Une réponse"}
        case "message shortcut":
            note = await person.write(CHANNEL, "Une réponse")
            await person.message_shortcut("send_as_sms", (CHANNEL, note["ts"]))
        case "global shortcut":
            await person.shortcut("send_sms")
        case "command":
            await person.command("/sms", "send 0612345678 Une réponse")
            values = {}
    submitted = await person.submit(values)
    [(field, words)] = submitted.errors.items()
    assert field in values or field == "to"
    assert "opted out" in words
    assert town.sends == []


async def test_a_number_that_only_the_provider_knows_to_have_opted_out_is_seen_in_the_review(redis_url: str) -> None:
    """No worker here: its check of the blacklist would know the number as well, and the form would refuse it."""
    async with open_town(redis_url, workers=0) as town:
        await bar_at_the_provider(town, NUMBER)
        filled = await town.fill()
        assert filled.action == "push"
        view = town.person().view
        assert view
        assert "1 on SMSFactor’s blacklist" in town.slack.show(view).replace("'", "’")
        assert not view.get("submit")


async def test_an_opt_out_at_the_provider_between_review_and_send_is_learned_and_obeyed(town: Town) -> None:
    await town.fill(to="06 12 34 56 78, 06 98 76 54 32")
    await bar_at_the_provider(town, NUMBER)
    await town.person().submit({})
    await town.card_says("1 left out: opted out")
    assert texted(town) == [OTHER]
    assert await town.desk.services.store.optouts.among([NUMBER]) == {NUMBER}


async def test_a_stop_between_review_and_confirmation_is_refused_where_it_was_the_only_number(town: Town) -> None:
    await town.fill()
    await say_stop(town)
    confirmed = await town.person().submit({})
    assert confirmed.delivery
    assert "opted out" in str(confirmed.delivery.answer)
    assert town.sends == []


async def test_a_stop_between_confirmation_and_send_is_obeyed(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        await town.send(to="06 12 34 56 78, 06 98 76 54 32")
        await town.provider.stop(NUMBER)  # it waits in the stream, like the send waits for a worker
        async with work(town.desk):
            await town.card_says("1 left out: opted out")
            await town.channel_says("will not be texted again")
        assert texted(town) == [OTHER]


async def test_a_stop_while_the_provider_is_asked_for_the_price_is_obeyed(redis_url: str) -> None:
    """The last look at the opt-outs comes after the simulation, which may take its time."""
    async with open_town(redis_url, workers=0) as town:
        await town.send()
        town.provider.fail("POST /send/simulate", 503, retry_after=0.5)  # asked again after half a second
        asked = prices(town)
        async with work(town.desk):
            await town.provider.until(lambda: prices(town) > asked)
            await town.desk.services.store.optouts.record(NUMBER, "STOP")
            await town.card_says("1 left out: opted out")
        assert town.sends == []


async def test_a_number_stays_barred_for_other_texts_and_other_people(town: Town) -> None:
    await say_stop(town)
    for who, text in (("U0ALICE", "Autre texte"), ("U0BRUNO", "Encore un")):
        filled = await town.fill(text=text, who=who)
        assert "opted out" in filled.errors["to"]
        await town.person(who).close(everything=True)
