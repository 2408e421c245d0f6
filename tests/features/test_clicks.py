"""Clicks on short links, counted on the card: each once, and the people behind them."""

from bot.sandbox.slack import show
from bot.smsfactor.sending import Recipient, SmsMessage
from tests.conftest import NUMBER, OTHER, Town

LINKED = "Voir https://example.org/soldes"


async def sent(town: Town) -> list[str]:
    """Send a link to two people; the message ids."""
    await town.send(f"{NUMBER} {OTHER}", LINKED, options=["links"])
    card = await town.card_says("Accepted")
    assert "0 clicks" in show(card)
    return [one["gsmsmsid"] for one in town.sends[-1].json["sms"]["recipients"]["gsm"]]


async def test_clicks_are_counted_and_so_are_the_people(town: Town) -> None:
    first, second = await sent(town)
    await town.provider.click(first)
    await town.card_says("1 click by 1 person")
    await town.provider.click(first)
    await town.card_says("2 clicks by 1 person")
    await town.provider.click(second)
    await town.card_says("3 clicks by 2 people")
    assert len(town.cards()) == 1


async def test_the_same_webhook_again_is_no_second_click(town: Town) -> None:
    first, second = await sent(town)
    clicked = (await town.provider.click(first))[0]
    await town.provider.redeliver(clicked)
    await town.provider.click(second)
    card = await town.card_says("by 2 people")
    assert "2 clicks" in show(card)


async def test_a_click_of_an_unknown_campaign_shows_nothing(town: Town) -> None:
    await town.desk.services.sms.send(*_of_another_program())
    message = next(iter(town.provider.campaigns.values())).messages[0]
    await town.provider.click(message.client_id)
    await town.provider.reply(NUMBER, "fin")
    await town.channel_says("fin")
    assert town.cards() == []


async def test_a_card_without_tracked_links_says_nothing_of_clicks(town: Town) -> None:
    await town.send(text=LINKED)
    card = await town.card_says("Accepted")
    assert "click" not in show(card).lower()


def _of_another_program() -> tuple[SmsMessage, list[Recipient]]:
    message = SmsMessage("Voir <-short->", links=("https://example.org",))
    return message, [Recipient(NUMBER, message_id="of-another-program")]
