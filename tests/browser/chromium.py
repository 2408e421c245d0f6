"""The chromium of the tests and of the screenshots: one of this machine, none of Playwright's own."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright, expect

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = (
    "chromium-headless-shell",  # the same engine without windows around it, which take half of the time to open
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
)
MISSING = (
    "There is no chromium here. Install it (on Debian: apt install chromium-headless-shell fonts-noto-core "
    "fonts-noto-color-emoji), or name another one of its kind: CHROMIUM=/path/to/chrome make test-browser"
)
PATIENCE = 40_000  # milliseconds that a person would wait for what is to be seen; a machine may be slow


class NoChromiumError(Exception):
    """No chromium was found. The text says what to do about it."""


def find_chromium() -> str:
    """Where chromium is: what ``CHROMIUM`` names, or the first one that is found. Raises ``NoChromiumError``."""
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted,) if wanted else NAMES:
        if found := shutil.which(name):
            return found
    raise NoChromiumError(f"{wanted} is no program. {MISSING}" if wanted else MISSING)


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """Start it, and end it with all its pages. Raises ``NoChromiumError``."""
    path = find_chromium()
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()
