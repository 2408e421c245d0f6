"""Settings: what the team chooses for itself, in forms for admins; it holds at once, in every process."""

from bot.doors import Doors
from bot.features.settings import _invited, _overview, _rules, _saving


def register(doors: Doors) -> None:
    """A command, a form for each section, and the question what a channel is for that the desk was invited to."""
    _overview.register(doors)
    _saving.register(doors)
    _rules.register(doors)
    _invited.register(doors)
