"""Triage: every conversation has a card that says who answers it, and buttons that decide that."""

from bot.doors import Doors
from bot.features.triage import _acts, _forms, _menu
from bot.features.triage._card import card


def register(doors: Doors) -> None:
    """The card of a conversation, its buttons, its ⋯ menu, and the forms that the menu opens."""
    doors.card("conversation", card)
    _acts.register(doors)
    _menu.register(doors)
    _forms.register(doors)
