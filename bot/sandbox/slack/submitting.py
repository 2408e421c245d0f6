"""A person at a form: filling inputs, submitting, closing, and what the app's answer does to the screen."""

import copy
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.choosing import choose
from bot.sandbox.slack.courier import Delivery
from bot.sandbox.slack.errors import NotOnScreenError, SlackError
from bot.sandbox.slack.forms import complaints, elements
from bot.sandbox.slack.hands import Hands, named
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.web_api.views import good_view
from bot.sandbox.slack.workspace import Refused
from bot.sandbox.slack.world import Json

TROUBLE = "We had some trouble connecting. Try again?"


async def fill(hands: Hands, place: Json, values: Mapping[str, Any]) -> None:
    """Put values into inputs of a view or message by block_id (or action_id); see `choosing.choose`."""
    for name, value in values.items():
        block, element = named(place.get("blocks", []), name)
        hands.put(place, block, element, await choose(hands, place, block, element, value))


async def submit(hands: Hands, values: Mapping[str, Any], view: Json | None) -> Result:
    """Fill and submit the form on top, or a `view` as it was when taken (a double click, an old screen)."""
    form = hands.top() if view is None else copy.deepcopy(view)
    if form.get("submit") is None:
        raise NotOnScreenError("this form has no submit button")
    hands.slack.modals.forget(form["id"])
    hands.slack.changes.ring()
    await fill(hands, form, values)
    refused = complaints(form)
    result = Result(errors=refused, action="errors") if refused else await _send(hands, form)
    _remark(hands, form["id"], result)
    return result


async def _send(hands: Hands, form: Json) -> Result:
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
    return result


def _remark(hands: Hands, view_id: str, result: Result) -> None:
    """Write what went wrong on the form, if it is still open."""
    modals = hands.slack.modals
    if any(view["id"] == view_id for view in modals.stacks.get(hands.user.id, [])):
        if result.errors:
            modals.errors[view_id] = dict(result.errors)
        if result.problem:
            modals.problems[view_id] = result.problem
    hands.slack.changes.ring()


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
            modals.close(hands.user.id, view)
    elif result.action == "clear":
        modals.close(hands.user.id)
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
    hands.top()
    stack = hands.slack.modals.stacks[hands.user.id]
    leaving = list(reversed(stack)) if everything else [stack[-1]]
    for view in leaving:
        hands.slack.modals.close(hands.user.id, view)
    hands.slack.changes.ring()
    result = Result(action="close")
    for view in leaving:
        if view["notify_on_close"]:
            payload = payloads.closed(hands.slack, hands.user, view, is_cleared=everything)
            result = Result.of(await hands.courier.send("view_closed", payload))
    return result
