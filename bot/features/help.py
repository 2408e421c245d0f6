"""Help: what the desk can do, and the nearest command to a word that it does not know."""

from difflib import get_close_matches
from functools import partial

from bot.doors import Answer, Command, Doors
from bot.services import Services
from bot.slack.blocks import context, header, message, section
from bot.slack.markup import escape

FOOT = "What you ask for is shown to you alone. Texts that come in, and campaigns, stand in their channels for all."


def register(doors: Doors) -> None:
    """A command; it also answers words that are none."""
    doors.command("help", partial(show, doors), usage="help", does="this list")


async def show(doors: Doors, services: Services, command: Command) -> Answer:
    """``/sms help``, or an unknown word."""
    lines = [f"`/sms {escape(door.usage)}`  {door.does}" for door in doors.commands.values()]
    blocks = [header("SMS desk"), section("\n".join(lines)), context(FOOT)]
    text = "What /sms can do"
    if command.word != "help":
        word = escape(command.word[:40])
        near = get_close_matches(command.word, doors.commands, n=1)
        text = f"There is no `/sms {word}`." + (f" Did you mean `/sms {near[0]}`?" if near else "")
        blocks.insert(0, section(text))
    return message(text, blocks)
