"""One person opts out: recorded, told once, counted once, however it reaches us and however often."""

import re
import unicodedata
from collections.abc import Sequence

import structlog

from bot import conversation, phone
from bot.services import Services
from bot.slack.markup import mention
from bot.store.posts import Post, Urgency

STOP = "STOP"  # as an opt-out's origin
ONE_ACT = 600  # seconds in which the two events of one STOP come

log = structlog.get_logger(__name__)


def says_stop(text: str, words: Sequence[str]) -> bool:
    """Whether an SMS is or begins with one of these words, or STOP. "Stopped" is another word; "STOP36035" is not."""
    begin = _plain(text).lstrip(" \t\r\n\"'«“”.,:;!¡¿?*-_()")
    return any(re.match(rf"{re.escape(_plain(word))}(?![^\W\d_])", begin) for word in ("stop", *words))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


async def opt_out(services: Services, number: str, mark: str, campaign: str | None, by: str = "") -> None:
    """``mark``: fingerprint of the event. A STOP and the reply of the same act are two events with one effect.

    ``by``: who in the team noted it, for somebody who said it in other words. The provider is told of it too, later.
    """
    number = services.guards.digits(number)
    if by:
        await services.store.unlisted.add(number, 0)
    origin = f"noted by {by}" if by else STOP
    entry = await services.store.optouts.record(number, origin=origin, mark=mark, campaign=campaign)
    if entry.mark != mark:  # told before, by another event, which may not have known what it answers
        if campaign and entry.campaign is None and services.wall.seconds() - entry.since < ONE_ACT:
            await _count(services, campaign, entry.mark)
        return
    said = f"was opted out by {mention(by)}" if by else "said STOP"
    text = f":no_entry: *{phone.mask(number)}* {said}, and will not be texted again."
    about = await services.store.conversations.of(number)
    if about:
        await conversation.remark(services, about, f"stop:{mark}", text)
        await conversation.show(services, about)
    else:
        channel = conversation.route(services, await services.store.team.settings(), "optouts")
        await services.poster.put(channel, Post(f"stop:{mark}", Urgency.NOTICE, text=text))
    if campaign:
        await _count(services, campaign, mark)
    log.info("opted_out", campaign=campaign)


async def _count(services: Services, campaign: str, mark: str) -> None:
    """The card also if it was counted before: a worker may have died in between."""
    await services.store.campaigns.count_once(campaign, "stops", f"stop {mark}")
    await services.outbox.show_again(campaign)
