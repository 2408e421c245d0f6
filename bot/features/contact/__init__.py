"""Contact: all that the desk knows of one number, to the one who asks."""

import asyncio

from bot import conversation, phone
from bot.doors import Answer, Command, Doors, Press, Submission
from bot.errors import Refused
from bot.features.contact import _view as view
from bot.services import Services
from bot.store.contacts import ContactNote
from bot.store.conversations import as_written

GONE = "The desk has forgotten this conversation. Nothing was saved. Look the number up again: `/sms contact 06 …`."
WHOSE = "Whose? Write a number: `/sms contact 06 12 34 56 78`. For names, `/sms inbox` takes words."


NUMBER_IN_NAME = (
    "A name stands on cards in channels, where no number may be read. Nothing was saved: write at most five digits."
)


def register(doors: Doors) -> None:
    """A command, and the form for name and notes."""
    doors.command(
        "contact",
        show,
        usage="contact <number>",
        does="all about one number: its conversation, notes, opt-out, when it may be texted again",
    )
    doors.press(view.EDIT, open_form)
    doors.submission(view.FORM, save)


async def show(services: Services, command: Command) -> Answer:
    """``/sms contact 06 12 34 56 78``: the number is shown whole to the one who typed it, and to nobody else."""
    return view.render(await _known(services, await _typed(services, command.words)))


async def _typed(services: Services, words: str) -> str:
    """The number that was typed, in any spelling; or a short code or sender name that has written to us."""
    if not words:
        raise Refused(WHOSE)
    found = phone.read(words, services.settings.default_region)
    if len(found.valid) == 1 and not found.wrong:
        return found.valid[0]
    if len(found.valid) > 1:
        raise Refused(f"These are {len(found.valid)} numbers. Ask for one at a time.")
    if await services.store.conversations.of(words):
        return words
    wrong = (found.wrong or (words,))[0]
    raise Refused(f"“{wrong[:40]}” is no phone number. Write it like 06 12 34 56 78 or +33 6 12 34 56 78.")


async def _known(services: Services, number: str) -> view.Known:
    store, settings = services.store, services.settings
    about = await store.conversations.of(number)
    texts = as_written(await store.conversations.texts(number, view.TEXTS))
    sent = await asyncio.gather(*(store.campaigns.get(text.mark) for text in texts if text.out))
    ours = next((text.text for text in reversed(texts) if text.out), "")
    links = await conversation.links(services, [about] if about else [])
    return view.Known(
        await store.contacts.get(number),
        about,
        link=links.get(about.id, "") if about else "",
        texts=texts,
        sent={campaign.id: campaign for campaign in sent if campaign},
        answers=await store.campaigns.get(about.campaign) if about and about.campaign else None,
        optout=await store.optouts.get(number),
        taken=await store.flood.taken(number),
        same_from=(await store.flood.look([number], ours)).get(number, 0.0) if ours and number.isdecimal() else 0.0,
        per_hour=settings.flood_per_hour,
        same_text_per_hour=settings.flood_same_text_per_hour,
        zone=settings.timezone,
    )


async def open_form(services: Services, press: Press) -> None:
    """*Name and notes…*"""
    contact = await services.store.contacts.get(await _meant(services, press.value))
    form = view.form(contact, press.value, services.settings.timezone)
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=form)


async def save(services: Services, submission: Submission) -> Answer:
    """The name, if it was changed in this form; and the note, once, however often the form comes."""
    which, _, name_before = submission.about.partition("\n")
    number = await _meant(services, which)
    contacts, fields = services.store.contacts, submission.values
    name, note = (str(fields.get(field) or "").strip() for field in (view.NAME, view.NOTE))
    if name != name_before and phone.holds_number(name):
        raise Refused(NUMBER_IN_NAME, field=view.NAME)
    if note:
        at = services.wall.seconds()
        form = str(submission.view.get("id") or "")
        await contacts.note(number, ContactNote(form, submission.caller.user, at, note[: view.NOTE_MAX]))
    if name != name_before:
        await contacts.rename(number, name)
        if about := await services.store.conversations.of(number):
            await conversation.show(services, about)
    return None


async def _meant(services: Services, which: str) -> str:
    """The number behind a button or a form: by its conversation's id, or itself if it has none."""
    kind, _, what = which.partition(" ")
    if kind == view.OF_NUMBER and what:
        return what
    about = await services.store.conversations.get(what) if kind == view.OF_CONVERSATION else None
    if about is None:
        raise Refused(GONE)
    return about.number
