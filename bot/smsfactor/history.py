"""Look back: campaigns with their counters, single messages, and the replies that came in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from bot.smsfactor.connection import Connection, Query
from bot.smsfactor.wire import Count, Digits, Ident, Moment, Page, Private, Wire, Words, to_wire

PAGE_MAX = 1000
"""Records per page (SMSFactor docs, campaigns/history and messages)."""

MessageStatus = Literal["delivered", "sent", "waiting", "moderation", "denied", "not_sent", "undelivered"]
"""The values by which messages can be filtered (SMSFactor docs, messages)."""


def _percent(value: object) -> object:
    return None if value is None or value == "" else value


def _only_one(value: object) -> object:
    """`campaign` is an array with one object in JSON, and an object where it was made from XML."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


class ListUsed(Wire):
    """A contact list that a campaign went to."""

    id: str


class CampaignReport(Wire):
    """One campaign and what is known of its messages, in the provider's counts.

    `status` is the provider's own word: only "Sent" is documented, an old edition shows "1". `cost` is in
    credits, `delivery_rate` in percent or None. `total` counts the messages before filtering.
    """

    ticket: str = Field(alias="id")
    sender: Words = ""
    text: Private = ""
    created_at: Moment = Field(None, alias="creation_date")
    send_at: Moment = Field(None, alias="date")
    cost: Count = 0
    lists: tuple[ListUsed, ...] = ()
    status: Words = ""
    delivery_rate: Annotated[float | None, BeforeValidator(_percent)] = None
    delivered: Count = 0
    failed: Count = Field(0, alias="error")
    expired: Count = 0
    network_error: Count = 0
    stops: Count = Field(0, alias="stop")
    npai: Count = 0
    total: Count = 0


class CampaignPage(Page):
    """A page of the campaigns made through the API; those of the web platform are not among them."""

    campaigns: tuple[CampaignReport, ...]


class _OneCampaign(Wire):
    campaign: Annotated[CampaignReport, BeforeValidator(_only_one)]


class CampaignContact(Wire):
    """A number of a campaign that said STOP, is unassigned, or replied; with its contact fields."""

    number: Digits = Field(alias="destination")
    info1: Private = ""
    info2: Private = ""
    info3: Private = ""
    info4: Private = ""
    at: Moment = Field(None, alias="date")


class _Stops(Wire):
    stops: tuple[CampaignContact, ...]


class _Npais(Wire):
    npais: tuple[CampaignContact, ...]


class _CampaignReplies(Wire):
    replies: tuple[CampaignContact, ...]


class _NpaisRetired(Wire):
    count: Count = Field(0, alias="NPAI")


class MessageRecord(Wire):
    """One SMS, out or in. `message_id` is ours (None if we gave none), `provider_id` the provider's own.

    `status` is in lower case; of its values only "sent" is documented. `type` is "sms_mt" for one that was
    sent.
    """

    ticket: Ident = Field(None, alias="campaign_id")
    message_id: Ident = Field(None, alias="client_message_id")
    provider_id: Ident = Field(None, alias="message_id")
    list_id: Ident = Field(None, alias="contact_list_id")
    text: Private = Field("", alias="message")
    cost: Count = 0
    country: Words = ""
    number: Digits = Field(alias="destination")
    sender: Words = Field("", repr=False)  # of an incoming message: a number
    at: Moment = Field(None, alias="date")
    receipt_at: Moment = Field(None, alias="dlr_date")
    status: Annotated[Words, StringConstraints(to_lower=True)] = ""
    status_details: Annotated[Words, StringConstraints(to_lower=True)] = ""
    type: Words = ""


class MessagePage(Page):
    """A page of messages."""

    messages: tuple[MessageRecord, ...]


class ReplyRecord(Wire):
    """One SMS that came in. `provider_id` and `ticket` are missing in older editions."""

    provider_id: Ident = Field(None, alias="message_id")
    ticket: Ident = Field(None, alias="campaign_id")
    number: Digits = Field(alias="destination")
    text: Private = Field("", alias="message")
    info1: Private = ""
    info2: Private = ""
    at: Moment = Field(None, alias="date")


