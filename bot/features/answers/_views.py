"""What the form of an answer shows, and what is read out of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from typing import Any

from bot import conversation
from bot.guards import MAX_SEGMENTS
from bot.slack.blocks import Block, alert, context, option, quotation, section
from bot.slack.forms import View, modal, select, text_input
from bot.slack.markup import escape, mention, when
from bot.smsfactor.text import measure
from bot.store.conversations import Conversation, Text
from bot.store.templates import Template
from bot.words import why_unicode

FORM = "answer_form"
TEXT, PICK, COUNTER = "answer_text", "answer_pick", "answer_counter"
LAST = 3  # texts that the form shows
SHOWN = 700  # characters of each

OPTED_OUT = "They opted out and cannot be texted any more."
NO_PERSON = "Behind this number is a program: a short code, or the name of a sender. It cannot be answered."
BLOCKED = (
    "Blocked as a nuisance: what they write back is kept, but not shown in the channel. *Hear them again* first, on the"
    " card."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a form remembers of the moment when it was opened. ``answer``: the id of the campaign that it may become.

    ``asked``: it has told that something happened since, so that its button counts.
    """

    conversation: str
    answer: str
    answers: int
    owner: str
    resolved: bool
    last_in: float = 0.0
    asked: bool = False

    def packed(self) -> str:
        """As it is carried by the form."""
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, about: str) -> "Opened | None":
        """The reverse; None for what another version of this form has packed."""
        try:
            return cls(**json.loads(about))
        except (ValueError, TypeError):
            return None

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Opened | None":
        """What an open form carries."""
        return cls.unpacked(view.get("private_metadata") or "")


@dataclass(frozen=True, slots=True)
class Said:
    """One of the last texts; ``became``: what became of one that went out, in a word."""

    text: Text
    became: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All that the form shows. ``composer``: a colleague who has such a form open, "" if nobody has.

    ``full_until``: no text goes to them before; ``last_until``: after one more, none does. Epoch seconds, 0: never.
    """

    about: Conversation
    name: str = ""
    said: Sequence[Said] = ()
    templates: Sequence[Template] = ()
    opted_out: bool = False
    composer: str = ""
    full_until: float = 0.0
    last_until: float = 0.0

    @property
    def obstacle(self) -> str:
        """Why nothing can be sent to them at all; "" if it can."""
        if not conversation.is_person(self.about.number):
            return NO_PERSON
        if self.opted_out:
            return OPTED_OUT
        return BLOCKED if self.about.blocked else ""


def form(known: Known, opened: Opened, zone: tzinfo) -> View:
    """The form as it opens; without field and button if nothing can be sent to them. Times are those of ``zone``."""
    blocks: list[Block] = [_whom(known, zone)]
    if known.composer:
        blocks.append(context(f":pencil2: {mention(known.composer)} is writing an answer too"))
    if known.obstacle:
        blocks.append(alert(f"{known.obstacle} Nothing can be sent from here.", "error"))
    if known.full_until:
        words = f"They got enough texts within the last hour; free again at {clock(known.full_until, zone)}."
        blocks.append(alert(words, "warning"))
    elif known.last_until:
        words = f"One more text may go to them; the next one again at {clock(known.last_until, zone)}."
        blocks.append(alert(words, "info"))
    blocks += [block for said in known.said for block in _said(known, said, zone)]
    if known.obstacle:
        return modal(FORM, "Reply by SMS", blocks, close="Close", private_metadata=opened.packed())
    if known.templates:
        options = [option(template.name, template.id) for template in known.templates]
        hint = "Its text is put into the field below, where you can change it."
        blocks.append(select("Saved answer", PICK, options, optional=True, dispatch=True, hint=hint))
    return _with_field(blocks, opened, submit="Send", close="Cancel")


def asking(known: Known, opened: Opened, news: Sequence[Block], text: str, zone: tzinfo) -> View:
    """What happened since the form was opened, and what they wrote, to be sent all the same, or changed, or not."""
    blocks = [_whom(known, zone), *news]
    return _with_field(blocks, opened, submit="Send it all the same", close="Back", text=text)


def _with_field(blocks: Sequence[Block], opened: Opened, *, submit: str, close: str, text: str = "") -> View:
    return modal(
        FORM,
        "Reply by SMS",
        [*blocks, field(TEXT, text), counter(text)],
        submit=submit,
        close=close,
        private_metadata=opened.packed(),
        notify_on_close=not opened.asked,  # its closing leads back to the form below
    )


def field(block_id: str, text: str = "") -> Block:
    """Where the answer is written. Slack keeps what stands in a field as long as its ``block_id`` stays."""
    placeholder = "What they will read"
    return text_input("Text", block_id, TEXT, multiline=True, initial=text, placeholder=placeholder, dispatch=True)


def counter(text: str, free_at: str = "") -> Block:
    """What the text takes by now. ``free_at``: it would be above the limits of the last hour until then."""
    written = text.strip()
    size = measure(written)
    if not size.segments:
        words = f"{size.left} characters left in the first segment"
    else:
        segments = f"{size.segments} segment{'' if size.segments == 1 else 's'} ({size.alphabet})"
        cost = f"about {size.segments} credit{'' if size.segments == 1 else 's'}"
        words = f"{segments}, {size.left} character{'' if size.left == 1 else 's'} left · {cost}"
    lines = [words]
    if size.segments > MAX_SEGMENTS:
        lines.append(f":x: Too long: {MAX_SEGMENTS} segments are the most.")
    if unicode := why_unicode(written, size):
        lines.append(unicode)
    if free_at:
        lines.append(f":hourglass: With this text they would get too much within an hour; free again at {free_at}.")
    return context(*lines, block_id=COUNTER)


def clock(at: float, zone: tzinfo) -> str:
    """A time of today, as the team's clock shows it."""
    return f"{datetime.fromtimestamp(at, zone):%H:%M}"


