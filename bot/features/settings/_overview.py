"""The overview: every part of the settings with what holds now, and a button each that opens its form."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from bot.access import Right
from bot.doors import Answer, Command, Doors, Press
from bot.errors import Refused
from bot.features.settings._channels import FREE_TYPING, SHOWN
from bot.features.settings._part import Part, form
from bot.features.settings._policy import AUTO_REPLY, CONVERSATIONS, HOURS, STOP_WORDS
from bot.features.settings._rule_views import RULES, list_view
from bot.services import Services
from bot.settings import Settings
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.blocks import Block, button, context, quotation, section
from bot.slack.forms import View, modal
from bot.store.team import TeamSettings

CHANGE = "settings_change"
PARTS: Mapping[str, Part] = {
    part.key: part for part in (SHOWN, RULES, CONVERSATIONS, HOURS, AUTO_REPLY, FREE_TYPING, STOP_WORDS)
}
PATIENCE = 0.6  # seconds that the overview may take to be brought up to date; what was saved is saved
GONE = "This form is of another version of the desk. Nothing was changed. Open `/sms settings` again."

log = structlog.get_logger(__name__)


def register(doors: Doors) -> None:
    """The command, and the buttons of what it opens."""
    does = "what this team has chosen: channels, rules, hours, words (admins)"
    doors.command("settings", show, usage="settings", does=does, right=Right.ADMIN)
    doors.press(CHANGE, open_form, Right.ADMIN)


async def show(services: Services, command: Command) -> Answer:
    """``/sms settings``."""
    team = await services.store.team.settings()
    await services.slack.views_open(trigger_id=command.caller.trigger_id, view=overview(services.settings, team))
    return None


async def open_form(services: Services, press: Press) -> None:
    """*Change…* of a part."""
    part = PARTS.get(press.value)
    if part is None:
        raise Refused(GONE)
    team = await services.store.team.settings()
    view = list_view(team) if part is RULES else form(services.settings, team, part)
    await services.slack.views_push(trigger_id=press.caller.trigger_id, view=view)


async def refresh(services: Services, view: Mapping[str, Any] | None, team: TeamSettings) -> None:
    """Bring the overview beneath a form up to date, if there is one. It may fail: what was saved is saved."""
    root = (view or {}).get("root_view_id")
    if root and root != (view or {}).get("id"):
        await redraw(services, root, overview(services.settings, team))


async def redraw(services: Services, view_id: str, view: View) -> None:
    """Show this in an open form instead of what it shows."""
    try:
        async with asyncio.timeout(PATIENCE):
            await services.slack.views_update(view_id=view_id, view=view)
    except CALL_ERRORS as error:
        log.warning("view_not_redrawn", code=classify(error).code)


# Views


def overview(settings: Settings, team: TeamSettings) -> View:
    """All parts."""
    blocks: list[Block] = []
    for part in PARTS.values():
        change = button("Change…", CHANGE, value=part.key)
        blocks.append(section(f"*{part.title}*\n{part.words(settings, team)}", accessory=change, block_id=part.key))
        if quote := part.quote(team):
            blocks.append(quotation(quote))
    blocks.append(context("What you save holds at once, for the whole team; `/sms settings` is for admins."))
    return modal("settings_overview", "SMS desk settings", blocks, close="Close")
