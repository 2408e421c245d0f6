"""Fixtures of the tests in a browser: one chromium, a fresh sandbox for each test, and people who look at it."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import NoChromiumError, find_chromium, open_chromium
from tests.browser.desk import Desk
from tests.browser.sandbox import NARROW, WIDE, Sandbox
from tests.browser.shelf import Opened, Shelf
from tests.browser.towns import quicker
from tests.nursery import Nursery

LIMIT = 240.0  # seconds for a test; most take a few, the longest half a minute, and a machine may be slow

failed = pytest.StashKey[bool]()


def pytest_sessionstart() -> None:
    """Without a chromium nothing is tested, and that is told in words: here, and not in a process beside."""
    try:
        find_chromium()
    except NoChromiumError as error:
        pytest.exit(str(error), returncode=1)


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Python's own event loop: a worker died of uvloop beside Playwright once, and no bot runs in this process."""
    return {"asyncio": asyncio.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test ``LIMIT``, in its own task.

    The signal of pytest-timeout strikes whatever runs at that moment. Here that may be a server of the sandbox, which
    survives it, and the test would wait for ever.
    """
    for item in items:
        if isinstance(item, pytest.Function) and Path(__file__).parent in item.path.parents:
            item.obj = _in_time(item.obj)
            item.add_marker(pytest.mark.timeout(LIMIT + 60))


def _in_time(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(test)
    async def limited(**fixtures: object) -> None:
        async with asyncio.timeout(LIMIT):
            await test(**fixtures)

    return limited


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures of a test know that it failed."""
    report = yield
    if report.failed:
        item.stash[failed] = True
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of all tests."""
    async with open_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shelf(chromium: Browser, nursery: Nursery) -> AsyncIterator[Shelf]:
    """Where the sandboxes of the tests come from; ``chromium`` is started before, and ended after them."""
    shelf = Shelf(quicker(nursery))
    yield shelf
    await shelf.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(shelf: Shelf) -> AsyncIterator[Opened]:
    """A sandbox that nobody looks at yet."""
    taken = await shelf.take()
    yield taken
    shelf.give_back(taken)


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(opened: Opened, chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """A sandbox in which nothing has happened."""
    rehearsal, page = await opened.ready()
    sandbox = Sandbox(rehearsal, page.url, chromium)
    yield sandbox
    complaints = sandbox.unforgiven()
    if complaints or request.node.stash.get(failed, False):
        await sandbox.keep(re.sub(r"\W+", "-", request.node.name).strip("-"))
    for desk in sandbox.desks:
        await desk.page.context.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sandbox: Sandbox) -> Desk:
    """Alice at a wide screen."""
    return await sandbox.visit()


@pytest_asyncio.fixture(loop_scope="session", params=[WIDE, NARROW], ids=["1280px", "390px"])
async def any_desk(sandbox: Sandbox, request: pytest.FixtureRequest) -> Desk:
    """Alice at a wide screen, and at a narrow one."""
    return await sandbox.visit(request.param)
