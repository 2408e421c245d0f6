"""Send an SMS: a form, the price and reach before paying, a confirmation, and one request."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot import phone
from bot.campaign_ids import new_id
from bot.conversation import route
from bot.doors import Answer, Caller, Command, Doors, Press, Shortcut, Submission
from bot.errors import Refused
from bot.guards import Plan, compose
from bot.services import Services
from bot.slack.blocks import Block, actions, alert, button, context, option, quotation, section
from bot.slack.forms import View, checkboxes, modal, radio, select, text_input
from bot.slack.markup import escape
from bot.smsfactor.errors import Declined, SMSFactorError
from bot.smsfactor.sending import FILTERS, Sending
from bot.store import StoreError
from bot.store.campaign import Order
from bot.store.drafts import Draft
from bot.words import why_unicode

FORM, REVIEW = "send_form", "send_review"
ASK_AGAIN = "send_ask_again"
NO_SENDER = "-"
SHOWN = 10  # recipients that the review names
NUMBER_WORDS = 8  # pieces in which a number may be typed: +33 (0) 6 12 34 56 78

LATE = "SMSFactor has not said the price yet. You can send all the same, or ask again."
SHORT_OF_CREDITS = "That is more than the balance. SMSFactor will refuse it, unless the account is billed monthly."
GONE = "This form is too old. Nothing was sent. Open a new one with `/sms send`."
CHANGED = "The form was changed after this was shown. Nothing was sent. Close this, and look at it again."
TWICE = "This form was confirmed before, and is not sent twice. Look for its card in its channel."


def register(doors: Doors) -> None:
    """A command, two shortcuts, the form and its review."""
    usage, does = "send [number] [text]", "write an SMS; you see cost and reach before it goes out"
    doors.command("send", open_form, usage=usage, does=does)
    doors.shortcut("send_sms", open_from_shortcut)
    doors.shortcut("send_as_sms", open_from_shortcut)
    doors.submission(FORM, review)
    doors.press(ASK_AGAIN, ask_again)
    doors.submission(REVIEW, confirm)


async def open_form(services: Services, command: Command) -> Answer:
    """``/sms send 06 12 34 56 78 Bonjour``: what was typed is in the form already."""
    number, text = _split(command.words, services.settings.default_region)
    await _open(services, command.caller, number, text)
    return None


async def open_from_shortcut(services: Services, shortcut: Shortcut) -> None:
    """The global shortcut, or the one on a message, whose text becomes the SMS."""
    await _open(services, shortcut.caller, "", shortcut.text)


async def _open(services: Services, caller: Caller, number: str, text: str) -> None:
    view = form(new_id(), services.settings.senders, number, text)
    await services.slack.views_open(trigger_id=caller.trigger_id, view=view)


async def review(services: Services, submission: Submission) -> Answer:
    """The form is filled: errors under their fields, or what it would cost and whom it would reach."""
    channel = route(services, await services.store.team.settings(), "campaigns")
    draft = _read(services, submission, channel)
    plan = await services.guards.check(draft)
    await services.store.drafts.put(draft)
    price = await _price(services, draft, plan)
    return {"response_action": "push", "view": review_form(services.settings.timezone, draft, plan, price)}


async def ask_again(services: Services, press: Press) -> None:
    """The price was late: ask once more, in the same place."""
    draft = await _draft(services, press.value)
    plan = await services.guards.check(draft)
    price = await _price(services, draft, plan)
    view = press.view or {}  # the button stands in the review only
    shown = review_form(services.settings.timezone, draft, plan, price)
    await services.slack.views_update(view_id=view["id"], view=shown)


async def confirm(services: Services, submission: Submission) -> Answer:
    """*Send*: from here it goes out once, however often this is clicked."""
    draft = await _draft(services, submission.about)
    if not await services.outbox.accept(draft):
        raise Refused(TWICE)
    return {"response_action": "clear"}


async def _price(services: Services, draft: Draft, plan: Plan) -> Sending | Declined | None:
    """What the provider says, if it says it in time: Slack waits 3 seconds for the answer to a form."""
    try:
        async with asyncio.timeout(services.tempo.price_patience):
            return await services.outbox.price(draft, plan)
    except Declined as refusal:
        return refusal
    except (TimeoutError, SMSFactorError, StoreError):
        return None


async def _draft(services: Services, mark: str) -> Draft:
    campaign, _, digest = mark.partition(":")
    draft = await services.store.drafts.get(campaign)
    if draft is None:
        raise Refused(GONE)
    if _digest(draft) != digest:
        raise Refused(CHANGED)
    return draft


def _digest(draft: Draft) -> str:
    """Ties a review to what it showed, so that nothing else can be confirmed with it."""
    order = draft.order
    shown = (draft.numbers, order.text, order.kind, order.sender, order.links)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _read(services: Services, submission: Submission, channel: str) -> Draft:
    """The draft of a filled form. Raises ``Refused`` for what can be seen without asking anybody."""
    fields = submission.values
    typed = "\n".join(str(fields.get(name) or "") for name in ("to", "more"))
    numbers = phone.read(typed, services.settings.default_region)
    if numbers.wrong:
        named = ", ".join(f"“{wrong[:40]}”" for wrong in numbers.wrong[:5])
        more = f" and {len(numbers.wrong) - 5} more" if len(numbers.wrong) > 5 else ""
        raise Refused(f"Not a phone number: {named}{more}.", field="to")
    if not numbers.valid:
        raise Refused("Write at least one phone number.", field="to")
    sender = fields.get("sender")
    order = Order(
        id=submission.about,
        author=submission.caller.user,
        channel=channel,
        text=str(fields.get("text") or "").strip(),
        kind=str(fields.get("kind") or "alert"),
        sender=None if sender in (None, NO_SENDER) else str(sender),
        links="links" in (fields.get("options") or ()),
    )
    return Draft(order, numbers.valid)


def _split(words: str, region: str) -> tuple[str, str]:
    """``06 12 34 56 78 Bonjour`` → number and text; without a number in front, all of it is text."""
    for gap in list(re.finditer(r"\s+|$", words))[:NUMBER_WORDS]:
        start = words[: gap.start()]
        found = phone.read(start, region)
        if len(found.valid) == 1 and not found.wrong:
            return start, words[gap.end() :].strip()
    return "", words


# Views


def form(campaign: str, senders: Sequence[str], number: str, text: str) -> View:
    """The form; ``campaign`` is the id that it may become, and its send key."""
    kinds = [
        option("Information", "alert", description="Appointments, alerts, answers: any day, any hour"),
        option("Marketing", "marketing", description="Offers and events: legal hours, with a way to unsubscribe"),
    ]
    names = [option("A number that can be answered", NO_SENDER), *(option(name, name) for name in senders)]
    blocks = [
        text_input(
            "To",
            "to",
            multiline=True,
            initial=number,
            placeholder="06 12 34 56 78, +44 7911 123456 …",
            hint="One or several numbers, separated by commas, spaces or lines.",
        ),
        text_input("More numbers", "more", multiline=True, optional=True, hint="If they do not fit above."),
        text_input("Text", "text", multiline=True, initial=text, placeholder="What they will read"),
        radio("Kind", "kind", kinds, initial="alert"),
        select("From", "sender", names, initial=NO_SENDER, hint="A name cannot be answered."),
        checkboxes("Options", "options", [option("Shorten links and count clicks", "links")]),
    ]
    return modal(FORM, "Send an SMS", blocks, submit="Continue", close="Cancel", private_metadata=campaign)


def review_form(zone: tzinfo, draft: Draft, plan: Plan, price: Sending | Declined | None) -> View:
    """Who, what, how much: everything that is known before anything is paid. Times are those of ``zone``."""
    mark = f"{draft.id}:{_digest(draft)}"
    blocks: list[Block] = [section(_people(plan.numbers)), quotation(draft.order.text)]
    blocks += [section(line) for line in _left_out(plan, zone)]
    blocks.append(section(_cost(draft, plan, price)))
    if plan.measure.forcing:
        blocks.append(alert(_why_unicode(draft, plan), "warning"))
    if isinstance(price, Sending) and _charge(plan, price) > price.credits:
        blocks.append(alert(SHORT_OF_CREDITS, "warning"))
    if price is None:
        blocks += [context(LATE), actions(button("Ask again", ASK_AGAIN, value=mark))]
    blocks.append(context(_sender(draft)))
    submit = _submit(plan, price)
    return modal(REVIEW, "Look before you send", blocks, submit=submit, close="Back", private_metadata=mark)


def _submit(plan: Plan, price: Sending | Declined | None) -> str | None:
    """The words of the button that sends; None where nobody would be reached."""
    if isinstance(price, Declined):
        return None
    reached = len(plan.numbers) if price is None else price.sent
    return f"Send to {reached} {'person' if reached == 1 else 'people'}" if reached else None


def _people(numbers: Sequence[str]) -> str:
    named = "\n".join(phone.show(number) for number in numbers[:SHOWN])
    more = f"\nand {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return f"*To {len(numbers)} {'person' if len(numbers) == 1 else 'people'}*\n{named}{more}"


def _left_out(plan: Plan, zone: tzinfo) -> list[str]:
    lines = []
    if plan.opted_out:
        lines.append(f":no_entry: {len(plan.opted_out)} opted out and cannot be texted.")
    if plan.flooded:
        first = datetime.fromtimestamp(min(plan.flooded.values()), zone)
        lines.append(
            f":hourglass: {len(plan.flooded)} got enough texts in the last hour; free again from {first:%H:%M}."
        )
    return lines


def _cost(draft: Draft, plan: Plan, price: Sending | Declined | None) -> str:
    """What it costs as far as it is known, how many it reaches, and who is left out why."""
    size = plan.measure
    each = (
        f"{size.segments} segment{'s' if size.segments > 1 else ''} each ({size.alphabet}, {size.left} characters left)"
    )
    if isinstance(price, Declined):
        return f"*SMSFactor would refuse it*: “{escape(price.details or price.message)}”. Nothing was sent.\n{each}"
    if price is None:
        return f"*About {plan.estimate} credit{'' if plan.estimate == 1 else 's'}*\n{each}"
    filters = "".join(f"\n:heavy_minus_sign: {count} {FILTERS[name]}" for name, count in price.left_out.items())
    reach = f"reaches {price.sent} of {len(draft.numbers)}"
    charge = _charge(plan, price)
    cost = f"*{charge} credit{'' if charge == 1 else 's'}*"
    return f"{cost}, {reach}; the balance is {price.credits}\n{each}{filters}"


def _why_unicode(draft: Draft, plan: Plan) -> str:
    marketing = draft.order.kind == "marketing"
    return why_unicode(compose(draft.order).text, plan.measure, marketing=marketing)


def _charge(plan: Plan, price: Sending) -> int:
    """Of our estimate and the provider's price the larger, for neither is said to hold the STOP mention."""
    return max(price.sent * plan.measure.segments, price.cost) if price.sent else 0


def _sender(draft: Draft) -> str:
    order = draft.order
    kind = "Marketing; SMSFactor adds the STOP mention" if order.kind == "marketing" else "Information"
    origin = f"from {order.sender} (cannot be answered)" if order.sender else "from a number that can be answered"
    return f"{kind} · {origin}{' · links are shortened' if order.links else ''}"
