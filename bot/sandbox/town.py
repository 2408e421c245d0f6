"""A town to rehearse in: a Slack, an SMSFactor, the real bot between them, and a clock that jumps for all three."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from bot.sandbox.bot_process import ROOT, BotError, BotProcess
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.manifest import read_manifest
from bot.sandbox.smsfactor import SMSFactorStandIn

CHANNEL = "C0SMS"
LOW = 500  # credits below which SMSFactor, and the bot, tell the team
HELD_WORD = "casino"  # a text with it is held, until somebody at the provider decides
RECEIPT_SECONDS = 2.0

Run = Literal["starting", "running", "ended"]


@dataclass
class Town:
    """Everything at its real pace. ``run`` says how the bot does, ``words`` why it ended; ``tell`` hears them."""

    slack: SlackStandIn
    provider: SMSFactorStandIn
    bot: BotProcess
    tell: Callable[[str], None]
    run: Run = "starting"
    words: str = ""
    ahead: float = 0.0
    changes: Changes = field(default_factory=Changes)

    async def settled(self) -> None:
        """Wait until the bot runs, or has ended."""
        await self.changes.until(lambda: self.run != "starting", None)

    async def ready(self) -> None:
        """Wait until the bot runs. Raises ``BotError`` if it ended instead."""
        await self.settled()
        if self.run == "ended":
            raise BotError(self.words)

    async def jump(self, seconds: float) -> None:
        """Let time pass for the bot, Slack and the provider. Raises ``ValueError`` for going back, ``BotError``."""
        if not 0 <= seconds <= timedelta(days=366).total_seconds():
            raise ValueError("the clock goes forward, by a year at most")
        await self.bot.set_ahead(self.ahead + seconds)
        self.ahead += seconds
        self.slack.jump(seconds)
        self.provider.jump(seconds)
        self.changes.ring()

    def now(self) -> datetime:
        """The town's time, in Paris."""
        return self.provider.now()

    async def _watch(self) -> None:
        """Follow the bot from its start to its end."""
        try:
            await self.bot.run("webhooks")  # while it starts
            await self.bot.ready()
        except BotError as error:
            self._end(str(error))
            return
        self.run = "running"
        self.changes.ring()
        status = await self.bot.wait()
        self._end(f"The bot ended by itself with status {status}.\n{self.bot.last_words()}")
        self.tell(self.words)

    def _end(self, words: str) -> None:
        self.run, self.words = "ended", words
        self.changes.ring()


Start = Callable[[Mapping[str, str], Path], BotProcess]
"""Settings and a directory → a bot that is started when it is entered."""


@asynccontextmanager
async def open_town(tell: Callable[[str], None], start: Start = BotProcess) -> AsyncIterator[Town]:
    """Both stand-ins are there at once; the bot starts behind (see ``Town.ready``). Nothing of it stays on the disk."""
    slack_side = SlackStandIn(manifest=read_manifest(ROOT / "manifest.yml"))
    provider_side = SMSFactorStandIn(token=secrets.token_hex(16), receipt_after=RECEIPT_SECONDS)
    with tempfile.TemporaryDirectory(prefix="sms-desk-") as directory:
        async with slack_side as slack, provider_side as provider:
            slack.pace = True
            provider.rules.moderation_words[HELD_WORD] = "release"
            await provider.control.verbs["trigger"]({"balance": LOW})
            async with start(_settings(slack, provider), Path(directory)) as bot:
                slack.connect(f"{bot.url}/slack/events")
                town = Town(slack, provider, bot, tell)
                watching = asyncio.create_task(town._watch())  # noqa: SLF001 - its own room
                try:
                    yield town
                finally:
                    watching.cancel()
                    await asyncio.wait({watching})


def _settings(slack: SlackStandIn, provider: SMSFactorStandIn) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "SLACK_CHANNEL": CHANNEL,
        "SMSFACTOR_TOKEN": provider.token,
        "SMSFACTOR_API_URL": provider.url,
        "SMSFACTOR_WEBHOOK_SECRET": secrets.token_hex(16),
        "SENDERS": "ACME",
        "BALANCE_ALERT": str(LOW),
    }
