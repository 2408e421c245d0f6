"""Status: is the desk in order, what waits, and what was set aside, which an admin has done again or drops."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from bot import __version__
from bot.access import Right
from bot.doors import Answer, Command, Doors, Press
from bot.relay import WHAT
from bot.services import Services
from bot.slack.blocks import Block, actions, button, confirm, context, divider, header, message, section
from bot.slack.forms import View, modal
from bot.slack.markup import escape, when
from bot.store.aside import AsideEvent
from bot.store.events import QueueDepth
from bot.store.lost import LostChannel

LOOK, REFRESH = "status_look", "status_refresh"
AGAIN, DROP, ALL_AGAIN = "status_again", "status_drop", "status_all_again"
NAMED = 5  # in the answer to the command
LISTED = 20  # in the form
LATE = 60  # seconds

RETURNING = "What cannot be handled this time either comes back here, with its reason."


def register(doors: Doors) -> None:
    """A command, and for admins the list of what was set aside."""
    doors.command("status", show, usage="status", does="is the desk in order, and what waits")
    doors.press(LOOK, look, Right.ADMIN)
    doors.press(REFRESH, refresh, Right.ADMIN)
    doors.press(AGAIN, again, Right.ADMIN)
    doors.press(DROP, drop, Right.ADMIN)
    doors.press(ALL_AGAIN, all_again, Right.ADMIN)


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the command tells. Ages are in seconds, ``zone`` is the team's."""

    depth: QueueDepth
    posts: int = 0
    oldest_post: float = 0.0
    held: int = 0
    unknown: int = 0
    opted_out: int = 0
    others: Sequence[tuple[str, int]] = ()
    aside: Sequence[AsideEvent] = ()
    lost: Sequence[LostChannel] = ()
    zone: tzinfo = UTC


async def show(services: Services, command: Command) -> Answer:
    """``/sms status``: figures from our own memory, so it answers at once."""
    store = services.store
    depth = await store.events.depth()
    return render(
        Figures(
            depth,
            posts=await store.posts.waiting(),
            oldest_post=await store.posts.oldest(),
            held=await store.held.count(),
            unknown=await store.unknown.count(),
            opted_out=await store.optouts.count(),
            others=sorted((await store.notes.figures()).items()),
            aside=await store.aside.newest(NAMED) if depth.aside else (),
            lost=await store.lost.all(),
            zone=services.settings.timezone,
        )
    )


async def look(services: Services, press: Press) -> None:
    """*Look at them*: a form, because a private message cannot be changed once it is old."""
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=await _list(services))


async def refresh(services: Services, press: Press) -> None:
    """*Look again*."""
    await _update(services, press)


async def again(services: Services, press: Press) -> None:
    """*Try again*: back to where it came from, and done as if it came in now."""
    await _decide(services, press, "retry_webhook", services.store.aside.again, f"is tried again. {RETURNING}")


async def drop(services: Services, press: Press) -> None:
    """*Drop*: for good."""
    await _decide(services, press, "drop_webhook", services.store.aside.drop, "was dropped.")


async def _decide(
    services: Services, press: Press, what: str, act: Callable[[str], Awaitable[bool]], words: str
) -> None:
    """Leave a trace, then act, once. The value of the button is a mark and an id."""
    mark, _, event = press.value.partition(" ")
    done = False
    if await services.store.aside.has(event):
        await services.store.audit.record(press.caller.user, what, mark)
        done = await act(event)
    await _update(services, press, f"`{mark}` {words}" if done else f"Somebody has decided on `{mark}` already.")


async def all_again(services: Services, press: Press) -> None:
    """*Try all again*: what is here now, each once."""
    await services.store.audit.record(press.caller.user, "retry_webhook", "all")
    count = await services.store.aside.all_again()
    await _update(services, press, f"{_events(count)} {'is' if count == 1 else 'are'} tried again. {RETURNING}")


