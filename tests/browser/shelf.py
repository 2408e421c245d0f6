"""Opens each test's sandbox while the test before it runs: the start of a bot takes longer than many a test."""

import asyncio

from bot.sandbox.page.server import Page
from bot.sandbox.rehearsal import Opening, Rehearsal


class Opened:
    """A sandbox with its page, from ``Opened(opening)`` until ``end()``; ``opening`` opens its town."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._there = asyncio.Event()
        self._over = asyncio.Event()
        self._opened: tuple[Rehearsal, Page] | None = None
        self._life = asyncio.create_task(self._live())

    async def ready(self) -> tuple[Rehearsal, Page]:
        """Wait until its bot runs. Raises what kept it from it."""
        await self._there.wait()
        if self._opened is None:
            await self._life
            raise RuntimeError("it has ended")
        return self._opened

    async def end(self) -> None:
        """Close it, and wait until nothing of it is left."""
        self._over.set()
        await self._life

    async def _live(self) -> None:
        try:
            async with Rehearsal(print, self._opening) as rehearsal, Page(rehearsal) as page:
                await rehearsal.town.ready()
                self._opened = (rehearsal, page)
                self._there.set()
                await self._over.wait()
        finally:
            self._opened = None
            self._there.set()


class Shelf:
    """Always one sandbox ahead."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._next = Opened(opening)
        self._ending: set[asyncio.Task[None]] = set()

    async def take(self) -> Opened:
        """A sandbox in which nothing has happened, its bot running."""
        taken, self._next = self._next, Opened(self._opening)
        await taken.ready()
        return taken

    def give_back(self, opened: Opened) -> None:
        """Have it end behind the next test."""
        self._ending.add(asyncio.create_task(opened.end()))

    async def clear(self) -> None:
        """End all that is left. Raises what went wrong in any of them."""
        await asyncio.gather(self._next.end(), *self._ending)
