"""How values look on SMSFactor's wire: numbers as text, dates in Paris time, fields that come and go.

The provider writes the same number as 2 or "2", leaves out what older editions did not have, and gives dates
as `YYYY-MM-DD HH:MM:SS` in Europe/Paris or in ISO 8601 with an offset (SMSFactor docs: send/campaign,
campaigns/history, webhook/dlr). The types here read all of these forms; what comes out is plain: int, str,
aware datetime in UTC.
"""

import math
import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

PARIS = ZoneInfo("Europe/Paris")

_DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
_NOT_A_DIGIT = re.compile(r"[^0-9]+")


def to_wire(moment: datetime) -> str:
    """`moment` (aware) as the provider wants it: Paris wall time, to the second."""
    if moment.tzinfo is None:
        raise ValueError("a date for SMSFactor needs a time zone")
    # By way of UTC, because a wall time of Paris that does not exist would otherwise pass through unchanged.
    return moment.astimezone(UTC).astimezone(PARIS).strftime(_DATE_FORMAT)


def is_plain_paris_time(moment: datetime) -> bool:
    """False for a wall time that the clocks of Paris repeat or leave out, which the wire cannot express."""
    paris = moment.astimezone(UTC).astimezone(PARIS)
    repeated = paris.replace(fold=0).utcoffset() != paris.replace(fold=1).utcoffset()
    there_and_back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    left_out = there_and_back.replace(tzinfo=None) != moment.replace(tzinfo=None)
    return not repeated and not left_out


def from_wire(value: object) -> datetime | None:
    """The moment in UTC; without an offset it is read as Paris time. None for what is not a date."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    else:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PARIS)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the year 1 or 9999, pushed out of the calendar by its offset
        return None


def _whole(value: object) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str | float):
        try:
            # A fraction was never seen; were there one, a price must not be understated.
            return int(value) if isinstance(value, str) else math.ceil(value)
        except (ValueError, OverflowError):
            pass
        try:
            return math.ceil(float(value))
        except OverflowError:
            pass
    raise ValueError("not a number")


def _count(value: object) -> int:
    return 0 if value is None or value == "" else _whole(value)


def _digits(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        # A ValueError, not a TypeError: pydantic turns only the first into a validation error.
        raise ValueError("not a phone number")  # noqa: TRY004
    digits = _NOT_A_DIGIT.sub("", value).removeprefix("00")
    if not 1 <= len(digits) <= 20:
        raise ValueError("not a phone number")
    return digits


def _words(value: object) -> object:
    return "" if value is None else value


def _ident(value: object) -> object:
    return None if value is None or value == "" else value


def _flag(value: object) -> object:
    return False if value is None or value == "" else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A number that has to be there, as number or text."""
Count = Annotated[int, BeforeValidator(_count)]
"""A number where nothing means 0."""
Flag = Annotated[bool, BeforeValidator(_flag)]
"""A yes or no, written as boolean, 0/1 or "0"/"1"."""
Digits = Annotated[str, BeforeValidator(_digits), Field(repr=False)]
"""A phone number, whichever way it is written: digits only; kept out of every repr."""
Words = Annotated[str, BeforeValidator(_words)]
"""Text where null means empty."""
Private = Annotated[str, BeforeValidator(_words), Field(repr=False)]
"""Text that says something about a person: null means empty; kept out of every repr."""
Ident = Annotated[str | None, BeforeValidator(_ident)]
"""An id, always an opaque string; null and empty are None."""
Moment = Annotated[datetime | None, BeforeValidator(from_wire)]
"""An aware datetime in UTC; None if it is missing or cannot be read."""


class Wire(BaseModel):
    """A shape read from the provider: unknown fields pass by, and errors about it quote no values."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True)


class Acknowledged(Wire):
    """An answer of which only the status matters."""

    status: int


class Page(Wire):
    """One page of a longer answer: `total` records exist, `shown` of them match the filters."""

    total: Count = Field(0, alias="totalRecords")
    shown: Count = Field(0, alias="totalDisplayRecords")
