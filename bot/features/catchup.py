"""Catch-up: SMS that came in while nobody took SMSFactor's webhooks are read from its list, each shown once.

What the list has goes through the event stream, as if it came by webhook, so that order, cards and threads are the same
and a webhook that comes after all is recognised. When all of it is done, one digest tells what had been missed.
"""

import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import structlog

from bot import conversation, phone
from bot.doors import Doors
from bot.poster import Message
from bot.services import Services
from bot.slack.blocks import message, section
from bot.slack.markup import date, escape
from bot.smsfactor.errors import SMSFactorError
from bot.smsfactor.events import fingerprint
from bot.smsfactor.history import PAGE_MAX, ReplyRecord
from bot.store.catchup import Found, Reading
from bot.store.conversations import Conversation
from bot.store.posts import Post, Urgency
from bot.tempo import HOUR

OVERLAP = 3 * HOUR  # read again each time: what came late to the list, whose dates may be of another zone than Paris
TOGETHER = 500  # handed to Redis at a time
REST = 60.0  # seconds after a reading that failed
PATIENCE = 60.0  # seconds that the digest waits for the cards that it links to
NAMED_MAX = 2_900  # characters of markup for the people in the digest; a block takes 3,000
NAME_MAX = 80

log = structlog.get_logger(__name__)


def register(doors: Doors) -> None:
    """A check that looks often whether it is time to read the list, and whether there is something to tell."""
    doors.every(doors.tempo.sweep, "catch_up", Reader().check)


class Reader:
    """Reads at the start of a process, as nobody knows how long there was none, and then every ``tempo.catch_up``."""

    def __init__(self) -> None:
        self._has_read = False
        self._rests_until = 0.0
        self._waits_since = 0.0

    async def check(self, services: Services) -> None:
        """Read what is due; tell what was found once all of it is done."""
        reading = await services.store.catchup.reading()
        if reading is None:
            await services.store.catchup.start(int(services.wall.seconds()))
        elif await self._read(services, reading):
            waits = self._waits_since and time.monotonic() - self._waits_since
            told = await tell(services, hurry=waits > PATIENCE)
            self._waits_since = 0.0 if told else self._waits_since or time.monotonic()

    async def _read(self, services: Services, reading: Reading) -> bool:
        """False if a reading was begun and is not at its end."""
        tempo = services.tempo
        unfinished = reading.until > reading.covered
        until = reading.until if unfinished else float(int(services.wall.seconds() - tempo.catch_up_grace))
        due = unfinished or not self._has_read or until - reading.covered >= tempo.catch_up
        if not due or until <= reading.covered:
            return True
        if time.monotonic() < self._rests_until:
            return not unfinished
        try:
            await read(services, reading, until)
        except SMSFactorError as error:
            self._rests_until = time.monotonic() + min(REST, tempo.catch_up)
            log.warning("catch_up_failed", error=type(error).__name__)
            return not unfinished
        self._has_read = True
        return True


@dataclass(frozen=True, slots=True)
class Listed:
    """A reply of the list as it goes into the event stream; ``name``: what the provider's lists call this person."""

    number: str
    mark: str
    body: bytes
    name: str


async def read(services: Services, reading: Reading, until: float) -> None:
    """Hand all that the list has, and that it did not have the last time, to the event stream, the oldest first.

    Whoever dies on the way, the next one begins with the same list: what is in the stream already is a repeat there.
    Raises ``SMSFactorError``.
    """
    store = services.store
    records = await _list(services, reading, until)
    listed = [_listed(services, record, nth) for record, nth in records]
    heard = await store.conversations.heard([(one.number, one.mark) for one in listed])
    fresh = [one for one, known in zip(listed, heard, strict=True) if not known]
    await store.catchup.begin(until)
    for start in range(0, len(fresh), TOGETHER):
        some = fresh[start : start + TOGETHER]
        for one in some:
            await store.contacts.learn(one.number, one.name)
        await store.catchup.expect({one.mark: one.number for one in some})
        await asyncio.gather(*(store.events.append("mo", one.body, one.mark, one.number) for one in some))
    await store.catchup.end(until)
    if fresh:
        log.info("caught_up", listed=len(listed), fresh=len(fresh))


