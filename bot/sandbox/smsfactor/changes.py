"""Lets a test or the demo wait until something has become true, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A condition that plain (not awaiting) code can notify; many changes in one go wake a waiter once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Something changed: whoever waits looks again."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, predicate: Callable[[], T], timeout: float) -> T:
        """Wait until `predicate()` is true and return what it gave; TimeoutError after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate()):
                    await self._event.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"the stand-in SMSFactor did not get there within {timeout} s") from None
