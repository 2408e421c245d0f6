"""What the team has chosen in /sms settings: the same in every process, from the moment it is saved."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, Field
from redis.asyncio import Redis

from bot.office_hours import OfficeHours
from bot.store.answers import as_bytes, as_text
from bot.store.script import Script

DAY, HOUR, MINUTE = 86_400, 3_600, 60
THREAD_DAYS_MAX, RESOLVE_HOURS_MAX, REMIND_MINUTES_MAX, UNDO_SECONDS_MAX = 365, 24 * 90, 24 * 60, 60
ASKED_FOR = 180 * DAY  # that an answered question is remembered; its message is edited within seconds

Purpose = Literal["replies", "campaigns", "alerts", "optouts"]
RuleKind = Literal["campaign", "sender", "keyword"]

log = structlog.get_logger(__name__)


class Section(BaseModel):
    """One part of the settings, saved by itself, so that two admins who change two parts do not undo each other."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Rule(Section):
    """SMS that answer this campaign (its id), or one from this sender name, or that begin with this word, go there."""

    kind: RuleKind
    value: str
    channel: str


class Routes(Section):
    """Where what is shown. A purpose without a channel uses SLACK_CHANNEL; of the rules, the first that fits wins."""

    purposes: dict[Purpose, str] = {}
    rules: tuple[Rule, ...] = ()


class ConversationPolicy(Section):
    """``new_thread_days``: an SMS so long after the end of a conversation begins a new thread (None: never).

    ``resolve_hours``: so long after the team's last SMS it is resolved by itself, ``remind_minutes``: so long a person
    may wait before somebody is reminded, ``undo_seconds``: so long an answer can be taken back; 0: not at all.
    """

    new_thread_days: Annotated[int, Field(ge=0, le=THREAD_DAYS_MAX)] | None = 7
    resolve_hours: int = Field(72, ge=0, le=RESOLVE_HOURS_MAX)
    remind_minutes: int = Field(30, ge=0, le=REMIND_MINUTES_MAX)
    undo_seconds: int = Field(0, ge=0, le=UNDO_SECONDS_MAX)


class AutoReply(Section):
    """What the desk answers by itself outside of the office hours; empty: nothing."""

    text: str = ""


class FreeTyping(Section):
    """Channels in whose threads everything goes out that does not begin with ``note:``."""

    channels: tuple[str, ...] = ()


class StopWords(Section):
    """An SMS that is one of these words, or begins with it, is an opt-out. STOP always is."""

    words: tuple[str, ...] = ("STOP", "ARRET", "ARRÊT", "DESABONNER", "DÉSABONNER", "UNSUBSCRIBE")


class TeamSettings(BaseModel):
    """All sections."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    routes: Routes = Routes()
    conversations: ConversationPolicy = ConversationPolicy()
    hours: OfficeHours = OfficeHours()
    auto_reply: AutoReply = AutoReply()
    free_typing: FreeTyping = FreeTyping()
    stop_words: StopWords = StopWords()

    def is_open(self, at: datetime) -> bool:
        """Whether the team is at work at ``at``, an aware time in the team's own zone."""
        return self.hours.next_open(at) is None


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said that a channel is for; ``value``: of the rule, if it is one."""

    who: str
    choice: str
    value: str = ""


S = TypeVar("S", bound=BaseModel)
_DEFAULTS = TeamSettings()


class Team:
    """``team`` → hash of section → JSON; kept for good. What nobody has chosen is as the sections' defaults say.

    ``asked:{question}`` → JSON of ``Decision``, for ``ASKED_FOR`` seconds.
    ``team:free`` → hash of channels → since when (epoch seconds) they have free typing, if they still do.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._swap = Script(redis, "team_swap")
        self._told: set[tuple[str, bytes]] = set()

    async def settings(self) -> TeamSettings:
        """As they are now: read each time, so that a change holds at once everywhere. A few hundred bytes.

        A section that cannot be read counts as one that nobody has chosen: what comes in must be shown all the same.
        """
        stored = await self._redis.hgetall("team")
        return _DEFAULTS.model_copy(update=self._sections(stored))

    async def save(self, name: str, section: BaseModel) -> None:
        """Replace one section; ``name`` is its field in ``TeamSettings``."""
        _check(name, section)
        await self._date_free(section, (await self.settings()).free_typing)
        await self._redis.hset("team", name, section.model_dump_json())

    async def change(self, name: str, before: BaseModel, after: BaseModel) -> bool:
        """The same, if it is as it was ``before``. False: somebody else was quicker, and nothing was changed."""
        _check(name, after)
        stored = await self._redis.hget("team", name)
        now = self._sections({} if stored is None else {name.encode(): stored})
        if now.get(name, getattr(_DEFAULTS, name)) != before:
            return False
        await self._date_free(after, before)
        seen = b"" if stored is None else as_bytes(stored)
        return bool(await self._swap(["team"], [name, seen, after.model_dump_json()]))

    async def decide(self, question: str, decision: Decision) -> Decision:
        """Remember what was decided. The first decision stands: it is returned, whosoever it is."""
        key = _asked(question)
        if await self._redis.set(key, json.dumps(asdict(decision)), nx=True, ex=ASKED_FOR):
            return decision
        return await self.decision(question) or decision

    async def decision(self, question: str) -> Decision | None:
        """What was decided; None: nothing yet."""
        found = await self._redis.get(_asked(question))
        return None if found is None else Decision(**json.loads(found))

    async def free_since(self, channel: str) -> float:
        """Since when all that is typed in this channel's threads goes out; 0: for longer than is known."""
        return float(await self._redis.hget("team:free", channel) or 0)

    async def _date_free(self, after: BaseModel, before: BaseModel) -> None:
        """In real time, as Slack's: what was typed before somebody chose it was meant to stay inside."""
        if isinstance(after, FreeTyping) and isinstance(before, FreeTyping):
            for channel in set(after.channels) - set(before.channels):
                await self._redis.hset("team:free", channel, time.time())

    def _sections(self, stored: Mapping[Any, Any]) -> dict[str, BaseModel]:
        """Those that can be read. What cannot is logged by its name, once a process; never what it says."""
        sections = {}
        for name in TeamSettings.model_fields:
            document = stored.get(name.encode())
            section = None if document is None else _read(name, document)
            if section is not None:
                sections[name] = section
            elif document is not None and (name, document) not in self._told:
                self._told.add((name, document))
                log.error("settings_unreadable", section=name)
        return sections


def _read(name: str, document: object) -> BaseModel | None:
    kind: type[BaseModel] = type(getattr(_DEFAULTS, name))
    try:
        return kind.model_validate_json(as_text(document))
    except ValueError:  # pydantic's too, and that of bytes which are no text
        return None


def _check(name: str, section: BaseModel) -> None:
    if not isinstance(section, type(getattr(_DEFAULTS, name))):
        raise TypeError(f"{name} is no {type(section).__name__}")


def _asked(question: str) -> str:
    return f"asked:{{{question}}}"
