"""A person at a form: filling inputs, submitting, closing, and what the app's answer does to the screen."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.courier import Courier, Delivery
from bot.sandbox.slack.errors import NotOnScreenError, SlackError
from bot.sandbox.slack.forms import complaints, elements, options_of, state_of
from bot.sandbox.slack.limits import OPTIONS_ANSWER, Findings
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.web_api.views import good_view
from bot.sandbox.slack.workspace import Refused, Workspace
from bot.sandbox.slack.world import Json, User

TROUBLE = "We had some trouble connecting. Try again?"
MIN_QUERY = 3  # Slack docs, external_select: min_query_length if the element does not say


@dataclass
class Hands:
    """One person and the wires to the app."""

    slack: Workspace
    courier: Courier
    user: User

    def top(self) -> Json:
        """The view on top of the person's stack."""
        stack = self.slack.modals.stacks.get(self.user.id)
        if not stack:
            raise NotOnScreenError(f"{self.user.name} has no form open")
        return stack[-1]


def named(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """Block and element by action_id or block_id."""
    for block, element in elements(blocks):
        if name in (element.get("action_id"), block.get("block_id")):
            return block, element
    known = ", ".join(f"{block['block_id']}/{element['action_id']}" for block, element in elements(blocks))
    raise NotOnScreenError(f"there is no {name!r} here (there are: {known or 'none'})")


async def ask_options(hands: Hands, place: Json, name: str, query: str) -> list[Json]:
    """The options that an external menu shows for `query`; none if the app answers with something unfit."""
    block, element = named(place["blocks"], name)
    if not element["type"].endswith("external_select"):
        raise NotOnScreenError(f"{name!r} is no external menu")
    if len(query) < element.get("min_query_length", MIN_QUERY):
        return []
    payload = payloads.suggestion(hands.slack, hands.user, place, block, element, query)
    delivery = await hands.courier.send("block_suggestion", payload)
    findings = Findings()
    OPTIONS_ANSWER(delivery.answer, "", findings)
    if not delivery.ok or findings.messages:
        hands.slack.refused.append(Refused("block_suggestion", "invalid_options", tuple(findings.messages)))
        return []
    return options_of(delivery.answer)


async def fill(hands: Hands, view: Json, values: Mapping[str, Any]) -> None:
    """Put values into inputs by block_id (or action_id). An external menu is queried with the value."""
    for name, value in values.items():
        block, element = named(view["blocks"], name)
        if element["type"] == "plain_text_input" and isinstance(value, str) and not element.get("multiline"):
            value = value.replace("\n", " ")
        offered = None
        if element["type"].endswith("external_select"):
            offered = await _offered(hands, view, name, value)
        view["state"]["values"][block["block_id"]][element["action_id"]] = state_of(element, value, offered)
    hands.slack.changes.ring()


async def _offered(hands: Hands, view: Json, name: str, value: Any) -> list[Json]:
    offered: list[Json] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            offered += await ask_options(hands, view, name, one)
        elif one is not None:
            offered.append(one)
    return offered


async def submit(hands: Hands, values: Mapping[str, Any], view: Json | None) -> Result:
    """Fill and submit the form on top, or a `view` as it was when taken (a double click, an old screen)."""
    form = hands.top() if view is None else copy.deepcopy(view)
    await fill(hands, form, values)
    if form.get("submit") is None:
        raise NotOnScreenError("this form has no submit button")
    if refused := complaints(form):
        return Result(errors=refused, action="errors")
    trigger = hands.slack.modals.new_trigger(hands.user.id, in_modal=True)
    urls = _response_urls(hands, form)
    payload = payloads.submission(hands.slack, hands.user, form, trigger, urls)
    delivery = await hands.courier.send("view_submission", payload)
    result = Result.of(delivery, trigger, hands.slack.modals)
    if not delivery.ok:
        result.problem = TROUBLE
        return result
    try:
        _apply(hands, form["id"], delivery, result)
    except SlackError as error:
        where = f"response_action {result.action}"
        hands.slack.refused.append(Refused(where, error.code, tuple(error.messages)))
        result.problem = TROUBLE
    hands.slack.changes.ring()
    return result


def _response_urls(hands: Hands, form: Json) -> list[Json]:
    urls = []
    for block, element in elements(form["blocks"]):
        if not element.get("response_url_enabled"):
            continue
        state = form["state"]["values"][block["block_id"]][element["action_id"]]
        channel_id = state.get("selected_conversation") or state.get("selected_channel")
        if channel_id:
            way = hands.slack.response_urls.new(hands.user.id, channel_id)
            names = {"block_id": block["block_id"], "action_id": element["action_id"]}
            url = hands.slack.base_url + way.path
            urls.append({"response_url": url, "channel_id": channel_id, **names})
    return urls


def _apply(hands: Hands, view_id: str, delivery: Delivery, result: Result) -> None:
    """Do to the screen what the app answered (Slack docs, surfaces/modals: response_action)."""
    answer = {} if delivery.answer == "" else delivery.answer
    if not isinstance(answer, dict):
        raise SlackError("invalid_answer", "[ERROR] the answer must be empty or a JSON object")
    modals = hands.slack.modals
    result.action = answer.get("response_action", "close")
    stack = modals.stacks.get(hands.user.id, [])
    view = next((one for one in stack if one["id"] == view_id), None)
    if result.action == "errors":
        result.errors = _errors(answer.get("errors"), delivery.payload["view"])
    elif result.action == "close":
        if answer:
            raise SlackError("invalid_answer", "[ERROR] unknown fields in the answer")
        if view is not None:
            stack.remove(view)
    elif result.action == "clear":
        stack.clear()
    elif result.action == "update":
        new = good_view(answer.get("view"))
        if view is not None:
            modals.replace(view, new)
    elif result.action == "push":
        modals.push(hands.user.id, good_view(answer.get("view")))
    else:
        raise SlackError("invalid_answer", "[ERROR] unknown response_action")


def _errors(errors: Any, view: Json) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_answer", "[ERROR] errors must name at least one block")
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    for block_id, words in errors.items():
        if block_id not in inputs or not isinstance(words, str) or not words:
            raise SlackError("invalid_answer", f"[ERROR] errors names {block_id!r}, which is no input here")
    return errors


async def close(hands: Hands, *, everything: bool) -> Result:
    """Close the form on top (or all of them); the app hears of it where notify_on_close asks for that."""
    everything = everything or hands.top()["clear_on_close"]
    stack = hands.slack.modals.stacks[hands.user.id]
    leaving = list(reversed(stack)) if everything else [stack[-1]]
    for view in leaving:
        stack.remove(view)
    hands.slack.changes.ring()
    result = Result(action="close")
    for view in leaving:
        if view["notify_on_close"]:
            payload = payloads.closed(hands.slack, hands.user, view, is_cleared=everything)
            result = Result.of(await hands.courier.send("view_closed", payload))
    return result
