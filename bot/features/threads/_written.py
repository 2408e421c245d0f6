"""A new message: it goes out, stays inside, or is refused, and then its author is told."""

from collections.abc import Mapping
from typing import Any

from bot import conversation
from bot.errors import Refused
from bot.features.threads._line import Line, goes_out, line_of, subject_of
from bot.features.threads._telling import is_kept_inside, keep_inside, tell
from bot.services import Services
from bot.slack.markup import escape
from bot.store.campaign import UNSENT
from bot.store.conversations import Conversation
from bot.store.team import DAY

LATE = 600  # seconds; more than Slack takes to bring an event again after a short fault of ours
HOUR = 3_600
LOOKED_AT = 20  # SMS of a conversation; who writes more at a time than they are read is waiting anyway
KINDS = ("", "thread_broadcast", "file_share", "me_message")  # all that people can write

NOT_SENT = ":lock: *Not sent as an SMS.* "
ELSEWHERE = (
    "An SMS is written in the thread of a conversation's card, and this is none that the desk remembers."
    " `/sms send` writes to a number."
)
BROADCAST = "What is also sent to the channel is never an SMS. Write it again in the thread alone."
LOADED = "An SMS carries no files and no messages from elsewhere. Write it again without."
ME = "What is written with /me is never an SMS. Write it again without."
ODD = "An SMS cannot carry {}. Write it again without."
EMPTY = "There is no text after `sms:`. Write it in the same message: `sms: …`"
TOO_OLD = (
    "It took {} minutes to reach the desk, so the person would have got it out of time. If it is"
    " still right, write it again."
)
FORGOTTEN = "This conversation is too old; the desk has forgotten whose number it was. /sms send writes to a number."
BLOCKED = (
    "This number is blocked as a nuisance, and what it writes back is not shown in the channel. To write to it, choose"
    " “Hear them again” on the card first."
)
AT_ONCE = (
    "A colleague answers, or has answered, at this very moment. Read theirs first; if yours is still right then, write"
    " it again."
)
DECIDED = "It was refused, edited or deleted before it could go out. If it is still right, write it again."


async def written(services: Services, event: Mapping[str, Any]) -> None:
    """Safe to repeat: the SMS has an id that is made of the message's place."""
    line = line_of(event.get("channel"), event)
    if line is None or event.get("hidden") or line.subtype not in KINDS:
        return
    subject = await subject_of(services, line.channel, line.thread)
    if not subject:
        if line.marked:
            await _point_to_threads(services, line)
    elif await goes_out(services, line):
        await _send(services, line, subject)


async def _send(services: Services, line: Line, subject: str) -> None:
    if await services.store.campaigns.get(line.campaign):
        return  # it came before
    try:
        await services.access.check(line.user)
    except Refused as refused:
        await keep_inside(services, line.channel, line.ts)
        who = f"{line.user} in {line.channel} {line.thread}"
        words = NOT_SENT + escape(refused.text)
        if line.marked:
            await tell(services, line.author, f"not sent {line.campaign}", words, line.answer)
        else:
            await tell(services, line.author, f"who may {who}", words, for_seconds=HOUR)
        return
    try:
        about = await _conversation(services, line, subject)
        await _answer(services, line, about)
    except Refused as refused:
        if await services.store.campaigns.get(line.campaign):
            return  # the same message came twice at once, and the other was quicker
        await keep_inside(services, line.channel, line.ts)
        words = NOT_SENT + escape(refused.text)
        await tell(services, line.author, f"not sent {line.campaign}", words, line.answer)


async def _answer(services: Services, line: Line, about: Conversation) -> None:
    """Raises ``Refused`` if a colleague answers at this moment, or a guard speaks against it."""
    conversations = services.store.conversations
    if not await conversations.begin_answer(about.number, line.campaign, line.user):
        raise Refused(AT_ONCE)
    try:
        await _check_colleagues(services, line, about)
        seen = await _seen(services, line, about)
        await conversation.answer(services, about, line.campaign, line.answer, line.user, seen, line.ts)
    except Refused:
        await conversations.end_answer(about.number, line.campaign)
        raise


async def _check_colleagues(services: Services, line: Line, about: Conversation) -> None:
    """Raises ``Refused`` if a colleague has answered, which did not stand in the thread yet when this was written."""
    texts = await services.store.conversations.texts(about.number, LOOKED_AT)
    last = next((text for text in reversed(texts) if text.out and text.author), None)
    if last is None or last.author == line.user or services.wall.seconds() - last.at > LATE:
        return
    campaign = await services.store.campaigns.get(last.mark)
    if campaign is None or campaign.state in UNSENT:
        return
    if typed := campaign.order.typed:
        stood = float(typed) < float(line.ts)
    else:
        stood = last.at < float(line.ts) and await services.store.anchors.get(f"answer:{last.mark}") is not None
    if not stood:
        raise Refused(AT_ONCE)


async def _seen(services: Services, line: Line, about: Conversation) -> float:
    """When the last SMS came that stood in this thread when the line was written; 0 if they never wrote."""
    theirs = [text for text in await services.store.conversations.texts(about.number, LOOKED_AT) if not text.out]
    keys = [conversation.text_key(text.mark) for text in theirs]
    here = await services.store.posts.posted(line.channel, keys)
    there = await services.store.posts.posted(about.channel, keys)  # where it stood before that channel was lost
    for text, *stood in reversed([*zip(theirs, here, there, strict=True)]):
        if text.at <= float(line.ts) and (any(stood) or services.wall.seconds() - text.at > DAY):
            return text.at
    return theirs[0].at - 1 if theirs else 0.0


async def _conversation(services: Services, line: Line, subject: str) -> Conversation:
    """Whom it is for. Raises ``Refused`` for a message that cannot be an SMS; the guards of any SMS come after."""
    if line.subtype == "thread_broadcast":
        raise Refused(BROADCAST)
    if line.loaded:
        raise Refused(LOADED)
    if line.subtype == "me_message":
        raise Refused(ME)
    if line.typed.odd:
        raise Refused(ODD.format(line.typed.odd))
    if not line.answer:
        raise Refused(EMPTY)
    age = services.wall.seconds() - float(line.ts)
    if age > LATE:
        raise Refused(TOO_OLD.format(round(age / 60)))
    about = await services.store.conversations.get(subject)
    if about is None:
        raise Refused(FORGOTTEN)
    if about.blocked:
        raise Refused(BLOCKED)
    if await is_kept_inside(services, line):
        raise Refused(DECIDED)
    return about


async def _point_to_threads(services: Services, line: Line) -> None:
    """Somebody who may send seems to think that they did; once an hour, for others write "SMS: …" as a heading."""
    try:
        await services.access.check(line.user)
    except Refused:
        return
    where = f"elsewhere {line.user} in {line.channel} {line.thread}"
    await tell(services, line.author, where, NOT_SENT + ELSEWHERE, line.answer, for_seconds=HOUR)
