"""What is shown of a number: how its conversation stands, its texts, what may be sent to it, and the team's notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from bot import conversation, phone
from bot.slack.blocks import Block, actions, button, context, message, quotation, section
from bot.slack.forms import View, modal, text_input
from bot.slack.markup import escape, mention, when
from bot.store.campaign import Campaign, CampaignState
from bot.store.contacts import NAME_MAX, NOTES_KEPT, Contact, ContactNote
from bot.store.conversations import Conversation, Text
from bot.store.flood import HOUR
from bot.store.optouts import OptOut
from bot.words import WORDS, headline

REPLY = "answer_open"  # the door of the room `answers`
EDIT, FORM = "contact_edit", "contact_form"
NAME, NOTE = "name", "note"
NOTE_MAX = 1_000
OF_CONVERSATION, OF_NUMBER = "id", "number"
TEXTS, NOTES, TIMES = 10, 5, 10  # how many are shown; all of them together fit into the 12,000 characters of a message
TEXT_SHOWN, NOTE_SHOWN, CAMPAIGN_SHOWN = 350, 300, 140  # characters of each
NOTED_BY = "noted by "  # before a user id, as an opt-out's origin


@dataclass(frozen=True, slots=True)
class Known:
    """All that is shown. ``sent``: the campaigns behind our texts, by id; ``answers``: the last one that they answered;
    ``taken``: when they were texted within the hour (epoch seconds), oldest first, by whatever campaign; ``same_from``:
    when our last text in the conversation may be repeated (0: now)."""

    contact: Contact
    about: Conversation | None
    zone: tzinfo
    link: str = ""
    texts: Sequence[Text] = ()
    sent: Mapping[str, Campaign] = field(default_factory=dict)
    answers: Campaign | None = None
    optout: OptOut | None = None
    taken: Sequence[float] = ()
    same_from: float = 0.0
    per_hour: int = 5
    same_text_per_hour: int = 1

    @property
    def textable(self) -> bool:
        """Whether the desk may text this number at all; campaigns still reach somebody who is only a nuisance."""
        return conversation.is_person(self.contact.number) and self.optout is None


def render(known: Known) -> dict[str, Any]:
    """To the one who typed the number, who alone sees it whole."""
    contact = known.contact
    number = phone.show(contact.number)
    who = f"{escape(contact.name)} · {number}" if contact.name else number
    stands = _stands(known)
    blocks: list[Block] = [section(f":bust_in_silhouette: *{who}*\n{stands}")]
    if known.optout:
        blocks.append(section(_opted_out(known.optout, known.zone)))
    if not conversation.is_person(contact.number):
        blocks.append(context(conversation.PROGRAM))
    if known.textable:
        blocks.append(context(_flood(known)))
    blocks += _texts(known)
    blocks += _notes(known)
    blocks.append(actions(*_buttons(known)))
    if known.textable:
        blocks.append(context(f"`/sms send +{contact.number}` writes to it."))
    return message(f"{who}: {stands}".replace("*", ""), blocks)


def form(contact: Contact, which: str, zone: tzinfo) -> View:
    """Name, a new note, and all that there are, the newest first. ``which`` tells whose they are without the number,
    where there is a conversation."""
    blocks = [
        context(f"For {escape(phone.mask(contact.number))}. The whole team can see them."),
        text_input("Name", NAME, initial=contact.name or None, max_length=NAME_MAX, optional=True),
        text_input("New note", NOTE, multiline=True, max_length=NOTE_MAX, optional=True),
    ]
    for note in reversed(contact.notes[-NOTES_KEPT:]):
        blocks += _note(note, zone, NOTE_MAX)
    return modal(
        FORM, "Name and notes", blocks, submit="Save", close="Cancel", private_metadata=f"{which}\n{contact.name}"
    )


def _stands(known: Known) -> str:
    if known.about is None:
        nothing = "The desk has no conversation with this number."
        return f"{nothing}\n{conversation.OPTED_OUT}" if known.optout else nothing
    stands = conversation.stands(known.about, known.zone, opted_out=known.optout is not None)
    return stands + (f" · <{known.link}|its card>" if known.link else "")


def _opted_out(optout: OptOut, zone: tzinfo) -> str:
    """Since when, how we know, and after what; that they cannot be texted is said above."""
    after = f" after campaign `{escape(optout.campaign)}`" if optout.campaign else ""
    since = when(optout.since, zone)
    if optout.origin.startswith(NOTED_BY):
        return f"Opted out by {mention(escape(optout.origin.removeprefix(NOTED_BY)))}, {since}{after}."
    if optout.origin == "STOP":
        return f"They said STOP, {since}{after}."
    return f"The number is on SMSFactor's blacklist, where the desk read it {since}."


def _flood(known: Known) -> str:
    """The windows with their times; of many texts the last ones."""
    taken, limit = known.taken, known.per_hour
    same = "once" if known.same_text_per_hour == 1 else f"{known.same_text_per_hour} times"
    rule = f"The limit is {limit} an hour, and the same text {same}."
    if not taken:
        return f"No SMS to them in the last hour. {rule}"
    times = ", ".join(when(at, known.zone, "{time}") for at in taken[-TIMES:])
    last = "the last ones " if len(taken) > TIMES else ""
    more = f"{limit - len(taken)} more may go out now"
    if len(taken) >= limit:
        more = f"the next may go out at {when(taken[-limit] + HOUR, known.zone, '{time}')}"
    if known.same_from:
        rule += f" Our last text may be repeated at {when(known.same_from, known.zone, '{time}')}."
    return f"{len(taken)} SMS to them in the last hour, {last}at {times}; {more}. {rule}"


def _texts(known: Known) -> list[Block]:
    """Their last SMS in the conversation, both ways. What campaigns sent them is not among these."""
    blocks: list[Block] = []
    if known.answers:
        order = known.answers.order
        at = when(order.created, known.zone)
        blocks.append(context(f"Our last SMS that they answered: `{order.id}`, {at}: {escape(_short(order.text))}"))
    if count := len(known.texts):
        last = "The last SMS" if count == 1 else f"The last {count} SMS"
        newest = "" if count == 1 else ", the newest at the bottom"
        blocks.append(section(f"*{last} of the conversation*{newest}"))
    for text in known.texts:
        blocks += [context(_origin(known, text)), quotation(text.text, TEXT_SHOWN)]
    return blocks


def _origin(known: Known, text: Text) -> str:
    """Who and when; and of ours, what became of it, in a word."""
    at = when(text.date, known.zone)
    if not text.out:
        return f":inbox_tray: They wrote, {at}"
    author = mention(text.author) if text.author else "Automatic answer"
    return f":outbox_tray: {author}, {at} · {_became(known.sent.get(text.mark))}"


def _became(campaign: Campaign | None) -> str:
    if campaign is None:
        return "what became of it is forgotten"
    if campaign.state is CampaignState.ACCEPTED:  # the message itself knows more
        return next((WORDS[state] for state in campaign.messages), "accepted")
    return headline(campaign).word.lower()


def _notes(known: Known) -> list[Block]:
    notes = known.contact.notes
    if not notes:
        return []
    hidden = len(notes) - NOTES
    more = f"*Notes*, the last {NOTES} of {len(notes)}; *Name and notes…* shows all"
    blocks = [section(more if hidden > 0 else "*Notes*")]
    for note in notes[-NOTES:]:
        blocks += _note(note, known.zone, NOTE_SHOWN)
    return blocks


def _note(note: ContactNote, zone: tzinfo, shown: int) -> list[Block]:
    return [context(f":memo: {mention(note.author)}, {when(note.at, zone)}"), quotation(note.text, shown)]


def _buttons(known: Known) -> list[dict[str, Any]]:
    about = known.about
    which = f"{OF_CONVERSATION} {about.id}" if about else f"{OF_NUMBER} {known.contact.number}"
    buttons = [button("Name and notes…", EDIT, value=which)]
    if about and conversation.can_be_answered(about, opted_out=known.optout is not None):
        buttons.insert(0, button("Reply", REPLY, value=about.id, style="primary"))
    return buttons


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= CAMPAIGN_SHOWN else words[: CAMPAIGN_SHOWN - 1] + "…"
