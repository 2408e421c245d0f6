"""A bell that rings at every change, so that a test or a page can wait for a state instead of sleeping."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes everybody who waits whenever something in the stand-in changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self.count = 0

    def ring(self) -> None:
        """Say that something changed."""
        self.count += 1
        for event in self._waiting:
            event.set()

    async def until(self, predicate: Callable[[], T], timeout: float | None = 5.0) -> T:
        """Wait until `predicate()` is true and return what it returned.

        Raises TimeoutError after `timeout` seconds, if any. The predicate is asked at the start and after each ring.
        """
        bell = asyncio.Event()
        self._waiting.add(bell)
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate()):
                    await bell.wait()
                    bell.clear()
                return found
        finally:
            self._waiting.discard(bell)

    async def after(self, count: int) -> int:
        """Wait until `count` rings are behind us and one more, and return how many there have been by then.

        A follower who asks again with what it got misses nothing: rings while it was busy count at once.
        """
        await self.until(lambda: self.count > count, None)
        return self.count
