"""Failures on demand: the next calls of a method answer 429 or 500, never answer, or lose the connection."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

How = int | str
KINDS = ("late", "timeout", "timeout_after", "drop", "drop_after", "500_after")


@dataclass
class Fault:
    """One planned failure; see `Faults.plan`."""

    how: How
    times: int
    retry_after: int


class Faults:
    """method -> failures that are still to come. "*" stands for every method."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}
        self._ending = asyncio.Event()
        self._late = asyncio.Event()

    def plan(self, method: str, how: How, times: int = 1, retry_after: int = 1) -> None:
        """Let the next `times` calls of `method` fail.

        `how`: 429 (with `retry_after` seconds), another status such as 500, "timeout" (nothing done, no
        answer), "timeout_after" (done, no answer), "late" (done and answered, but only once `let_go` is called),
        "drop" (nothing done, connection lost), "drop_after" (done, connection lost), "500_after" (done, status
        500), or an error code such as "invalid_blocks" (nothing done).
        """
        self._planned.setdefault(method, []).append(Fault(how, times, retry_after))

    def heal(self) -> None:
        """Let no failure come that was planned; what is late stays late."""
        self._planned.clear()

    def _next(self, method: str) -> Fault | None:
        for name in (method, "*"):
            planned = self._planned.get(name, [])
            if planned:
                fault = planned[0]
                fault.times -= 1
                if fault.times <= 0:
                    planned.pop(0)
                return fault
        return None

    async def around(
        self, method: str, request: web.Request, act: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        """Answer a request with what `act` gives, unless a failure is planned for it."""
        fault = self._next(method)
        if fault is None:
            return await act()
        if fault.how == 429:
            return too_fast(fault.retry_after)
        if isinstance(fault.how, int):
            return web.Response(status=fault.how, text="the stand-in was told to fail")
        if fault.how not in KINDS:
            return web.json_response({"ok": False, "error": fault.how})
        if fault.how == "late":
            await self._late.wait()
            return await act()
        if fault.how.endswith("_after"):
            await act()
        if fault.how == "500_after":
            return web.Response(status=500, text="the stand-in was told to fail, after it had acted")
        if fault.how.startswith("timeout"):
            await self._ending.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def let_go(self) -> None:
        """What is late is done and answered now."""
        self._late.set()
        self._late = asyncio.Event()

    def end(self) -> None:
        """Let go of requests that are held back; for the end of the server."""
        self._ending.set()
        self._late.set()


def too_fast(retry_after: int) -> web.Response:
    """HTTP 429 as Slack sends it (Slack docs, rate limits)."""
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(retry_after)})
