"""``make demo``: a town with the whole bot in it, and a page to use it on, until Ctrl-C."""

import asyncio
import os
import signal
import sys
import webbrowser
from dataclasses import dataclass

from bot.sandbox.bot_process import BotError
from bot.sandbox.onlooker import Onlooker
from bot.sandbox.page.server import Page
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.screen import Screen
from bot.sandbox.tour import STEPS

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GO_ON = """\
The desk is up. Use it, with its phones and its provider, at

  {page}

The bot (process {pid}) answers at {bot}, its log is {log}
Ctrl-C ends everything and leaves nothing behind."""
ENDED = "Reset, on the page, starts a new one."


class TourError(Exception):
    """The tour came to a halt. The text says where, and why."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. ``tour``: play every step here in the terminal. ``browser``: open the page in it."""

    host: str = "127.0.0.1"
    port: int = 0
    tour: bool = False
    browser: bool = True


async def run_demo(wishes: Wishes) -> int:
    """Until SIGINT, SIGTERM or SIGHUP; the exit status. 1 if the bot or the tour did not get to its end."""
    screen = Screen()
    stop = asyncio.Event()
    for name in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    playing = asyncio.create_task(_play(screen, wishes))
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
    except (BotError, TourError, OSError) as error:
        screen.say(f"\n{error}", "red")
    return 1


async def _play(screen: Screen, wishes: Wishes) -> None:
    screen.say("SMS desk: a Slack and an SMSFactor of our own on this machine, and the bot between them. Starting …")
    async with (
        Rehearsal(lambda words: screen.say(f"\n{words}\n{ENDED}", "red")) as rehearsal,
        Page(rehearsal, wishes.host, wishes.port) as page,
    ):
        town = rehearsal.town
        await town.ready()
        if wishes.tour:
            await take_tour(screen, rehearsal)
        screen.say("")
        screen.say(GO_ON.format(page=page.url, pid=town.bot.pid, bot=town.bot.url, log=town.bot.log))
        if wishes.browser and _has_screen():
            await asyncio.to_thread(webbrowser.open, page.url)
        await asyncio.Event().wait()


def _has_screen() -> bool:
    """Whether a browser that is opened here would be seen; a browser in text would take the terminal."""
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


async def take_tour(screen: Screen, rehearsal: Rehearsal) -> None:
    """Play every step of the guide, and print what it changes."""
    town, guide = rehearsal.town, rehearsal.guide
    onlooker = Onlooker(town.slack, town.provider, screen)
    watching = asyncio.create_task(onlooker.watch())
    try:
        for number, step in enumerate(STEPS, start=1):
            screen.heading(f"{number} of {len(STEPS)} · {step.title}", step.words)
            await guide.play()
            onlooker.show_news()
            if guide.trouble:
                raise TourError(f"{guide.trouble}\n{town.bot.last_words()}")
            guide.go("next")
    finally:
        watching.cancel()
        await asyncio.wait({watching})
