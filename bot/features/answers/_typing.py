"""While an answer is written: the counter under the field follows, and a saved answer comes into it."""

import asyncio
import math
from collections.abc import Mapping

import structlog

from bot import conversation
from bot.doors import Doors, Press
from bot.errors import Refused
from bot.features.answers._form import COMPOSING
from bot.features.answers._views import COUNTER, PICK, TEXT, Opened, clock, counter, field, replaced, text_block, typed
from bot.services import Services
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.blocks import Block
from bot.store import StoreError
from bot.store.conversations import Conversation

KEPT = 3_600  # seconds; an act in a form is later than those before it for as long as anybody types
PATIENCE = 1.5  # seconds; less than Slack waits
STILL_THERE = 60  # seconds after which whoever still types is noted again
GONE = "This saved answer was deleted meanwhile. Your text is as it was; nothing was sent."

log = structlog.get_logger(__name__)


def register(doors: Doors) -> None:
    """The field, at every character, and the menu of saved answers."""
    doors.press(TEXT, count)
    doors.press(PICK, pick)


async def count(services: Services, press: Press) -> None:
    """A character was typed. A failure is no reason to disturb whoever types: the next one counts anew."""
    block = text_block(press.view or {})
    if press.view is None or block is None:
        return
    latest = f"typed {press.view['id']} {block['block_id']}"
    try:
        if not await services.store.notes.newest(latest, press.at, KEPT):
            return
        opened = Opened.of(press.view)
        about = await _about(services, opened)
        if opened and about:
            await _note_composer(services, opened, about, press.caller.user)
        changes = {COUNTER: counter(press.value, await _free_at(services, about, press.value))}
        if not await _redraw(services, press, changes, unless_newer=True) and await services.store.notes.newest(
            latest, press.at, KEPT
        ):
            await _redraw(services, press, changes, unless_newer=False)
    except StoreError as error:
        log.warning("counter_failed", error=type(error).__name__)


async def pick(services: Services, press: Press) -> None:
    """A saved answer was chosen: it stands in the field, after what was typed there, in place of an earlier one."""
    block = text_block(press.view or {})
    if press.view is None or block is None or not press.value:
        return
    template = await services.store.templates.get(press.value)
    if template is None:
        raise Refused(GONE)
    notes, view_id = services.store.notes, press.view["id"]
    if not await notes.newest(f"picked {view_id}", press.at, KEPT):
        return
    await notes.newest(f"typed {view_id} {block['block_id']}", math.inf, KEPT)  # this field is no more
    before = typed(press.view)
    own = before.strip() and before != block["element"].get("initial_value")
    text = f"{before.rstrip()}\n{template.text}" if own else template.text
    changes = {
        block["block_id"]: field(f"{TEXT}.{press.at:.6f}", text),
        COUNTER: counter(text, await _free_at(services, await _about(services, Opened.of(press.view)), text)),
    }
    await _redraw(services, press, changes, unless_newer=False)


async def _redraw(services: Services, press: Press, changes: Mapping[str, Block], *, unless_newer: bool) -> bool:
    """False if the form was drawn anew since this act: its ``hash`` tells. Any other failure is only logged."""
    view = press.view or {}
    drawn_as = {"hash": view["hash"]} if unless_newer else {}
    try:
        async with asyncio.timeout(PATIENCE):
            await services.slack.views_update(view_id=view["id"], view=replaced(view, changes), **drawn_as)
    except CALL_ERRORS as error:
        code = classify(error).code
        if code == "hash_conflict":
            return False
        log.info("form_not_drawn", code=code)
    return True


async def _about(services: Services, opened: Opened | None) -> Conversation | None:
    return await services.store.conversations.get(opened.conversation) if opened else None


async def _note_composer(services: Services, opened: Opened, about: Conversation, user: str) -> None:
    """Whoever types has the form open, for longer than its opening told; the card need not be drawn at each letter.

    The last letter may come after the form was sent.
    """
    if not await services.store.notes.tell_once(f"typing {opened.answer}", STILL_THERE):
        return
    if await services.store.campaigns.get(opened.answer) is None:
        _, now = await services.store.conversations.compose(about.number, user, COMPOSING)
        await conversation.show(services, now or about)


async def _free_at(services: Services, about: Conversation | None, text: str) -> str:
    """When this text may go to them, if it may not now."""
    if about is None or not text.strip():
        return ""
    free = await services.store.flood.look([about.number], text.strip())
    return clock(free[about.number], services.settings.timezone) if free else ""