async def _update(services: Services, press: Press, told: str = "") -> None:
    view = press.view or {}  # these buttons stand in the form only
    await services.slack.views_update(view_id=view["id"], view=await _list(services, told))


async def _list(services: Services, told: str = "") -> View:
    depth = await services.store.events.depth()
    return list_form(depth.aside, await services.store.aside.newest(LISTED), services.settings.timezone, told)


# Views


def render(now: Figures) -> dict[str, Any]:
    """The answer to the command."""
    depth = now.depth
    late = f", the oldest for {depth.oldest:.0f} s" if depth.waiting else ""
    slow = f", the oldest for {now.oldest_post:.0f} s" if now.posts else ""
    lines = [
        f"Campaigns that are held: *{now.held}*, being looked up: *{now.unknown}*",
        f"Events of SMSFactor (replies, receipts, clicks …) that wait: *{depth.waiting}*{late}",
        f"Events that could not be handled and were set aside: *{depth.aside}*",
        f"Messages that wait for their turn in Slack: *{now.posts}*{slow}",
        f"Numbers that opted out: *{now.opted_out}*",
        *(f"{escape(what[:1].upper() + what[1:])}: *{count}*" for what, count in now.others),
        *(_lost(channel, now.zone) for channel in now.lost[:NAMED]),
    ]
    text = "The desk works."
    if depth.oldest >= LATE:
        text = "The desk is late: what SMSFactor tells it waits. Whoever runs it should see whether its worker runs."
    elif depth.aside:
        text = f"The desk works, but {_events(depth.aside)} could not be handled."
    elif now.lost:
        text = "The desk works, but cannot post in every channel."
    elif now.oldest_post >= LATE:
        text = "The desk works, and Slack is behind: it takes about one message a second."
    blocks: list[Block] = [header(text), section("\n".join(lines))]
    if now.aside:
        said = f"*{_events(depth.aside)} could not be handled.* An admin can try again, or drop, what is set aside:"
        blocks += [
            section("\n".join([said, *(_line(event, now.zone) for event in now.aside)])),
            actions(button("Look at them", LOOK)),
        ]
    return message(text, [*blocks, context(f"Version {__version__}")])


def list_form(count: int, events: Sequence[AsideEvent], zone: tzinfo, told: str = "") -> View:
    """What was set aside, with what can be done about it; ``told``: what was just done, in markup."""
    blocks: list[Block] = [context(told)] if told else []
    if not events:
        blocks.append(section("Nothing is set aside."))
    for event in events:
        value = f"{event.mark} {event.id}"
        sure = confirm(
            "Drop it for good?",
            f"`{event.mark}` is deleted with all that is in it; what it would have shown or counted never will be.",
            yes="Drop it",
            no="Keep it",
            style="danger",
        )
        row = (button("Try again", AGAIN, value=value), button("Drop", DROP, value=value, confirm=sure))
        blocks += [section(_line(event, zone)), actions(*row)]
    if count > len(events):
        blocks.append(context(f"and {count - len(events)} older"))
    blocks.append(divider())
    last = [button("Look again", REFRESH)]
    if events:
        last.insert(0, button("Try all again", ALL_AGAIN, style="primary"))
    return modal("status_aside", "Set aside", [*blocks, actions(*last)], close="Close")


def _line(event: AsideEvent, zone: tzinfo) -> str:
    what = WHAT.get(event.kind, f"an event of an unknown kind ({event.kind})")
    return f"*{escape(what[:1].upper() + what[1:])}*: {escape(event.reason)} · {when(event.at, zone)} · `{event.mark}`"


def _lost(channel: LostChannel, zone: tzinfo) -> str:
    return f":warning: The desk cannot post in <#{channel.id}>, since {when(channel.since, zone)}"


def _events(count: int) -> str:
    return "1 event of SMSFactor" if count == 1 else f"{count} events of SMSFactor"
