"""How conversations go: threads and times, office hours, the answer outside of them, and the words of an opt-out."""

import unicodedata
from collections.abc import Mapping
from datetime import time

from bot.errors import Refused
from bot.features.settings._part import Part
from bot.office_hours import MIDNIGHT, WEEK, OfficeHours
from bot.services import Services
from bot.settings import Settings
from bot.slack.blocks import Block, context, option, section
from bot.slack.forms import Value, checkboxes, text_input
from bot.slack.markup import escape
from bot.slack.pickers import time_input
from bot.smsfactor.text import measure
from bot.store.team import (
    REMIND_MINUTES_MAX,
    RESOLVE_HOURS_MAX,
    THREAD_DAYS_MAX,
    UNDO_SECONDS_MAX,
    AutoReply,
    ConversationPolicy,
    StopWords,
    TeamSettings,
)
from bot.words import why_unicode

AUTO_SEGMENTS_MAX = 3
WORDS_MAX, WORD_MIN, WORD_MAX = 50, 2, 30
QUOTED = 5  # of what is wrong, so many are named
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AUTO_HOW = (
    "Whoever writes outside of the office hours gets this text: once a day, and not within an hour of your last SMS to"
    " them. People who opted out and short codes never get it. Each one is paid like any other SMS, and whoever gets it"
    " still waits for your answer."
)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


# Conversations


def _conversations(_: Settings, team: TeamSettings) -> str:
    chosen = team.conversations
    days = chosen.new_thread_days
    late = f"{_many(days, 'day')} or more after it was resolved" if days else "after it was resolved"
    thread = "one for life" if days is None else f"a new one if they write {late}"
    ends = f"after {_many(chosen.resolve_hours, 'hour')} of silence" if chosen.resolve_hours else "only by hand"
    remind = f"after {_many(chosen.remind_minutes, 'minute')} of waiting" if chosen.remind_minutes else "never"
    undo = f"for {_many(chosen.undo_seconds, 'second')}" if chosen.undo_seconds else "never"
    return f"Thread: {thread}\nResolved: {ends}\nReminder: {remind}\nAnswers can be taken back: {undo}"


def _conversation_fields(_: Settings, team: TeamSettings) -> list[Block]:
    chosen = team.conversations
    days = chosen.new_thread_days
    return [
        text_input(
            "New thread after (days)",
            "new_thread_days",
            max_length=5,
            initial=None if days is None else str(days),
            hint="Who writes so many days after it was resolved gets a new card and thread. 0: always. Empty: never.",
            optional=True,
        ),
        text_input(
            "Resolved after (hours)",
            "resolve_hours",
            max_length=5,
            initial=str(chosen.resolve_hours),
            hint="Of silence after the last SMS to them, unless they wait for an answer. 0: only by hand.",
        ),
        text_input(
            "Reminder after (minutes)",
            "remind_minutes",
            max_length=5,
            initial=str(chosen.remind_minutes),
            hint="Of waiting for an answer. The owner is reminded first, in the thread; after as long again, or at once"
            " if nobody owns it, the channel. Not before the office opens. 0: never.",
        ),
        text_input(
            "Undo for (seconds)",
            "undo_seconds",
            max_length=5,
            initial=str(chosen.undo_seconds),
            hint="How long an answer waits before it goes out. Until then it can be taken back. 0: not at all.",
        ),
    ]


async def _read_conversations(_: Services, values: Mapping[str, Value]) -> ConversationPolicy:
    lifelong = not str(values.get("new_thread_days") or "").strip()
    return ConversationPolicy(
        new_thread_days=None if lifelong else _whole(values, "new_thread_days", THREAD_DAYS_MAX),
        resolve_hours=_whole(values, "resolve_hours", RESOLVE_HOURS_MAX),
        remind_minutes=_whole(values, "remind_minutes", REMIND_MINUTES_MAX),
        undo_seconds=_whole(values, "undo_seconds", UNDO_SECONDS_MAX),
    )


def _whole(values: Mapping[str, Value], field: str, most: int) -> int:
    typed = str(values.get(field) or "").strip()
    if not (typed.isascii() and typed.isdigit()) or len(typed) > len(str(most)) or int(typed) > most:
        raise Refused(f"Write a whole number from 0 to {most}. Nothing was saved.", field=field)
    return int(typed)


CONVERSATIONS = Part(
    "conversations",
    "Conversations",
    "conversations",
    words=_conversations,
    fields=_conversation_fields,
    read=_read_conversations,
)


# Office hours


def _hours(settings: Settings, team: TeamSettings) -> str:
    hours = team.hours
    closes = "midnight" if hours.closes == MIDNIGHT else f"{hours.closes:%H:%M}"
    return f"{days_in_words(hours.days)}, {hours.opens:%H:%M} to {closes}, by the clock of {settings.timezone}"


def days_in_words(days: frozenset[int]) -> str:
    """Monday to Friday, or one by one."""
    if len(days) == WEEK:
        return "Every day"
    first, last = min(days), max(days)
    if len(days) > 2 and last - first == len(days) - 1:
        return f"{DAYS[first]} to {DAYS[last]}"
    return ", ".join(DAYS[day] for day in sorted(days))


