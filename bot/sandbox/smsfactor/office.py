"""What the account's owner and the provider's staff do at their desks: rules, alert trigger, blacklist, NPAI list.

As in the provider's web interface, no webhook is told.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import phonenumbers

from bot.sandbox.smsfactor import verbs
from bot.sandbox.smsfactor.clock import iso
from bot.sandbox.smsfactor.records import Entry, Json, Signature, Verdict
from bot.sandbox.smsfactor.snapshot import rules_view
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.verbs import Verb

LONGEST_MENTION = 40


class Office:
    """Six verbs of the control side."""

    def __init__(self, state: State) -> None:
        self._state = state

    def verbs(self) -> dict[str, Verb]:
        """Name → verb."""
        return {
            "rules": self._change_rules,
            "trigger": self._set_trigger,
            "blacklist": lambda ask: self._enter(self._state.blacklist, ask),
            "unblacklist": lambda ask: self._strike(self._state.blacklist, "the blacklist", ask),
            "npai": lambda ask: self._enter(self._state.npai, ask),
            "unnpai": lambda ask: self._strike(self._state.npai, "the NPAI list", ask),
        }

    async def _change_rules(self, ask: Json) -> Json:
        """Every value is read before any of them counts."""
        unknown = sorted(set(ask) - set(_READERS))
        if unknown:
            raise ValueError(f"no rule {unknown[0]!r}: one of {', '.join(_READERS)}")
        read = {name: _READERS[name](ask, name) for name in ask}
        for name, value in read.items():
            setattr(self._state.rules, name, value)
        self._state.changes.notify()
        return {"rules": rules_view(self._state.rules)}

    async def _set_trigger(self, ask: Json) -> Json:
        balance = verbs.whole(ask, "balance")
        self._state.notification["alert_trigger"] = str(balance)
        self._state.changes.notify()
        return {"alert_trigger": balance}

    async def _enter(self, shelf: dict[str, Entry], ask: Json) -> Json:
        state = self._state
        number = verbs.number(ask)
        entry = shelf.setdefault(number, Entry(next(state.object_ids), number, state.clock.now()))
        state.changes.notify()
        return {"number": number, "at": iso(entry.at)}

    async def _strike(self, shelf: dict[str, Entry], name: str, ask: Json) -> Json:
        number = verbs.number(ask)
        if number not in shelf:
            raise LookupError(f"{number} is not on {name}")
        del shelf[number]
        self._state.changes.notify()
        return {"number": number}


def _wait(ask: Json, name: str) -> float | None:
    return None if ask[name] is None else verbs.seconds(ask, name)


def _limit(ask: Json, name: str) -> int:
    return verbs.whole(ask, name, least=1)


def _words(ask: Json, name: str) -> dict[str, Verdict]:
    value = ask[name]
    verdicts = get_args(Verdict)
    if not isinstance(value, dict) or not all(word and verdict in verdicts for word, verdict in value.items()):
        raise ValueError(f"{name}: words, each with how it ends: {' or '.join(verdicts)}")
    return value


def _mention(ask: Json, name: str) -> str:
    value = ask[name]
    if not isinstance(value, str) or len(value) > LONGEST_MENTION:
        raise ValueError(f"{name} is a text of at most {LONGEST_MENTION} characters")
    return value


def _signature(ask: Json, name: str) -> Signature:
    return verbs.one_of(ask, name, get_args(Signature))


def _countries(ask: Json, name: str) -> frozenset[str] | None:
    value = ask[name]
    if value is None:
        return None
    known = sorted(phonenumbers.SUPPORTED_REGIONS)  # a list, for a code that cannot be hashed is only wrong
    if not isinstance(value, list) or not all(code in known for code in value):
        raise ValueError(f"{name}: a list of two-letter codes of countries, or null for all")
    return frozenset(value)


_READERS: Mapping[str, Callable[[Json, str], Any]] = {
    "receipt_after": _wait,
    "moderation_after": _wait,
    "flood_per_hour": _limit,
    "flood_same_text_per_hour": _limit,
    "moderation_words": _words,
    "stop_mention": _mention,
    "signature": _signature,
    "countries": _countries,
}
"""The rules that a person may change, and how the new value of each is read."""
