"""What a click on a conversation's card does at once."""

from bot import conversation
from bot.doors import Doors, Press
from bot.errors import Refused
from bot.features.triage._card import CLAIM, REOPEN, RESOLVE
from bot.features.triage._present import NEWS, finish, present
from bot.features.triage._views import number_form
from bot.services import Services
from bot.slack.markup import mention
from bot.telling import tell

BLOCKED = "This conversation is blocked as a nuisance. Nothing was changed; “Hear them again” in its ⋯ menu opens it."


def register(doors: Doors) -> None:
    """A door for each button."""
    doors.press(CLAIM, claim)
    doors.press(RESOLVE, resolve)
    doors.press(REOPEN, reopen)


async def claim(services: Services, press: Press) -> None:
    """*Claim*: the first one has it, and a second one is told."""
    about = await present(services, press.value)
    user = press.caller.user
    outcome = await services.store.conversations.claim(about.number, user)
    done, now = await finish(services, user, "claim", outcome)
    if done == "no":
        words = (
            f"{mention(now.owner)} was quicker: this conversation is theirs. *Transfer…* in its ⋯ menu hands it over."
        )
        await tell(services, press, words)


async def resolve(services: Services, press: Press) -> None:
    """*Resolve*: nobody waits any more."""
    subject, _, seen = press.value.partition(" ")
    about = await present(services, subject)
    user = press.caller.user
    outcome = await services.store.conversations.resolve(about.number, seen=float(seen or about.last_in), who=user)
    done, _ = await finish(services, user, "resolve", outcome)
    if done == "no":
        raise Refused(NEWS)


async def reopen(services: Services, press: Press) -> None:
    """*Reopen*: whoever waited when it was resolved waits again; it also ends a snooze."""
    about = await present(services, press.value)
    user, outcome = press.caller.user, await services.store.conversations.reopen(about.number)
    done, now = await finish(services, user, "reopen", outcome)
    if done == "no":
        raise Refused(BLOCKED)
    if done == "done":
        text = f":leftwards_arrow_with_hook: {mention(user)} reopened this."
        await conversation.remark(services, now, f"reopened:{now.id}:{now.reopened:.3f}", text)


async def reveal(services: Services, press: Press) -> None:
    """*Reveal number*: to the one who asks alone, and never without a trace. The thread says it once a day."""
    about = await present(services, press.value)
    user = press.caller.user
    await services.store.audit.record(user, "reveal", about.id)
    key = f"reveal:{about.id}:{user}:{services.wall.now():%Y-%m-%d}"
    await conversation.remark(services, about, key, f":eyes: {mention(user)} looked at the number.")
    name = await services.store.contacts.name(about.number)
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=number_form(about.number, name))


async def hear_again(services: Services, press: Press) -> None:
    """*Hear them again*: what they write is shown from now on."""
    about = await present(services, press.value)
    user, outcome = press.caller.user, await services.store.conversations.unblock(about.number)
    done, now = await finish(services, user, "unblock", outcome)
    if done == "done":
        text = f":loud_sound: {mention(user)} wants to hear them again."
        await conversation.remark(services, now, f"unblocked:{now.id}:{press.at:.6f}", text)
