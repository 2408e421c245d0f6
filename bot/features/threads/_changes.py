"""Edits and deletions: they send nothing. Who could think that they do, or that they unsend, is told."""

from collections.abc import Mapping
from typing import Any

from bot.errors import Refused
from bot.features.threads._line import Author, Line, goes_out, line_of, sms_of, subject_of
from bot.features.threads._telling import keep_inside, tell
from bot.services import Services
from bot.store.campaign import UNSENT, Campaign, CampaignState

DAY = 86_400  # an older line is deleted to tidy up, or by Slack itself

EDIT_SENDS_NOTHING = ":lock: *An edit sends nothing.* To send this as an SMS, write it as a new message:"
CANNOT_BE_UNSENT = (
    ":incoming_envelope: *An SMS cannot be unsent.* {} changed nothing outside of Slack. They got"
    " this, or will, unless its card below says otherwise:"
)
WAITS = (
    ":hourglass_flowing_sand: *This SMS has not left yet.* {} does not stop it: *Undo* on its card below does,"
    " for as long as it is there. It will leave as:"
)
YOUR_EDIT, THE_DELETION = "Your edit", "That your line was deleted"


async def edited(services: Services, event: Mapping[str, Any]) -> None:
    """Slack says the same of a message that people changed, of one whose links it unfolded, and of a tombstone."""
    message = event.get("message") or {}
    if message.get("subtype") == "tombstone":
        await services.poster.gone(str(event.get("channel")), str(message.get("ts")))
        return
    line = line_of(event.get("channel"), message)
    if line is None or not line.thread or not _changed(line, event):
        return
    what = f"edit {line.campaign} {(message.get('edited') or {}).get('ts') or event.get('event_ts')}"
    campaign = await services.store.campaigns.get(line.campaign)
    if campaign and campaign.state not in UNSENT:
        if line.answer != campaign.order.text:
            await tell(services, line.author, what, _stands(campaign, YOUR_EDIT), campaign.order.text)
    elif await subject_of(services, line.channel, line.thread):
        if campaign is None:
            await keep_inside(services, line.channel, line.ts)
        if await goes_out(services, line) and await _may_send(services, line):
            await tell(services, line.author, what, EDIT_SENDS_NOTHING, line.answer)


async def deleted(services: Services, event: Mapping[str, Any]) -> None:
    """Of a line that was not sent yet (its own event may come late), of one that was, or of a message of ours."""
    channel, ts = str(event.get("channel")), str(event.get("deleted_ts"))
    await services.poster.gone(channel, ts)
    before = event.get("previous_message") or {}
    if before.get("bot_id"):
        return
    campaign = await services.store.campaigns.get(sms_of(channel, ts))
    if campaign is None:
        await keep_inside(services, channel, ts)
    elif campaign.state not in UNSENT and services.wall.seconds() - campaign.order.created <= DAY:
        author = Author(campaign.order.author, channel, str(before.get("thread_ts") or ""))
        words = _stands(campaign, THE_DELETION)
        await tell(services, author, f"deletion {campaign.id}", words, campaign.order.text)


def _changed(line: Line, event: Mapping[str, Any]) -> bool:
    """Whether it says something else than before, as far as Slack tells."""
    message, before = event["message"], line_of(line.channel, event.get("previous_message") or {})
    return before.typed.text != line.typed.text if before else bool(message.get("edited"))


async def _may_send(services: Services, line: Line) -> bool:
    try:
        await services.access.check(line.user)
    except Refused:
        return False
    return True


def _stands(campaign: Campaign, what: str) -> str:
    return (WAITS if campaign.state is CampaignState.QUEUED else CANNOT_BE_UNSENT).format(what)
