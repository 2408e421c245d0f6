"""The small words in which the limits are written: a rule looks at one value and notes what is wrong with it.

Every rule is a function of (value, path, findings). `path` is a JSON pointer, as in Slack's own messages.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any


class Findings:
    """What was found wrong, in the form of Slack's `response_metadata.messages`."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, path: str, problem: str) -> None:
        """Note one problem at a JSON pointer."""
        self.messages.append(f"[ERROR] {problem} [json-pointer:{path}]")


Rule = Callable[[Any, str, Findings], None]


def string(most: int, *, least: int = 1, pattern: str | None = None) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, str):
            findings.add(path, "must be a string")
        elif len(value) > most:
            findings.add(path, f"must be less than {most + 1} characters")
        elif len(value) < least:
            findings.add(path, f"must be more than {least - 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            findings.add(path, "does not match the expected format")

    return rule


def url(most: int = 3000) -> Rule:
    """An http(s) or mailto address."""
    return string(most, pattern=r"(https?://|mailto:|tel:)\S+")


def flag(value: Any, path: str, findings: Findings) -> None:
    """A boolean."""
    if not isinstance(value, bool):
        findings.add(path, "must be a boolean")


def anything(_value: Any, _path: str, _findings: Findings) -> None:
    """No rule."""


def number(low: float | None = None, high: float | None = None, *, whole: bool = False) -> Rule:
    """A number between two bounds, both allowed."""

    def rule(value: Any, path: str, findings: Findings) -> None:
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            findings.add(path, "must be an integer" if whole else "must be a number")
        elif (low is not None and value < low) or (high is not None and value > high):
            findings.add(path, f"must be between {low} and {high}")

    return rule


def one_of(*allowed: Any) -> Rule:
    """One of these values."""

    def rule(value: Any, path: str, findings: Findings) -> None:
        if value not in allowed:
            findings.add(path, f"must be one of {', '.join(map(str, allowed))}")

    return rule


def each(item: Rule, most: int | None = None, *, least: int = 1) -> Rule:
    """A list of `least` to `most` items which all follow `item`."""

    def rule(value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, list):
            findings.add(path, "must be an array")
            return
        if most is not None and len(value) > most:
            findings.add(path, f"no more than {most} items allowed")
        if len(value) < least:
            findings.add(path, f"must have at least {least} items")
        for index, one in enumerate(value):
            item(one, f"{path}/{index}", findings)

    return rule


def shape(
    needs: Mapping[str, Rule],
    may: Mapping[str, Rule] | None = None,
    *,
    any_of: tuple[str, ...] = (),
    exactly_one_of: tuple[str, ...] = (),
) -> Rule:
    """An object with these fields and no others; "type" is allowed everywhere and judged elsewhere."""
    known = {"type": anything, **needs, **(may or {})}

    def rule(value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            findings.add(path, "must be an object")
            return
        for key in needs:
            if key not in value:
                findings.add(path, f"missing required field: {key}")
        for key, one in value.items():
            if key not in known:
                findings.add(path, f"invalid additional property: {key}")
            else:
                known[key](one, f"{path}/{key}", findings)
        if any_of and not any(key in value for key in any_of):
            findings.add(path, f"must have one of {', '.join(any_of)}")
        if exactly_one_of and sum(key in value for key in exactly_one_of) != 1:
            findings.add(path, f"must have exactly one of {', '.join(exactly_one_of)}")

    return rule


def by_type(table: Mapping[str, Rule], *allowed: str) -> Rule:
    """An object that follows the rule of its "type"; only the `allowed` types, if any are named."""
    here = {kind: table[kind] for kind in allowed} if allowed else table

    def rule(value: Any, path: str, findings: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in here:
            findings.add(path, f"unsupported type: {kind}")
        else:
            here[kind](value, path, findings)

    return rule


def both(*rules: Rule) -> Rule:
    """All of these rules."""

    def rule(value: Any, path: str, findings: Findings) -> None:
        for one in rules:
            one(value, path, findings)

    return rule