async def _list(services: Services, reading: Reading, until: float) -> list[tuple[ReplyRecord, int]]:
    """The replies of the time that is not surely covered, in their order, each with its place among its equals."""
    start = datetime.fromtimestamp(max(reading.covered - OVERLAP, reading.began), UTC)
    end = datetime.fromtimestamp(until, UTC)
    found: dict[object, tuple[ReplyRecord, int]] = {}
    taken = unreadable = 0
    while True:  # there are no totals (SMSFactor docs, messages/mo): a page with nothing new is the last
        page = await services.sms.replies(start, end, start=taken, length=PAGE_MAX, sort="date")
        before, equals = len(found), Counter[object]()
        for record in page.replies:
            same = record.provider_id or (record.number, record.text, record.at)
            found.setdefault((same, equals[same]), (record, equals[same]))
            equals[same] += not record.provider_id  # older editions have no ids, and two may write "Oui" at once
        taken += len(page.replies) + page.unreadable
        unreadable += page.unreadable
        if len(found) == before:
            break
    if unreadable := unreadable + sum(record.at is None for record, _ in found.values()):
        log.error("catch_up_unreadable", replies=unreadable)
    inside = [
        (record.at, _order(record), record, nth)
        for record, nth in found.values()
        if record.at and reading.began <= record.at.timestamp() <= until
    ]
    return [(record, nth) for *_, record, nth in sorted(inside, key=lambda row: row[:2])]


def _order(record: ReplyRecord) -> int:
    """Within a second, as the provider numbers them."""
    return int(record.provider_id) if record.provider_id and record.provider_id.isdecimal() else 0


def _listed(services: Services, record: ReplyRecord, nth: int) -> Listed:
    number = services.guards.digits(record.number)
    fields: dict[str, object] = {
        "from": number,
        "message": record.text,
        "date": record.at.isoformat() if record.at else None,
        "campaign_id": record.ticket,
        "caught_up": True,
    }
    mark = fingerprint("mo", {**fields, "id": record.provider_id, "nth": nth})
    return Listed(number, mark, json.dumps(fields).encode(), name_of(record))


def name_of(record: ReplyRecord) -> str:
    """The name that the first two fields of a contact make, if they look like one."""
    name = " ".join(f"{record.info1} {record.info2}".split())[:NAME_MAX]
    return "" if phone.holds_number(name) else name


async def tell(services: Services, *, hurry: bool = False) -> bool:
    """One post for all that was found, once nothing is expected any more; a repeat of this call posts nothing again.

    False: it waits for cards that are not in Slack yet; not in a hurry, and not if Slack has taken all there is.
    """
    catchup = services.store.catchup
    expected = await catchup.expected()
    finished = await services.store.events.finished(expected)
    await catchup.met(finished)
    found = await catchup.untold() if len(finished) == len(expected) else {}
    if not found:
        return True
    numbers = sorted({one.number for one in found.values()})
    conversations = await services.store.conversations.many(numbers)
    links = await conversation.links(services, conversations)
    missing = any(about.id not in links and not about.blocked for about in conversations)
    if missing and not hurry and await services.store.posts.waiting():
        return False
    team = await services.store.team.settings()
    names = await services.store.contacts.names(numbers)
    people = {about.number: _person(about, names.get(about.number, ""), links.get(about.id)) for about in conversations}
    shown = digest(list(found.values()), services.settings.timezone, people)
    key = hashlib.sha256(" ".join(sorted(found)).encode()).hexdigest()[:16]
    post = Post(f"catchup:{key}", Urgency.NOTICE, text=shown["text"], blocks=shown["blocks"])
    await services.poster.put(conversation.route(services, team, "replies"), post)
    await catchup.told(list(found))
    return True


# Views


def _person(about: Conversation, name: str, link: str | None) -> str:
    """In markup: what they are called, and the link to their card."""
    called = escape(conversation.called(about, name))
    return f"{called} · <{link}|card>" if link else called


def digest(found: Sequence[Found], zone: tzinfo, people: Mapping[str, str]) -> Message:
    """How many, of whom (number → in markup), from when to when; ``zone`` is for those who read no Slack dates."""
    counted = Counter(one.number for one in sorted(found, key=lambda one: one.at))
    first, last = (_when(edge(one.at for one in found), zone) for edge in (min, max))
    how_many = f"{len(found)} SMS from {len(counted)} {'person' if len(counted) == 1 else 'people'}"
    when = f"at {first}" if first == last else f"from {first} to {last}"
    where = "It is in its thread now." if len(found) == 1 else "They are in their threads now."
    why = "came in while SMSFactor could not reach the desk"
    return message(
        f"{how_many} {why}. {where}",
        [section(f":inbox_tray: *{how_many}* {why}, {when}. {where}"), section(_named(counted, people))],
    )


def _named(counted: Mapping[str, int], people: Mapping[str, str]) -> str:
    """One a line, as many as fit."""
    lines: list[str] = []
    for number, count in counted.items():
        line = f"• {people.get(number) or phone.mask(number)}{f' · {count} SMS' if count > 1 else ''}"
        if len("\n".join([*lines, line])) > NAMED_MAX:
            return "\n".join([*lines, f"and {len(counted) - len(lines)} more"])
        lines.append(line)
    return "\n".join(lines)


def _when(at: float, zone: tzinfo) -> str:
    return date(datetime.fromtimestamp(at, zone))
