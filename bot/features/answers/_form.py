"""The form of an answer: it opens, it is closed, it is submitted, and it asks if somebody was quicker."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot import conversation
from bot.campaign_ids import answer_id
from bot.doors import Answer, Closing, Doors, Press, Submission
from bot.errors import Refused
from bot.features.answers._card import truth
from bot.features.answers._views import (
    BLOCKED,
    FORM,
    LAST,
    Known,
    Opened,
    Said,
    asking,
    form,
    others_wrote,
    text_block,
    they_wrote,
    typed,
)
from bot.services import Services
from bot.slack.blocks import Block, section
from bot.slack.markup import mention
from bot.store import StoreError
from bot.store.campaign import UNSENT
from bot.store.conversations import Conversation, ConversationState, Text, as_written
from bot.store.team import HOUR

OPEN = "answer_open"
COMPOSING = 120.0  # seconds for which the card says that somebody has the form open
MIXED = 20  # of so many texts the last ones are shown, by their dates

FORGOTTEN = "This conversation is too old; the desk has forgotten it. Nothing was sent. `/sms send` writes to a number."
AT_ONCE = (
    "Somebody else is answering at this very moment. Nothing was sent: press Send again in a few seconds, and you"
    " will see what they wrote first."
)
COUNTED = (
    "This form was sent before, and counts once: what became of it stands in the thread. Nothing more was sent; open a"
    " new form with Reply."
)


def register(doors: Doors) -> None:
    """*Reply*, and what can be done with its form."""
    doors.press(OPEN, open_form)
    doors.submission(FORM, submit)
    doors.closing(FORM, put_down)


async def open_form(services: Services, press: Press) -> None:
    """*Reply* on a conversation, wherever it stands: the form is there at once, and the card says who writes."""
    about = await services.store.conversations.get(press.value)
    if about is None:
        raise Refused(FORGOTTEN)
    opened = _now_is(about, answer_id("form", about.id, press.caller.trigger_id or secrets.token_hex(8)))
    known = await _know(services, about, press.caller.user)
    view = form(known, opened, services.settings.timezone)
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=view)
    if not known.obstacle:
        _, now = await services.store.conversations.compose(about.number, press.caller.user, COMPOSING)
        await conversation.show(services, now or about)


async def put_down(services: Services, closing: Closing) -> None:
    """The form was closed: nothing was sent, and nobody writes any more."""
    if about := await services.store.conversations.get(_opened(closing.about).conversation):
        await _stop_composing(services, about, closing.caller.user)


async def submit(services: Services, submission: Submission) -> Answer:
    """*Send*: once for each form. If something happened since it was opened, it asks first."""
    opened, user = _opened(submission.about), submission.caller.user
    about = await services.store.conversations.get(opened.conversation)
    if about is None:
        raise Refused(FORGOTTEN)
    text, before = typed(submission.view).strip(), await services.store.campaigns.get(opened.answer)
    if before is None:
        if about.blocked:
            raise Refused(f"{BLOCKED} Nothing was sent.".replace("*", ""))
        if news := await _news(services, about, opened, user):
            return await _ask(services, opened, about, news, text)
        # What follows takes a moment, in which a colleague's form would see no news either.
        if not await services.store.conversations.begin_answer(about.number, opened.answer, user, about.answers):
            raise Refused(AT_ONCE)
    elif before.order.text != text or before.state in UNSENT:
        raise Refused(COUNTED)
    try:
        await conversation.answer(services, about, opened.answer, text, user, opened.last_in)
    except Refused as refused:  # of number and text, this form has only the text to put it under
        await services.store.conversations.end_answer(about.number, opened.answer)
        block = text_block(submission.view)
        raise Refused(refused.text, field=block["block_id"] if block else None) from None
    with suppress(StoreError):  # it goes out; that they write is forgotten by itself
        await _stop_composing(services, about, user)
    return {"response_action": "clear"} if opened.asked else None


async def _ask(services: Services, opened: Opened, about: Conversation, news: Sequence[Block], text: str) -> Answer:
    """Upon the form, which keeps what was typed; in the place of an earlier question."""
    name, zone = await services.store.contacts.name(about.number), services.settings.timezone
    view = asking(Known(about, name), replace(_now_is(about, opened.answer), asked=True), news, text, zone)
    return {"response_action": "update" if opened.asked else "push", "view": view}


async def _news(services: Services, about: Conversation, opened: Opened, user: str) -> list[Block]:
    """What happened in this conversation since the form was opened: nobody answers words that they have not seen."""
    wrote, zone = await _others_since(services, about, opened, user), services.settings.timezone
    blocks = others_wrote(wrote, zone)
    if about.last_in > opened.last_in > 0:
        texts = await services.store.conversations.texts(about.number)
        blocks += they_wrote([text for text in texts if not text.out and text.at > opened.last_in], zone)
    if about.owner not in ("", user, opened.owner) and about.owner not in {one.author for one in wrote}:
        blocks.append(section(f"{mention(about.owner)} has taken this conversation meanwhile."))
    resolved = about.state is ConversationState.RESOLVED and not opened.resolved
    if resolved and about.ended_by != user:
        who = f"{mention(about.ended_by)} has resolved it" if about.ended_by else "It was resolved after its silence"
        blocks.append(section(f"{who} meanwhile. Your answer would open it again."))
    return blocks


async def _others_since(services: Services, about: Conversation, opened: Opened, user: str) -> list[Text]:
    """What colleagues sent since then, but for what did not leave."""
    since = about.answers - opened.answers
    texts = await services.store.conversations.texts(about.number) if since > 0 else []
    wrote = [text for text in texts if text.out and text.author][-since:]
    found = []
    for text in wrote:
        campaign = await services.store.campaigns.get(text.mark) if text.author != user else None
        if campaign and campaign.state not in UNSENT:
            found.append(text)
    return found


async def _know(services: Services, about: Conversation, user: str) -> Known:
    store, number = services.store, about.number
    composer = about.composer(services.wall.seconds())
    most, taken = services.settings.flood_per_hour, await store.flood.taken(number)
    full = len(taken) >= most > 0
    last = as_written(await store.conversations.texts(number, MIXED))[-LAST:]
    return Known(
        about,
        name=await store.contacts.name(number),
        said=[await _became(services, text) for text in last],
        templates=await store.templates.all(),
        opted_out=bool(await store.optouts.among([number])),
        composer=composer if composer != user else "",
        full_until=taken[-most] + HOUR if full else 0.0,
        last_until=taken[0] + HOUR if len(taken) == most - 1 and taken else 0.0,
    )


async def _became(services: Services, text: Text) -> Said:
    campaign = await services.store.campaigns.get(text.mark) if text.out else None
    now, zone = services.wall.seconds(), services.settings.timezone
    return Said(text, truth(campaign, now, zone).word.lower() if campaign else "")


async def _stop_composing(services: Services, about: Conversation, user: str) -> None:
    done, now = await services.store.conversations.put_down(about.number, user)
    if done == "done" and now:
        await conversation.show(services, now)


def _now_is(about: Conversation, answer: str) -> Opened:
    resolved = about.state is ConversationState.RESOLVED
    return Opened(about.id, answer, about.answers, about.owner, resolved, about.last_in)


def _opened(about: str) -> Opened:
    opened = Opened.unpacked(about)
    if opened is None:
        raise Refused(FORGOTTEN)
    return opened
