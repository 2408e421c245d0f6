"""A day at the desk, and every call that it made held against Slack's own description of its methods."""

import ast
import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from bot.doctor import examine_slack
from bot.doors import Doors
from bot.sandbox.slack import Refused
from bot.slack.api import CODES
from bot.store.embedded import EmbeddedServer
from tests.block_kit import SHARED, contract, needs_shared
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, OTHER, QUICK, Town, open_town

ROOT = Path(__file__).resolve().parents[1]
APP_TOKEN = "xapp-stand-in"
QUICKER = replace(QUICK, price_patience=0.3)  # how long the form waits for a price that does not come
KINDS_OF_CHANNEL = ("channels", "groups")  # SLACK_CHANNEL is a public or a private channel, nothing else
OF_EVERY_METHOD = {"account_inactive", "not_authed"}  # Slack docs, auth.test; the descriptions leave them out

pytestmark = needs_shared


@cache
def manifest() -> dict[str, Any]:
    """What the app asks for."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return loaded


def scopes() -> set[str]:
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def events() -> set[str]:
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])


# The day


@dataclass
class Day:
    """What is left of it: the calls with their arguments, what Slack did not take, what was on screens."""

    town: Town
    shown: list[dict[str, Any]]

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [(call.method, call.args) for call in self.town.slack.calls]

    @property
    def methods(self) -> set[str]:
        return {method for method, _ in self.calls}

    @property
    def refused(self) -> list[Refused]:
        return self.town.slack.refused

    @property
    def doors(self) -> Doors:
        return self.town.desk.doors

    def look(self, who: str = ALICE) -> None:
        """Keep what this person has on the screen."""
        self.shown += self.town.person(who).views


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """One day for all tests here."""
    return asyncio.run(spend(tmp_path_factory.mktemp("day")))


async def spend(directory: Path) -> Day:
    """With the scopes and events of the manifest and nothing more."""
    workspace = {"scopes": scopes(), "subscriptions": events(), "app_token": APP_TOKEN}
    async with (
        EmbeddedServer(directory) as server,
        open_town(server.url, tempo=QUICKER, slack=workspace) as town,
    ):
        day = Day(town, [])
        await ask(town)
        await send(day)
        await hear(day)
        await stumble(day)
        await be_refused(day)
        with_socket = town.settings.model_copy(update={"slack_app_token": SecretStr(APP_TOKEN)})
        asked = {finding.subject async for finding in examine_slack(with_socket)}
        assert asked == {"Slack token", "Slack scopes", "Slack channel", "Slack app token"}
        day.shown += [message for root in town.roots() for message in town.slack.thread(CHANNEL, root["ts"])]
        day.shown += [message for who in (ALICE, BRUNO, GUEST) for message in town.person(who).ephemerals]
        return day


async def ask(town: Town) -> None:
    """Every command but send, and a word that is none."""
    for words in (
        "help",
        "status",
        "balance",
        "campaigns",
        "campaigns soldes",
        "campaign",
        "campaign nosuch",
        "blance",
    ):
        result = await town.person().command("/sms", words)
        assert result.answer, words


async def send(day: Day) -> None:
    """From the command, from both shortcuts, with a wrong number first; a late price; a held campaign; its card."""
    town = day.town
    alice = town.person()
    assert (await alice.command("/sms", "send 06 12 34 56 78 Bonjour à tous")).view
    day.look()
    assert (await alice.submit({"to": "pas un numéro"})).errors
    await alice.submit({"to": f"{NUMBER}, {OTHER}", "text": "Voir https://example.org/form ⚠", "options": ["links"]})
    day.look()
    await alice.submit()
    card = await town.card_says("Accepted")
    for index, code in enumerate((3, 12)):
        await town.provider.receipt(town.sends[0].json["sms"]["recipients"]["gsm"][index]["gsmsmsid"], code)
    await town.provider.click(town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"])
    await town.card_says("1 click")
    campaign = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].rpartition("-")[0]
    assert (await alice.command("/sms", f"campaign {campaign}")).answer
    assert (await alice.shortcut("send_sms")).view
    await alice.close(everything=True)
    assert (await alice.message_shortcut("send_as_sms", card)).view
    await alice.close(everything=True)
    town.provider.fail("POST /send/simulate", "stall")
    await town.fill(to=OTHER, text="Le prix se fait attendre")
    day.look()
    review = alice.view
    assert review
    await alice.click(review, "send_ask_again")
    await alice.close(everything=True)
    town.provider.hold("release")
    await town.send(to=OTHER, text="Retenu un moment")
    await town.card_says("Held")
    for ticket in list(town.provider.campaigns)[-1:]:
        await town.provider.release(ticket)
    await town.card_says("Accepted")


async def hear(day: Day) -> None:
    """A reply and one more, each of them posted with its answer lost; a STOP; a low balance."""
    town = day.town
    town.slack.fail("chat.postMessage", "drop_after")
    await town.provider.reply(NUMBER, "Merci <tous> & *bien*")
    said = await town.channel_says("Merci")
    await town.slack.until(lambda: town.slack.called("conversations.history"))
    await town.person(BRUNO).click(said, "send_answer")
    day.look(BRUNO)
    await town.person(BRUNO).close(everything=True)
    town.slack.fail("chat.postMessage", "drop_after")
    await town.provider.reply(NUMBER, "Encore une question")
    await town.channel_says("Encore une question")
    await town.slack.until(lambda: town.slack.called("conversations.replies"))
    await town.provider.stop(NUMBER, also_mo=True)
    await town.slack.until(lambda: any("STOP" in message["text"] for message in town.slack.thread(CHANNEL, said["ts"])))
    before = len(town.roots())
    await town.provider.balance_alert()
    await town.slack.until(lambda: len(town.roots()) > before)


async def stumble(day: Day) -> None:
    """Slack refuses blocks, then is too fast; both ways lead to the card."""
    town = day.town
    town.slack.fail("chat.postMessage", "invalid_blocks")
    await town.send(to=OTHER, text="Sans blocs cette fois")
    await town.slack.until(lambda: len(town.cards()) == 3)
    town.slack.fail("chat.postMessage", 429, retry_after=0)
    await town.send(to=OTHER, text="Encore un peu vite")
    await town.slack.until(lambda: len(town.cards()) == 4)
    await town.card_says("Accepted")


async def be_refused(day: Day) -> None:
    """A guest at every kind of door; somebody who becomes one while a form is open."""
    town = day.town
    guest, bruno = town.person(GUEST), town.person(BRUNO)
    said = next(message for message in town.roots() if "send_answer" in json.dumps(message["blocks"]))
    assert (await guest.command("/sms", "send")).answer
    await guest.click(said, "send_answer")
    assert (await guest.shortcut("send_sms")).view
    day.look(GUEST)
    town.provider.fail("POST /send/simulate", "stall")
    await town.fill(to=OTHER, text="Un dernier mot", who=BRUNO)
    await town.slack.change_user(BRUNO, is_restricted=True)
    review = bruno.view
    assert review
    await bruno.click(review, "send_ask_again")
    day.look(BRUNO)
    assert (await bruno.submit(view=review)).action == "update"
    day.look(BRUNO)


# Arguments


def complaints(method: str, args: dict[str, Any]) -> list[str]:
    """What Slack's description says against a call. The token is in a header; Bolt adds ``team_id``."""
    described = contract(method)
    if described is None:
        return [f"{method}: there is no such method"]
    shape = described["args"]
    known = shape["properties"]
    given = {name: as_described(value, known.get(name, {})) for name, value in args.items()} | {"token": "xoxb-1"}
    unknown = set(given) - set(known) - {"team_id"}
    wrong = [f"{error.json_path}: {error.message[:120]}" for error in Draft202012Validator(shape).iter_errors(given)]
    return [f"{method}: {what}" for what in [*wrong, *(f"unknown argument {name}" for name in sorted(unknown))]]


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
    assert complaints("chat.shout", {}) == ["chat.shout: there is no such method"]
    assert complaints("chat.postMessage", {"channel": "C1", "text": "hello", "loud": True}) == [
        "chat.postMessage: unknown argument loud"
    ]
    assert complaints("conversations.info", {"channel": "C1", "include_locale": "perhaps"})
    assert complaints("chat.update", {"channel": "C1"}) == ["chat.update: $: 'ts' is a required property"]
    assert complaints("chat.update", {"channel": "C1", "ts": "1.2", "team_id": "T1"}) == []


