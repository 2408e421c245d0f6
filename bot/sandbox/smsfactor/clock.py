"""The stand-in's clock, which can jump, and the agenda of what is due later; one task serves all of it.

Dates go over the wire as Europe/Paris local time without a zone, or as ISO 8601 with its offset in some
webhooks (SMSFactor docs, send/single and webhook/dlr).
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600.0

_WIRE_FORMAT = "%Y-%m-%d %H:%M:%S"


def local(at: float) -> datetime:
    """A moment (seconds since 1970) as an aware Paris time."""
    return datetime.fromtimestamp(at, PARIS)


def stamp(at: float | None) -> str:
    """A moment the way most of the API writes it: `2026-03-02 09:00:00`, no zone; empty for none."""
    return "" if at is None else local(at).strftime(_WIRE_FORMAT)


def iso(at: float) -> str:
    """A moment the way DLR and STOP write it: `2026-03-02T09:00:09+01:00`."""
    return local(at).isoformat(timespec="seconds")


def parse(text: str) -> float:
    """Read `YYYY-MM-DD HH:MM:SS` as Paris time; ValueError if malformed or skipped by a clock change."""
    # strptime alone would also take "2026-3-2 9:0:0", which no page promises to work; the zone comes below.
    naive = datetime.strptime(text, _WIRE_FORMAT)  # noqa: DTZ007
    moment = naive.replace(tzinfo=PARIS)
    if naive.strftime(_WIRE_FORMAT) != text or moment.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != naive:
        raise ValueError("not a Paris local time of the form YYYY-MM-DD HH:MM:SS")
    return moment.timestamp()


class Clock:
    """Real time plus what was jumped; actions wait in a heap and run in order of their time."""

    def __init__(self) -> None:
        self._jumped = 0.0
        self._acting_at: float | None = None
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake = asyncio.Event()

    def now(self) -> float:
        """Seconds since 1970; while an action runs, the moment it was due, however long the jump."""
        return self._real() if self._acting_at is None else self._acting_at

    @property
    def ahead(self) -> float:
        """Seconds that were jumped in all."""
        return self._jumped

    def at(self, due: float, action: Callable[[], None]) -> None:
        """Run `action` (quick, does not wait for anything) once the clock has reached `due`."""
        heapq.heappush(self._agenda, (due, next(self._order), action))
        self._wake.set()

    def jump(self, seconds: float) -> None:
        """Let that much time pass at once; what falls due on the way has happened when this returns."""
        if seconds < 0:
            raise ValueError("the clock only goes forward")
        self._jumped += seconds
        self._run_due()
        self._wake.set()

    async def run(self) -> None:
        """Serve the agenda until cancelled."""
        while True:
            self._run_due()
            self._wake.clear()
            wait = max(0.0, self._agenda[0][0] - self._real()) if self._agenda else None
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._wake.wait()

    def _real(self) -> float:
        return time.time() + self._jumped

    def _run_due(self) -> None:
        while self._agenda and self._agenda[0][0] <= self._real():
            self._acting_at, _, action = heapq.heappop(self._agenda)
            try:
                action()
            finally:
                self._acting_at = None
