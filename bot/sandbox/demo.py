"""``make demo``: the whole bot on this machine, with a Slack and an SMSFactor of its own, and a tour of it."""

import asyncio
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.sandbox.bot_process import BotError, BotProcess
from bot.sandbox.onlooker import Onlooker
from bot.sandbox.screen import Screen
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.sandbox.stage import CHANNEL, Stage
from bot.sandbox.tour import TourError, take_tour

LOW = 500  # credits below which SMSFactor, and the bot, tell the team
HELD_WORD = "casino"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GO_ON = """\
The desk is up, and what happens in it is shown here. In another terminal you can act for the people:

  Alice types a command (the address ends with who it is: U0ALICE, U0BRUNO, U0CHLOE, U0GUEST)
    {curl} {slack}/_/people/U0ALICE/command -d '{{"command": "/sms", "text": "send 06 12 34 56 79 Bonjour"}}'
  Alice presses the button of the form that she sees: once to look, once more to send
    {curl} {slack}/_/people/U0ALICE/submit -d '{{}}'
  A phone answers
    {curl} {sms}/_/reply -d '{{"number": "33612345679", "text": "Merci !"}}'
  SMSFactor lets a held campaign go (a text with the word {held} is held; its card names the ticket)
    {curl} {sms}/_/release -d '{{"ticket": "TICKET-ON-ITS-CARD"}}'

All that these two know: {slack}/_/state  {sms}/_/state
The bot (process {pid}) answers at {bot}, its log is {log}
Ctrl-C ends everything and leaves nothing behind."""
CURL = "curl -sS --fail-with-body -o /dev/null -H 'Content-Type: application/json'"


@asynccontextmanager
async def open_sandbox(screen: Screen) -> AsyncIterator[tuple[Stage, BotProcess]]:
    """The two stand-ins and the bot between them, ready. Raises ``BotError`` if the bot does not get there."""
    with tempfile.TemporaryDirectory(prefix="sms-desk-") as directory:
        async with (
            SlackStandIn() as slack,
            SMSFactorStandIn(token=secrets.token_hex(16)) as provider,
            BotProcess(_settings(slack, provider), Path(directory)) as bot,
        ):
            slack.pace = True
            slack.connect(f"{bot.url}/slack/events")
            await _warn_below(provider, LOW)
            await bot.run("webhooks")  # the bot starts meanwhile
            await bot.ready()
            yield Stage(slack, provider, screen), bot


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


async def _warn_below(provider: SMSFactorStandIn, balance: int) -> None:
    """Set the alert of the account, as its owner does once (SMSFactor docs, notification)."""
    headers = {"Authorization": f"Bearer {provider.token}", "Accept": "application/json"}
    body = {"notification": {"alert_trigger": balance}}
    async with (
        aiohttp.ClientSession(headers=headers, raise_for_status=True) as session,
        session.put(f"{provider.url}/notification/balance", json=body),
    ):
        return


async def run_demo(*, tour: bool) -> int:
    """Until SIGINT, SIGTERM or SIGHUP; the exit status. 1 if the bot or the tour did not get to its end."""
    screen = Screen()
    stop = asyncio.Event()
    for name in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    playing = asyncio.create_task(_play(screen, tour=tour))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not playing.done():
        screen.say("\nEnding …")
        playing.cancel()
    try:
        await playing
    except asyncio.CancelledError:
        return 0
    except (BotError, TourError) as error:
        screen.say(f"\n{error}", "red")
    return 1


async def _play(screen: Screen, *, tour: bool) -> None:
    """Open, play the tour, and stay up. Raises ``BotError`` when the bot ends by itself."""
    screen.say("SMS desk: a Slack and an SMSFactor of our own on this machine, and the bot between them. Starting …")
    async with open_sandbox(screen) as (stage, bot):
        if tour:
            await _tour(stage, bot)
        stage.provider.rules.receipt_after = 2.0
        stage.provider.rules.moderation_words[HELD_WORD] = "release"
        screen.say("")
        screen.say(
            GO_ON.format(
                curl=CURL,
                slack=stage.slack.base_url,
                sms=stage.provider.url,
                held=HELD_WORD,
                pid=bot.pid,
                bot=bot.url,
                log=bot.log,
            )
        )
        watching = asyncio.create_task(Onlooker(stage).watch())
        try:
            status = await bot.wait()
        finally:
            watching.cancel()
        raise BotError(f"The bot ended by itself with status {status}.\n{bot.last_words()}")


async def _tour(stage: Stage, bot: BotProcess) -> None:
    try:
        await take_tour(stage)
    except TourError as error:
        raise TourError(f"{error}\n{bot.last_words()}") from error
