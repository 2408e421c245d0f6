"""What a conversation is: all that is said with one number, whose it is, and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

Way = Literal["webhook", "list"]
Known = Literal["new", "again", "paired"]
Done = Literal["done", "same", "no", "gone"]


class ConversationState(StrEnum):
    """``open`` ⇄ ``snoozed``; either → ``resolved`` → ``open``. An SMS that wants an answer opens it from anywhere."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One number's conversation. Times are epoch seconds, 0: never.

    ``episode`` counts its threads, ``channel`` is where the present one opens, ``opened_by`` the SMS that opened it,
    ``since`` when the oldest SMS came that nobody has answered, ``waits_for`` which SMS began the waiting, or ended a
    snooze, ``snooze`` when it wakes (0: when they write), ``snoozed_by`` who put it off,
    ``reopened`` when it last woke, or was opened by hand,
    ``ended_by`` who resolved it ("": the desk), ``blocked`` who blocked it as a nuisance,
    ``answers`` how many SMS the team wrote, ``answered_by`` who wrote the last, ``composing`` who has the form open,
    ``reminded`` which reminder of this waiting was given last, and ``reminded_at`` when, or when somebody else got it.
    ``unshown``: when the desk moved it by itself, which its card may not say yet (0: it does).
    """

    id: str
    number: str
    opened: float = 0.0
    episode: int = 1
    channel: str = ""
    state: ConversationState = ConversationState.RESOLVED
    owner: str = ""
    opened_by: str = ""
    since: float = 0.0
    waits_for: str = ""
    snooze: float = 0.0
    snoozed_by: str = ""
    reopened: float = 0.0
    ended: float = 0.0
    ended_by: str = ""
    last_in: float = 0.0
    last_out: float = 0.0
    replies: int = 0
    answers: int = 0
    answered_by: str = ""
    campaign: str = ""
    blocked: str = ""
    composing: str = ""
    reminded: int = 0
    reminded_at: float = 0.0
    unshown: float = 0.0

    @property
    def subject(self) -> str:
        """What its card is of: the conversation in its present thread."""
        return f"{self.id}.{self.episode}"

    @property
    def anchor(self) -> str:
        """The name of its card, under which its thread stands."""
        return f"conversation:{self.subject}"

    @property
    def waiting(self) -> bool:
        """Whether somebody waits for an answer."""
        return self.since > 0 and self.state is ConversationState.OPEN

    @property
    def spell(self) -> float:
        """When the present spell of waiting began; what was put off until then does not count."""
        return max(self.since, self.reopened)

    @property
    def composed_until(self) -> float:
        """Until when somebody counts as having the form open; 0: nobody has."""
        return float(self.composing.rpartition(" ")[2] or 0)

    def composer(self, now: float) -> str:
        """Who has the form open at ``now``, or nobody ("")."""
        return self.composing.partition(" ")[0] if self.composed_until > now else ""


@dataclass(frozen=True, slots=True)
class Text:
    """One SMS of a conversation. ``mark``: fingerprint of an incoming one, campaign id of one that went out.

    ``author``: who wrote it in Slack; "" for one that came in, or that the desk wrote by itself. ``at``: when we had it
    (epoch seconds), ``written``: when they wrote it, where that was long before (0: it was not).
    """

    mark: str
    text: str
    at: float
    out: bool = False
    author: str = ""
    written: float = 0.0

    @property
    def date(self) -> float:
        """When it was written, as far as we know."""
        return self.written or self.at


def as_written(texts: Iterable[Text]) -> list[Text]:
    """In the order in which they were written: what was caught up with comes late."""
    return sorted(texts, key=lambda text: text.date)


class Incoming(NamedTuple):
    """An SMS to be heard. ``date`` is the provider's; without one, the two ways cannot be told to bring the same."""

    mark: str
    text: str
    date: datetime | None
    way: Way
    campaign: str | None
