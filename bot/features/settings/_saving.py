"""Saving: one section at a time, never over what somebody else has chosen meanwhile without saying so."""

from collections.abc import Callable

from pydantic import BaseModel

from bot.access import Right
from bot.doors import Answer, Doors, Submission
from bot.errors import Refused
from bot.features.settings._overview import GONE, PARTS, refresh
from bot.features.settings._part import FORM, OvertakenError, Part, mark, overtaken_form
from bot.services import Services
from bot.store.team import TeamSettings

AUDITED = "settings"
TRIES = 5
LOOKED_BACK = 200  # entries of the audit
BUSY = "Others are changing the settings at this very moment. Nothing of yours was saved. Try again."


def register(doors: Doors) -> None:
    """The form of every part."""
    doors.submission(FORM, save, Right.ADMIN)


async def save(services: Services, submission: Submission) -> Answer:
    """*Save*: checked, stored, written down who did it, and shown in the overview beneath."""
    key, _, opened_with = submission.about.partition(" ")
    part = PARTS.get(key)
    if part is None or part.read is None:
        raise Refused(GONE)
    piece = await part.read(services, submission.values)

    def edit(team: TeamSettings) -> BaseModel:
        now = part.of(team)
        if now != piece and mark(now) != opened_with:
            raise OvertakenError
        return part.merge(team, piece)

    try:
        team = await change(services, submission.caller.user, part, edit)
    except OvertakenError:
        team = await services.store.team.settings()
        await refresh(services, submission.view, team)
        who = await changed_by(services, part)
        return {"response_action": "update", "view": overtaken_form(services.settings, team, part, who)}
    await refresh(services, submission.view, team)
    return None


async def change(services: Services, who: str, part: Part, edit: Callable[[TeamSettings], BaseModel]) -> TeamSettings:
    """Store what ``edit`` makes of the section as it is. ``edit`` is asked again if somebody else was quicker."""
    store = services.store
    for _ in range(TRIES):
        team = await store.team.settings()
        before, after = getattr(team, part.section), edit(team)
        if after == before:
            return team
        if await store.team.change(part.section, before, after):
            await store.audit.record(who, AUDITED, part.key)
            await store.inbox.look_at_all()
            return team.model_copy(update={part.section: after})
    raise Refused(BUSY)


async def changed_by(services: Services, part: Part) -> str:
    """Who changed it last; "" if that is not known."""
    for entry in await services.store.audit.last(LOOKED_BACK):
        if (entry["what"], entry["subject"]) == (AUDITED, part.key):
            return entry["who"]
    return ""
