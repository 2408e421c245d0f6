"""One person opts out: recorded, told once, counted once, however it reaches us and however often."""

import re
from collections.abc import Sequence

import structlog

from bot import conversation, phone
from bot.services import Services
from bot.slack.markup import mention
from bot.store.posts import Post, Urgency

log = structlog.get_logger(__name__)


def says_stop(text: str, words: Sequence[str]) -> bool:
    """Whether an SMS is or begins with one of these words, or STOP. "Stopped" is another word; "STOP36035" is not."""
    begin = text.casefold().lstrip(" \t\r\n\"'«“”.,:;!¡¿?*-_()")
    return any(re.match(rf"{re.escape(word.casefold())}(?![^\W\d_])", begin) for word in ("stop", *words))


async def opt_out(services: Services, number: str, mark: str, campaign: str | None, by: str = "") -> None:
    """``mark``: fingerprint of the event. A STOP and the reply of the same act are two events with one effect.

    ``by``: who in the team noted it, for somebody who said it in other words. The provider is told of it too, later.
    """
    number = services.guards.digits(number)
    if by:
        await services.store.unlisted.add(number, 0)
    origin = f"noted by {by}" if by else "STOP"
    entry = await services.store.optouts.record(number, origin=origin, mark=mark, campaign=campaign)
    if entry.mark != mark:
        return  # told before, by another event
    said = f"was opted out by {mention(by)}" if by else "said STOP"
    text = f":no_entry: *{phone.mask(number)}* {said}, and will not be texted again."
    about = await services.store.conversations.of(number)
    if about:
        await conversation.remark(services, about, f"stop:{mark}", text)
        await conversation.show(services, about)
    else:
        channel = conversation.route(services, await services.store.team.settings(), "optouts")
        await services.poster.put(channel, Post(f"stop:{mark}", Urgency.NOTICE, text=text))
    if campaign:  # the card also if it was counted before: a worker may have died in between
        await services.store.campaigns.count_once(campaign, "stops", f"stop {mark}")
        await services.outbox.show_again(campaign)
    log.info("opted_out", campaign=campaign)
