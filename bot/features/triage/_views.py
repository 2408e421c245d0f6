"""The forms of a conversation's ⋯ menu, and what a transfer says in the thread. ``who`` is masked, and no markup."""

from datetime import datetime

from bot import phone
from bot.poster import Message
from bot.slack.blocks import Block, alert, context, message, option, quotation, section
from bot.slack.forms import View, modal, radio, text_input
from bot.slack.markup import escape, mention
from bot.slack.pickers import datetime_input, user_select

TRANSFER, SNOOZE, OPT_OUT, BLOCK = "triage_transfer", "triage_snooze", "triage_opt_out", "triage_block"
NOTE_MAX = 1_000


def transfer_form(about: str, who: str) -> View:
    """To whom, and a word for them."""
    blocks = [
        section(f"*{escape(who)}*"),
        user_select("To", "to", placeholder="Somebody in the team"),
        text_input(
            "Note to them",
            "note",
            multiline=True,
            max_length=NOTE_MAX,
            optional=True,
            hint="It stands in the thread and stays inside: it is never sent as an SMS.",
        ),
    ]
    return modal(TRANSFER, "Transfer", blocks, submit="Transfer", close="Cancel", private_metadata=about)


def handed_over(user: str, to: str, note: str) -> Message:
    """What the thread says; the mention is what tells the new owner."""
    words = f":handshake: {mention(user)} handed this over to {mention(to)}."
    if user == to:
        words = f":handshake: {mention(user)} took this over."
    blocks: list[Block] = [section(words)]
    if note:
        blocks.append(quotation(note))
    return message(f"{words} {escape(note)}".strip(), blocks)


def snooze_form(about: str, who: str, opens: datetime) -> View:
    """Until when. ``opens``: when the office opens tomorrow or later, on the team's clock."""
    choices = [
        option("For an hour", "hour"),
        option("For 4 hours", "hours"),
        option("Until the office opens", "opening", description=f"{opens:%A %d %B, %H:%M} ({opens:%Z})"),
        option("Until they write", "reply"),
    ]
    blocks = [
        section(f"*{escape(who)}*\nIt comes back by itself, and sooner if they write."),
        radio("How long", "how", choices, initial="hour"),
        datetime_input("Or until", "until", optional=True, hint="Wins over what is chosen above."),
    ]
    return modal(SNOOZE, "Snooze", blocks, submit="Snooze", close="Cancel", private_metadata=about)


def opt_out_form(about: str, who: str) -> View:
    """What it does, before it does it."""
    words = (
        f"*{escape(who)}*\nFor somebody who said in other words than STOP that they want no more texts. Nobody here can"
        " text them any more, neither with an answer nor with a campaign, and their number goes onto SMSFactor's"
        " blacklist. What they write still comes in."
    )
    blocks = [
        section(words),
        alert("It cannot be undone here.", "warning"),
        context("Somebody who is only a nuisance can be blocked instead."),
    ]
    return modal(OPT_OUT, "Opt them out?", blocks, submit="Opt out", close="Cancel", private_metadata=about)


def block_form(about: str, who: str) -> View:
    """What it does, and what it does not."""
    words = (
        f"*{escape(who)}*\nThe conversation is resolved. What they write from now on is kept, but not shown in the"
        " channel; `/sms contact` shows it. *Hear them again* in the card's ⋯ menu ends that."
    )
    blocks = [
        section(words),
        context("This is no opt-out: campaigns still reach them. If they want no more texts, opt them out."),
    ]
    return modal(BLOCK, "Block as a nuisance?", blocks, submit="Block", close="Cancel", private_metadata=about)


def number_form(number: str, name: str) -> View:
    """The whole number, to the one who asked: a form is seen wherever they clicked, and by nobody else."""
    who = f"*{escape(name)}*\n" if name else ""
    blocks = [
        section(f"{who}`{escape(phone.show(number))}`"),
        context("That you looked is on record, and the thread says so."),
    ]
    return modal("triage_number", "Their number", blocks, close="Close")
