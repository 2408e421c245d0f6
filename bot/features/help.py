"""Help: what the desk can do, with commands and without, and the nearest command to a word that it does not know."""

from difflib import get_close_matches
from functools import partial

from bot.doors import Answer, Command, Doors
from bot.services import Services
from bot.slack.blocks import context, header, message, section
from bot.slack.markup import escape

WITHOUT_COMMANDS = """\
*Without a command*
• *Reply*, on the card of a conversation, sends what you write to that person as an SMS. *Claim* makes the \
conversation yours.
• In the thread of such a card a message that begins with `sms:` goes out as an SMS; all others stay among you. Where \
admins have turned on free typing, every message goes out but those that begin with `note:`.
• The *Home* tab of this app is your inbox: the conversations that are not resolved.
• The shortcut *Send an SMS* opens the form from anywhere in Slack, and *Send as SMS*, among the actions of a message, \
puts its text into it."""
FOOT = "What you ask for is shown to you alone. Texts that come in, and campaigns, stand in their channels for all."


def register(doors: Doors) -> None:
    """A command; it also answers words that are none."""
    doors.command("help", partial(show, doors), usage="help", does="this list")


async def show(doors: Doors, services: Services, command: Command) -> Answer:
    """``/sms help``, or an unknown word."""
    lines = [f"`/sms {escape(door.usage)}`  {door.does}" for door in doors.commands.values()]
    blocks = [header("SMS desk"), section("\n".join(lines)), section(WITHOUT_COMMANDS), context(FOOT)]
    text = "What /sms can do"
    if command.word != "help":
        word = escape(command.word[:40])
        near = get_close_matches(command.word, doors.commands, n=1)
        text = f"There is no `/sms {word}`." + (f" Did you mean `/sms {near[0]}`?" if near else "")
        blocks.insert(0, section(text))
    return message(text, blocks)
