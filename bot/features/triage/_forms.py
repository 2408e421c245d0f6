"""What a conversation's ⋯ menu opens: to whom, until when, are you sure. Each form acts on the state that it finds."""

import math
import secrets
from datetime import datetime, timedelta

from bot import conversation
from bot.doors import Answer, Doors, Press, Submission
from bot.errors import Refused
from bot.features.triage._present import NEWS, RESOLVED, finish, present
from bot.features.triage._views import (
    BLOCK,
    OPT_OUT,
    SNOOZE,
    TRANSFER,
    block_form,
    handed_over,
    opt_out_form,
    snooze_form,
    transfer_form,
)
from bot.services import Services
from bot.slack.api import CALL_ERRORS
from bot.slack.forms import View
from bot.stops import opt_out
from bot.store.conversations import Conversation, ConversationState
from bot.store.team import DAY, HOUR, MINUTE

OPTED_OUT = "They were opted out before, and are not texted. Nothing was changed."
NO_MEMBER = (
    "Only a full member of this workspace can answer here: no guest, no bot, nobody who left. Nothing was changed."
)
OUTSIDE = (
    "They are not in the channel of this conversation, so they would not hear of it. Nothing was changed; invite them"
    " there first."
)
NOT_SAID = "Slack did not say who that is. Nothing was changed; try again in a moment."
OVER = "This time is over. Nothing was changed; choose a later one."


def register(doors: Doors) -> None:
    """A door for each form."""
    doors.submission(TRANSFER, transfer)
    doors.submission(SNOOZE, snooze)
    doors.submission(OPT_OUT, note_opt_out)
    doors.submission(BLOCK, block)


async def _open(services: Services, press: Press, view: View) -> None:
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=view)


async def _who(services: Services, about: Conversation) -> str:
    return conversation.called(about, await services.store.contacts.name(about.number))


async def open_transfer(services: Services, press: Press) -> None:
    """*Transfer…*; the form has a mark of its own, so that its remark is one however often it is sent."""
    about = await present(services, press.value)
    await _open(services, press, transfer_form(f"{about.subject} {secrets.token_hex(4)}", await _who(services, about)))


async def transfer(services: Services, submission: Submission) -> Answer:
    """It is somebody else's from now on, and they are told, with a note that stays inside."""
    subject, _, mark = submission.about.partition(" ")
    about = await present(services, subject)
    user, to = submission.caller.user, str(submission.values.get("to") or "")
    await _check_member(services, user, to)
    await _check_inside(services, about, to)
    _, now = await finish(services, user, "transfer", await services.store.conversations.hand_over(about.number, to))
    said = handed_over(user, to, str(submission.values.get("note") or "").strip())
    await conversation.remark(services, now, f"transfer:{now.id}:{mark}", said["text"], said["blocks"])
    return None


async def _check_member(services: Services, user: str, to: str) -> None:
    try:
        person, home = await services.access.person(to), (await services.access.person(user)).team
    except CALL_ERRORS:
        raise Refused(NOT_SAID, field="to") from None
    if not person.full_member or person.team != home:
        raise Refused(NO_MEMBER, field="to")


async def _check_inside(services: Services, about: Conversation, to: str) -> None:
    """Slack rings nobody outside of the channel in which the thread stands."""
    place = await services.store.anchors.get(about.anchor)
    channel = place[0] if place else about.channel
    try:
        inside = await services.access.inside(channel)
    except CALL_ERRORS:
        return  # nothing is wrong with it as far as we know
    if inside and to not in inside:
        raise Refused(OUTSIDE, field="to")


async def open_snooze(services: Services, press: Press) -> None:
    """*Snooze…*"""
    about = await present(services, press.value)
    if about.state is ConversationState.RESOLVED:
        raise Refused(RESOLVED)
    opens = await _opens_tomorrow(services)
    carried = f"{about.subject} {opens.timestamp():.0f} {about.last_in!r}"
    view = snooze_form(carried, await _who(services, about), opens)
    await _open(services, press, view)


async def _opens_tomorrow(services: Services) -> datetime:
    """When the office opens next, tomorrow or later, on the team's clock."""
    team = await services.store.team.settings()
    zone = services.settings.timezone
    day = services.wall.now().astimezone(zone).date() + timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return team.hours.next_open(midnight) or midnight


async def snooze(services: Services, submission: Submission) -> Answer:
    """Out of sight until then, but for what they wrote since the form was opened. "Tomorrow" is the morning that it
    named, however long it was open."""
    subject, opens, seen = submission.about.split(" ")
    about = await present(services, subject)
    until, user = _until(services, submission, float(opens)), submission.caller.user
    outcome = await services.store.conversations.snooze(about.number, until, float(seen), user)
    done, now = await finish(services, user, "snooze", outcome)
    if done == "no":
        raise Refused(RESOLVED if now.state is ConversationState.RESOLVED else NEWS)
    return None


def _until(services: Services, submission: Submission, opens: float) -> float:
    """Epoch seconds, 0: until they write. A day and a time win over what was chosen above them."""
    now = services.wall.seconds()
    minute = math.ceil(now / MINUTE) * MINUTE  # a second click within it is the same
    chosen, picked = submission.values.get("how"), submission.values.get("until")
    until = {"hour": minute + HOUR, "hours": minute + 4 * HOUR, "opening": opens}.get(str(chosen), 0.0)
    field = "how"
    if picked:
        until, field = float(str(picked)), "until"
    elif chosen == "reply":
        return 0.0
    if until <= now:
        raise Refused(OVER, field=field)
    if until > now + services.settings.retention_days * DAY - HOUR:
        words = f"The desk forgets a silent conversation after {services.settings.retention_days} days"
        raise Refused(f"{words}, so this is too late. Nothing was changed; choose an earlier time.", field=field)
    return until


async def open_opt_out(services: Services, press: Press) -> None:
    """*Opt out…*; the form has a mark of its own, by which the opt-out is one event."""
    about = await present(services, press.value)
    if await services.store.optouts.among([about.number]):
        raise Refused(OPTED_OUT)
    await _open(services, press, opt_out_form(f"{about.subject} {secrets.token_hex(8)}", await _who(services, about)))


async def note_opt_out(services: Services, submission: Submission) -> Answer:
    """They said in other words that they want no more texts. It holds at once; the provider is told by a worker."""
    subject, _, mark = submission.about.partition(" ")
    about = await present(services, subject)
    user = submission.caller.user
    if not await services.store.optouts.among([about.number]):
        await services.store.audit.record(user, "opt_out", about.id)
    await opt_out(services, about.number, f"form:{mark}", None, by=user)
    return None


async def open_block(services: Services, press: Press) -> None:
    """*Block nuisance…*"""
    about = await present(services, press.value)
    await _open(services, press, block_form(about.subject, await _who(services, about)))


async def block(services: Services, submission: Submission) -> Answer:
    """What comes from them is kept and not shown in the channel, until somebody wants to hear them again."""
    about = await present(services, submission.about)
    user = submission.caller.user
    await finish(services, user, "block", await services.store.conversations.block(about.number, user))
    return None
