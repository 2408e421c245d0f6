"""The desk is invited into a channel, and asks what the channel is for."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bot.access import Right
from bot.doors import Answer, Doors, Press, Submission
from bot.errors import Refused
from bot.features.settings._channels import FREE_TYPING, NAMES, SHOWN, check
from bot.features.settings._part import Part, channel_name
from bot.features.settings._rule_views import rule_form, which
from bot.features.settings._rules import add_rule, read
from bot.features.settings._saving import change
from bot.poster import Message
from bot.services import Services
from bot.slack.blocks import Block, actions, button, confirm, context, message, section
from bot.slack.markup import mention
from bot.store.posts import Post, Urgency
from bot.store.team import Decision, TeamSettings
from bot.telling import tell

CARD, RULE_FORM = "invited", "settings_invited_rule"
SOME, FREE, NOTHING = "some", "free", "nothing"
BUTTONS: Mapping[str, str] = {
    "replies": "All replies",
    SOME: "Some replies…",
    "campaigns": "Campaign cards",
    "alerts": "Alerts",
    "optouts": "Opt-outs",
    FREE: "Free typing",
    NOTHING: "Nothing",
}
GREETING = ":wave: The SMS desk is in. What belongs in no other channel is shown here; `/sms help` says what it can do."
QUESTION = """\
:wave: Thanks for the invitation. *What is {channel} for?*
• *All replies*: conversations with people who write by SMS open here.
• *Some replies*: only those that begin with a keyword, or answer one campaign or sender name.
• *Free typing*: in threads of conversations here all that you write goes out as SMS, but what begins with `note:`.
An admin of the desk chooses one; `/sms settings` adds more."""
DANGER = (
    "In the threads of conversations that open in this channel, everything that is written is sent to the person as an"
    " SMS, remarks among you too. Only what begins with “note:” stays inside."
)


def register(doors: Doors) -> None:
    """The event, the question, a button for each answer, and the form where more has to be said."""
    doors.event("member_joined_channel", joined)
    doors.card(CARD, card)
    for choice in BUTTONS:
        doors.press(f"settings_invited_{choice}", open_form if choice == SOME else choose, Right.ADMIN)
    doors.submission(RULE_FORM, choose_rule, Right.ADMIN)


async def joined(services: Services, event: Mapping[str, Any]) -> None:
    """Somebody came into a channel; if it is the desk itself, it asks, once."""
    if str(event.get("user")) != await services.access.desk():
        return
    channel, at = str(event.get("channel")), str(event.get("event_ts"))
    if channel == services.settings.slack_channel:
        await services.poster.put(channel, Post(f"greeting:{channel}:{at}", Urgency.NOTICE, text=GREETING))
    else:
        await services.poster.card(channel, CARD, f"{channel}.{at}", Urgency.NOTICE)


async def card(services: Services, question: str) -> Message:
    """The question, or what was decided."""
    decision = await services.store.team.decision(question)
    channel = _channel(question)
    return (
        render(channel, await services.store.team.settings(), question)
        if decision is None
        else decided(channel, decision)
    )


async def choose(services: Services, press: Press) -> None:
    """A choice that needs no more words."""
    question, who = press.value, press.caller.user
    decision = Decision(who, press.action_id.removeprefix("settings_invited_"))
    if await _stands(services, press, decision):
        return
    channel = _channel(question)
    if decision.choice != NOTHING:
        await check(services, [("channel", channel)])
        part: Part = FREE_TYPING if decision.choice == FREE else SHOWN

        def edit(team: TeamSettings) -> BaseModel:
            return _with(team, decision.choice, channel)

        await change(services, who, part, edit)
    first = await _decide(services, question, decision)
    if first != decision:
        words = f"{mention(first.who)} chose at the same moment. Both hold now; `/sms settings` shows and changes it."
        await tell(services, press, words)


async def open_form(services: Services, press: Press) -> None:
    """*Some replies…*: which ones?"""
    if await _stands(services, press, None):
        return
    channel = _channel(press.value)
    view = rule_form(RULE_FORM, services.settings.senders, channel=channel, about=press.value)
    await services.slack.views_open(trigger_id=press.caller.trigger_id, view=view)


async def choose_rule(services: Services, submission: Submission) -> Answer:
    """Some replies: a rule for this channel."""
    question, who = submission.about, submission.caller.user
    rule = await read(services, submission.values, _channel(question))
    decision = Decision(who, rule.kind, rule.value)
    if await services.store.team.decision(question) not in (None, decision):
        raise Refused("Somebody has chosen meanwhile what this channel is for. Nothing was saved. See /sms settings.")
    await check(services, [("value", rule.channel)])
    await add_rule(services, who, rule)
    await _decide(services, question, decision)
    return None


async def _stands(services: Services, press: Press, decision: Decision | None) -> bool:
    """Whether it was decided before. Who wanted something else is told, and whoever sees old buttons sees it soon."""
    standing = await services.store.team.decision(press.value)
    if standing is None:
        return False
    if standing != decision:
        words = f"{mention(standing.who)} has chosen already: {_words(standing)} `/sms settings` changes it."
        await tell(services, press, words)
    await _show(services, press.value)
    return True


async def _decide(services: Services, question: str, decision: Decision) -> Decision:
    first = await services.store.team.decide(question, decision)
    await _show(services, question)
    return first


async def _show(services: Services, question: str) -> None:
    await services.poster.card(_channel(question), CARD, question, Urgency.NOTICE)


def _channel(question: str) -> str:
    return question.partition(".")[0]


def _with(team: TeamSettings, choice: str, channel: str) -> BaseModel:
    """The section with this channel in it."""
    if choice == FREE:
        channels = team.free_typing.channels
        return team.free_typing.model_copy(update={"channels": tuple(dict.fromkeys((*channels, channel)))})
    return team.routes.model_copy(update={"purposes": {**team.routes.purposes, choice: channel}})


# Views


def render(channel: str, team: TeamSettings, question: str) -> dict[str, Any]:
    """The question."""
    buttons = [
        button(text, f"settings_invited_{choice}", value=question, confirm=_confirm() if choice == FREE else None)
        for choice, text in BUTTONS.items()
    ]
    blocks: list[Block] = [section(QUESTION.format(channel=channel_name(channel))), actions(*buttons)]
    if uses := _uses(team, channel):
        blocks.append(context(f"At present: {', '.join(uses)}."))
    return message("What is this channel for? An admin of the desk can choose.", blocks)


def decided(channel: str, decision: Decision) -> dict[str, Any]:
    """What was chosen, and by whom."""
    text = f":white_check_mark: {mention(decision.who)} chose what {channel_name(channel)} is for: {_words(decision)}"
    return message(text, [section(text), context("An admin can change it in `/sms settings`.")])


def _words(decision: Decision) -> str:
    match decision.choice:
        case "replies":
            return "*all replies* that no rule sends elsewhere."
        case "campaigns":
            return "the *cards of campaigns*."
        case "alerts":
            return "*alerts*: a low balance, and faults."
        case "optouts":
            return "*opt-outs* of people with whom there is no conversation."
        case "free":
            return "*free typing*. In threads of conversations here everything goes out but what begins with `note:`."
        case "nothing":
            return "*nothing new*. What was shown here before still is."
        case _:
            return f"*some replies*. {which(decision.choice, decision.value)} open here."


def _uses(team: TeamSettings, channel: str) -> list[str]:
    purposes = [NAMES[purpose][0].lower() for purpose, own in team.routes.purposes.items() if own == channel]
    rules = ["some replies"] if any(rule.channel == channel for rule in team.routes.rules) else []
    return [*purposes, *rules, *(["free typing"] if channel in team.free_typing.channels else [])]


def _confirm() -> dict[str, Any]:
    return confirm("Free typing here?", DANGER, yes="Turn it on", no="Cancel", style="danger")
