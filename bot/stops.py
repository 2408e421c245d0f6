"""One person says STOP: recorded, told once, counted once, however it reaches us and however often."""

import structlog

from bot import phone
from bot.services import Services
from bot.store.posts import Post, Urgency

log = structlog.get_logger(__name__)


async def opt_out(services: Services, number: str, mark: str, campaign: str | None) -> None:
    """``mark``: fingerprint of the event. A STOP and the reply of the same act are two events with one effect."""
    number = services.guards.digits(number)
    entry = await services.store.optouts.record(number, origin="STOP", mark=mark, campaign=campaign)
    if entry.mark != mark:
        return  # told before, by another event
    conversation = await services.store.conversations.of(number)
    text = f":no_entry: *{phone.mask(number)}* said STOP, and will not be texted again."
    thread = f"conversation:{conversation.id}" if conversation else None
    channel = services.settings.slack_channel
    await services.poster.put(channel, Post(f"stop:{mark}", Urgency.NOTICE, text=text, thread=thread))
    if campaign:  # the card also if it was counted before: a worker may have died in between
        await services.store.campaigns.count_once(campaign, "stops", f"stop {mark}")
        await services.poster.card(channel, "campaign", campaign)
    log.info("opted_out", campaign=campaign)
