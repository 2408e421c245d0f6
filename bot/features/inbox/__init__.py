"""Inbox: whose turn it is. A command and the App Home list the conversations that are not resolved."""

from bot import phone
from bot.doors import Answer, Command, Doors
from bot.features.inbox import _home, _many
from bot.features.inbox._list import WORDS_MAX, Show, Wanted, listing
from bot.features.inbox._view import MESSAGE_ALONE, MESSAGE_EACH, message_view
from bot.services import Services


def register(doors: Doors) -> None:
    """A command, the App Home, and the form that resolves many."""
    doors.command(
        "inbox",
        show,
        usage="inbox [mine | unassigned | waiting | snoozed | all] [words]",
        does="the conversations that are not resolved: yours, unassigned, waiting, snoozed",
    )
    _home.register(doors)
    _many.register(doors)


async def show(services: Services, command: Command) -> Answer:
    """``/sms inbox [list] [words]``, to the one who asks."""
    wanted = _read(await _without_numbers(services, command.words))
    found = await listing(services, command.caller.user, wanted, each=MESSAGE_EACH, alone=MESSAGE_ALONE)
    return message_view(found)


async def _without_numbers(services: Services, words: str) -> str:
    """A number that was typed, by its conversation's id."""
    numbers = phone.read(words, services.settings.default_region).valid
    found = await services.store.conversations.many(numbers)
    return " ".join(about.id for about in found) or words


def _read(words: str) -> Wanted:
    """``mine Dupont`` → the list *mine*, with the word Dupont; words alone are looked for everywhere."""
    first, *rest = words.split(maxsplit=1) or [""]
    if first.lower() in set(Show):
        return Wanted(Show(first.lower()), words="".join(rest)[:WORDS_MAX])
    return Wanted(words=words[:WORDS_MAX])
