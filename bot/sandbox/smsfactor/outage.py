"""The outage switch: while it is on, every request to the API meets the same trouble."""

import asyncio
from contextlib import suppress
from typing import Literal, get_args

from bot.sandbox.smsfactor.changes import Changes
from bot.sandbox.smsfactor.faults import Fault, HttpStatus
from bot.sandbox.smsfactor.records import Json

How = Literal["off", "errors", "refused", "silence", "lost", "delays", "down"]
HOWS: tuple[How, ...] = get_args(How)
Hold = Literal["silence", "lost", "delays"]
"""What keeps a caller waiting: until it gives up, or the switch is off."""

DELAY = 3.0
"""Seconds after which "delays" answers, if nobody says otherwise."""
LONGEST_DELAY = 600.0


class Outage:
    """What the switch stands at, and the requests that it holds.

    "errors": HTTP 500, nothing is done. "refused": HTTP 503 with Retry-After, nothing is done. "silence": nothing
    is done and no answer comes. "lost": what changes
    something is carried out and its answer never comes; what only asks is answered. "delays": carried
    out, answered late. "down": the connection is closed, nothing is done.
    """

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._over = asyncio.Event()
        self._over.set()
        self.how: How = "off"
        self.delay = DELAY

    def switch(self, how: How, delay: float = DELAY) -> None:
        """Turn the switch; "off" lets go of every request that is held. `delay`: seconds of real time."""
        if not 0 < delay <= LONGEST_DELAY:
            raise ValueError(f"a delay is above 0 and at most {LONGEST_DELAY:g} seconds")
        self.how, self.delay = how, delay
        if how == "off":
            self._over.set()
        else:
            self._over.clear()
        self._changes.notify()

    def meets(self, *, changing: bool) -> Fault | Hold | None:
        """What a request that comes now meets. `changing`: whether it does more than ask."""
        match self.how:
            case "off":
                return None
            case "lost" if not changing:
                return None
            case "errors":
                return HttpStatus(500, retry_after=1)
            case "refused":
                return HttpStatus(503, retry_after=1)
            case "down":
                return "drop"
        return self.how

    async def wait(self, how: Hold) -> None:
        """Hold a request until the switch is off; a delayed one at most as long as the delay."""
        limit = self.delay if how == "delays" else None
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self._over.wait()

    def view(self) -> Json:
        """`how`, and the `seconds` by which "delays" is late."""
        return {"how": self.how, "seconds": self.delay}
