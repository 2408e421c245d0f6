"""One message that somebody typed: where, by whom, and whether it is meant for the person outside."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.campaign_ids import answer_id
from bot.services import Services
from bot.slack.typed import Typed, typed

# What sends is read strictly, what keeps inside generously: "*Note* : …" and "(note: …)" are meant as one.
_SMS = re.compile(r"\s*sms\s*:\s*", re.IGNORECASE)
_NOTE = re.compile(r"[\W_]*note[\W_]*?[:：]", re.IGNORECASE)
_TS = re.compile(r"\d+\.\d+", re.ASCII)
_CARD = "conversation:"
SLACKBOT = "USLACKBOT"  # of whom users.info says that it is a member and no bot


class Author(NamedTuple):
    """Who wrote a message, and where they can be told of it."""

    user: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Line:
    """``thread``: ts of the message that it stands under, "" for one in the channel itself. ``subtype``: Slack's word
    for its kind. ``loaded``: it brings files, or a message from elsewhere."""

    channel: str
    ts: str
    thread: str
    user: str
    subtype: str
    typed: Typed
    loaded: bool

    @property
    def author(self) -> Author:
        """Whom to tell."""
        return Author(self.user, self.channel, self.thread)

    @property
    def marked(self) -> bool:
        """Whether it begins with ``sms:``."""
        return self.typed.own_words and bool(_SMS.match(self.typed.text))

    @property
    def answer(self) -> str:
        """What they would get."""
        text = _SMS.sub("", self.typed.text, count=1) if self.marked else self.typed.text
        return text.strip()

    @property
    def is_note(self) -> bool:
        """Whether it begins with ``note:``."""
        return bool(_NOTE.match(self.typed.text))

    @property
    def campaign(self) -> str:
        """The id, and so the send key, of the SMS that this message is or would be."""
        return sms_of(self.channel, self.ts)


def sms_of(channel: str, ts: str) -> str:
    """The id of the SMS that the message there is, if it is one."""
    return answer_id("thread", channel, ts)


def line_of(channel: object, message: Mapping[str, Any]) -> Line | None:
    """A person's message; None for a bot's, for what an app writes in a person's name, and for nobody's."""
    user, ts, thread = message.get("user"), message.get("ts"), message.get("thread_ts")
    if message.get("bot_id") or message.get("app_id") or message.get("subtype") == "bot_message" or user == SLACKBOT:
        return None
    if not (isinstance(channel, str) and isinstance(user, str) and user and isinstance(ts, str) and _TS.fullmatch(ts)):
        return None
    shared = any(one.get("is_share") for one in message.get("attachments") or ())
    return Line(
        channel,
        ts,
        thread if isinstance(thread, str) and thread != ts else "",
        user,
        str(message.get("subtype") or ""),
        typed(message),
        bool(message.get("files")) or message.get("subtype") == "file_share" or shared,
    )


async def subject_of(services: Services, channel: str, thread: str) -> str:
    """The conversation, in one of its threads, whose card heads this one; "" if it is none's."""
    name = await services.store.anchors.at(channel, thread) if thread else None
    return name.removeprefix(_CARD) if name and name.startswith(_CARD) else ""


async def goes_out(services: Services, line: Line) -> bool:
    """Whether a message in a conversation's thread is meant for the person outside."""
    if line.marked or line.is_note:
        return line.marked
    team = await services.store.team.settings()
    if line.channel not in team.free_typing.channels:
        return False
    since = await services.store.team.free_since(line.channel)
    return float(line.ts) >= since
