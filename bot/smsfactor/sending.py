"""Send an SMS, ask beforehand what it would cost and reach, cancel a scheduled one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.smsfactor.connection import HELD, Connection
from bot.smsfactor.text import SHORT_LINK
from bot.smsfactor.wire import Count, Ident, Whole, Wire, Words, is_plain_paris_time, to_wire

RECIPIENTS_MAX = 500
"""Per request; the provider publishes no limit, other clients go up to 200–1,000."""

_NUMBER = re.compile(r"[0-9]{1,20}")
# Neither length nor alphabet is documented; this much passes everywhere.
_MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{1,32}")
FILTERS: Mapping[str, str] = {
    "blacklisted": "on SMSFactor's blacklist",
    "duplicated": "twice in the list",
    "npai": "dead: not assigned to anybody",
    "invalid": "not valid for SMSFactor",
    "not_allowed": "in a country that this account may not text",
    "flood": "above SMSFactor's flood limit",
    "country_limit": "above the monthly limit of their country",
    "other": "left out by SMSFactor, which gives no reason",
}
"""The provider's filters in words, by the name of their counter (SMSFactor docs, send); `other`: none explains it."""


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """What is sent. `kind` is the provider's `pushtype`; `delay` (aware) schedules it.

    The nth `<-short->` in the text becomes a tracked short link to the nth of `links` (http or https
    addresses). ValueError if these do not pair up, if the text is blank, or if `delay` is a wall time which
    the clocks of Paris repeat or leave out: the provider takes Paris time only (SMSFactor docs,
    send/campaign).
    """

    text: str = field(repr=False)
    kind: Literal["alert", "marketing"] = "alert"
    sender: str | None = None
    unicode: bool = False
    delay: datetime | None = None
    links: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("the text is empty")
        placeholders = self.text.count(SHORT_LINK)
        if placeholders != len(self.links):
            raise ValueError(f"{placeholders} {SHORT_LINK} in the text, but {len(self.links)} links")
        if self.delay is not None and self.delay.tzinfo is None:
            raise ValueError("a delay needs a time zone")
        if self.delay is not None and not is_plain_paris_time(self.delay):
            raise ValueError("at that hour the clocks change in Paris; choose another time")

    def on_wire(self) -> dict[str, object]:
        """The `message` object of a request."""
        wire: dict[str, object] = {
            "text": self.text,
            "pushtype": self.kind,
            "unicode": int(self.unicode),
        }
        if self.sender is not None:
            wire["sender"] = self.sender
        if self.delay is not None:
            wire["delay"] = to_wire(self.delay)
        if self.links:
            wire["links"] = list(self.links)
        return wire


@dataclass(frozen=True, slots=True)
class Recipient:
    """A number in E.164 digits, and our id for its message (the provider's `gsmsmsid`)."""

    number: str = field(repr=False)
    message_id: str | None = None

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.number):
            raise ValueError("a recipient's number must be digits with the country code")
        if self.message_id is not None and not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError("a message id must be 1 to 32 letters, digits or hyphens")

    def on_wire(self) -> dict[str, str]:
        """One item of a request's `gsm` array."""
        wire = {"value": self.number}
        if self.message_id is not None:
            wire["gsmsmsid"] = self.message_id
        return wire


class Sending(Wire):
    """What became of a request to send, or what would become of it (then without a ticket).

    `cost` and `credits` (what is left) are in credits, the rest counts recipients: `total` were asked for,
    `sent` passed the filters. Status 1 with `sent == 0` is normal. `total` is more than the known filters
    explain by `other`.
    """

    status: int
    message: Words = ""
    ticket: Ident = None
    cost: Count = 0
    credits: Count = 0
    total: Count = 0
    sent: Count = 0
    blacklisted: Count = 0
    duplicated: Count = 0
    npai: Count = 0
    invalid: Count = 0
    not_allowed: Count = 0
    flood: Count = 0
    country_limit: Count = 0

    @property
    def held(self) -> bool:
        """Accepted, and waiting for somebody at SMSFactor to look at it: never a reason to send again."""
        return self.status == HELD

    @property
    def filtered(self) -> dict[str, int]:
        """Recipients taken out, by the provider's name of the filter; only those that took out any."""
        counts: dict[str, int] = {name: getattr(self, name) for name in FILTERS if name != "other"}
        return {name: count for name, count in counts.items() if count}

    @property
    def other(self) -> int:
        """Recipients that were not sent to for a reason that no counter names."""
        return max(0, self.total - self.sent - sum(self.filtered.values()))

    @property
    def left_out(self) -> dict[str, int]:
        """All who were not sent to, by a name of ``FILTERS``."""
        return self.filtered | ({"other": self.other} if self.other else {})


