"""Fixtures of the tests of blocks: a page on which blocks are tried, in the browser of all tests."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.blocks_page import serve_blocks


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench_url() -> AsyncIterator[str]:
    """Where the page of blocks is served."""
    async with serve_blocks() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def bench(chromium: Browser, bench_url: str) -> AsyncIterator[Page]:
    """The page, still without blocks; what the browser complains of fails the test."""
    page = await chromium.new_page(locale="en-GB")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    await page.goto(bench_url)
    await page.wait_for_selector("[data-ready]", state="attached")
    yield page
    await page.close()
    assert complaints == []