class ReplyPage(Page):
    """A page of replies; the provider gives no totals with it in the documented sample.

    `unreadable`: how many more stand on it without what makes them a reply, so that one of these hides no other.
    """

    replies: tuple[ReplyRecord, ...]
    unreadable: Count = 0

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, fields: Mapping[str, object]) -> Mapping[str, object]:
        rows = fields.get("replies")
        if not isinstance(rows, list):
            return fields
        readable = [row for row in rows if _can_be_read(row)]
        return {**fields, "replies": readable, "unreadable": len(rows) - len(readable)}


def _can_be_read(row: object) -> bool:
    try:
        ReplyRecord.model_validate(row)
    except ValidationError:
        return False
    return True


class History(Connection):
    """`/campaigns`, `/campaign/:id` and `/messages`. Dates are aware; pages hold at most 1,000 records."""

    async def campaigns(
        self,
        *,
        start: int = 0,
        length: int = 100,
        date_start: datetime | None = None,
        date_end: datetime | None = None,
        sms_min: int | None = None,
        sms_max: int | None = None,
        destination: str | None = None,
        text: str | None = None,
        sort: str | None = None,
    ) -> CampaignPage:
        """GET /campaigns, filtered by sending date, number of SMS, recipient and a part of the text.

        `sort` is id, date, text, cost or status, `-` descends.
        """
        query = {
            "start": start,
            "length": length,
            "date_start": _date(date_start),
            "date_end": _date(date_end),
            "sms_min": sms_min,
            "sms_max": sms_max,
            "destination": destination,
            "text": text,
            "sort": sort,
        }
        return await self._read(CampaignPage, "/campaigns", query=query)

    async def campaign(self, ticket: str) -> CampaignReport:
        """GET /campaign/:id."""
        return (await self._read(_OneCampaign, "/campaign/:id", ident=ticket)).campaign

    async def campaign_stops(self, ticket: str) -> tuple[CampaignContact, ...]:
        """GET /campaign/:id/blacklist: who said STOP to it."""
        return (await self._read(_Stops, "/campaign/:id/blacklist", ident=ticket)).stops

    async def campaign_npais(self, ticket: str) -> tuple[CampaignContact, ...]:
        """GET /campaign/:id/npai: its unassigned numbers."""
        return (await self._read(_Npais, "/campaign/:id/npai", ident=ticket)).npais

    async def campaign_replies(self, ticket: str) -> tuple[CampaignContact, ...]:
        """GET /campaign/:id/mo: who replied to it, without the texts; `replies()` has those."""
        return (await self._read(_CampaignReplies, "/campaign/:id/mo", ident=ticket)).replies

    async def retire_campaign_npais(self, ticket: str) -> int:
        """PUT /campaign/:id/npai: put its unassigned numbers on the account's NPAI list; returns how many."""
        return (await self._write(_NpaisRetired, "PUT", "/campaign/:id/npai", ident=ticket)).count

    async def messages(
        self,
        date_start: datetime,
        date_end: datetime,
        *,
        destination: str | None = None,
        message: str | None = None,
        type: Literal["messages-in", "messages-out"] | None = None,  # noqa: A002 - the provider's word
        country: str | None = None,
        status: MessageStatus | None = None,
        start: int = 0,
        length: int = 100,
        sort: str | None = None,
    ) -> MessagePage:
        """GET /messages. `message` filters on a part of the text; no filter takes a campaign or a message id.

        `sort` is date, destination, sender or status, `-` descends. Messages vanish after at most six months.
        """
        query = {
            "date_start": to_wire(date_start),
            "date_end": to_wire(date_end),
            "destination": destination,
            "message": message,
            "type": type,
            "country": country,
            "status": status,
            "start": start,
            "length": length,
            "sort": sort,
        }
        return await self._read(MessagePage, "/messages", query=query)

    async def replies(
        self,
        date_start: datetime,
        date_end: datetime,
        *,
        start: int = 0,
        length: int = 100,
        sort: str | None = None,
    ) -> ReplyPage:
        """GET /messages/mo. `sort` is id, date or text, `-` descends."""
        query: Query = {
            "date_start": to_wire(date_start),
            "date_end": to_wire(date_end),
            "start": start,
            "length": length,
            "sort": sort,
        }
        return await self._read(ReplyPage, "/messages/mo", query=query)


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else to_wire(moment)