def calls_in_the_code() -> Iterator[str]:
    """``x.slack.chat_postMessage`` → ``chat.postMessage``, wherever a Slack client is used in the bot."""
    for path in (ROOT / "bot").rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Attribute(
                    value=ast.Attribute(attr="slack" | "_slack") | ast.Name(id="slack"), attr=attribute
                ) if "_" in attribute.strip("_"):
                    yield attribute.replace("_", ".")


def test_the_day_left_out_no_method_that_the_code_calls(day: Day) -> None:
    assert day.methods == set(calls_in_the_code())


# Scopes and events


def needed(method: str) -> set[str]:
    """The scopes that a bot needs for a method, in the kinds of channel that the desk may stand in."""
    described = contract(method) or {}
    wanted = set(described["scope"].get("bot", ()))
    by_channel = {scope for scope in wanted if scope.split(":")[0] in (*KINDS_OF_CHANNEL, "im", "mpim")}
    return {scope for scope in wanted if scope not in by_channel or scope.split(":")[0] in KINDS_OF_CHANNEL}


def test_the_manifest_asks_for_the_scopes_that_are_needed_and_no_other(day: Day) -> None:
    assert SHARED
    listed = {event["name"]: event for event in json.loads((SHARED / "events.json").read_text("utf-8"))}
    for_calls = {scope for method in day.methods for scope in needed(method)}
    for_events = {scope for event in events() for scope in listed[event]["scopes"]}
    for_commands = {"commands"}  # slash commands and shortcuts (Slack docs, scopes/commands)
    assert for_calls | for_events | for_commands == scopes()


# Error codes


def test_every_error_code_that_the_bot_knows_is_one_of_slacks() -> None:
    assert SHARED
    methods = [json.loads(file.read_text("utf-8")) for file in (SHARED / "web-api").glob("*.json")]
    listed = {code for method in methods for code in method.get("errors", ())}
    named = {code for codes in CODES.values() for code in codes}
    assert named - listed == OF_EVERY_METHOD


# Doors


def clickable(thing: object) -> Iterator[dict[str, Any]]:
    """Every element with an action id that tells the app when it is used."""
    if isinstance(thing, dict):
        if thing.get("type") == "button" and "action_id" in thing:
            yield thing
        for inner in thing.values():
            yield from clickable(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from clickable(inner)


def test_every_button_that_was_shown_has_a_room_behind_it(day: Day) -> None:
    buttons = {button["action_id"] for button in clickable(day.shown) if "url" not in button}
    assert buttons == set(day.doors.presses)


def test_every_form_that_was_shown_has_a_room_behind_it(day: Day) -> None:
    forms = {view["callback_id"] for view in day.shown if view.get("type") == "modal" and view.get("submit")}
    assert forms == set(day.doors.submissions)
