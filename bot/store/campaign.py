"""What a campaign is: the order, its state, and one byte of state per message."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign stands. ``queued → sending → accepted | held | filtered | failed | unknown``;
    ``held → accepted | refused``; ``unknown → accepted | held | refused`` by a look, or as from ``sending`` by an
    answer that was very late. ``queued → cancelled`` by a person."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    HELD = "held"
    REFUSED = "refused"
    FILTERED = "filtered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class MessageState(StrEnum):
    """The byte of one message; see ``FINAL`` for those that nothing changes any more."""

    WAITING = "."
    OPTED_OUT = "o"  # left out by us
    FLOODED = "l"  # left out by us
    SENDING = "c"  # in a request whose answer we do not have yet
    ACCEPTED = "a"
    HELD = "h"
    REFUSED = "r"  # by moderation
    NOT_SENT = "x"  # for certain
    UNKNOWN = "u"
    SENT = "s"
    DELIVERED = "d"
    EXPIRED = "e"
    UNDELIVERED = "n"  # "not delivered"; a later "delivered" is believed (SMSFactor docs, webhook/dlr, code 2)
    FAILED = "f"


FINAL = frozenset("olrxdef")
# Over, and nobody was texted.
UNSENT = (CampaignState.REFUSED, CampaignState.FILTERED, CampaignState.FAILED, CampaignState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to be sent, as they wrote it.

    ``id`` is minted when the form opens: it is the send key of that form. ``channel`` is where its card stands,
    ``kind`` is "alert" or "marketing", ``links``: shorten links and count clicks. ``conversation`` is the id of the one
    that it is an answer in ("": none), ``due`` when it may leave (epoch seconds): until then it can be taken back,
    ``seen`` when the SMS came that the author of an answer saw last (epoch seconds; 0: all), ``typed`` the ts of the
    message in the thread that it is ("": it came from a form).
    """

    id: str
    author: str
    channel: str
    text: str
    kind: str = "alert"
    sender: str | None = None
    links: bool = False
    created: float = field(default_factory=time.time)
    conversation: str = ""
    due: float = 0.0
    seen: float = 0.0
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """An order and what became of it. Credits; ``filtered``: counts by the provider's filters; ``why``: in words;
    ``failure``: the code of a receipt that told of one."""

    order: Order
    state: CampaignState
    size: int
    messages: Mapping[MessageState, int]
    ticket: str | None = None
    cost: int = 0
    credits: int | None = None
    filtered: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    failure: int | None = None
    begun: float = 0.0
    was_held: bool = False
    clicks: int = 0
    clickers: int = 0
    replies: int = 0
    stops: int = 0
    tried: int = 0
    holder: str = ""

    @property
    def id(self) -> str:
        """The campaign's own id, e.g. ``c7k2m9q``."""
        return self.order.id

    def count(self, *states: MessageState) -> int:
        """How many messages are in one of ``states``."""
        return sum(self.messages.get(state, 0) for state in states)
