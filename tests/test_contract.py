"""A day at the desk, and every call that it made held against Slack's own description of its methods."""

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.slack.api import CODES
from tests.block_kit import CONTRACTS, contract, event_scopes, read
from tests.day import Day, events, scopes, spend
from tests.web_api_calls import calls_in_the_code

KINDS_OF_CHANNEL = ("channels", "groups")  # SLACK_CHANNEL is a public or a private channel, nothing else
# Slack docs, the errors of every method; the descriptions leave them out
OF_EVERY_METHOD = {"account_inactive", "not_authed", "service_unavailable", "request_timeout", "team_added_to_org"}

pytestmark = pytest.mark.xdist_group("day")  # so that one worker spends it, for all tests here


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """One day for all tests here."""
    return asyncio.run(spend(tmp_path_factory.mktemp("day")))


# Arguments


def complaints(method: str, args: dict[str, Any]) -> list[str]:
    """What Slack's description says against a call. The token is in a header; Bolt adds ``team_id``."""
    described = contract(method)
    if described is None:
        return [f"{method}: not a method that tests/contracts describes"]
    shape = described["args"]
    known = shape["properties"]
    given = {name: as_described(value, known.get(name, {})) for name, value in args.items()} | {"token": "xoxb-1"}
    unknown = set(given) - set(known) - {"team_id"}
    wrong = [f"{error.json_path}: {error.message[:120]}" for error in arguments(method).iter_errors(given)]
    return [f"{method}: {what}" for what in [*wrong, *(f"unknown argument {name}" for name in sorted(unknown))]]


@cache
def arguments(method: str) -> Draft202012Validator:
    return Draft202012Validator((contract(method) or {})["args"])


def as_described(value: object, description: dict[str, Any]) -> object:
    """As Slack reads it: a form has flags and figures as text, a JSON body has objects where a form has text."""
    kinds = {one.get("type") for one in description.get("anyOf") or description.get("allOf") or [description]}
    if isinstance(value, dict | list) and not kinds & {"object", "array"}:
        return json.dumps(value)
    if isinstance(value, str) and "string" not in kinds:
        if "boolean" in kinds:
            return {"true": True, "1": True, "false": False, "0": False}.get(value, value)
        if kinds & {"number", "integer"}:
            return int(value) if value.isdecimal() else value
        if kinds & {"object", "array"}:
            return json.loads(value)
    return value


def test_the_day_made_no_mistake_that_slack_had_to_refuse(day: Day) -> None:
    assert day.refused == []


def test_every_call_is_one_that_slack_describes(day: Day) -> None:
    assert len(day.calls) > 30
    assert [complaint for method, args in day.calls for complaint in complaints(method, args)] == []


def test_a_call_that_slack_would_not_take_is_found() -> None:
    assert complaints("chat.shout", {}) == ["chat.shout: not a method that tests/contracts describes"]
    assert complaints("chat.postMessage", {"channel": "C1", "text": "hello", "loud": True}) == [
        "chat.postMessage: unknown argument loud"
    ]
    assert complaints("conversations.info", {"channel": "C1", "include_locale": "perhaps"})
    assert complaints("chat.update", {"channel": "C1"}) == ["chat.update: $: 'ts' is a required property"]
    assert complaints("chat.update", {"channel": "C1", "ts": "1.2", "team_id": "T1"}) == []


def test_the_day_left_out_no_method_that_the_code_calls(day: Day) -> None:
    assert day.methods == set(calls_in_the_code())


def test_every_method_that_the_code_calls_is_described_and_no_other() -> None:
    """Copies that nobody needs go; one that is lacking is made as tests/contracts/README.md says."""
    assert {file.stem for file in (CONTRACTS / "web-api").glob("*.json")} == set(calls_in_the_code())


# Scopes and events


def needed(method: str) -> set[str]:
    """The scopes that a bot needs for a method, in the kinds of channel that the desk may stand in."""
    described = contract(method) or {}
    return in_channels(set(described["scope"].get("bot", ())))


def in_channels(wanted: set[str]) -> set[str]:
    """Without the scopes for direct and group messages, of which one suffices for each kind of place."""
    by_channel = {scope for scope in wanted if scope.split(":")[0] in (*KINDS_OF_CHANNEL, "im", "mpim")}
    return {scope for scope in wanted if scope not in by_channel or scope.split(":")[0] in KINDS_OF_CHANNEL}


def test_the_manifest_asks_for_the_scopes_that_are_needed_and_no_other(day: Day) -> None:
    for_calls = {scope for method in day.methods for scope in needed(method)}
    for_events = {scope for event in events() for scope in in_channels(event_scopes()[event])}
    for_commands = {"commands"}  # slash commands and shortcuts (Slack docs, scopes/commands)
    assert for_calls | for_events | for_commands == scopes()


# Error codes


def test_every_error_code_that_the_bot_knows_is_one_of_slacks() -> None:
    listed = set(read("error-codes.json")["listed"])
    named = {code for codes in CODES.values() for code in codes}
    assert named - listed == OF_EVERY_METHOD


# Doors


def elements(thing: object) -> Iterator[dict[str, Any]]:
    """Every element that tells the app when it is used: all but fields that wait for their form's button."""
    if isinstance(thing, list):
        for inner in thing:
            yield from elements(inner)
    elif isinstance(thing, dict):
        if thing.get("type") == "input" and not thing.get("dispatch_action"):
            return
        if "action_id" in thing and "url" not in thing:
            yield thing
        for inner in thing.values():
            yield from elements(inner)


def test_everything_to_press_that_was_shown_has_a_room_behind_it_and_the_reverse(day: Day) -> None:
    assert {element["action_id"] for element in elements(day.shown)} == set(day.doors.presses)


def test_every_form_that_was_shown_has_a_room_behind_it(day: Day) -> None:
    views = [shown for shown in day.shown if shown.get("type") == "modal"]
    assert {view["callback_id"] for view in views if view.get("submit")} == set(day.doors.submissions)
    assert {view["callback_id"] for view in views if view.get("notify_on_close")} == set(day.doors.closings)


def test_every_command_and_shortcut_was_used(day: Day) -> None:
    assert day.commands == set(day.doors.commands)
    assert day.shortcuts == set(day.doors.shortcuts)
