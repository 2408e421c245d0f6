"""The quick check of schemas holds valid what jsonschema holds valid, and nothing else."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.block_kit import block_kit
from tests.browser.every_block import EVERY_BLOCK
from tests.sandbox.slack.test_limits import BAD, GOOD
from tests.schemas import types_taken, validator_of

DEFINITIONS = block_kit()["$defs"]
MESSAGE = {"$defs": DEFINITIONS, "$ref": "#/$defs/message_blocks"}
QUICK, WHOLE = validator_of(MESSAGE), Draft202012Validator(MESSAGE)


def spoilt(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The block with the type of one object taken away or made wrong; not at every place, which takes a minute."""
    for at, path in enumerate(list(_objects(block))):
        if at > 4 and at % 9:
            continue
        other = copy.deepcopy(block)
        place: Any = other
        for step in path:
            place = place[step]
        place["type"] = ("button", "no_such_type", 7, None)[at % 4]
        if place["type"] is None:
            del place["type"]
        yield other


def _objects(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(part, dict) and "type" in part:
        yield path
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, inner in items:
        yield from _objects(inner, (*path, step))


@pytest.mark.parametrize("kind", sorted({block["type"] for block in EVERY_BLOCK}))
def test_a_block_whose_types_are_wrong_is_judged_as_jsonschema_judges_it(kind: str) -> None:
    samples = [block for block in EVERY_BLOCK if block["type"] == kind]
    judged = [(QUICK.is_valid([one]), WHOLE.is_valid([one])) for block in samples for one in (block, *spoilt(block))]
    assert any(whole for _, whole in judged)
    assert [quick for quick, _ in judged] == [whole for _, whole in judged]


def test_the_examples_of_limits_are_judged_as_jsonschema_judges_them() -> None:
    blocks = [*GOOD, *BAD, "not a block", {}, {"type": None}, {"type": ["section"]}]
    assert [QUICK.is_valid([block]) for block in blocks] == [WHOLE.is_valid([block]) for block in blocks]


def test_a_mistake_is_named_where_it_was_made() -> None:
    message = [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}, {"type": "poll"}]
    found = {error.json_path: error.message for error in QUICK.iter_errors(message)}
    assert found == {
        "$[0].text.text": "'' should be non-empty",
        "$[1]": "'poll' is none of the types that may stand here",
    }


def test_the_types_that_an_alternative_takes_are_read_from_its_schema() -> None:
    assert types_taken({"$ref": "#/$defs/text_object"}, DEFINITIONS) == {"plain_text", "mrkdwn"}
    assert types_taken({"allOf": [{"maxProperties": 9}, {"$ref": "#/$defs/divider_block"}]}, DEFINITIONS) == {"divider"}
    assert len(types_taken({"$ref": "#/$defs/block"}, DEFINITIONS) or ()) == 21
    assert types_taken({"properties": {"type": {"const": "x"}}}, DEFINITIONS) is None  # not required
    assert types_taken({"oneOf": [{"$ref": "#/$defs/divider_block"}, {}]}, DEFINITIONS) is None
