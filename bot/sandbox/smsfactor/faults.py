"""Failures on demand: what the next answers to a path do wrong."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.smsfactor.asking import MESSAGES

Mishap = Literal["stall", "timeout", "drop", "drop_after", "garbage"]
_REFUSALS = {f"refuse:{status}": status for status in MESSAGES}
MISHAPS = ("stall", "timeout", "drop", "drop_after", "garbage")


@dataclass(frozen=True, slots=True)
class HttpStatus:
    """Nothing is done; an HTTP error is answered. `retry_after` (seconds) goes with 429 and 503."""

    code: int
    retry_after: float


@dataclass(frozen=True, slots=True)
class BodyStatus:
    """Nothing is done; HTTP 200 with a negative `status`."""

    code: int


Fault = HttpStatus | BodyStatus | Mishap


class Faults:
    """Faults by path, each used up in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def add(self, path: str, how: int | str, times: int, retry_after: float) -> None:
        """Ask for a fault; ValueError for one that does not exist."""
        self._waiting.setdefault(path, deque()).extend([read(how, retry_after)] * times)

    def take(self, method: str, path: str, pattern: str) -> Fault | None:
        """The fault that this request meets: named by path or by pattern, with or without its method."""
        for name in (f"{method} {path}", path, f"{method} {pattern}", pattern, "*"):
            waiting = self._waiting.get(name)
            if waiting:
                return waiting.popleft()
        return None


def read(how: int | str, retry_after: float) -> Fault:
    """`429`, `"drop_after"`, `"refuse:-3"` … as a fault; ValueError for anything else."""
    match how:
        case int() if 400 <= how < 600:
            return HttpStatus(how, retry_after)
        case "stall" | "timeout" | "drop" | "drop_after" | "garbage":
            return how
        case str() if how in _REFUSALS:
            return BodyStatus(_REFUSALS[how])
    raise ValueError(f"no fault {how!r}: an HTTP status, 'refuse:-3' and the like, or one of {', '.join(MISHAPS)}")
