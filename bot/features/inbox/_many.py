"""Many conversations are resolved at once: those that somebody picks in a form."""

import asyncio
from collections import Counter

from bot import conversation
from bot.doors import Answer, Doors, Press, Submission
from bot.errors import Refused
from bot.features.inbox import _home
from bot.features.inbox import _view as view
from bot.features.inbox._list import Wanted, listing
from bot.services import Services

AT_ONCE = 10
PATIENCE = 1.6  # seconds; the form is answered within 2.3, and the Home is drawn after it
FROM_HOME = "home "  # before what is listed, in the form's private metadata
NOTHING = "There is nothing to resolve: whatever was listed is resolved by now."


def register(doors: Doors) -> None:
    """The button and its form."""
    doors.press(view.MANY, open_form)
    doors.submission(view.RESOLVE, resolve)


async def open_form(services: Services, press: Press) -> None:
    """*Resolve several…*: what is listed can be picked."""
    wanted = Wanted.unpack(press.value)
    shown = await listing(services, press.caller.user, wanted, each=view.OFFERED, alone=view.OFFERED)
    entries = [entry for group in shown.groups for entry in group.entries]
    if not entries:
        raise Refused(NOTHING)
    in_home = (press.view or {}).get("type") == "home"
    form = view.resolve_form(
        entries[: view.OFFERED],
        sum(group.count for group in shown.groups),
        services.settings.timezone,
        (FROM_HOME if in_home else "") + wanted.packed,
    )
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=form)


async def resolve(services: Services, submission: Submission) -> Answer:
    """Each one that was picked, unless they wrote again since the form was opened; and the form says how it went."""
    user = submission.caller.user
    seen = dict(one.split(" ") for one in submission.values.get(view.WHICH) or ())
    numbers = await services.store.conversations.numbers(list(seen))
    gate, end = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + PATIENCE

    async def one(conversation_id: str) -> str:
        async with gate:
            if conversation_id not in numbers:
                return "gone"
            if asyncio.get_running_loop().time() > end:
                return "left"
            return await _resolve(services, user, numbers[conversation_id], float(seen[conversation_id]))

    results = Counter(await asyncio.gather(*map(one, seen)))
    if submission.about.startswith(FROM_HOME):
        await _home.show(services, user, Wanted.unpack(submission.about.removeprefix(FROM_HOME)))
    return {"response_action": "update", "view": view.done_form(results)}


async def _resolve(services: Services, user: str, number: str, seen: float) -> str:
    done, about = await services.store.conversations.resolve(number, seen, user)
    if about is None:
        return "gone"
    if done == "done":
        await services.store.audit.record(user, "resolve", about.id)
    await conversation.show(services, about)  # also if it was resolved before: a process may have died in between
    return done
