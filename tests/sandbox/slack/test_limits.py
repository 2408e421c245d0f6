"""The stand-in's limits: each documented bound, and agreement with the Block Kit schema."""

import json

import pytest
from jsonschema import Draft202012Validator

from bot.sandbox.slack.limits import Findings, check_blocks, check_view
from tests.block_kit import block_kit


def plain(text):
    return {"type": "plain_text", "text": text}


def button(action_id="go", **more):
    return {"type": "button", "text": plain("Go"), "action_id": action_id, **more}


def option(value="a"):
    return {"text": plain("A"), "value": value}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def form_input(element, **more):
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
TEXT_INPUT = {"type": "plain_text_input"}
TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
PIE = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
CHART = {"type": "data_visualization", "title": "Chart", "chart": PIE}
CONFIRM = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n")}
RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}]}

GOOD = [
    SECTION,
    {"type": "section", "fields": [plain("f")] * 10, "accessory": button()},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [plain("c"), {"type": "image", "image_url": "https://a.b/c", "alt_text": "i"}]},
    actions(button("a", style="primary", confirm=CONFIRM), button("b", value="v" * 2000)),
    actions({"type": "static_select", "action_id": "s", "options": [option()], "initial_option": option()}),
    actions({"type": "overflow", "action_id": "o", "options": [option(), option("b")]}),
    actions({"type": "datepicker", "initial_date": "2026-01-31"}),
    form_input({"type": "plain_text_input", "multiline": True, "max_length": 3000}, hint=plain("h"), optional=True),
    form_input({"type": "checkboxes", "options": [option()]}),
    form_input({"type": "number_input", "is_decimal_allowed": False}),
    TABLE,
    CHART,
    RICH,
    {"type": "markdown", "text": "# x"},
    {"type": "image", "image_url": "https://a.b/c", "alt_text": "i"},
]
BAD = [
    {"type": "blurb"},
    {"type": "section"},
    {"type": "section", "text": plain("x" * 3001)},
    {"type": "section", "text": plain("")},
    {"type": "section", "fields": [plain("f")] * 11},
    {"type": "section", "text": plain("t"), "colour": "red"},
    {"type": "header", "text": plain("x" * 151)},
    {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
    {"type": "context", "elements": [plain("c")] * 11},
    {"type": "divider", "block_id": "x" * 256},
    actions(),
    actions(*(button(f"b{n}") for n in range(26))),
    actions(button(text=plain("x" * 76))),
    actions(button(value="v" * 2001)),
    actions(button(style="green")),
    actions(button("x" * 256)),
    actions(button(confirm={"title": plain("t")})),
    actions(TEXT_INPUT),
    actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]}),
    actions({"type": "static_select"}),
    actions({"type": "static_select", "options": [option(str(n)) for n in range(101)]}),
    actions({"type": "static_select", "options": [option("v" * 151)]}),
    actions({"type": "radio_buttons", "options": [option(str(n)) for n in range(11)]}),
    actions({"type": "datepicker", "initial_date": "31/01/2026"}),
    actions({"type": "timepicker", "initial_time": "25:00"}),
    form_input(button()),
    form_input({"type": "number_input"}),
    form_input({"type": "plain_text_input", "max_length": 3001}),
    form_input({"type": "plain_text_input", "placeholder": plain("x" * 151)}),
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]},
    {"type": "data_visualization", "title": "x" * 51, "chart": PIE},
    {"type": "rich_text", "elements": [{"type": "text", "text": "a"}]},
    {"type": "image", "image_url": "https://a.b/c"},
    {"type": "markdown", "text": "x" * 12_001},
]


def problems(blocks, surface="message"):
    findings = Findings()
    check_blocks(blocks, surface, findings)
    return findings.messages


@pytest.mark.parametrize("block", GOOD, ids=lambda block: json.dumps(block)[:60])
def test_a_good_block_passes(block):
    assert problems([block]) == []


@pytest.mark.parametrize("block", BAD, ids=lambda block: json.dumps(block)[:60])
def test_a_bad_block_is_named(block):
    assert problems([block])


def test_the_schema_agrees_on_every_example():
    validator = Draft202012Validator({**block_kit(), "$ref": "#/$defs/message_blocks", "type": "array"})
    assert [block for block in GOOD if not validator.is_valid([block])] == []
    assert [block for block in BAD if validator.is_valid([block])] == []


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [SECTION] * 51,
        [{"type": "divider", "block_id": "same"}] * 2,
        [actions(button("same"), button("same"))],
        [TABLE, TABLE],
        [CHART] * 3,
        [{"type": "alert", "text": plain("modals only")}],
        "not a list",
        [actions({"type": "static_select", "options": [option()], "initial_option": option("b")})],
    ],
    ids=["none", "51", "block_id", "action_id", "tables", "charts", "alert", "no list", "initial option"],
)
def test_rules_over_all_blocks_of_a_message(blocks):
    assert problems(blocks)


def test_one_action_id_may_stand_in_several_blocks():
    assert problems([actions(button("open")), actions(button("open"))]) == []


@pytest.mark.parametrize(
    "view",
    [
        modal(form_input(TEXT_INPUT)),
        modal(SECTION, title=plain("x" * 25)),
        modal(SECTION, submit=plain("x" * 25)),
        modal(SECTION, private_metadata="x" * 3001),
        modal(SECTION, callback_id="x" * 256),
        modal(SECTION, colour="red"),
        modal(*[SECTION] * 101),
        modal(TABLE),
        modal({"type": "markdown", "text": "x"}),
        {"type": "modal", "blocks": [SECTION]},
        {"type": "home", "title": plain("t"), "blocks": [SECTION]},
        {"type": "page", "blocks": [SECTION]},
        modal(
            form_input({"type": "plain_text_input", "focus_on_load": True}),
            form_input({"type": "plain_text_input", "focus_on_load": True}),
            submit=plain("OK"),
        ),
    ],
)
def test_a_bad_view_is_named(view):
    assert check_view(view)


def test_good_views_pass_and_must_be_of_the_kind_asked_for():
    form = modal(form_input(TEXT_INPUT), {"type": "alert", "text": plain("!")}, submit=plain("OK"))
    home = {"type": "home", "blocks": [SECTION, TABLE]}
    assert check_view(form, "modal") == check_view(home, "home") == []
    assert check_view(home, "modal")
    assert check_view(form, "home")
