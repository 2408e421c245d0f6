"""Replies: an SMS that comes in opens a conversation's thread in the channel, or goes on with it."""

import secrets
from collections.abc import Sequence

from bot import phone
from bot.doors import Doors, Heard
from bot.outbox import message_of
from bot.services import Services
from bot.slack.blocks import actions, button, context, quotation, section
from bot.slack.limits import MESSAGE_TEXT_MAX
from bot.slack.markup import cut, escape
from bot.smsfactor.events import Reply
from bot.stops import opt_out
from bot.store.posts import Post, Urgency

ANSWER = "send_answer"  # the door of the room `send`
SHORT = 80


def register(doors: Doors) -> None:
    """The webhook MO."""
    doors.relay(Reply, show)


async def show(services: Services, heard: Sequence[Heard]) -> None:
    """In order; each reply is one post, which its fingerprint names, so a repeat of this call posts nothing."""
    for one in heard:
        await _show(services, one.event, one.fingerprint)


async def _show(services: Services, reply: Reply, mark: str) -> None:
    place = message_of(reply.message_id)
    campaign = place[0] if place else None
    new_id = "k" + secrets.token_hex(5)
    number = services.guards.digits(reply.number)
    conversation, opened = await services.store.conversations.hear(number, new_id, mark, campaign)
    anchor = f"conversation:{conversation.id}"
    who, channel = phone.mask(number), services.settings.slack_channel
    text = cut(escape(f"{who}: {reply.text}"), MESSAGE_TEXT_MAX)
    if opened:
        blocks = [
            section(f":speech_balloon: *{who}* wrote"),
            quotation(reply.text),
            *await _context(services, campaign),
            actions(button("Answer", ANSWER, value=conversation.id)),
        ]
        post = Post(f"reply:{mark}", Urgency.REPLY, text=text, blocks=blocks, anchor=anchor)
    else:
        blocks = [quotation(reply.text), *await _context(services, campaign)]
        post = Post(f"reply:{mark}", Urgency.REPLY, text=text, blocks=blocks, thread=anchor)
    await services.poster.put(channel, post)
    if campaign:  # the card also if it was counted before: a worker may have died in between
        await services.store.campaigns.count_once(campaign, "replies", mark)
        await services.poster.card(channel, "campaign", campaign)
    if reply.says_stop:
        await opt_out(services, number, mark, campaign)


async def _context(services: Services, campaign_id: str | None) -> list[dict[str, object]]:
    """What it answers, as far as we know."""
    campaign = await services.store.campaigns.get(campaign_id) if campaign_id else None
    if campaign is None:
        return []
    words = " ".join(campaign.order.text.split())
    shown = words[:SHORT] + ("…" if len(words) > SHORT else "")
    return [context(f"in answer to `{campaign.id}`: {escape(shown)}")]
