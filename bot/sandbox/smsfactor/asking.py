"""How a caller's request is read: fields, pages and periods; what is missing or wrong is refused with −7."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.smsfactor import clock
from bot.sandbox.smsfactor.records import NO_INFO, Info, Json

T = TypeVar("T")

OK, HELD = 1, -8
MESSAGES = {
    -1: "Le login et le mot de passe ne correspondent pas",
    -2: "Erreur XML",
    -3: "Crédits insuffisants",
    -4: "Date de programmation incorrecte",
    -5: "Ressource introuvable",
    -6: "Erreur JSON",
    -7: "Erreur de données",
    HELD: "Campagne en cours de modération",
    -99: "Erreur inconnue",
}
"""The request statuses (SMSFactor docs, getting started). Only the first text is a recorded one."""

DEFAULT_LENGTH, MAX_LENGTH = 100, 1000  # SMSFactor docs, campaigns/history


class AnswerError(Exception):
    """The request is answered with a negative status, over HTTP 200 like everything else."""

    def __init__(self, status: int, details: str) -> None:
        super().__init__(f"{status}: {details}")
        self.status = status
        self.details = details


@dataclass(frozen=True, slots=True)
class Call:
    """One request, past authentication: query, JSON body (empty if none) and the `:id` of its path."""

    query: Mapping[str, str]
    body: Json
    id: str = ""


Endpoint = Callable[[Call], Json | bytes]
"""Answers the fields beside `status` and `message` (or a file); raises AnswerError."""
Endpoints = Mapping[str, Endpoint]
"""`"GET /campaign/:id"` → endpoint."""


def found(shelf: Mapping[str, T], key: str) -> T:
    """What is on the shelf under that id, or −5."""
    if key not in shelf:
        raise AnswerError(-5, "Aucune ressource ne correspond à cet identifiant")
    return shelf[key]


def section(fields: Mapping[str, Any], *names: str) -> Json:
    """The object at `names[0].names[1]…`."""
    part: Any = fields
    for name in names:
        part = part.get(name) if isinstance(part, dict) else None
    if not isinstance(part, dict):
        raise AnswerError(-7, f"Champ manquant : {'.'.join(names)}")
    return part


def objects(fields: Mapping[str, Any], name: str) -> list[Json]:
    """A non-empty array of objects."""
    items = fields.get(name)
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise AnswerError(-7, f"Champ manquant : {name}")
    return items


def required(fields: Mapping[str, Any], name: str) -> str:
    """A text or number that must be there and not be blank, as text."""
    value = optional(fields, name)
    if not value.strip():
        raise AnswerError(-7, f"Champ manquant : {name}")
    return value


def optional(fields: Mapping[str, Any], name: str) -> str:
    """A text or number as text; empty if absent or null."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise AnswerError(-7, f"Champ invalide : {name}")
    return str(value)


def choice(fields: Mapping[str, Any], name: str, allowed: Sequence[str]) -> str:
    """One of the allowed words; the first of them if absent."""
    value = optional(fields, name) or allowed[0]
    if value not in allowed:
        raise AnswerError(-7, f"Champ invalide : {name}")
    return value


def whole(fields: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A number without sign; `default` if absent, −7 if there is no default either."""
    value = optional(fields, name)
    if not value and default is not None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise AnswerError(-7, f"Champ invalide : {name}")
    return int(value)


def info_of(fields: Mapping[str, Any]) -> Info:
    """The contact's free fields."""
    if not any(f"info{n}" in fields for n in range(1, 5)):
        return NO_INFO
    return (
        optional(fields, "info1"),
        optional(fields, "info2"),
        optional(fields, "info3"),
        optional(fields, "info4"),
    )


def moment(fields: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """A date in Paris time as seconds since 1970; `default` if absent, −7 if there is no default either."""
    value = optional(fields, name)
    if not value and default is not None:
        return default
    try:
        return clock.parse(value)
    except ValueError:
        raise AnswerError(-7, f"Date invalide : {name}") from None


def sort_by(items: list[T], query: Mapping[str, str], keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """The items in the order of the query's `sort`; a leading minus turns it round."""
    wanted = query.get("sort", "")
    if not wanted:
        return items
    key = keys.get(wanted.removeprefix("-"))
    if key is None:
        raise AnswerError(-7, "Champ invalide : sort")
    return sorted(items, key=key, reverse=wanted.startswith("-"))


def page(items: Sequence[T], query: Mapping[str, str]) -> Sequence[T]:
    """The part of the items that `start` and `length` ask for."""
    start = whole(query, "start", 0)
    return items[start : start + min(whole(query, "length", DEFAULT_LENGTH), MAX_LENGTH)]
