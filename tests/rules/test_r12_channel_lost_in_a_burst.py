"""R3, R5, R12: what waits for a channel when it is lost is shown elsewhere, none lost, none twice, in order."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.slack import show
from tests.conftest import CHANNEL, NUMBER, OTHER, QUICK, Town, open_town
from tests.test_routes import (
    LOSSES,
    SHOP,
    archived,
    cards,
    everything,
    in_threads,
    open_channels,
    route,
    says,
    threaded,
)

pytestmark = pytest.mark.faults


async def silent(town: Town, channel: str) -> None:
    """Archived, and the answer to what was posted last is lost: it stands there, and must not be shown again."""
    before = len(in_threads(town, channel, "t"))
    town.slack.fail("chat.postMessage", "drop_after", 2)
    await town.slack.until(lambda: len(in_threads(town, channel, "t")) > before)
    await archived(town, channel)


def said(town: Town, channels: tuple[str, ...], last: str) -> list[str]:
    """What a number has said, in the order in which its threads show it."""
    posts = [m for channel in channels for m in everything(town, channel) if m.get("thread_ts", m["ts"]) != m["ts"]]
    return [m["text"].rpartition(": ")[2] for m in posts if f"{last}: " in m["text"]]


@pytest.mark.parametrize("lose", [*LOSSES, silent], ids=lambda lose: lose.__name__)
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_burst_into_a_lost_channel_is_shown_elsewhere_once_and_in_order(
    redis_url: str, lose: Any, workers: int
) -> None:
    """Two people write quicker than Slack takes it, so many texts wait for the one channel when it is lost; those that
    come later go to the other one at once."""
    async with open_town(redis_url, workers=workers, tempo=replace(QUICK, post_pace=0.05)) as town:
        open_channels(town)
        await route(town, replies=SHOP)
        for number in (NUMBER, OTHER):
            await town.provider.reply(number, "t00")
        await threaded(town, SHOP, "t00", 2)

        async def write(number: str) -> None:
            for index in range(1, 31):
                await town.provider.reply(number, f"t{index:02d}")

        async def lose_it() -> None:
            await threaded(town, SHOP, "t04", 1)
            await lose(town, SHOP)

        await asyncio.gather(write(NUMBER), write(OTHER), lose_it())
        await threaded(town, CHANNEL, "t30", 2)
        await town.slack.until(lambda: all("t30" in show(card) for card in cards(town, CHANNEL)))
        for last in ("78", "32"):
            assert said(town, (SHOP, CHANNEL), last) == [f"t{index:02d}" for index in range(31)]
        assert len(cards(town, CHANNEL)) == 2
        assert len(await says(town, CHANNEL, f"cannot post in <#{SHOP}>")) == 1
        roots = {m["thread_ts"] for m in in_threads(town, CHANNEL, "t30")}
        assert roots == {card["ts"] for card in cards(town, CHANNEL)}
