"""Opt-outs: who said STOP is recorded, told, and never texted again; the provider's blacklist is taken over."""

from collections.abc import Sequence

from bot.doors import Doors, Heard
from bot.outbox import message_of
from bot.services import Services
from bot.smsfactor.events import Stop
from bot.stops import opt_out


def register(doors: Doors) -> None:
    """The webhook STOP, and a check of the provider's blacklist."""
    doors.relay(Stop, note)
    doors.every(doors.tempo.optouts, "optouts", learn)


async def note(services: Services, heard: Sequence[Heard]) -> None:
    """Each one once, whether it comes as STOP, as a reply, or as both."""
    for one in heard:
        stop: Stop = one.event
        place = message_of(stop.message_id)
        await opt_out(services, stop.number, one.fingerprint, place[0] if place else None)


async def learn(services: Services) -> None:
    """Numbers that opted out where we did not hear it: on the provider's platform, or while we were down."""
    await services.outbox.learn_optouts()
