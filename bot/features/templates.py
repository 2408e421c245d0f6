"""Templates: answers that the team has saved, made and changed in Slack. All may use them."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from bot.access import Right
from bot.doors import Answer, Command, Doors, Press, Submission
from bot.errors import Refused
from bot.services import Services
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.blocks import Block, actions, button, option, overflow, quotation, section
from bot.slack.forms import View, modal, text_input
from bot.slack.markup import escape, mention
from bot.store.templates import MOST, Template

LIST, FORM, DELETE = "template_list", "template_form", "template_delete"
NEW, MORE = "template_new", "template_more"
NAME_MAX, TEXT_MAX = 60, 1_000
LISTED = 48  # each takes two of the hundred blocks of a form
SHOWN = 300  # characters of a text in the list
WORDS_MAX = 200  # characters of what was searched for
PATIENCE = 1.0  # seconds; Slack waits 3 for the answer to a form

NOT_YOURS = "Only whoever made this saved answer, or an admin, can change or delete it. Nothing was changed."
CHANGED = (
    "Somebody changed this saved answer after you had opened it, and yours would have undone that. Nothing was saved:"
    " copy what you wrote, close this, and open it again."
)
DELETED = "This saved answer was deleted meanwhile. Nothing was saved: copy what you wrote, and make a new one."
FULL = (
    f"There are {MOST} saved answers, which is the most that a menu of Slack can hold. Nothing was saved. Delete"
    " one first."
)
TAKEN = "Another saved answer has this name. Nothing was saved. Choose a different one."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class About:
    """What a form carries. ``words``: what the list below it was searched for."""

    id: str = ""
    revision: int = 0
    words: str = ""

    def packed(self) -> str:
        """As text."""
        return json.dumps(asdict(self))


def register(doors: Doors) -> None:
    """A command, its list, and the forms to make, change and delete one."""
    usage, does = "templates [words]", "the answers that your team has saved, or those with these words"
    doors.command("templates", open_list, usage=usage, does=does)
    doors.press(NEW, new)
    doors.press(MORE, more)
    doors.submission(FORM, save)
    doors.submission(DELETE, delete)


async def open_list(services: Services, command: Command) -> Answer:
    """``/sms templates [words]``, to the one who asks."""
    words = command.words[:WORDS_MAX]
    view = await _list(services, command.caller.user, words)
    await services.slack.views_open(trigger_id=command.caller.trigger_id, view=view)
    return None


async def new(services: Services, press: Press) -> None:
    """*New*: an empty form. Its id is minted here, so that it makes one, however often it is submitted."""
    about = About("t" + secrets.token_hex(5), 0, _about(press.view).words)
    await services.slack.views_push(trigger_id=press.caller.trigger_id, view=form(about, None))


async def more(services: Services, press: Press) -> None:
    """*Edit…* or *Delete…* of one."""
    verb, _, template_id = press.value.partition(" ")
    template = await services.store.templates.get(template_id)
    if template is None:
        raise Refused("This saved answer was deleted meanwhile. `/sms templates` shows those that there are.")
    await _must_own(services, press.caller.user, template)
    about = About(template.id, template.revision, _about(press.view).words)
    view = form(about, template) if verb == "edit" else question(about, template)
    await services.slack.views_push(trigger_id=press.caller.trigger_id, view=view)


async def save(services: Services, submission: Submission) -> Answer:
    """The form of a new one, or of a change."""
    about, user = _about(submission.view), submission.caller.user
    known = await services.store.templates.get(about.id)
    if known and about.revision:
        await _must_own(services, user, known)
    name = " ".join(str(submission.values.get("name") or "").split())
    text = str(submission.values.get("text") or "").strip()
    _check(name, text)
    template = Template(about.id, name, text, known.owner if known else user, about.revision)
    match await services.store.templates.save(template):
        case "taken":
            raise Refused(TAKEN, field="name")
        case "full":
            raise Refused(FULL, field="name")
        case "changed":
            raise Refused(CHANGED)
        case "gone":
            raise Refused(DELETED)
        case "done":
            await services.store.audit.record(user, "template", about.id)
        case "same":  # this submission came twice
            pass
    await _draw_list_again(services, submission)
    return None


async def delete(services: Services, submission: Submission) -> Answer:
    """*Delete*, after the question."""
    about, user = _about(submission.view), submission.caller.user
    if template := await services.store.templates.get(about.id):
        await _must_own(services, user, template)
        if await services.store.templates.delete(about.id, about.revision) == "changed":
            raise Refused("Somebody changed this saved answer meanwhile, so it was not deleted. Look at it again.")
        await services.store.audit.record(user, "template_deleted", about.id)
    await _draw_list_again(services, submission)
    return None


async def _must_own(services: Services, user: str, template: Template) -> None:
    if user != template.owner and not await _is_admin(services, user):
        raise Refused(NOT_YOURS)


async def _is_admin(services: Services, user: str) -> bool:
    try:
        await services.access.check(user, Right.ADMIN)
    except Refused:
        return False
    return True


async def _list(services: Services, user: str, words: str) -> View:
    found = [template for template in await services.store.templates.all() if _has(template, words)]
    return listing(found, words, user, admin=await _is_admin(services, user))


async def _draw_list_again(services: Services, submission: Submission) -> None:
    """What was done shows in the list, upon which the form stood."""
    below = submission.view.get("previous_view_id")
    if not below:
        return
    view = await _list(services, submission.caller.user, _about(submission.view).words)
    try:
        async with asyncio.timeout(PATIENCE):
            await services.slack.views_update(view_id=below, view=view)
    except CALL_ERRORS as error:  # it is done all the same, and shows when the list is opened again
        log.info("list_not_drawn", code=classify(error).code)


def _check(name: str, text: str) -> None:
    if not name:
        raise Refused("Write a name, under which it is found.", field="name")
    if len(name) > NAME_MAX:
        raise Refused(f"A name has at most {NAME_MAX} characters.", field="name")
    if not text:
        raise Refused("Write the text of the answer.", field="text")
    if len(text) > TEXT_MAX:
        raise Refused(f"A saved answer has at most {TEXT_MAX} characters.", field="text")


def _has(template: Template, words: str) -> bool:
    text = f"{template.name}\n{template.text}".casefold()
    return all(word in text for word in words.casefold().split())


def _about(view: Mapping[str, Any] | None) -> About:
    return About(**json.loads((view or {}).get("private_metadata") or "{}"))


# Views


def listing(found: Sequence[Template], words: str, user: str, *, admin: bool) -> View:
    """The list, with a menu at each that this person may change."""
    blocks: list[Block] = [actions(button("New", NEW, style="primary"))]
    if not found:
        nothing = "There are no saved answers yet. They are offered when you reply to an SMS."
        blocks.append(section("No saved answer has these words." if words else nothing))
    for template in found[:LISTED]:
        menu = None
        if admin or template.owner == user:
            choices = [option("Edit…", f"edit {template.id}"), option("Delete…", f"delete {template.id}")]
            menu = overflow(MORE, choices)
        title = f"*{escape(template.name)}* · {mention(template.owner)}"
        blocks += [section(title, accessory=menu), quotation(template.text, SHOWN)]
    if len(found) > LISTED:
        names = ", ".join(escape(template.name) for template in found[LISTED:])
        blocks.append(section(f"{len(found) - LISTED} more, which `/sms templates` finds by their words: {names}"))
    return modal(LIST, "Saved answers", blocks, close="Close", private_metadata=About(words=words).packed())


def form(about: About, template: Template | None) -> View:
    """The form of a new one, or to change one."""
    blocks = [
        text_input(
            "Name",
            "name",
            max_length=NAME_MAX,
            initial=template.name if template else None,
            placeholder="Opening hours",
            hint="What the menu shows when you reply.",
        ),
        text_input(
            "Text",
            "text",
            multiline=True,
            max_length=TEXT_MAX,
            initial=template.text if template else None,
            placeholder="We are open from 9 to 18, Monday to Saturday.",
            hint="It is put into the field of the reply, where it can still be changed.",
        ),
    ]
    title = "Change saved answer" if template else "New saved answer"
    return modal(FORM, title, blocks, submit="Save", close="Back", private_metadata=about.packed())


def question(about: About, template: Template) -> View:
    """Are you sure?"""
    blocks = [
        section(f"*{escape(template.name)}* will not be offered to anybody any more. What was sent with it stays."),
        quotation(template.text),
    ]
    return modal(DELETE, "Delete saved answer?", blocks, submit="Delete", close="Back", private_metadata=about.packed())
