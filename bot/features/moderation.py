"""Moderation: campaigns that are held, and sends whose answer was lost, are looked at until they come to an end."""

from bot.doors import Doors
from bot.services import Services

LOOK = 5.0  # seconds between two questions of our own memory; the provider is asked when a look is due


def register(doors: Doors) -> None:
    """Two checks."""
    doors.every(min(LOOK, doors.tempo.sweep), "held", check_held)
    doors.every(min(LOOK, doors.tempo.sweep), "unknown", check_unknown)


async def check_held(services: Services) -> None:
    """Ask for those whose look is due."""
    await services.outcomes.look_at_held()


async def check_unknown(services: Services) -> None:
    """Ask for those whose look is due; nothing is ever sent again."""
    await services.outcomes.look_at_unknown()
