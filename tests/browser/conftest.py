"""Fixtures of the tests in a browser: one chromium, a fresh sandbox for each test, and people who look at it."""

import re
from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import NoChromiumError, open_chromium
from tests.browser.desk import Desk
from tests.browser.sandbox import NARROW, WIDE, Sandbox
from tests.browser.shelf import Shelf

failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures of a test know that it failed."""
    report = yield
    if report.failed:
        item.stash[failed] = True
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of all tests; without one, nothing is tested, and that is told in words."""
    try:
        async with open_chromium() as browser:
            yield browser
    except NoChromiumError as error:
        pytest.exit(str(error), returncode=1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shelf(chromium: Browser) -> AsyncIterator[Shelf]:
    """Where the sandboxes of the tests come from; none is opened where there is no ``chromium`` to look at it."""
    shelf = Shelf()
    yield shelf
    await shelf.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(shelf: Shelf, chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """A sandbox in which nothing has happened."""
    opened = await shelf.take()
    rehearsal, page = await opened.ready()
    sandbox = Sandbox(rehearsal, page.url, chromium)
    yield sandbox
    complaints = sandbox.unforgiven()
    if complaints or request.node.stash.get(failed, False):
        await sandbox.keep(re.sub(r"\W+", "-", request.node.name).strip("-"))
    for desk in sandbox.desks:
        await desk.page.context.close()
    shelf.give_back(opened)
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sandbox: Sandbox) -> Desk:
    """Alice at a wide screen."""
    return await sandbox.visit()


@pytest_asyncio.fixture(loop_scope="session", params=[WIDE, NARROW], ids=["1280px", "390px"])
async def any_desk(sandbox: Sandbox, request: pytest.FixtureRequest) -> Desk:
    """Alice at a wide screen, and at a narrow one."""
    return await sandbox.visit(request.param)
