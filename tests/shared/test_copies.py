"""The copies in tests/contracts say what the full descriptions say, and the bot agrees with these too."""

import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

from bot.sandbox.slack.web_api import METHODS
from bot.sandbox.slack.world import SCOPE_PLACE
from bot.slack.api import CODES
from tests.block_kit import CONTRACTS, contract, read
from tests.contracts.renew import WHOLE, copies
from tests.web_api_calls import calls_in_the_code

ROOT = Path(__file__).resolve().parents[2]
MADE_HERE = {"README.md", "renew.py", "block-kit/LICENSE"}
# Slack docs, the errors of every method; the descriptions leave them out or have them in sample answers alone.
OF_EVERY_METHOD = {"account_inactive", "not_authed", "service_unavailable", "request_timeout", "team_added_to_org"}


def original(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_the_copies_are_what_the_originals_make_today(originals: Path) -> None:
    files = [file for file in CONTRACTS.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    lying = {file.relative_to(CONTRACTS).as_posix(): file.read_text("utf-8") for file in files}
    wanted = copies(originals)
    assert set(lying) - MADE_HERE == set(wanted)
    assert [path for path, text in wanted.items() if lying[path] != text] == []


def test_nothing_is_left_out_of_schemas_and_sample_payloads(originals: Path) -> None:
    samples = [file.relative_to(originals).as_posix() for file in (originals / "payloads").rglob("*.json")]
    assert len(samples) > 20
    assert [path for path in (*WHOLE, *samples) if read(path) != original(originals / path)] == []


def test_a_method_keeps_its_arguments_scopes_pace_and_errors(originals: Path) -> None:
    for method in set(calls_in_the_code()):
        whole, short = original(originals / "web-api" / f"{method}.json"), contract(method)
        assert short is not None
        assert short["errors"] == list(whole["errors"])
        for what in ("http_method", "scope", "rate_limits"):
            assert short[what] == whole[what]
        assert set(short["args"]["properties"]) == set(whole["args"]["properties"])
        assert short["args"].get("required") == whole["args"].get("required")
        assert bare(short["args"]) == bare(whole["args"])


def bare(schema: Any) -> Any:
    """Every value of a schema that a validator looks at, by its path, in one flat list."""
    looked_at = {"type", "enum", "const", "required", "minimum", "maximum", "minLength", "maxLength", "pattern"}

    def walk(part: Any, path: str) -> list[str]:
        if isinstance(part, list):
            return [found for n, item in enumerate(part) for found in walk(item, f"{path}/{n}")]
        if not isinstance(part, dict):
            return [f"{path}={part}"] if path.rsplit("/")[-1] in looked_at or "/required/" in path else []
        return [found for key, value in part.items() for found in walk(value, f"{path}/{key}")]

    return sorted(walk(schema, ""))


def test_every_event_keeps_its_scopes(originals: Path) -> None:
    whole = {event["name"]: event.get("scopes") for event in original(originals / "events.json")}
    assert read("events.json") == whole


def test_every_error_code_that_the_bot_knows_is_one_of_some_method(originals: Path) -> None:
    methods = [original(file) for file in (originals / "web-api").glob("*.json")]
    listed = {code for method in methods for code in method.get("errors", ())}
    assert len(methods) > 100
    assert {code for codes in CODES.values() for code in codes} - listed == OF_EVERY_METHOD
    assert read("error-codes.json")["listed"] == sorted(listed)


def test_the_stand_in_serves_no_method_that_slack_does_not_have(originals: Path) -> None:
    assert set(METHODS) - {file.stem for file in (originals / "web-api").glob("*.json")} == set()


def test_the_stand_in_takes_no_argument_that_slack_does_not_take(originals: Path) -> None:
    for name, method in METHODS.items():
        described = original(originals / "web-api" / f"{name}.json")["args"]["properties"]
        assert set(method.takes) - set(described) == set(), name


def test_the_stand_in_asks_for_no_scope_that_slack_does_not_ask_for(originals: Path) -> None:
    for name, method in METHODS.items():
        if method.scope and method.token == "bot":
            listed = set(original(originals / "web-api" / f"{name}.json")["scope"]["bot"])
            assert {method.scope.format(place=place) for place in SCOPE_PLACE.values()} <= listed, name


def test_the_manifest_is_valid(originals: Path) -> None:
    schema = original(originals / "manifest" / "manifest.schema.2.0.0.json")
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    assert list(Draft7Validator(schema).iter_errors(manifest)) == []