def text_block(view: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The field in which the answer is written."""
    for block in view.get("blocks", ()):
        if block.get("type") == "input" and block["element"].get("action_id") == TEXT:
            found: Mapping[str, Any] = block
            return found
    return None


def typed(view: Mapping[str, Any]) -> str:
    """What stands in that field. Slack may leave out one that was filled by us and not touched since.

    (slackapi/bolt-js, issues 1073 and 1258.)
    """
    block = text_block(view)
    if block is None:
        return ""
    filled = view.get("state", {}).get("values", {}).get(block["block_id"], {}).get(TEXT)
    return str((filled["value"] if filled else block["element"].get("initial_value")) or "")


def replaced(view: Mapping[str, Any], blocks: Mapping[str, Block]) -> View:
    """The same form with some of its blocks replaced: block id → the new one."""
    kept = ("type", "callback_id", "title", "submit", "close", "private_metadata", "notify_on_close")
    shown = [blocks.get(block.get("block_id", ""), block) for block in view["blocks"]]
    return {name: view[name] for name in kept if view.get(name)} | {"blocks": shown}


def others_wrote(texts: Sequence[Text], zone: tzinfo) -> list[Block]:
    """What colleagues have sent meanwhile."""
    blocks = []
    for one in texts[-LAST:]:
        blocks += [section(f"{mention(one.author)} has answered meanwhile, {when(one.at, zone)}:")]
        blocks += [quotation(one.text, SHOWN)]
    return blocks


def they_wrote(texts: Sequence[Text], zone: tzinfo) -> list[Block]:
    """What came in meanwhile; your answer would count for it too."""
    blocks = []
    for one in texts[-LAST:]:
        blocks += [section(f"They have written meanwhile, {when(one.at, zone)}:"), quotation(one.text, SHOWN)]
    return blocks


def _whom(known: Known, zone: tzinfo) -> Block:
    """Where an obstacle says how it stands, nothing else does."""
    who = f"*To {escape(conversation.called(known.about, known.name))}*"
    return section(who if known.obstacle else f"{who}\n{conversation.stands(known.about, zone, opted_out=False)}")


def _said(known: Known, said: Said, zone: tzinfo) -> list[Block]:
    one = said.text
    who = mention(one.author) if one.author else "Automatic answer"
    if not one.out:
        who = escape(known.name) or "They"
    pieces = [who, when(one.date, zone), *filter(None, [said.became])]
    return [context(" · ".join(pieces)), quotation(one.text, SHOWN)]
