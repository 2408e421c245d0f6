"""What the inbox looks like: in the App Home, as an answer to the command, and the form that resolves many."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from bot import conversation
from bot.features.inbox._list import TITLES, Entry, Group, Listing, Show, Wanted
from bot.slack.blocks import Block, actions, button, context, header, message, option, quotation, section
from bot.slack.forms import View, modal, multi_select
from bot.slack.home import channel_menu, home, menu
from bot.slack.markup import escape, when
from bot.store.conversations import ConversationState
from bot.store.inbox import LISTED

REPLY = "answer_open"  # the door of the room `answers`
CLAIM, SHOW, CHANNEL, REFRESH, MANY = "inbox_claim", "inbox_show", "inbox_channel", "inbox_refresh", "inbox_many"
RESOLVE, DONE = "inbox_resolve", "inbox_done"
WHICH = "which"
PREVIEW = 140  # characters of an SMS

# Slack takes 100 blocks in a Home and 50 in a message; an entry has three at most, and only if it is unassigned.
HOME_EACH, HOME_ALONE = 10, 30
MESSAGE_EACH, MESSAGE_ALONE = 4, 10
OFFERED = 100  # conversations that the form offers: as many as a menu holds
LABEL_NAME = 40  # characters of a name in it

COMMANDS = "`/sms inbox [mine | unassigned | waiting | snoozed | all] [words]` asks for one list, or looks for words."
EMPTY = ":sparkles: Nobody waits, and nothing is open"
NOTHING = "There is nothing like that in the inbox."
NONE: Mapping[Show, str] = {
    Show.OVERVIEW: "Nothing is yours, unassigned or snoozed, and nobody waits.",
    Show.MINE: "Nothing is assigned to you.",
    Show.UNASSIGNED: "Nothing is unassigned.",
    Show.WAITING: "Nobody waits for an answer.",
    Show.SNOOZED: "Nothing is snoozed.",
}


def home_view(shown: Listing) -> View:
    """The Home tab: counts, what to show, and the conversations."""
    wanted = shown.wanted
    row = [menu(SHOW, [option(title, show) for show, title in TITLES.items()], initial=wanted.show)]
    if shown.several or wanted.channel:
        row.append(channel_menu(CHANNEL, initial=wanted.channel, placeholder="In any channel"))
    if wanted.channel:
        row.append(button("All channels", f"{CHANNEL}_any"))
    row.append(button("Refresh", REFRESH))
    if shown.groups:
        row.append(_many(wanted))
    blocks: list[Block] = [section(_counts(shown)), actions(*row)]
    for group in shown.groups:
        blocks += _group(shown, group, in_home=True)
    blocks += _foot(shown)
    return home(blocks, private_metadata=wanted.packed)


def message_view(shown: Listing) -> dict[str, Any]:
    """The same, to the one who asked for it."""
    blocks: list[Block] = [header("Inbox"), section(_counts(shown))]
    for group in shown.groups:
        blocks += _group(shown, group, in_home=False)
    blocks += _foot(shown)
    if shown.groups:
        blocks.append(actions(_many(shown.wanted)))
    return message(f"Inbox: {_counts(shown)}".replace("*", ""), blocks)


def refused_home(text: str) -> View:
    """The Home tab of somebody who may not see anything."""
    return home([section(escape(text))])


def resolve_form(entries: Sequence[Entry], count: int, zone: tzinfo, about: str) -> View:
    """Which of them to resolve; none is chosen at first. Times are those of ``zone``."""
    options = [_option(entry, zone) for entry in entries]
    hint = f"The first {len(options)} of {count}; resolve these first." if count > len(options) else None
    blocks = [
        multi_select("Conversations", WHICH, options, placeholder="Choose any number of them", hint=hint),
        context("Nobody is texted. A new SMS opens a conversation again."),
    ]
    return modal(RESOLVE, "Resolve conversations", blocks, submit="Resolve", close="Cancel", private_metadata=about)


def done_form(results: Mapping[str, int]) -> View:
    """What became of those that were chosen."""
    words = {
        "done": "resolved.",
        "same": "resolved already.",
        "no": "not resolved: they wrote again while the form was open.",
        "gone": "forgotten by the desk, for they are too old.",
        "left": "not reached in time, and as they were. Open the form again for the rest.",
    }
    lines = [f"*{results[result]}* {text}" for result, text in words.items() if results.get(result)]
    return modal(DONE, "Resolve conversations", [section("\n".join(lines) or "None was chosen.")], close="Close")


def _counts(shown: Listing) -> str:
    counts, channel = shown.counts, shown.wanted.channel
    if not counts[Show.ALL]:
        return f"{EMPTY}{f' in <#{channel}>' if channel else ''}."
    waiting = counts[Show.WAITING]
    since = f", the longest since {when(shown.longest, shown.zone)}" if waiting else ""
    waits = f"*{waiting}* {'waits' if waiting == 1 else 'wait'} for an answer{since}" if waiting else "Nobody waits"
    rest = [(Show.MINE, "mine"), (Show.UNASSIGNED, "unassigned"), (Show.SNOOZED, "snoozed"), (Show.ALL, "in all")]
    pieces = [waits, *(f"*{counts[show]}* {word}" for show, word in rest)]
    place = f" (in <#{channel}>)" if channel else ""
    return " · ".join(pieces) + place


def _group(shown: Listing, group: Group, *, in_home: bool) -> list[Block]:
    title = f"*{group.title}* · {group.count}"
    hidden = group.count - len(group.entries)
    more = None
    if hidden and in_home and group.more is not shown.wanted.show:
        more = button("Show all", SHOW, value=group.more)
    elif hidden:
        title += f", {hidden} more: `/sms inbox {group.more} words` narrows it down"
    blocks = [section(title, accessory=more)]
    for entry in group.entries:
        blocks += _entry(entry, shown)
    return blocks


def _entry(entry: Entry, shown: Listing) -> list[Block]:
    about = entry.about
    who = f"*{escape(conversation.called(about, entry.name))}*"
    link = f" · <{entry.link}|its card>" if entry.link else ""
    place = f" · <#{about.channel}>" if shown.several and about.channel else ""
    stands = conversation.stands(about, shown.zone, opted_out=entry.opted_out)
    answerable = conversation.can_be_answered(about, opted_out=entry.opted_out)
    reply = button("Reply", REPLY, value=about.id) if answerable else None
    blocks = [section(f"{who}{link}\n{stands}{place}", accessory=reply)]
    if entry.last:
        words = " ".join(entry.last.text.split())
        blocks.append(quotation(f"We wrote: {words}" if entry.last.out else words, PREVIEW))
    if not about.owner and about.state is ConversationState.OPEN:
        blocks.append(actions(button("Claim", CLAIM, value=about.id)))
    return blocks


def _foot(shown: Listing) -> list[Block]:
    lines = [COMMANDS]
    if shown.clipped:
        lines.insert(0, f"Only the {LISTED:,} conversations that were untouched for longest are looked at.")
    if not shown.groups and shown.counts[Show.ALL]:
        asked = shown.wanted.words or shown.wanted.channel
        lines.insert(0, NOTHING if asked else NONE.get(shown.wanted.show, NOTHING))
    return [context(line) for line in lines]


def _many(wanted: Wanted) -> dict[str, Any]:
    return button("Resolve several…", MANY, value=wanted.packed)


def _option(entry: Entry, zone: tzinfo) -> dict[str, Any]:
    """The value says up to which SMS the conversation was seen, so that a later one is not resolved unread."""
    about = entry.about
    label = conversation.called(about)
    if entry.name:
        name = entry.name if len(entry.name) <= LABEL_NAME else entry.name[: LABEL_NAME - 1] + "…"
        label += f" · {name}"
    since = datetime.fromtimestamp(about.since, zone)
    waits = conversation.waits(about, opted_out=entry.opted_out)
    state = f"waiting since {since:%d %b %H:%M}" if waits else str(about.state)
    if entry.opted_out:
        state += ", opted out"
    said = f" · {' '.join(entry.last.text.split())}" if entry.last else ""
    return option(label, f"{about.id} {about.last_in!r}", description=state + said)
