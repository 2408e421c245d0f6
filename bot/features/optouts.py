"""Opt-outs: who said STOP is recorded, told, and never texted again; the provider's blacklist is taken over."""

from collections.abc import Sequence

import structlog

from bot.campaign_ids import message_of
from bot.doors import Doors, Heard
from bot.services import Services
from bot.smsfactor.contacts import Contact
from bot.smsfactor.errors import SMSFactorError
from bot.smsfactor.events import Stop
from bot.stops import opt_out

log = structlog.get_logger(__name__)


def register(doors: Doors) -> None:
    """The webhook STOP, and two checks: the provider's blacklist comes to us, and what the team noted goes there."""
    doors.relay(Stop, note)
    doors.every(doors.tempo.optouts, "optouts", learn)
    doors.every(doors.tempo.sweep, "unlisted", tell)


async def note(services: Services, heard: Sequence[Heard]) -> None:
    """Each one once, whether it comes as STOP, as a reply, or as both."""
    for one in heard:
        stop: Stop = one.event
        place = message_of(stop.message_id)
        await opt_out(services, stop.number, one.fingerprint, place[0] if place else None)


async def learn(services: Services) -> None:
    """Numbers that opted out where we did not hear it: on the provider's platform, or while we were down."""
    await services.outbox.learn_optouts()


async def tell(services: Services) -> None:
    """Whom the team opted out, for the provider's blacklist, until it has them. We do not text them meanwhile."""
    for number in await services.store.unlisted.claim(again=services.tempo.optouts):
        try:
            await services.sms.add_to_blacklist([Contact(number)])
        except SMSFactorError as error:
            log.warning("optout_not_listed", error=str(error))
        else:
            await services.store.unlisted.remove(number)
