"""Status: is the desk in order, and what waits."""

from bot import __version__
from bot.doors import Answer, Command, Doors
from bot.services import Services
from bot.slack.blocks import context, header, message, section


def register(doors: Doors) -> None:
    """A command."""
    doors.command("status", show, usage="status", does="is the desk in order, and what waits")


async def show(services: Services, command: Command) -> Answer:
    """``/sms status``: figures from our own memory, so it answers at once."""
    store = services.store
    depth = await store.events.depth()
    figures = await store.notes.figures()
    late = f", the oldest for {depth.oldest:.0f} s" if depth.waiting else ""
    lines = [
        f"Campaigns that are held: *{await store.held.count()}*, being looked up: *{await store.unknown.count()}*",
        f"Webhooks that wait: *{depth.waiting}*{late}",
        f"Webhooks that were set aside, because they could not be used: *{depth.aside}*",
        f"Messages that wait for their turn in Slack: *{await store.posts.waiting()}*",
        f"Numbers that opted out: *{await store.optouts.count()}*",
        *(f"{what[:1].upper()}{what[1:]}: *{count}*" for what, count in sorted(figures.items())),
    ]
    text = "The desk works." if depth.oldest < 60 else "The desk is late: is a worker running?"
    return message(text, [header(text), section("\n".join(lines)), context(f"Version {__version__}")])
