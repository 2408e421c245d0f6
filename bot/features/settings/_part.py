"""A part of the settings: what holds now in plain words, the fields of its form, and what a filled form means."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from bot.services import Services
from bot.settings import Settings
from bot.slack.blocks import Block, alert, quotation, section
from bot.slack.forms import Value, View, modal
from bot.slack.markup import mention
from bot.store.team import TeamSettings

FORM = "settings_form"
OVERTAKEN = "{who} changed this while you had it open. Nothing of yours was saved. *Save* replaces what they chose."


@dataclass(frozen=True, slots=True)
class Part:
    """One part. ``key`` names it in the audit, ``section`` is where it is stored.

    ``piece``: what of the section its form shows, if not all of it, ``merge``: the section with a new one of these in
    it, ``quote``: what is shown letter by letter below the words. Without ``read`` it has no form to be saved, but
    buttons of its own.
    """

    key: str
    title: str
    section: str
    words: Callable[[Settings, TeamSettings], str]
    fields: Callable[[Settings, TeamSettings], list[Block]] = lambda *_: []
    read: Callable[[Services, Mapping[str, Value]], Awaitable[BaseModel]] | None = None
    piece: Callable[[TeamSettings], BaseModel] | None = None
    merge: Callable[[TeamSettings, BaseModel], BaseModel] = lambda _, piece: piece
    quote: Callable[[TeamSettings], str] = lambda _: ""

    def of(self, team: TeamSettings) -> BaseModel:
        """What of the settings its form shows."""
        piece: BaseModel = self.piece(team) if self.piece else getattr(team, self.section)
        return piece


class OvertakenError(Exception):
    """Somebody else changed the same part while the person had its form open."""


def mark(piece: BaseModel) -> str:
    """Ties a form to what it showed, so that it cannot undo what it did not show."""
    return hashlib.sha256(piece.model_dump_json().encode()).hexdigest()[:16]


def channel_name(channel: str) -> str:
    """A link to the channel."""
    return f"<#{channel}>"


# Views


def form(settings: Settings, team: TeamSettings, part: Part) -> View:
    """The form of a part, with what holds now in its fields."""
    return _form(part, team, part.fields(settings, team))


def overtaken_form(settings: Settings, team: TeamSettings, part: Part, who: str) -> View:
    """The same, over what the person has filled in (Slack keeps that), with what ``who`` has chosen meanwhile."""
    notice = alert(OVERTAKEN.format(who=mention(who) if who else "Somebody"), "warning")
    return _form(part, team, [notice, *now(settings, team, part, "What they chose: "), *part.fields(settings, team)])


def now(settings: Settings, team: TeamSettings, part: Part, before: str = "") -> list[Block]:
    """What holds now, in words."""
    blocks = [section(before + part.words(settings, team))]
    return [*blocks, quotation(quote)] if (quote := part.quote(team)) else blocks


def _form(part: Part, team: TeamSettings, blocks: list[Block]) -> View:
    metadata = f"{part.key} {mark(part.of(team))}"
    return modal(FORM, part.title, blocks, submit="Save", close="Cancel", private_metadata=metadata)
