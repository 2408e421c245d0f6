"""The ⋯ menu of a conversation's card: each of its lines is a verb and the card that it stands on."""

from collections.abc import Mapping
from dataclasses import replace

from bot.doors import Doors, Press, PressListener
from bot.errors import Refused
from bot.features.triage import _acts, _forms
from bot.features.triage._card import MORE
from bot.services import Services

UNKNOWN = "This menu is older than the desk that it belongs to. Nothing was changed; use the card's own."

VERBS: Mapping[str, PressListener] = {
    "transfer": _forms.open_transfer,
    "snooze": _forms.open_snooze,
    "reveal": _acts.reveal,
    "opt_out": _forms.open_opt_out,
    "block": _forms.open_block,
    "unblock": _acts.hear_again,
}


def register(doors: Doors) -> None:
    """One door for all of its lines."""
    doors.press(MORE, choose)


async def choose(services: Services, press: Press) -> None:
    """Do what the line says."""
    verb, _, subject = press.value.partition(" ")
    act = VERBS.get(verb)
    if act is None:
        raise Refused(UNKNOWN)
    await act(services, replace(press, value=subject))
