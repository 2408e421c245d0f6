"""A conversation as the rooms act on it: its card, words in its thread, where it opens, and an answer that goes out."""

import secrets
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import tzinfo
from typing import Any

from bot import phone
from bot.errors import Refused
from bot.services import Services
from bot.slack.markup import mention, when
from bot.store import StoreError
from bot.store.campaign import Campaign, Order
from bot.store.conversations import Conversation, ConversationState
from bot.store.drafts import Draft
from bot.store.posts import Post, Urgency
from bot.store.team import Purpose, TeamSettings

OPTED_OUT = ":no_entry: *Opted out*: they cannot be texted any more"
PROGRAM = "This is a short code or a sender's name: it cannot be answered."
AROUND = ".,;:!?¡¿\"'’‘“”«»()[]…*-–—"  # what stands around a word that begins an SMS


def new_id() -> str:
    """A conversation's id, which may be shown: it says nothing of the number."""
    return "k" + secrets.token_hex(5)


def is_person(number: str) -> bool:
    """Whether a number can be somebody's: not a short code, and not the name of a sender, behind which are programs."""
    return number.isdecimal() and phone.show(number) != number


async def show(services: Services, conversation: Conversation, urgency: Urgency = Urgency.CARD) -> None:
    """Bring its card, the inbox and its next look up to date. To be called after whatever changed it."""
    await services.store.inbox.note(conversation)
    await services.poster.card(conversation.channel, "conversation", conversation.subject, urgency)


async def end_earlier(services: Services, conversation: Conversation) -> None:
    """It begins a new thread: the card of the one before, if there is one, points onwards and has no buttons."""
    earlier = f"{conversation.id}.{conversation.episode - 1}"
    if await services.store.anchors.get(f"conversation:{earlier}"):
        await services.poster.again("conversation", earlier)


async def remark(
    services: Services,
    conversation: Conversation,
    key: str,
    text: str,
    blocks: Sequence[dict[str, Any]] = (),
    *,
    urgency: Urgency = Urgency.NOTICE,
    broadcast: bool = False,
    whole: str = "",
) -> None:
    """Say something in its thread, once per ``key``; ``broadcast`` shows it in the channel too, ``whole`` is for the
    case that Slack does not take the blocks."""
    post = Post(key, urgency, text=text, whole=whole, blocks=blocks, thread=conversation.anchor, broadcast=broadcast)
    await services.poster.put(conversation.channel, post)


def text_key(mark: str) -> str:
    """The key of the post that shows an SMS in its thread."""
    return f"text:{mark}"


async def answer(
    services: Services,
    conversation: Conversation,
    campaign_id: str,
    text: str,
    author: str,
    seen: float = 0.0,
    typed: str = "",
) -> bool:
    """Send an SMS in it, once per ``campaign_id``; False if that was sent before. Without an author it is automatic.

    ``seen``: when the SMS came that the author saw last (epoch seconds; 0: all). Whoever wrote later waits still.
    ``typed``: the ts of the message in the thread that it is, if it was no form.
    A person's answer can be taken back for as long as the team has chosen. Raises ``Refused`` if a guard speaks against
    it: then nothing is sent, and nothing has changed.
    """
    if not is_person(conversation.number):
        raise Refused("Behind this number is a program, which cannot be answered. Nothing was sent.", field="text")
    team = await services.store.team.settings()
    undo = team.conversations.undo_seconds if author else 0
    order = Order(
        id=campaign_id,
        author=author,
        channel=conversation.channel,
        text=text,
        conversation=conversation.id,
        seen=seen,
        typed=typed,
        due=services.wall.now().timestamp() + undo if undo else 0.0,
    )
    created = await services.outbox.accept(Draft(order, (conversation.number,)))
    with suppress(StoreError):  # it is stored: it goes out, and is shown then
        if campaign := await services.store.campaigns.get(campaign_id):
            await services.outbox.show(campaign, Urgency.REPLY)
    return created


def route(services: Services, team: TeamSettings, purpose: Purpose) -> str:
    """The channel for this purpose."""
    return team.routes.purposes.get(purpose) or services.settings.slack_channel


def route_of(services: Services, team: TeamSettings, text: str, campaign: Campaign | None) -> str:
    """The channel in which a conversation opens that begins with this SMS, in answer to that campaign."""
    for rule in team.routes.rules:
        match rule.kind:
            case "campaign":
                fits = campaign is not None and campaign.id == rule.value
            case "sender":
                fits = campaign is not None and keyword(campaign.order.sender or "") == keyword(rule.value) != ""
            case "keyword":
                fits = keyword(text) == keyword(rule.value) != ""
        if fits:
            return rule.channel
    return route(services, team, "replies")


def keyword(text: str) -> str:
    """The first word of a text, without what stands around it, whichever way its letters are written; "" if none."""
    words = (word.strip(AROUND) for word in unicodedata.normalize("NFC", text).casefold().split())
    return next(filter(None, words), "")


def called(conversation: Conversation, name: str = "") -> str:
    """Whom the team sees: the contact's name if there is one, and the masked number. No markup."""
    masked = phone.mask(conversation.number)
    return f"{name} · {masked}" if name else masked


def can_be_answered(about: Conversation, *, opted_out: bool) -> bool:
    """Whether an answer may go to them: a person who did not opt out, and is not blocked as a nuisance."""
    return is_person(about.number) and not opted_out and not about.blocked


def waits(about: Conversation, *, opted_out: bool) -> bool:
    """Whether somebody waits for an answer that they can get."""
    return about.waiting and can_be_answered(about, opted_out=opted_out)


def stands(about: Conversation, zone: tzinfo, *, opted_out: bool) -> str:
    """How it stands and whose it is, in markup; it says of everybody who opted out that they did. Times are those of
    ``zone``."""
    whose = f"assigned to {mention(about.owner)}" if about.owner else "unassigned"
    if opted_out and about.state is ConversationState.OPEN and not about.blocked:
        return f"{OPTED_OUT} · {whose}"
    words = _stands(about, zone, whose)
    return f"{words}\n{OPTED_OUT}" if opted_out else words


def _stands(about: Conversation, zone: tzinfo, whose: str) -> str:
    if about.blocked:
        kept = "what they write is kept, but not shown in the channel; `/sms contact` shows it."
        return f":mute: *Blocked* as a nuisance by {mention(about.blocked)}: {kept}"
    match about.state:
        case ConversationState.SNOOZED:
            until = when(about.snooze, zone) if about.snooze else "they write"
            return f":zzz: *Snoozed*{_by(about.snoozed_by)} until {until} · {whose}"
        case ConversationState.RESOLVED:
            return f":white_check_mark: *Resolved*{_by(about.ended_by)}"
        case _ if waits(about, opted_out=False):
            return f":hourglass_flowing_sand: *Waiting* since {when(about.since, zone)} · {whose}"
        case _:
            return f":incoming_envelope: *Open*, nobody waits · {whose}"


def _by(user: str) -> str:
    return f" by {mention(user)}" if user else ""


async def links(services: Services, conversations: Sequence[Conversation]) -> dict[str, str]:
    """Where the cards of those stand that have one: conversation id → address."""
    workspace = await services.access.address()
    if not workspace or not conversations:
        return {}
    places = await services.store.anchors.places([about.anchor for about in conversations])
    found = {}
    for about in conversations:
        if place := places.get(about.anchor):
            found[about.id] = f"{workspace.rstrip('/')}/archives/{place[0]}/p{place[1].replace('.', '')}"
    return found
