"""R10: the flood limits hold, and what certainly was not sent takes no place. Exactness: tests/store/test_flood.py."""

import asyncio
import re

from bot.campaign_ids import new_id
from bot.store.campaign import MessageState, Order
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town, open_town


async def take_and_send(town: Town, texts: list[str], desk: int = 0) -> None:
    """Send each text to ``NUMBER``, all at once, past the form, as if each form had been checked before."""
    services = town.desks[desk].services
    orders = [Order(new_id(), ALICE, CHANNEL, text) for text in texts]
    for order in orders:
        await services.store.campaigns.create(order, [NUMBER])
    await asyncio.gather(*(services.outbox.send(order.id) for order in orders))


async def test_the_same_text_twice_in_an_hour_is_refused_in_the_form_with_the_time_when_it_is_free(town: Town) -> None:
    await town.send()
    await town.card_says("Accepted")
    filled = await town.fill()
    assert re.search(r"free again at \d\d:\d\d", filled.errors["to"])
    assert len(town.sends) == 1


async def test_a_sixth_text_in_an_hour_is_refused_and_another_number_is_not(town: Town) -> None:
    for index in range(5):
        await town.send(text=f"Message {index}")
    await town.provider.until(lambda: len(town.sends) == 5)
    filled = await town.fill(text="Message 6")
    assert "at most 5" in filled.errors["to"]
    both = await town.person().submit({"to": "06 12 34 56 78, 06 98 76 54 32"})
    assert both.action == "push"
    assert "1 got enough texts in the last hour" in town.slack.show(town.person().view)


async def test_campaigns_that_passed_the_form_together_cannot_pass_the_limit_together(redis_url: str) -> None:
    """Two desks, ten texts at one moment, five places."""
    async with open_town(redis_url, workers=2, serving=False, provider={"flood_per_hour": 100}) as town:
        await asyncio.gather(*(take_and_send(town, [f"{desk} {n}" for n in range(5)], desk) for desk in (0, 1)))
        assert len(town.provider.texts(NUMBER)) == 5
        found = await town.desk.services.store.campaigns.newest(20)
        assert sum(campaign.count(MessageState.FLOODED) for campaign in found) == 5


async def test_a_send_that_was_declined_gives_its_place_back_and_an_unknown_one_keeps_it(town: Town) -> None:
    town.provider.fail("POST /send", "refuse:-3")
    await town.send(text="Refusé")
    await town.card_says("Not sent")
    town.provider.fail("POST /send", "drop")
    await town.send(text="Perdu")
    await town.card_says("Unknown")

    again = await town.fill(text="Perdu")
    assert "free again" in again.errors["to"]
    await town.person().close()
    review = await town.fill(text="Refusé")
    assert review.action == "push"


async def test_a_send_that_the_provider_filtered_whole_gives_its_place_back(redis_url: str) -> None:
    """Status OK, nobody sent to: a country that the account may not text."""
    async with open_town(redis_url, workers=0, serving=False) as town:
        services = town.desk.services
        order = Order(new_id(), ALICE, CHANNEL, "Hello")
        await services.store.campaigns.create(order, ["447911123456"])
        await services.outbox.send(order.id)
        campaign = await services.store.campaigns.get(order.id)
        assert campaign
        assert campaign.filtered == {"not_allowed": 1}
        assert campaign.messages == {MessageState.NOT_SENT: 1}
        assert await services.store.flood.look(["447911123456"], "Hello") == {}


async def test_a_number_that_was_full_takes_no_place_from_the_others_of_its_campaign(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, serving=False) as town:
        services = town.desk.services
        await services.store.flood.take([NUMBER], "Bonjour", "an-earlier-one")
        order = Order(new_id(), ALICE, CHANNEL, "Bonjour")
        await services.store.campaigns.create(order, [NUMBER, OTHER])
        await services.outbox.send(order.id)
        (send,) = town.sends
        assert send.json["sms"]["recipients"]["gsm"] == [{"value": OTHER, "gsmsmsid": f"{order.id}-1"}]
