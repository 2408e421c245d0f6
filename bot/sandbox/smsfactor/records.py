"""What is remembered: campaigns and their messages, phones, lists, webhooks, requests, deliveries."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Verdict = Literal["release", "refuse"]
Signature = Literal["plain", "hmac"]
Kind = Literal["MO", "DLR", "STOP", "CLICKER", "BALANCE_ALERT"]
Power = Literal["on", "off", "unassigned", "silent"]
"""What a person may do to a phone; unassigned: the number is nobody's any more; silent: it never reports."""
Info = tuple[str, str, str, str]
"""The four free fields of a contact, `info1` to `info4`."""

NO_INFO: Info = ("", "", "", "")

COUNTERS = ("blacklisted", "duplicated", "npai", "invalid", "not_allowed", "flood", "country_limit")
"""Why a number was left out of a send (SMSFactor docs, send/campaign)."""

SENT = 1
DELIVERED = 3
INVALID_DESTINATION = 5
NETWORK_ERROR = 11
EXPIRED = 12
RECEIPT_NAMES = {
    0: "NOT_SENT",
    SENT: "SENT",
    2: "NOT_DELIVERED",
    DELIVERED: "DELIVERED",
    4: "NOT_ALLOWED",
    INVALID_DESTINATION: "INVALID_DESTINATION",
    6: "INVALID_SENDER",
    7: "ROUTE_NOT_AVAILABLE",
    9: "REJECTED",
    NETWORK_ERROR: "NETWORK_ERROR",
    EXPIRED: "EXPIRED",
}
"""Codes of a delivery report (SMSFactor docs, webhook/dlr); 8 and 10 exist in no source."""


@dataclass
class Rules:
    """How this provider behaves; any field may be changed while it runs.

    Times are seconds of the stand-in's clock; None means "only when told". Figures that SMSFactor does not
    publish (flood limits, prices abroad) are settings here.
    """

    receipt_after: float | None = None
    moderation_after: float | None = None
    flood_per_hour: int = 5
    flood_same_text_per_hour: int = 1
    countries: frozenset[str] | None = frozenset({"FR"})
    """Countries the account may send to; None for all."""
    country_limits: dict[str, int] = field(default_factory=dict)
    """Country → SMS per calendar month."""
    moderation_words: dict[str, Verdict] = field(default_factory=dict)
    """A word in a text that has it held → how that ends."""
    stop_mention: str = " STOP 36035"
    """Glued to marketing texts by the provider."""
    signature: Signature = "plain"
    """What X-SMSFactor-Signature carries: the secret itself, or the hex HMAC-SHA256 of the raw body."""
    postpaid: bool = False


@dataclass(slots=True)
class Link:
    """A short link made for one recipient."""

    code: str
    url: str
    clicks: int = 0


@dataclass(slots=True, eq=False)
class Message:
    """One recipient of a campaign. `id` is the provider's own, `client_id` the caller's gsmsmsid, if any."""

    id: int
    campaign: "Campaign" = field(repr=False)
    number: str = field(repr=False)
    text: str = field(repr=False)
    segments: int
    country: str
    text_hash: int
    """Of the text before its links were shortened: what the flood limit calls the same content."""
    client_id: str = ""
    links: tuple[Link, ...] = ()
    info: Info = field(default=NO_INFO, repr=False)
    list_id: str = ""
    code: int | None = None
    """Last delivery report, if any."""
    reported_at: float | None = None
    fate: int | None = None
    """The code that was settled when it left, because the phone could not get it."""

    @property
    def status(self) -> str:
        """One of the values that GET /messages filters by (SMSFactor docs, messages)."""
        match self.campaign.state:
            case "moderation" | "denied":
                return self.campaign.state
            case "scheduled":
                return "waiting"
            case "cancelled":
                return "not_sent"
        match self.code:
            case None | 1:
                return "sent"
            case 0:
                return "not_sent"
            case 3:
                return "delivered"
        return "undelivered"


@dataclass(slots=True, eq=False)
class Campaign:
    """One accepted request. `state` is the truth; of the API's own words only "Sent" is published."""

    ticket: str
    text: str = field(repr=False)
    sender: str
    created: float
    date: float
    cost: int
    counts: Counter[str]
    """`total`, `sent`, and a count for each reason in COUNTERS."""
    lists: tuple[str, ...] = ()
    stop_mention: str = ""
    """What the provider glued to the end of its texts."""
    state: Literal["moderation", "scheduled", "sent", "denied", "cancelled"] = "sent"
    messages: list[Message] = field(default_factory=list, repr=False)
    stops: list["Entry"] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """An SMS as it arrived on a phone."""

    text: str = field(repr=False)
    sender: str
    message_id: str
    segments: int
    at: float
    links: tuple[str, ...]
    message: Message = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMS that somebody sent back."""

    id: int
    number: str = field(repr=False)
    text: str = field(repr=False)
    at: float
    last: Message | None = field(repr=False)
    stop: bool = False
    """Whether its words were an opting out."""


@dataclass(slots=True, eq=False)
class Phone:
    """A phone: what it received and said, and what becomes of SMS to it.

    `outcome` is the delivery report code of its messages: 3 delivered, others do not arrive; None arrives
    but never reports.
    """

    number: str = field(repr=False)
    outcome: int | None = DELIVERED
    texts: list[Text] = field(default_factory=list, repr=False)
    replies: list[Reply] = field(default_factory=list, repr=False)
    last: Message | None = field(default=None, repr=False)
    flood: list[tuple[float, int, str]] = field(default_factory=list, repr=False)
    """Sends of the last hour: time, hash of the text, ticket."""
    missed: int = 0
    """SMS that it could not get."""
    last_event: int = 0
    """When something last happened on it, counted in events of all phones; 0 if nothing has."""
    by_hand: bool = False
    """Whether a person added it."""


@dataclass(slots=True)
class Entry:
    """A number on the blacklist, on the NPAI list, or in a list of contacts."""

    id: str
    number: str = field(repr=False)
    at: float
    info: Info = field(default=NO_INFO, repr=False)
    ticket: str | None = None


@dataclass(slots=True)
class ContactList:
    """A stored list; duplicates stay in it until it is deduplicated."""

    id: str
    name: str
    created: float
    contacts: list[Entry] = field(default_factory=list, repr=False)


@dataclass(slots=True)
class Webhook:
    """An address registered for one kind of event."""

    id: str
    kind: Kind
    url: str
    secret: str = field(default="", repr=False)
    paused: bool = False
    last_http_code: int | None = None
    delivered: int = 0
    """Deliveries that were answered with 2xx."""
    failed: int = 0
    last: "Delivery | None" = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asked, without its token. `json` is None when the body was empty or not JSON."""

    method: str
    path: str
    query: dict[str, str]
    json: Any = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    at: float


@dataclass(slots=True, eq=False)
class Delivery:
    """One attempt to hand an event to a webhook; `http_status` is None if no answer came within 10 s."""

    kind: Kind
    url: str
    payload: Json = field(repr=False)
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    webhook_id: str
    http_status: int | None = None
    error: str = ""
    """Why there is no status: the name of the failure."""
    id: str = ""
    at: float = 0.0
    """When it was tried, by the stand-in's clock."""

    @property
    def arrived(self) -> bool:
        """Whether it was answered with 2xx."""
        return self.http_status is not None and 200 <= self.http_status < 300
