"""Replies: an SMS that comes in goes into its conversation's thread; its card opens, or says that somebody waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import conversation
from bot.campaign_ids import answer_id, message_of
from bot.doors import Doors, Heard, Press
from bot.errors import Refused
from bot.services import Services
from bot.slack.blocks import Block, actions, button, context, quotation
from bot.slack.forms import View, modal
from bot.slack.limits import MESSAGE_TEXT_MAX, TEXT_MAX
from bot.slack.markup import cut, date, escape, mention
from bot.smsfactor.events import Reply
from bot.stops import STOP, opt_out, says_stop
from bot.store.campaign import Campaign
from bot.store.conversations import LIST_WITHIN, Conversation, Incoming
from bot.store.posts import Urgency
from bot.store.team import DAY, TeamSettings

SHOW_ALL = "reply_show_all"
SHOWN = 1_500  # characters of an SMS in its thread; most SMS of ten parts are shorter
FRESH = timedelta(hours=3)  # an SMS that was set aside for longer is answered by people; dates may be an hour off
TALK = 3_600.0  # seconds after the team's last SMS in which nobody is told that the team is away
NOTIFIED = 300  # and in a notification
BARE = 2  # words: "STOP", "Stop SMS"
GONE = "This SMS is too old to be shown in full here; it is on SMSFactor's platform."


def register(doors: Doors) -> None:
    """The webhook MO, and the button of a long text."""
    doors.relay(Reply, hear)
    doors.press(SHOW_ALL, show_all)


async def hear(services: Services, heard: Sequence[Heard]) -> None:
    """In order; each SMS is one post, which its fingerprint names, so a repeat of this call shows nothing again."""
    team = await services.store.team.settings()
    for one in heard:
        await _hear(services, team, one.event, one.fingerprint)


@dataclass(frozen=True, slots=True)
class _Sms:
    """One that came in, with what it answers."""

    reply: Reply
    mark: str
    campaign: Campaign | None
    is_stop: bool


async def _hear(services: Services, team: TeamSettings, reply: Reply, mark: str) -> None:
    campaign = await _answered(services, reply)
    campaign_id = campaign.id if campaign else None
    sms = _Sms(reply, mark, campaign, says_stop(reply.text, team.stop_words.words))
    number = services.guards.digits(reply.number)
    if sms.is_stop and await _is_known_stop(services, number, reply, mark):
        return
    days = team.conversations.new_thread_days
    at = reply.at or services.wall.now()  # without a date, it could not be told from its like in the provider's list
    about, known = await services.store.conversations.hear(
        number,
        conversation.new_id(),
        Incoming(mark, reply.text, at, "list" if reply.caught_up else "webhook", campaign_id),
        channel=conversation.route_of(services, team, reply.text, campaign),
        new_thread_after=-1 if days is None else days * DAY,
        wants_answer=not sms.is_stop,
    )
    if known == "paired":
        return
    if not about.blocked:
        await _show(services, about, sms)
        if reply.caught_up and reply.at:  # the digest of the catch-up counts what no webhook had brought
            await services.store.catchup.found(mark, number, reply.at.timestamp())
    if campaign:  # also if it was counted before: a worker may have died in between
        await services.store.campaigns.count_once(campaign.id, "replies", mark)
        await services.outbox.show_again(campaign.id)
    if sms.is_stop:
        await opt_out(services, number, mark, campaign_id)
    elif not about.blocked and not reply.caught_up and services.wall.now() - at < FRESH:
        await _answer_by_itself(services, team, about)


async def _is_known_stop(services: Services, number: str, reply: Reply, mark: str) -> bool:
    """Whether the list brings the bare word of a STOP that its own webhook has told of: one act, told once."""
    if not (reply.caught_up and reply.at and len(reply.text.split()) <= BARE):
        return False
    known = await services.store.optouts.get(number)
    if known is None or known.origin != STOP or known.mark == mark:
        return False
    return abs(known.since - reply.at.timestamp()) <= LIST_WITHIN


async def _answered(services: Services, reply: Reply) -> Campaign | None:
    """The campaign that it answers, as far as we know."""
    place = message_of(reply.message_id)
    campaign = place[0] if place else reply.ticket and await services.store.campaigns.of_ticket(reply.ticket)
    return await services.store.campaigns.get(campaign) if campaign else None


async def _show(services: Services, about: Conversation, sms: _Sms) -> None:
    """Into the thread. Whoever owns it is named when somebody begins to wait; nobody's is shown in the channel too."""
    begins = about.waits_for == sms.mark
    known = begins and about.opened_by != sms.mark
    name = await services.store.contacts.name(about.number)
    words = escape(f"{conversation.called(about, name)}: {sms.reply.text}")
    text, whole = cut(words, NOTIFIED), cut(words, MESSAGE_TEXT_MAX)
    blocks = text_blocks(about, sms.mark, sms.reply.text)
    if sms.reply.caught_up and sms.reply.at:
        written = date(sms.reply.at.astimezone(services.settings.timezone))
        blocks.append(context(f"written {written}, while SMSFactor could not reach the desk"))
    if begins and about.owner:
        blocks.append(context(f"for {mention(about.owner)}"))
        text, whole = (cut(f"{mention(about.owner)} {one}", MESSAGE_TEXT_MAX) for one in (text, whole))
    alone = known and not about.owner
    key = conversation.text_key(sms.mark)
    await conversation.remark(services, about, key, text, blocks, urgency=Urgency.REPLY, broadcast=alone, whole=whole)
    # A card that says "resolved" while somebody waits must not queue behind receipts.
    await conversation.show(services, about, Urgency.REPLY if begins else Urgency.CARD)
    if about.opened_by == sms.mark:
        await conversation.end_earlier(services, about)


async def _answer_by_itself(services: Services, team: TeamSettings, about: Conversation) -> None:
    """Outside of the office hours, once per conversation and day, if the team wants it; never to a bot."""
    now = services.wall.now().astimezone(services.settings.timezone)
    talking = now.timestamp() - about.last_out < TALK
    if not team.auto_reply.text or team.is_open(now) or talking or not conversation.is_person(about.number):
        return
    try:
        await conversation.answer(
            services, about, answer_id("auto", about.id, f"{now:%Y-%m-%d}"), team.auto_reply.text, ""
        )
    except Refused:
        return  # they said STOP, or were texted enough


async def show_all(services: Services, press: Press) -> None:
    """*Show all* of a long SMS, to the one who asks."""
    subject, _, mark = press.value.partition(" ")
    about = await services.store.conversations.get(subject)
    texts = await services.store.conversations.texts(about.number) if about else []
    text = next((one.text for one in texts if one.mark == mark), None)
    if text is None:
        raise Refused(GONE)
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=whole(text))


# Views


def text_blocks(about: Conversation, mark: str, text: str) -> list[Block]:
    """The SMS as it stands in the thread: letter by letter, with a button if it is cut."""
    blocks = [quotation(text, SHOWN)]
    if len(text) > SHOWN:
        blocks.append(actions(button("Show all", SHOW_ALL, value=f"{about.id} {mark}")))
    return blocks


def whole(text: str) -> View:
    """All of a text, in as many pieces as Slack needs."""
    pieces = [text[at : at + TEXT_MAX] for at in range(0, len(text), TEXT_MAX)]
    return modal("whole_text", "The whole SMS", [quotation(piece) for piece in pieces[:50]], close="Close")
