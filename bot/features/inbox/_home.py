"""The App Home: the inbox of the one who opens it, and what is done there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog

from bot import conversation
from bot.doors import Doors, Press
from bot.errors import Refused
from bot.features.inbox import _view as view
from bot.features.inbox._list import Show, Wanted, listing
from bot.services import Services
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.forms import View
from bot.slack.markup import mention
from bot.telling import tell

GONE = "This conversation is too old; the desk has forgotten it. Nothing was changed."
YOURS = "It is yours now."
QUICKER = "{owner} was quicker: this conversation is theirs. *Transfer…* on its card hands it over."

log = structlog.get_logger(__name__)


def register(doors: Doors) -> None:
    """The event of the Home, and its buttons and menus."""
    doors.event("app_home_opened", opened)
    doors.press(view.SHOW, choose)
    doors.press(view.CHANNEL, choose_channel)
    doors.press(f"{view.CHANNEL}_any", choose_channel)
    doors.press(view.REFRESH, refresh)
    doors.press(view.CLAIM, claim)


async def opened(services: Services, event: Mapping[str, Any]) -> None:
    """Somebody looks at the Home: what they chose there last is shown as it is now. Whoever may not gets a sentence."""
    if event.get("tab") != "home":
        return
    user, before = str(event.get("user") or ""), event.get("view") or {}
    try:
        await services.access.check(user)
    except Refused as refused:
        await _publish(services, user, view.refused_home(refused.text))
        return
    await show(services, user, Wanted.unpack(before.get("private_metadata")), before.get("hash"))


async def choose(services: Services, press: Press) -> None:
    """What to list."""
    chosen = Show(press.value) if press.value in set(Show) else Show.OVERVIEW
    await _show_again(services, press, replace(_wanted(press), show=chosen))


async def choose_channel(services: Services, press: Press) -> None:
    """Of which channel; no value: of all."""
    await _show_again(services, press, replace(_wanted(press), channel=press.value))


async def refresh(services: Services, press: Press) -> None:
    """The same, as it is now."""
    await _show_again(services, press, _wanted(press))


async def claim(services: Services, press: Press) -> None:
    """*Claim*, in the Home or in the command's answer: the first one has it, and a second one is told whose it is."""
    user, in_home = press.caller.user, (press.view or {}).get("type") == "home"
    about = await services.store.conversations.get(press.value)
    done, now = await services.store.conversations.claim(about.number, user) if about else ("gone", None)
    words = GONE if now is None else YOURS
    if now is not None:
        if done == "done":
            await services.store.audit.record(user, "claim", now.id)
        elif done == "no":
            words = QUICKER.format(owner=mention(now.owner))
        await conversation.show(services, now)
    if words is not YOURS or not in_home:  # else the Home itself says it
        await tell(services, press, words)
    if in_home:
        await _show_again(services, press, _wanted(press))


async def show(services: Services, user: str, wanted: Wanted, seen: str | None = None) -> None:
    """Publish it. ``seen`` is the hash of the Home as the person sees it: if somebody, a second click perhaps, has
    published a newer one meanwhile, what was read here may be older than that, and is read anew."""
    if await _publish(services, user, await _home(services, user, wanted), seen) == "hash_conflict":
        await _publish(services, user, await _home(services, user, wanted))


async def _home(services: Services, user: str, wanted: Wanted) -> View:
    return view.home_view(await listing(services, user, wanted, each=view.HOME_EACH, alone=view.HOME_ALONE))


async def _publish(services: Services, user: str, shown: View, seen: str | None = None) -> str:
    """Slack's error code, if it did not take it. The Home is read anew whenever it is opened, so nothing is lost."""
    try:
        await services.slack.views_publish(user_id=user, view=shown, hash=seen or None)
    except CALL_ERRORS as error:
        code = classify(error).code
        log.warning("home_not_shown", code=code)
        return code
    return ""


async def _show_again(services: Services, press: Press, wanted: Wanted) -> None:
    await show(services, press.caller.user, wanted, (press.view or {}).get("hash"))


def _wanted(press: Press) -> Wanted:
    return Wanted.unpack((press.view or {}).get("private_metadata"))
