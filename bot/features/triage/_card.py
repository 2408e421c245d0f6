"""The card of a conversation: who wrote, what they answer, how it stands, whose it is, and what can be done."""

from dataclasses import dataclass
from datetime import tzinfo

from bot import conversation
from bot.poster import Message
from bot.services import Services
from bot.slack.blocks import Block, Option, actions, button, context, message, option, overflow, quotation, section
from bot.slack.markup import escape, mention, when
from bot.store.campaign import Campaign
from bot.store.conversations import Conversation, ConversationState, Text, as_written

REPLY = "answer_open"  # the door of the room `answers`
CLAIM, RESOLVE, REOPEN, MORE = "triage_claim", "triage_resolve", "triage_reopen", "triage_more"
PREVIEW = 140  # characters of the last SMS, and of what it answers


@dataclass(frozen=True, slots=True)
class Known:
    """All that a card shows. ``zone``: whose clock its times follow, ``now``: epoch seconds."""

    about: Conversation
    zone: tzinfo
    name: str = ""
    last: Text | None = None
    answers: Campaign | None = None
    opted_out: bool = False
    now: float = 0.0


async def card(services: Services, subject: str) -> Message | None:
    """The card as it is now; None once the conversation is forgotten. An earlier thread's card points onwards."""
    store = services.store
    about = await store.conversations.get(subject)
    if about is None:
        return None
    name = await store.contacts.name(about.number)
    if subject != about.subject:
        return render_ended(about, name, (await conversation.links(services, [about])).get(about.id, ""))
    texts = await store.conversations.texts(about.number)
    return render(
        Known(
            about,
            services.settings.timezone,
            name=name,
            last=next((text for text in reversed(as_written(texts)) if not text.out), None),
            answers=await store.campaigns.get(about.campaign) if about.campaign else None,
            opted_out=bool(await store.optouts.among([about.number])),
            now=services.wall.seconds(),
        )
    )


def render(known: Known) -> Message:
    """The card of the present thread. Of a nuisance it shows no words."""
    about = known.about
    who = conversation.called(about, known.name)
    stands = conversation.stands(about, known.zone, opted_out=known.opted_out)
    blocks: list[Block] = [section(f":speech_balloon: *{escape(who)}*\n{stands}")]
    if known.last and not about.blocked:
        blocks.append(quotation(known.last.text, PREVIEW))
    blocks += [context(line) for line in _marks(known)]
    blocks.append(actions(*_buttons(known)))
    return message(f"{escape(who)}: {_plain_words(known)}", blocks)


def render_ended(about: Conversation, name: str, link: str) -> Message:
    """The card of an earlier thread: nothing can be done here any more. ``link``: where it goes on ("": unknown)."""
    who = escape(conversation.called(about, name))
    onwards = f"<{link}|Goes on in a newer thread.>" if link else "Goes on in a newer thread."
    return message(f"{who}: this goes on in a newer thread", [section(f":speech_balloon: *{who}*\n{onwards}")])


def _plain_words(known: Known) -> str:
    about = known.about
    if about.blocked:
        words = "blocked as a nuisance"
    elif about.state is not ConversationState.OPEN:
        words = about.state.value
    elif known.opted_out:
        words = "open"
    else:
        words = "waiting for an answer" if conversation.waits(about, opted_out=False) else "open, nobody waits"
    return f"{words}, opted out" if known.opted_out else words


def _marks(known: Known) -> list[str]:
    marks = []
    if not conversation.is_person(known.about.number):
        marks.append(conversation.PROGRAM)
    if composer := known.about.composer(known.now):
        marks.append(f":pencil2: {mention(composer)} is writing an answer")
    if known.answers:
        order = known.answers.order
        text = " ".join(order.text.split())
        shown = text[:PREVIEW] + ("…" if len(text) > PREVIEW else "")
        marks.append(f"in answer to `{order.id}`, {when(order.created, known.zone)}: {escape(shown)}")
    return marks


def _buttons(known: Known) -> list[dict[str, object]]:
    """What can be done as it stands. A card's own buttons name the card, so that an old one cannot act on a new one."""
    about = known.about
    buttons = []
    if conversation.can_be_answered(about, opted_out=known.opted_out):
        buttons.append(button("Reply", REPLY, value=about.id, style="primary"))
    if not about.owner and not about.blocked:
        buttons.append(button("Claim", CLAIM, value=about.subject))
    if about.state is not ConversationState.RESOLVED:
        buttons.append(button("Resolve", RESOLVE, value=f"{about.subject} {about.last_in!r}"))
    if about.state is not ConversationState.OPEN and not about.blocked:
        buttons.append(button("Reopen", REOPEN, value=about.subject))
    return [*buttons, overflow(MORE, _more(known))]


def _more(known: Known) -> list[Option]:
    """Five at most (Slack docs, "Overflow menu element"). A value is a verb and the card."""
    about = known.about
    lines = [("Transfer…", "transfer"), ("Reveal number", "reveal")]
    if about.state is not ConversationState.RESOLVED:
        lines.insert(1, ("Snooze…", "snooze"))
    if not known.opted_out:
        lines.append(("Opt out…", "opt_out"))
    lines.append(("Hear them again", "unblock") if about.blocked else ("Block nuisance…", "block"))
    return [option(text, f"{verb} {about.subject}") for text, verb in lines]
