"""Rules for replies: add one, move it up, remove it."""

from collections.abc import Mapping
from typing import cast, get_args

from pydantic import BaseModel

from bot.access import Right
from bot.conversation import keyword
from bot.doors import Answer, Doors, Press, Submission
from bot.errors import Refused
from bot.features.settings._channels import check
from bot.features.settings._overview import redraw, refresh
from bot.features.settings._part import OvertakenError, mark
from bot.features.settings._rule_views import ADD, MENU, RULE_FORM, RULES, RULES_MAX, list_view, rule_form
from bot.features.settings._saving import change, changed_by
from bot.services import Services
from bot.slack.forms import Value
from bot.store.team import Rule, RuleKind, TeamSettings


def register(doors: Doors) -> None:
    """The buttons of the list, and the form of a new rule."""
    doors.press(MENU, press_menu, Right.ADMIN)
    doors.press(ADD, open_form, Right.ADMIN)
    doors.submission(RULE_FORM, add, Right.ADMIN)


async def press_menu(services: Services, press: Press) -> None:
    """*Move up* or *Remove*; only if the list still is the one that the person sees."""
    verb, index, shown = press.value.split(" ")
    at = int(index)

    def edit(team: TeamSettings) -> BaseModel:
        if mark(RULES.of(team)) != shown:
            raise OvertakenError
        rules = list(team.routes.rules)
        rule = rules.pop(at)
        if verb == "up":
            rules.insert(at - 1, rule)
        return team.routes.model_copy(update={"rules": tuple(rules)})

    overtaken = None
    try:
        team = await change(services, press.caller.user, RULES, edit)
    except OvertakenError:
        team, overtaken = await services.store.team.settings(), await changed_by(services, RULES)
    if press.view:
        await redraw(services, press.view["id"], list_view(team, overtaken))
    await refresh(services, press.view, team)


async def open_form(services: Services, press: Press) -> None:
    """*Add a rule…*"""
    view = rule_form(RULE_FORM, services.settings.senders)
    await services.slack.views_push(trigger_id=press.caller.trigger_id, view=view)


async def add(services: Services, submission: Submission) -> Answer:
    """The new rule comes last; the list and the overview beneath show it."""
    rule = await read(services, submission.values, str(submission.values.get("channel") or ""))
    await check(services, [("channel", rule.channel)])
    team = await add_rule(services, submission.caller.user, rule)
    if below := submission.view.get("previous_view_id"):
        await redraw(services, below, list_view(team))
    await refresh(services, submission.view, team)
    return None


async def add_rule(services: Services, who: str, rule: Rule) -> TeamSettings:
    """Store a rule behind the others, once. Raises ``Refused`` if there is one for the same already."""

    def edit(team: TeamSettings) -> BaseModel:
        rules = team.routes.rules
        if rule in rules:
            return team.routes
        if any((one.kind, keyword(one.value)) == (rule.kind, keyword(rule.value)) for one in rules):
            raise Refused("There is a rule for this already. Nothing was saved. Remove it first.", field="value")
        if len(rules) >= RULES_MAX:
            raise Refused(f"{RULES_MAX} rules are the most. Nothing was saved. Remove one first.", field="value")
        return team.routes.model_copy(update={"rules": (*rules, rule)})

    return await change(services, who, RULES, edit)


async def read(services: Services, values: Mapping[str, Value], channel: str) -> Rule:
    """The rule of a filled form. Raises ``Refused``."""
    kind = cast("RuleKind", str(values.get("kind") or ""))
    typed = str(values.get("value") or "").strip()
    if kind not in get_args(RuleKind):
        raise Refused("Choose which replies. Nothing was saved.", field="kind")
    match kind:
        case "campaign":
            value = await _campaign(services, typed.strip("`# "))
        case "sender":
            value = _sender(services, typed)
        case _:
            value = _keyword(typed)
    return Rule(kind=kind, value=value, channel=channel)


async def _campaign(services: Services, typed: str) -> str:
    campaign = await services.store.campaigns.of_ticket(typed) or typed.lower()
    known = await services.store.campaigns.get(campaign)
    if known is None or known.order.conversation:
        words = "The desk knows no campaign with this id or ticket; /sms campaigns lists the last ones."
        raise Refused(f"{words} Nothing was saved.", field="value")
    return campaign


def _sender(services: Services, typed: str) -> str:
    for name in services.settings.senders:
        if name.casefold() == typed.casefold():
            return name
    known = ", ".join(services.settings.senders) or "none"
    raise Refused(f"Nothing goes out from this name here. Sender names are: {known}. Nothing was saved.", field="value")


def _keyword(typed: str) -> str:
    if len(typed.split()) != 1 or not any(map(str.isalnum, keyword(typed))):
        raise Refused("A keyword is one word, with letters or digits. Nothing was saved.", field="value")
    return typed
