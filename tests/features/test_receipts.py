"""Receipts: each message's end, in its own word, on the one card of its campaign."""

from typing import Any

import pytest
from aiohttp import ClientSession

from bot.sandbox.slack import show
from tests.conftest import NUMBER, OTHER, SECRET, Town


def message_ids(town: Town) -> list[str]:
    """Ours, of the last send."""
    return [one["gsmsmsid"] for one in town.sends[-1].json["sms"]["recipients"]["gsm"]]


async def sent(town: Town, to: str = NUMBER) -> list[str]:
    """Send, wait for the card, and give the message ids."""
    await town.send(to)
    await town.card_says("Accepted")
    return message_ids(town)


async def webhook(town: Town, **fields: Any) -> int:
    """A receipt of our own making."""
    headers = {"X-SMSFactor-Signature": SECRET}
    async with (
        ClientSession() as session,
        session.post(f"{town.url}/smsfactor/dlr", json=fields, headers=headers) as answer,
    ):
        return answer.status


async def status(town: Town) -> str:
    """What /sms status says."""
    answer = (await town.person().command("/sms", "status")).answer
    assert answer
    return show(answer).replace("*", "")


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (1, "sent"),
        (2, "failed"),
        (3, "delivered"),
        (4, "failed"),
        (5, "failed"),
        (6, "failed"),
        (7, "failed"),
        (9, "failed"),
        (11, "failed"),
        (12, "expired"),
    ],
)
async def test_every_code_has_its_word_on_the_card(town: Town, code: int, word: str) -> None:
    [message_id] = await sent(town)
    await town.provider.receipt(message_id, code)
    card = await town.card_says(f"1 {word}")
    assert "1 accepted" not in show(card)
    assert ("Done" in show(card)) == (word != "sent")


@pytest.mark.parametrize("code", [0, 8, 10, 99])
async def test_a_code_that_ends_nothing_changes_nothing(town: Town, code: int) -> None:
    first, second = await sent(town, f"{NUMBER} {OTHER}")
    await webhook(town, destination=NUMBER, status=str(code), message_id=first)
    await town.provider.receipt(second, 3)
    card = await town.card_says("1 delivered")
    assert "1 accepted" in show(card)


async def test_receipts_of_many_fold_into_one_card(town: Town) -> None:
    numbers = [f"336120000{index:02d}" for index in range(30)]
    ids = await sent(town, ",".join(numbers))
    for index, message_id in enumerate(ids):
        await town.provider.receipt(message_id, 12 if index % 10 == 0 else 3)
    card = await town.card_says("Done")
    assert "27 delivered\n3 expired" in show(card).replace("  ", "")
    assert len(town.cards()) == 1
    assert len(town.slack.called("chat.postMessage")) == 1


async def test_nothing_comes_back_from_an_end(town: Town) -> None:
    first, second = await sent(town, f"{NUMBER} {OTHER}")
    await town.provider.receipt(first, 3)
    await town.provider.receipt(first, 1)
    await town.provider.receipt(first, 12)
    await town.provider.receipt(second, 1)
    card = await town.card_says("1 sent")
    assert "1 delivered" in show(card)
    assert "expired" not in show(card)


async def test_not_delivered_may_become_delivered_later(town: Town) -> None:
    [message_id] = await sent(town)
    await town.provider.receipt(message_id, 2)
    await town.card_says("1 failed")
    await town.provider.receipt(message_id, 3)
    card = await town.card_says("1 delivered")
    assert "failed" not in show(card)


async def test_receipts_of_unknown_campaigns_are_counted_in_the_status_and_not_shown(town: Town) -> None:
    for message_id in ("c23456789-0", "another-programs-id", "c23456789-x", None):
        assert await webhook(town, destination=NUMBER, status="3", message_id=message_id, campaign_id="99") == 200
    [message_id] = await sent(town, OTHER)
    assert await webhook(town, destination=NUMBER, status="3", message_id=message_id.replace("-0", "-7")) == 200
    await town.provider.receipt(message_id, 3)
    await town.card_says("1 delivered")
    await town.provider.reply(NUMBER, "fin")  # of the same number: all before it has been worked through
    await town.channel_says("fin")
    assert "Receipts of campaigns that are not ours: 4" in await status(town)
    assert len(town.roots()) == 2


async def test_the_same_receipt_again_counts_once(town: Town) -> None:
    first, second = await sent(town, f"{NUMBER} {OTHER}")
    delivered = (await town.provider.receipt(first, 3))[0]
    for _ in range(3):
        await town.provider.redeliver(delivered)
    await town.provider.receipt(second, 12)
    card = await town.card_says("1 expired")
    assert "1 delivered" in show(card)
