"""Slack's own descriptions of its messages, views and methods, where they lie beside the repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "slack"
SHARED: Path | None = _BESIDE if _BESIDE.is_dir() else None
"""The folder with the Block Kit schema, the Web API contract and sample payloads; None in a plain clone."""

needs_shared = pytest.mark.skipif(SHARED is None, reason="Slack's descriptions are not beside the repository")


def validate_message(blocks: list[dict[str, Any]]) -> None:
    """Fail the test if Slack would refuse these blocks in a message. Without the schema: skip it."""
    _validate(blocks, "message_blocks")
    assert sum(block["type"] == "table" for block in blocks) <= 1, "one table per message"
    assert not any(block["type"] == "alert" for block in blocks), "alerts stand in modals only"
    _unique_ids(blocks)


def validate_view(view: dict[str, Any]) -> None:
    """Fail the test if Slack would refuse this modal or App Home. Without the schema: skip it."""
    _validate(view, "home_view" if view.get("type") == "home" else "modal_view")
    if view["type"] == "modal":
        refused = {"table", "markdown", "data_visualization", "data_table"}
        assert not refused & {block["type"] for block in view["blocks"]}, "a modal takes no such block"
    _unique_ids(view["blocks"])


@cache
def contract(method: str) -> dict[str, Any] | None:
    """Slack's description of a Web API method (scope, args, errors …), None if there is no such method."""
    if SHARED is None:
        pytest.skip("Slack's descriptions are not beside the repository")
    file = SHARED / "web-api" / f"{method}.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


def _validate(what: object, definition: str) -> None:
    problems = [f"{error.json_path}: {error.message[:200]}" for error in _validator(definition).iter_errors(what)]
    assert not problems, "\n".join(problems)


@cache
def _validator(definition: str) -> Draft202012Validator:
    if SHARED is None:
        pytest.skip("Slack's descriptions are not beside the repository")
    schema = json.loads((SHARED / "block-kit" / "slack-block-kit.schema.json").read_text("utf-8"))
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"})


def _unique_ids(blocks: list[dict[str, Any]]) -> None:
    """What the schema cannot say: a block id is unique in its view or message, an action id in its block."""
    block_ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(block_ids) == len(set(block_ids)), "block ids are unique"
    for block in blocks:
        elements = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        action_ids = [element["action_id"] for element in elements if element and "action_id" in element]
        assert len(action_ids) == len(set(action_ids)), "action ids are unique in a block"
