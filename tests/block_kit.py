"""Slack's own descriptions of its messages, views, methods and events, as they lie in tests/contracts."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.schemas import validator_of

CONTRACTS = Path(__file__).resolve().parent / "contracts"
"""Copies of Slack's descriptions and sample payloads; the README there says what each one is."""


def validate_message(blocks: list[dict[str, Any]]) -> None:
    """Fail the test if Slack would refuse these blocks in a message."""
    _validate(blocks, "message_blocks")
    assert sum(block["type"] == "table" for block in blocks) <= 1, "one table per message"
    assert not any(block["type"] == "alert" for block in blocks), "alerts stand in modals only"
    _unique_ids(blocks)


def validate_view(view: dict[str, Any]) -> None:
    """Fail the test if Slack would refuse this modal or App Home."""
    _validate(view, "home_view" if view.get("type") == "home" else "modal_view")
    if view["type"] == "modal":
        refused = {"table", "markdown", "data_visualization", "data_table"}
        assert not refused & {block["type"] for block in view["blocks"]}, "a modal takes no such block"
    _unique_ids(view["blocks"])


def read(path: str) -> Any:
    """A file of tests/contracts."""
    return json.loads((CONTRACTS / path).read_text("utf-8"))


@cache
def contract(method: str) -> dict[str, Any] | None:
    """Slack's description of a Web API method (scope, args, errors …), None if there is none among the copies."""
    path = f"web-api/{method}.json"
    return read(path) if (CONTRACTS / path).is_file() else None


@cache
def block_kit() -> dict[str, Any]:
    """The schema of Block Kit: ``$defs`` has every block and element, messages, modals and the App Home."""
    schema: dict[str, Any] = read("block-kit/slack-block-kit.schema.json")
    return schema


@cache
def event_scopes() -> dict[str, set[str]]:
    """Every event of which Slack says the scopes, of which an app must have one."""
    return {name: set(scopes) for name, scopes in read("events.json").items() if scopes is not None}


def _validate(what: object, definition: str) -> None:
    problems = [f"{error.json_path}: {error.message[:200]}" for error in _validator(definition).iter_errors(what)]
    assert not problems, "\n".join(problems)


@cache
def _validator(definition: str) -> Draft202012Validator:
    return validator_of({"$defs": block_kit()["$defs"], "$ref": f"#/$defs/{definition}"})


def _unique_ids(blocks: list[dict[str, Any]]) -> None:
    """What the schema cannot say: a block id is unique in its view or message, an action id in its block."""
    block_ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(block_ids) == len(set(block_ids)), "block ids are unique"
    for block in blocks:
        elements = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        action_ids = [element["action_id"] for element in elements if element and "action_id" in element]
        assert len(action_ids) == len(set(action_ids)), "action ids are unique in a block"
