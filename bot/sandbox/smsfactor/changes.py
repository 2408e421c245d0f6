"""Lets a test, the demo or a page wait for what happens in the stand-in, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A condition that plain (not awaiting) code can notify; many changes in one go wake a waiter once."""

    def __init__(self) -> None:
        self.count = 0
        """How many changes there have been."""
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Something changed: whoever waits looks again."""
        self.count += 1
        self._event.set()
        self._event = asyncio.Event()

    async def after(self, count: int) -> int:
        """Wait until there have been more than `count` changes, and return how many there have been."""
        while self.count <= count:
            await self._event.wait()
        return self.count

    async def until(self, predicate: Callable[[], T], timeout: float) -> T:
        """Wait until `predicate()` is true and return what it gave; TimeoutError after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate()):
                    await self._event.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"the stand-in SMSFactor did not get there within {timeout} s") from None
