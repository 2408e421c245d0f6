"""Waiting: whoever waits for too long is brought to mind, what was put off comes back, what is over is closed."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog

from bot import conversation
from bot.doors import Doors
from bot.office_hours import OfficeHours
from bot.services import Services
from bot.slack.markup import escape, mention, when
from bot.store import StoreError
from bot.store.conversations import Conversation, ConversationState
from bot.store.team import DAY, HOUR, MINUTE, TeamSettings

ROUNDS = 100  # of one check, of fifty looks each; the next check goes on
SOON = 1.0  # seconds; no look comes back sooner, unless something has changed
OWNER, ROUTE = 1, 2  # the reminders of a spell of waiting

log = structlog.get_logger(__name__)


def register(doors: Doors) -> None:
    """A check."""
    doors.every(doors.tempo.triage, "waiting", check)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Which one is next, and when (epoch seconds)."""

    which: int
    at: float


async def check(services: Services) -> None:
    """Look at all that are due. What one look does, it does again if it died on the way, and it is seen once."""
    team = await services.store.team.settings()
    for _ in range(ROUNDS):
        numbers = await services.store.inbox.due(services.tempo.triage_again)
        if not numbers:
            return
        await _look_at(services, team, numbers)


async def _look_at(services: Services, team: TeamSettings, numbers: list[str]) -> None:
    found = {about.number: about for about in await services.store.conversations.many(numbers)}
    silent = await services.store.optouts.among([number for number, about in found.items() if about.since])
    gone = [number for number in numbers if number not in found]
    await services.store.inbox.drop(gone)
    for number in gone:
        await services.store.inbox.look_later(number, None)
    for about in found.values():
        try:
            answerable = conversation.can_be_answered(about, opted_out=about.number in silent)
            await _look(services, team, about, may_answer=answerable)
        except StoreError:
            raise
        except Exception:  # one that cannot be looked at must not keep the others waiting
            log.exception("look_failed", conversation=about.id)


async def _look(services: Services, team: TeamSettings, about: Conversation, *, may_answer: bool) -> None:
    """Do what is due, one after the other, and say when to look again. What changes meanwhile has its own look."""
    now = services.wall.seconds()
    await services.store.inbox.mend(about)
    about = await _wake(services, about, now, may_answer=may_answer)
    if may_answer:
        about = await _remind(services, team, about, now)
    if 0 < closes_at(team, about) <= now:
        _, closed = await services.store.conversations.rest(about.number, team.conversations.resolve_hours * HOUR)
        about = closed or about
    if about.unshown:
        await conversation.show(services, about)
        await services.store.conversations.shown(about)
    if 0 < about.composed_until <= now:
        await conversation.show(services, about)  # before it is forgotten: if we die in between, it is shown again
        await services.store.conversations.forget_composer(about.number)
    reminder = next_reminder(team, services.settings.timezone, about, now) if may_answer else None
    await services.store.inbox.look_later(about.number, _wait(team, about, reminder, now))


async def _wake(services: Services, about: Conversation, now: float, *, may_answer: bool) -> Conversation:
    """It was put off until now. Said before it is done: if we die in between, it is done later, and said once."""
    if not _sleeps_over(about, now):
        return about
    about = await services.store.conversations.of(about.number) or about  # somebody may have done something with it
    if not _sleeps_over(about, now):
        return about
    since = when(about.since, services.settings.timezone)
    waits = f" They have waited for an answer since {since}." if about.since and may_answer else ""
    who = escape(await _called(services, about))
    whom = f"{mention(about.owner)}, " if about.owner else ""
    text = f":alarm_clock: {whom}*{who}* was snoozed until now.{waits}"
    key = f"wake:{about.id}:{about.snooze:.3f}"
    await conversation.remark(services, about, key, text, broadcast=not about.owner)
    _, awake = await services.store.conversations.wake(about.number)
    return awake or about


async def _remind(services: Services, team: TeamSettings, about: Conversation, now: float) -> Conversation:
    """The owner first, in the thread; then, or if nobody owns it, the channel. Said before it counts, as above."""
    zone = services.settings.timezone
    due = next_reminder(team, zone, about, now)
    if due is None or due.at > now:
        return about
    about = await services.store.conversations.of(about.number) or about  # somebody may have answered by now
    due = next_reminder(team, zone, about, now)
    if due is None or due.at > now:
        return about
    who = f"*{escape(await _called(services, about))}* has waited for an answer since {when(about.since, zone)}"
    if due.which == OWNER:
        text = f":hourglass_flowing_sand: {mention(about.owner)}, {who}."
    else:
        nobodys = "Nobody has claimed it: *Claim* or *Reply* on its card."
        text = f":hourglass: {who}. {f'Assigned to {mention(about.owner)}.' if about.owner else nobodys}"
    key = f"remind:{about.id}:{_begun(about):.3f}:{due.which}"
    await conversation.remark(services, about, key, text, broadcast=due.which == ROUTE)
    _, reminded = await services.store.conversations.remind(about, due.which)
    return reminded or about


async def _called(services: Services, about: Conversation) -> str:
    return conversation.called(about, await services.store.contacts.name(about.number))


# When what is due; nothing below asks anybody


def next_reminder(team: TeamSettings, zone: tzinfo, about: Conversation, now: float) -> Reminder | None:
    """The next one of this spell of waiting: after so many minutes, but not before the office is open.

    The second one comes as long after the first as that came after the SMS.
    """
    minutes = team.conversations.remind_minutes
    if not minutes or not conversation.waits(about, opted_out=False) or about.reminded >= ROUTE:
        return None
    which = OWNER if about.owner and about.reminded < OWNER else ROUTE
    return Reminder(which, _open_from(team.hours, zone, max(now, _begun(about) + minutes * MINUTE)))


def _begun(about: Conversation) -> float:
    """Since when they have waited for the next reminder: since the last one, or since somebody else has them."""
    return max(about.spell, about.reminded_at)


def closes_at(team: TeamSettings, about: Conversation) -> float:
    """When it is resolved by itself, if nobody says anything until then; 0: never."""
    hours, said = team.conversations.resolve_hours, max(about.last_out, about.reopened)
    is_quiet = about.state is ConversationState.OPEN and not about.since and said > 0
    return said + hours * HOUR if hours and is_quiet else 0.0


def _sleeps_over(about: Conversation, now: float) -> bool:
    """Whether it is snoozed, and its time has come."""
    return about.state is ConversationState.SNOOZED and 0 < about.snooze <= now


def _wait(team: TeamSettings, about: Conversation, reminder: Reminder | None, now: float) -> float | None:
    """Seconds until something can be due; what is not resolved is looked at once a day at least."""
    times = [about.composed_until, closes_at(team, about)]
    if about.state is ConversationState.SNOOZED:
        times.append(about.snooze)
    if reminder:
        times.append(max(reminder.at, now + SOON))
    if about.state is not ConversationState.RESOLVED:
        times.append(now + DAY)
    ahead = [at - now for at in times if at > now]
    return max(SOON, min(ahead)) if ahead else None


def _open_from(hours: OfficeHours, zone: tzinfo, at: float) -> float:
    """``at``, if the office is open then; else when it opens next."""
    opens = hours.next_open(datetime.fromtimestamp(at, zone))
    return opens.timestamp() if opens else at
