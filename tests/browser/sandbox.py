"""The sandbox as a test has it: browsers are opened on its page, and whatever they complain of is kept."""

import os
import re
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Request, Response

from bot.sandbox.rehearsal import Rehearsal
from tests.browser.chromium import PATIENCE
from tests.browser.desk import Desk

KEPT = Path(__file__).parents[2] / ".venv" / "browser-failures"


@dataclass(frozen=True)
class Screen:
    """What somebody looks at the page with. ``scale``: its pixels for each of the page's."""

    width: int = 1280
    height: int = 800
    colours: Literal["light", "dark"] = "light"
    motion: Literal["no-preference", "reduce"] = "no-preference"
    scale: float = 1


WIDE, NARROW = Screen(), Screen(390, 844)


@dataclass
class Sandbox:
    """The sandbox of one test, as at its beginning. ``rehearsal`` is for what no person could do on the page."""

    rehearsal: Rehearsal
    url: str
    chromium: Browser
    desks: list[Desk] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    forgiven: str = ""  # a pattern: complaints that this test brings about on purpose

    async def visit(self, screen: Screen = WIDE, /, url: str = "", **where: str) -> Desk:
        """Open one more browser on the page, at ``where``. What it complains of fails the test."""
        context = await self.chromium.new_context(
            viewport={"width": screen.width, "height": screen.height},
            locale="en-GB",
            color_scheme=screen.colours,
            reduced_motion=screen.motion,
            device_scale_factor=screen.scale,
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("requestfailed", self._lost)
        page.on("response", self._answered)
        desk = Desk(page, url or self.url)
        self.desks.append(desk)
        await desk.open(**where)
        return desk

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _lost(self, request: Request) -> None:
        self.complaints.append(f"request failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"HTTP {response.status}: {response.url}")

    def end_bot(self) -> None:
        """The bot ends by itself, as after a crash."""
        os.kill(self.rehearsal.town.bot.pid, signal.SIGTERM)

    def unforgiven(self) -> list[str]:
        """What went wrong in a browser, or was sent to Slack by the bot and not taken."""
        said = [each for each in self.complaints if not (self.forgiven and re.search(self.forgiven, each))]
        return said + [f"Slack refused: {each}" for each in self.rehearsal.town.slack.refused]

    async def keep(self, name: str) -> None:
        """Keep what every browser shows and what the bot logged, and say where."""
        KEPT.mkdir(parents=True, exist_ok=True)
        for number, desk in enumerate(self.desks, start=1):
            path = KEPT / f"{name}-{number}.png"
            await desk.page.screenshot(path=path)
            print(f"What browser {number} showed: {path}")  # noqa: T201 - pytest shows it with the failure
        log = KEPT / f"{name}.log"
        shutil.copy(self.rehearsal.town.bot.log, log)
        print(f"What the bot logged: {log}")  # noqa: T201
