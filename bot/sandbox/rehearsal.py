"""One town after another: a reset ends it and opens a fresh one, for everybody who looks on."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Self

from bot.sandbox.guide import Guide
from bot.sandbox.live import Live
from bot.sandbox.stage import Stage
from bot.sandbox.tour import STEPS
from bot.sandbox.town import Town, open_town

Opening = Callable[[Callable[[str], None]], AbstractAsyncContextManager[Town]]


class NoTownError(Exception):
    """The old town is gone and the new one is not there yet."""


class Rehearsal:
    """``async with Rehearsal(tell) as rehearsal:`` opens the first town, whose bot may still be starting.

    ``tell`` hears of a bot that ended by itself, and ``opening`` opens each town.
    """

    def __init__(self, tell: Callable[[str], None], opening: Opening = open_town) -> None:
        self.live = Live()
        self._tell = tell
        self._opening = opening
        self._present: tuple[Town, Guide] | None = None
        self._life = AsyncExitStack()
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._turn:
            await self._close()

    @property
    def town(self) -> Town:
        """The town of this moment. Raises ``NoTownError`` during a reset."""
        return self._here[0]

    @property
    def guide(self) -> Guide:
        """Its guide. Raises ``NoTownError`` during a reset."""
        return self._here[1]

    @property
    def _here(self) -> tuple[Town, Guide]:
        if self._present is None:
            raise NoTownError("The sandbox is being reset. Try again in a moment.")
        return self._present

    async def reset(self) -> None:
        """Forget everything and begin anew; back when the bot of the new town runs, or has said why not."""
        async with self._turn:
            await self._close()
            await self._open()
        await self.town.settled()

    async def _open(self) -> None:
        town = await self._life.enter_async_context(self._opening(self._tell))
        guide = Guide(Stage(town), STEPS)
        following = asyncio.create_task(self.live.follow(town, guide))
        self._life.push_async_callback(_end, following)
        self._life.push_async_callback(guide.close)
        self._present = (town, guide)

    async def _close(self) -> None:
        self._present = None
        await self._life.aclose()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()  # a mistake in what the page shows must not pass unseen
