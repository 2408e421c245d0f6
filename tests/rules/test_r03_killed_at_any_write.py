"""R3 and R4: what the provider was told 200 for has its one effect, wherever the worker that relays it is killed."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.campaign_ids import new_id
from bot.store.campaign import MessageState, Order
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town
from tests.rules.killing import (
    Moment,
    Story,
    assert_counters_are_the_sum_of_the_bytes,
    eventually,
    kill_at_every_write,
)
from tests.rules.webhooks import key_of
from tests.rules.worker_process import Nursery

CAMPAIGN = new_id()
FIRST, SECOND = "Je viens avec Paul", "Plutôt vers midi"

pytestmark = pytest.mark.faults


async def send(town: Town) -> None:
    """A campaign with a link, to two people; it has left, and no worker has been up since."""
    services = town.desk.services
    order = Order(CAMPAIGN, ALICE, CHANNEL, "Le plan : https://example.org/plan", links=True)
    await services.store.campaigns.create(order, [NUMBER, OTHER])
    await services.outbox.send(CAMPAIGN)
    assert len(town.provider.texts(NUMBER)) == 1


async def hear_replies(town: Town) -> None:
    """The first person answers twice."""
    await send(town)
    for text in (FIRST, SECOND):
        (delivery,) = await town.provider.reply(NUMBER, text)
        assert delivery.http_status == 200


async def replies_shown(town: Town) -> None:
    """Both replies are in the channel, and counted."""
    await town.slack.until(lambda: saying(town, FIRST) and saying(town, SECOND), 20)
    await eventually(partial(counted, town, replies=2))


async def check_replies_once(town: Town) -> None:
    """Each is there once, in order, in the thread of the one card."""
    [card] = [root for root in town.roots() if key_of(root).startswith("conversation:")]
    [first], [second] = saying(town, FIRST), saying(town, SECOND)
    assert town.slack.thread(CHANNEL, card["ts"])[1:] == [
        {**message, "channel": CHANNEL} for message in (first, second)
    ]
    await check_campaign(town, replies=2)


async def hear_the_rest(town: Town) -> None:
    """A receipt for each, a click, and the second person says STOP, which comes as STOP and as a reply."""
    await send(town)
    provider = town.provider
    deliveries = await provider.receipt(f"{CAMPAIGN}-0", 3) + await provider.receipt(f"{CAMPAIGN}-1", 12)
    deliveries += await provider.click(f"{CAMPAIGN}-0") + await provider.stop(OTHER, "Stop svp", also_mo=True)
    assert [delivery.http_status for delivery in deliveries] == [200] * 5


async def the_rest_shown(town: Town) -> None:
    """The STOP is told, and all of it is counted."""
    await town.slack.until(lambda: saying(town, "will not be texted again"), 20)
    await eventually(partial(counted, town, replies=1, stops=1, clicks=1))
    await town.slack.until(lambda: card_says(town, "1 delivered") and card_says(town, "1 expired"), 20)


async def check_the_rest_once(town: Town) -> None:
    """Told once, counted once, recorded."""
    assert len(saying(town, "will not be texted again")) == 1
    assert len(saying(town, "Stop svp")) == 1
    assert await town.desk.services.store.optouts.among([NUMBER, OTHER]) == {OTHER}
    await check_campaign(town, replies=1, stops=1, clicks=1, clickers=1)
    campaign = await town.desk.services.store.campaigns.get(CAMPAIGN)
    assert campaign
    assert campaign.messages == {MessageState.DELIVERED: 1, MessageState.EXPIRED: 1}


async def counted(town: Town, **figures: int) -> bool:
    """Whether the campaign's counters have come so far."""
    campaign = await town.desk.services.store.campaigns.get(CAMPAIGN)
    return all(getattr(campaign, name) >= figure for name, figure in figures.items())


async def check_campaign(town: Town, **figures: int) -> None:
    """One card; the figures, no more; and counters that agree with the messages."""
    campaign = await town.desk.services.store.campaigns.get(CAMPAIGN)
    assert {name: getattr(campaign, name) for name in figures} == figures
    assert len(town.cards()) == 1
    await assert_counters_are_the_sum_of_the_bytes(town, CAMPAIGN)


def saying(town: Town, words: str) -> list[dict[str, Any]]:
    """The messages of the channel and its threads that say so; the campaign's card is none of them."""
    messages: list[dict[str, Any]] = town.slack.snapshot()["channels"][CHANNEL]["messages"]
    return [message for message in messages if words in message["text"]]


def card_says(town: Town, words: str) -> bool:
    """Whether the campaign's card says ``words``."""
    return any(words in str(card["blocks"]) for card in town.cards())


@pytest.mark.timeout(180)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_killed_at_any_write_shows_each_reply_once_and_in_its_thread(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    story = Story(hear_replies, replies_shown, check_replies_once)
    writes = await kill_at_every_write(story, moment, bots, tmp_path)
    assert any("conversation:" in write for write in writes)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_killed_at_any_write_counts_receipts_and_clicks_once_and_tells_a_stop_once(
    moment: Moment, bots: Nursery, tmp_path: Path
) -> None:
    story = Story(hear_the_rest, the_rest_shown, check_the_rest_once)
    writes = await kill_at_every_write(story, moment, bots, tmp_path)
    assert any("optout:" in write for write in writes)
