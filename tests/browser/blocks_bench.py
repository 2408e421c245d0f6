"""Fixtures of the tests of blocks: a page on which blocks are tried, in the browser of all tests."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Error, Page, ViewportSize

from tests.browser.blocks_page import serve_blocks

SIZE: ViewportSize = {"width": 1280, "height": 720}  # of a new tab


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench_url() -> AsyncIterator[str]:
    """Where the page of blocks is served."""
    async with serve_blocks() as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench_page(chromium: Browser) -> AsyncIterator[Page]:
    """One tab for all these tests: to load a page anew is quicker than to open another tab."""
    page = await chromium.new_page(locale="en-GB")
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bench(bench_page: Page, bench_url: str) -> AsyncIterator[Page]:
    """The page, loaded anew and still without blocks; what the browser complains of fails the test."""
    page = bench_page
    complaints: list[str] = []

    def erred(error: Error) -> None:
        complaints.append(str(error))

    def said(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    page.on("pageerror", erred)
    page.on("console", said)
    await page.set_viewport_size(SIZE)
    await page.mouse.move(0, 0)
    await page.goto(bench_url)
    await page.wait_for_selector("[data-ready]", state="attached")
    yield page
    await page.goto("about:blank")  # where nothing of it is left to complain in the next test
    page.remove_listener("pageerror", erred)
    page.remove_listener("console", said)
    assert complaints == []