class Cancelled(Wire):
    """A scheduled campaign was cancelled; `credits` is the balance after the refund, None if it was not said."""

    credits: Whole | None = None


class Sends(Connection):
    """`/send` and what hangs below it. Nothing here but the simulations is ever asked twice."""

    async def send(self, message: SmsMessage, recipients: Sequence[Recipient]) -> Sending:
        """POST /send, to 1–500 recipients (else ValueError).

        After `Unclear` the SMS may be out: look for the message ids in `messages()`, do not send again.
        """
        body = _campaign(message, recipients)
        return await self._write(Sending, "POST", "/send", body=body, timeout=self._send_timeout)

    async def send_to_lists(self, message: SmsMessage, list_ids: Sequence[str]) -> Sending:
        """POST /send/lists: to stored lists; `[info1]`…`[info4]` in the text are filled in per contact."""
        body = _campaign_to_lists(message, list_ids)
        return await self._write(Sending, "POST", "/send/lists", body=body, timeout=self._send_timeout)

    async def send_one(self, message: SmsMessage, recipient: Recipient) -> Sending:
        """GET /send: one SMS, without Unicode and links (else ValueError).

        The text and the number stand in the address, and so in logs on the way: prefer `send`.
        """
        query = {**_query(message, recipient), "pushtype": message.kind}
        return await self._write(Sending, "GET", "/send", query=query, timeout=self._send_timeout)

    async def simulate(self, message: SmsMessage, recipients: Sequence[Recipient]) -> Sending:
        """POST /send/simulate: the cost and the counters of a send, without sending."""
        return await self._read(Sending, "/send/simulate", body=_campaign(message, recipients))

    async def simulate_to_lists(self, message: SmsMessage, list_ids: Sequence[str]) -> Sending:
        """POST /send/lists/simulate."""
        return await self._read(Sending, "/send/lists/simulate", body=_campaign_to_lists(message, list_ids))

    async def simulate_one(self, message: SmsMessage, recipient: Recipient) -> Sending:
        """GET /send/simulate, which documents no `pushtype`; the caution of `send_one` applies."""
        return await self._read(Sending, "/send/simulate", query=_query(message, recipient))

    async def cancel(self, ticket: str) -> Cancelled:
        """DELETE /send/:id: cancel a scheduled campaign.

        Known from the official SDKs only: confirm with `campaign()` or `messages()` before telling anybody.
        """
        return await self._write(Cancelled, "DELETE", "/send/:id", ident=ticket)


def _campaign(message: SmsMessage, recipients: Sequence[Recipient]) -> dict[str, object]:
    if not 1 <= len(recipients) <= RECIPIENTS_MAX:
        raise ValueError(f"{len(recipients)} recipients; a request takes 1 to {RECIPIENTS_MAX}")
    gsm = [recipient.on_wire() for recipient in recipients]
    return {"sms": {"message": message.on_wire(), "recipients": {"gsm": gsm}}}


def _campaign_to_lists(message: SmsMessage, list_ids: Sequence[str]) -> dict[str, object]:
    if not list_ids:
        raise ValueError("no list to send to")
    return {"sms": {"message": message.on_wire(), "lists": [{"value": list_id} for list_id in list_ids]}}


def _query(message: SmsMessage, recipient: Recipient) -> Mapping[str, str | None]:
    if message.unicode or message.links:
        raise ValueError("Unicode and tracked links need a POST")
    return {
        "text": message.text,
        "to": recipient.number,
        "delay": None if message.delay is None else to_wire(message.delay),
        "sender": message.sender,
        "gsmsmsid": recipient.message_id,
    }
