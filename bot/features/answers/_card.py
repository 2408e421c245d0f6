"""The card of an answer in the conversation's thread: who wrote what, and what became of it. One truth at a time."""

from collections.abc import Mapping
from datetime import tzinfo

from bot import conversation
from bot.doors import Doors, Press
from bot.errors import Refused
from bot.poster import Message
from bot.services import Services
from bot.slack.blocks import Block, actions, button, context, message, quotation, section
from bot.slack.markup import cut, escape, mention, when
from bot.smsfactor.sending import FILTERS
from bot.store.campaign import UNSENT, Campaign, CampaignState, MessageState
from bot.words import FAILED, FAILURES, GIVEN_UP_LOOKING, HEADLINES, Headline, headline, why

UNDO = "answer_undo"
SHOW_ALL = "reply_show_all"  # the door of the room `replies`, which knows the texts both ways
SHOWN = 1_500  # characters of an answer in its thread
NOTIFIED = 300  # and in a notification

TOO_LATE = "Too late to take it back: it has left, or may have, and an SMS cannot be unsent."
NOTHING_LEFT = "There is nothing to take back: it was not sent. Its card says why."
LEFT = (MessageState.SENT, MessageState.DELIVERED, MessageState.EXPIRED)
LOST = (MessageState.UNDELIVERED, MessageState.FAILED)

REPORTED: Mapping[MessageState, Headline] = {
    MessageState.SENT: Headline(":incoming_envelope:", "Sent", ": there is no report from their phone yet."),
    MessageState.DELIVERED: Headline(":white_check_mark:", "Delivered", " to their phone."),
    MessageState.EXPIRED: Headline(
        ":hourglass:", "Expired", ": it was sent, but no report came in time. They may have got it, or not."
    ),
}
LEFT_OUT: Mapping[MessageState, Headline] = {
    MessageState.OPTED_OUT: Headline(
        ":no_entry:", "Left out", ": they opted out and cannot be texted. Nothing was sent, and nothing was charged."
    ),
    MessageState.FLOODED: Headline(
        ":no_entry:",
        "Left out",
        ": they got enough texts within the last hour. Nothing was sent, and nothing was charged.",
    ),
}


def register(doors: Doors) -> None:
    """The card, and its *Undo*."""
    doors.card("answer", card)
    doors.press(UNDO, undo)


async def card(services: Services, campaign_id: str) -> Message | None:
    """The card as it is now; None once the answer is forgotten."""
    campaign = await services.store.campaigns.get(campaign_id)
    return None if campaign is None else render(campaign, services.wall.seconds(), services.settings.timezone)


async def undo(services: Services, press: Press) -> None:
    """*Undo*: taken back if it has not left; if a colleague does it, the thread says who."""
    campaign = await services.store.campaigns.get(press.value)
    if campaign is None or not await services.outbox.take_back(campaign.id):
        ended = await services.store.campaigns.get(press.value)
        raise Refused(NOTHING_LEFT if ended and ended.state in UNSENT else TOO_LATE)
    if campaign.state is CampaignState.CANCELLED:
        return  # this click came twice
    await services.store.audit.record(press.caller.user, "take_back", campaign.id)
    about = await services.store.conversations.get(campaign.order.conversation)
    if about and press.caller.user != campaign.order.author:
        text = f"{mention(press.caller.user)} took back what {mention(campaign.order.author)} wrote, before it left."
        await conversation.remark(services, about, f"undone:{campaign.id}", text)


def truth(campaign: Campaign, now: float, zone: tzinfo) -> Headline:
    """How an answer stands: as its one message does, as far as that tells more than the campaign.

    ``now``: epoch seconds. Times are those of ``zone``.
    """
    state, message_state = campaign.state, next(iter(campaign.messages), MessageState.WAITING)
    match state:
        case CampaignState.FILTERED:
            return LEFT_OUT.get(message_state) or _filtered(campaign)
        case _ if state in UNSENT:
            return HEADLINES[state]
        case _ if message_state in REPORTED:
            return REPORTED[message_state]
        case _ if message_state in LOST:
            return Headline(":x:", "Failed", f": {FAILURES.get(campaign.failure or 0, FAILED)}.")
        case CampaignState.QUEUED if campaign.order.due > now:
            leaves = when(campaign.order.due, zone, "{time_secs}")
            return Headline(":hourglass_flowing_sand:", "Queued", f": it leaves at {leaves}, and can be taken back.")
        case _:
            return headline(campaign)


def render(campaign: Campaign, now: float, zone: tzinfo) -> Message:
    """The card, as ``truth`` knows it."""
    order, stands, reason = campaign.order, truth(campaign, now, zone), escape(why(campaign))
    by = _by(campaign)
    if campaign.state is CampaignState.FILTERED:
        reason = ""  # the headline says it
    blocks: list[Block] = [
        context(by),
        quotation(order.text, SHOWN),
        section(f"{stands.markup}\n{reason}" if reason else stands.markup),
    ]
    if campaign.why == GIVEN_UP_LOOKING:
        blocks.append(context(f"`{campaign.id}`" + (f" · ticket {escape(campaign.ticket)}" if campaign.ticket else "")))
    buttons = []
    if campaign.state is CampaignState.QUEUED and order.due > now:
        buttons.append(button("Undo", UNDO, value=campaign.id))
    if len(order.text) > SHOWN:
        buttons.append(button("Show all", SHOW_ALL, value=f"{order.conversation} {campaign.id}"))
    if buttons:
        blocks.append(actions(*buttons))
    text = " ".join(filter(None, [f"{by}: {stands.words}", reason]))
    return message(f"{text} {cut(escape(f'“{order.text}”'), NOTIFIED)}", blocks)


def _by(campaign: Campaign) -> str:
    """Who wrote it; that it was sent is only said once it was."""
    if not campaign.order.author:
        return "automatic answer"
    sent = campaign.state is CampaignState.ACCEPTED or campaign.count(*LEFT)
    return f"{'sent as SMS' if sent else 'SMS'} by {mention(campaign.order.author)}"


def _filtered(campaign: Campaign) -> Headline:
    """The provider's filters, of which one message meets one."""
    names = [FILTERS.get(name, escape(name)) for name in campaign.filtered]
    if not names:
        return HEADLINES[CampaignState.FILTERED]
    words = f": the number is {names[0]}. Nothing was sent, and nothing was charged."
    return Headline(":no_entry:", "Filtered", words)