def _hour_fields(settings: Settings, team: TeamSettings) -> list[Block]:
    hours = team.hours
    options = [option(name, str(day)) for day, name in enumerate(DAYS)]
    chosen = [str(day) for day in sorted(hours.days)]
    return [
        section("Reminders come in these hours, automatic answers outside of them."),
        checkboxes("Days", "days", options, initial=chosen, optional=False),
        time_input("Opens", "opens", initial=hours.opens),
        time_input("Closes", "closes", initial=hours.closes, hint="00:00 is midnight, at the end of the day."),
        context(f"The times are those of the team's clock: {settings.timezone}."),
    ]


async def _read_hours(_: Services, values: Mapping[str, Value]) -> OfficeHours:
    days = frozenset(int(day) for day in values.get("days") or ())
    if not days:
        raise Refused("Choose at least one day. Nothing was saved.", field="days")
    opens, closes = (time.fromisoformat(str(values.get(name) or "00:00")) for name in ("opens", "closes"))
    if closes != MIDNIGHT and opens >= closes:
        raise Refused(f"It opens at {opens:%H:%M}; choose a later time here. Nothing was saved.", field="closes")
    return OfficeHours(days=days, opens=opens, closes=closes)


HOURS = Part("hours", "Office hours", "hours", words=_hours, fields=_hour_fields, read=_read_hours)


# The automatic answer


def _auto(_: Settings, team: TeamSettings) -> str:
    text = team.auto_reply.text
    return f"On, {_size(text)}:" if text else "Off: outside of the office hours nothing is sent by itself."


def _size(text: str) -> str:
    size = measure(text)
    return f"{size.segments} SMS each ({size.alphabet}, {size.left} characters left)"


def _auto_fields(_: Settings, team: TeamSettings) -> list[Block]:
    text = team.auto_reply.text
    blocks = [
        section(AUTO_HOW),
        text_input(
            "Text", "text", multiline=True, initial=text, optional=True, hint="Empty: no automatic answer is sent."
        ),
    ]
    if text:
        why = why_unicode(text, measure(text))
        blocks.append(context(f"As it is now: {_size(text)}. {why}".strip()))
    return blocks


async def _read_auto(_: Services, values: Mapping[str, Value]) -> AutoReply:
    text = str(values.get("text") or "").strip()
    if "<-" in text:
        words = "“<-” has a meaning for SMSFactor and cannot be sent. Nothing was saved. Write it in another way."
        raise Refused(words, field="text")
    size = measure(text)
    if size.segments > AUTO_SEGMENTS_MAX:
        words = f"This text takes {size.segments} SMS ({size.units} characters, {size.alphabet})"
        raise Refused(f"{words}; {AUTO_SEGMENTS_MAX} are the most. Nothing was saved. Shorten it.", field="text")
    return AutoReply(text=text)


AUTO_REPLY = Part(
    "auto_reply",
    "Automatic answer",
    "auto_reply",
    words=_auto,
    fields=_auto_fields,
    read=_read_auto,
    quote=lambda team: team.auto_reply.text,
)


# Stop words


def _stops(_: Settings, team: TeamSettings) -> str:
    words = ["STOP", *(word for word in team.stop_words.words if word.casefold() != "stop")]
    return f"Whoever begins an SMS with one of these words opts out: {escape(', '.join(words))}"


def _stop_fields(_: Settings, team: TeamSettings) -> list[Block]:
    return [
        section(
            "Whoever begins an SMS with one of these words is never texted again, and nobody can undo that here. *STOP*"
            " always counts, even if it is not in the list."
        ),
        text_input(
            "Words, one per line",
            "words",
            multiline=True,
            initial="\n".join(team.stop_words.words),
            optional=True,
            hint="Capitals make no difference; accents do: ARRET and ARRÊT are two words.",
        ),
    ]


async def _read_stops(_: Services, values: Mapping[str, Value]) -> StopWords:
    lines = unicodedata.normalize("NFC", str(values.get("words") or "")).splitlines()
    typed: dict[str, str] = {}
    for word in filter(None, map(str.strip, lines)):
        typed.setdefault(word.casefold(), word)
    words = tuple(typed.values())
    wrong = [word for word in words if not _is_word(word)]
    if wrong:
        named = ", ".join(f"“{word[:40]}”" for word in wrong[:QUOTED])
        more = f" and {len(wrong) - QUOTED} more" if len(wrong) > QUOTED else ""
        rule = f"Each line is one word of {WORD_MIN} to {WORD_MAX} letters (and digits)"
        raise Refused(f"{rule}. This is none: {named}{more}. Nothing was saved.", field="words")
    if len(words) > WORDS_MAX:
        raise Refused(f"{len(words)} words are too many; {WORDS_MAX} is the most. Nothing was saved.", field="words")
    return StopWords(words=words)


def _is_word(word: str) -> bool:
    """Letters with their marks, and digits; not digits alone, which would be a short code or a number."""
    kinds = [unicodedata.category(character)[0] for character in word]
    return WORD_MIN <= len(word) <= WORD_MAX and "L" in kinds and set(kinds) <= {"L", "M", "N"}


STOP_WORDS = Part(
    "stop_words",
    "Stop words",
    "stop_words",
    words=_stops,
    fields=_stop_fields,
    read=_read_stops,
)
