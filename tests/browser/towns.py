"""The towns that tests look at: with bots that are forked, most of them quicker than in life."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from bot.sandbox.rehearsal import Opening
from bot.sandbox.town import Town, open_town
from bot.tempo import Tempo
from tests.nursery import ForkedBot, Nursery

POST_PACE = 0.1  # seconds between two posts to a channel, for the bot and for Slack
RECEIPT = 0.2  # seconds until a receipt
QUICK = replace(
    Tempo(),
    post_pace=POST_PACE,
    provider_pace=0.02,
    send_patience=10.0,
    settle_grace=15.0,
    triage=1.0,
    sweep=1.0,
)


def at_its_real_pace(nursery: Nursery) -> Opening:
    """As in ``make demo``."""
    return partial(open_town, start=partial(ForkedBot, nursery))


def quicker(nursery: Nursery) -> Opening:
    """For what shows the same however quick it is: people wait for posts, receipts and sweeps ten times as short."""
    start = partial(ForkedBot, nursery, tempo=QUICK)

    @asynccontextmanager
    async def opening(tell: Callable[[str], None]) -> AsyncIterator[Town]:
        async with open_town(tell, start) as town:
            town.slack.workspace.pace_seconds = POST_PACE
            town.provider.rules.receipt_after = RECEIPT
            yield town

    return opening
