"""Answers: the form in which an SMS is answered, and what became of an answer, told in the conversation's thread."""

from bot.doors import Doors
from bot.features.answers import _card, _form, _typing


def register(doors: Doors) -> None:
    """The *Reply* button, its form, and the card of an answer."""
    _form.register(doors)
    _typing.register(doors)
    _card.register(doors)
