"""What a measurement found, and the table that shows it."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, beside what, what was wanted, what came out. ``met`` None: there is no goal."""

    what: str
    beside: str
    goal: str
    ratio: str
    absolute: str
    met: bool | None = None


def median(values: Iterable[float]) -> float:
    """The middle of several rounds, which a disturbed one does not move."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float], form: str) -> str:
    """Lowest to highest of the rounds, so that a reader sees how steady the machine was."""
    return f"{min(values):{form}}-{max(values):{form}}"


def line(figure: Figure, *, judged: bool) -> str:
    """One row of the table, in Markdown; a smoke run is not judged."""
    verdict = {True: "met", False: "**missed**", None: ""}[figure.met if judged else None]
    goal = ", ".join(filter(None, (figure.goal, verdict)))
    return f"| {figure.what} | {figure.beside} | {goal} | {figure.ratio} | {figure.absolute} |"


HEAD = "| what | case beside it | goal | measured | absolute |\n|---|---|---|---|---|"
