"""Which channels: where what is shown, and where everything that is typed in a thread goes out."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import cast, get_args

from bot.errors import Refused
from bot.features.settings._part import Part, channel_name
from bot.services import Services
from bot.settings import Settings
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.blocks import Block, alert, context, section
from bot.slack.forms import Value
from bot.slack.pickers import channel_select, channels_select
from bot.store.team import FreeTyping, Purpose, Routes, TeamSettings

PATIENCE = 1.2  # seconds that Slack may take to say whether the desk is in a channel
FREE_MAX = 20
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
NAMES: Mapping[Purpose, tuple[str, str]] = {
    "replies": ("Replies", "New conversations open here, unless a rule for replies sends them elsewhere."),
    "campaigns": ("Campaigns", "New campaigns have their cards here."),
    "alerts": ("Alerts", "The desk warns here of a low balance and of faults."),
    "optouts": ("Opt-outs", "Who said STOP is told here if there is no conversation with them, else in its thread."),
}
DANGER = "Everything that is written in a conversation's thread there is sent to the person, remarks among you too."
HOW = "Only what begins with `note:` stays inside. Once an SMS has gone out, nobody can take it back."


async def check(services: Services, channels: Iterable[tuple[str, str]]) -> None:
    """Raises ``Refused`` for the first of these (field, channel) in which the desk cannot post."""
    answers = await asyncio.gather(*(_trouble(services, *one) for one in channels))
    for trouble in answers:
        if trouble:
            raise trouble


async def _trouble(services: Services, field: str, channel: str) -> Refused | None:
    try:
        async with asyncio.timeout(PATIENCE):
            about = (await services.slack.conversations_info(channel=channel))["channel"]
    except CALL_ERRORS as error:
        if classify(error).kind == "channel":
            return _not_in("this channel: it is private, or gone", field)
        words = "Slack did not say whether the desk is in this channel. Nothing was saved. Try again in a moment."
        return Refused(words, field=field)
    name = f"#{about.get('name') or channel}"
    if about.get("is_archived"):
        return Refused(f"{name} is archived: nobody can post there. Nothing was saved. Choose another.", field=field)
    return None if about.get("is_member") else _not_in(name, field)


def _not_in(where: str, field: str) -> Refused:
    words = f"The desk is not in {where}. Nothing was saved. Write /invite there and choose the desk, then save again."
    return Refused(words, field=field)


# Where things are shown


def _shown(settings: Settings, team: TeamSettings) -> str:
    lines = []
    for purpose in PURPOSES:
        own = team.routes.purposes.get(purpose)
        default = "" if own else " (the default)"
        lines.append(f"{NAMES[purpose][0]}: {channel_name(own or settings.slack_channel)}{default}")
    return "\n".join(lines)


def _shown_fields(settings: Settings, team: TeamSettings) -> list[Block]:
    blocks = [section(f"Where a field is empty, the channel is {channel_name(settings.slack_channel)}.")]
    for purpose in PURPOSES:
        label, hint = NAMES[purpose]
        blocks.append(
            channel_select(label, purpose, initial=team.routes.purposes.get(purpose), hint=hint, optional=True)
        )
    return blocks


async def _read_shown(services: Services, values: Mapping[str, Value]) -> Routes:
    purposes = {purpose: str(values[purpose]) for purpose in PURPOSES if values.get(purpose)}
    await check(services, cast("Iterable[tuple[str, str]]", purposes.items()))
    return Routes(purposes=purposes)


def _purposes(team: TeamSettings) -> Routes:
    chosen = team.routes.purposes
    return Routes(purposes={purpose: chosen[purpose] for purpose in PURPOSES if purpose in chosen})


SHOWN = Part(
    "channels",
    "Where things are shown",
    "routes",
    words=_shown,
    fields=_shown_fields,
    read=_read_shown,
    piece=_purposes,
    merge=lambda team, piece: team.routes.model_copy(update={"purposes": cast("Routes", piece).purposes}),
)


# Free typing


def _free(_: Settings, team: TeamSettings) -> str:
    if not team.free_typing.channels:
        return "Nowhere: in threads only what begins with `sms:` goes out."
    channels = ", ".join(map(channel_name, team.free_typing.channels))
    return f"In {channels}: all that is written in threads goes out, but what begins with `note:`."


def _free_fields(_: Settings, team: TeamSettings) -> list[Block]:
    return [
        alert(DANGER, "warning"),
        section(HOW),
        channels_select("Channels with free typing", "channels", initial=team.free_typing.channels),
        context("In the threads of all other channels only what begins with `sms:` goes out."),
    ]


async def _read_free(services: Services, values: Mapping[str, Value]) -> FreeTyping:
    channels = tuple(values.get("channels") or ())
    if len(channels) > FREE_MAX:
        raise Refused(f"{FREE_MAX} channels are the most. Nothing was saved.", field="channels")
    await check(services, (("channels", channel) for channel in channels))
    return FreeTyping(channels=channels)


FREE_TYPING = Part(
    "free_typing",
    "Free typing",
    "free_typing",
    words=_free,
    fields=_free_fields,
    read=_read_free,
)
