"""What SMSFactor posts to our webhooks, read without any input or output: payload in, typed event out.

The payloads name neither their type nor themselves (SMSFactor docs, webhook/*), so the kind comes from the
address they were posted to, and `fingerprint` serves as an id. Fields that the provider may leave out are
None or empty.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import Field, model_validator

from bot.smsfactor.wire import Digits, Ident, Moment, Private, Whole, Wire, Words

Kind = Literal["mo", "stop", "dlr", "clicker", "balance"]
KINDS: tuple[Kind, ...] = get_args(Kind)

State = Literal["accepted", "sent", "delivered", "expired", "failed", "unknown"]

# Delivery report codes (SMSFactor docs, webhook/dlr); 8 and 10 appear nowhere.
_RECEIPTS: dict[int, tuple[State, str]] = {
    0: ("accepted", "not sent yet"),
    1: ("sent", "sent, no report yet"),
    2: ("failed", "not delivered"),
    3: ("delivered", "delivered"),
    4: ("failed", "delivery not allowed"),
    5: ("failed", "invalid number"),
    6: ("failed", "invalid sender name"),
    7: ("failed", "no route to the network"),
    9: ("failed", "rejected"),
    11: ("failed", "network error"),
    12: ("expired", "sent, but no report came in time"),
}


class Receipt(Wire):
    """Delivery report of one message (DLR). `ticket` is None or a campaign that need not be ours."""

    number: Digits = Field(alias="destination")
    status: Whole
    message_id: Ident = None
    ticket: Ident = Field(None, alias="campaign_id")
    country: Words = Field("", alias="country_code")
    at: Moment = Field(None, alias="date")

    @property
    def state(self) -> State:
        """What became of the message; "unknown" for a code that is documented nowhere."""
        return _RECEIPTS.get(self.status, ("unknown", ""))[0]

    @property
    def reason(self) -> str:
        """The code in words."""
        known = _RECEIPTS.get(self.status)
        return known[1] if known else f"unknown code {self.status}"

    @property
    def final(self) -> bool:
        """Whether nothing better is to be expected; after "not delivered" a "delivered" may still come."""
        return self.state in ("delivered", "expired", "failed")


class Reply(Wire):
    """An SMS that came in (MO); `message_id` is that of the last message that was sent to this number.

    `ticket` and `caught_up` are set only in those that the desk read itself, from the provider's list of replies.
    """

    number: Digits = Field(alias="from")
    text: Private = Field(alias="message")
    message_id: Ident = Field(None, alias="last_message_id")
    account: Ident = Field(None, alias="account_id")
    at: Moment = Field(None, alias="date")
    ticket: Ident = Field(None, alias="campaign_id")
    caught_up: bool = False


class Stop(Wire):
    """A number that must not be written to any more. Only the number is sure to be there."""

    number: Digits = Field(alias="from")
    text: Private = Field("", alias="message")
    message_id: Ident = Field(None, alias="last_message_id")
    account: Ident = Field(None, alias="account_id")
    at: Moment = Field(None, alias="date")


class Click(Wire):
    """A click on a tracked link. There is no number in it: only `message_id` tells whose click it was.

    `link` is the full target, `code` the last part of the short address, `clicks` how many this link has had.
    """

    ticket: str = Field(alias="campaign_id")
    message_id: Ident = Field(None, alias="gsmsid")
    link: Words = Field("", alias="long_url")
    code: Words = Field("", alias="short_url")
    clicks: Whole = Field(1, alias="clicks_on_link")
    brand: Words = ""
    model: Words = ""
    os: Words = ""
    at: Moment = Field(None, alias="date")

    @model_validator(mode="before")
    @classmethod
    def _either_spelling(cls, fields: Mapping[str, object]) -> Mapping[str, object]:
        """This page alone writes `gsmsid`, all others `gsmsmsid`."""
        return {**fields, "gsmsid": fields.get("gsmsid") or fields.get("gsmsmsid")}

    @property
    def device(self) -> str:
        """Such as "Apple iPhone, iOS"; empty if nothing is known."""
        hardware = " ".join(filter(None, (self.brand, self.model)))
        return ", ".join(filter(None, (hardware, self.os)))


class BalanceAlert(Wire):
    """The balance fell below the threshold; both in credits."""

    balance: Whole
    trigger: Whole
    at: Moment = Field(None, alias="date")


Event = Receipt | Reply | Stop | Click | BalanceAlert

_SHAPES: dict[str, type[Event]] = {
    "mo": Reply,
    "stop": Stop,
    "dlr": Receipt,
    "clicker": Click,
    "balance": BalanceAlert,
}


def parse(kind: str, payload: Mapping[str, object]) -> Event:
    """The event of that kind (one of `KINDS`).

    Raises ValueError for another kind, and pydantic's ValidationError (a ValueError too, which quotes no
    values) for a payload that is not what its kind promises.
    """
    shape = _SHAPES.get(kind)
    if shape is None:
        raise ValueError("not a kind of webhook that SMSFactor has")
    return shape.model_validate(payload)


def fingerprint(kind: str, payload: Mapping[str, object]) -> str:
    """32 hex characters: the same for the same kind and fields in whatever order, and for nothing else."""
    canonical = json.dumps([kind, dict(payload)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
