"""Every block is one that Slack takes, however long the texts in it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.slack import blocks, limits
from tests.block_kit import validate_message, validate_view

LONG = "été & <b> " * 1_000
QUESTION = blocks.confirm("Send?", "To *3* people", yes="Send", no="Back", style="danger")
CHOICES = [blocks.option(f"Choice {n}", f"c{n}", description="why") for n in range(5)]

MESSAGES: dict[str, Any] = {
    "header": blocks.header("Campaign"),
    "long header": blocks.header(LONG),
    "empty header": blocks.header(""),
    "section": blocks.section("*Held*"),
    "long section": blocks.section(LONG, block_id="b" * 255),
    "empty section": blocks.section(""),
    "fields": blocks.section(fields=["a", "", LONG] * 3 + ["d"]),
    "section with everything": blocks.section(
        "text", fields=["a", "b"], accessory=blocks.button("Open", "open", url="https://example.com/")
    ),
    "section with a menu": blocks.section("text", accessory=blocks.overflow("more", CHOICES, confirm=QUESTION)),
    "context": blocks.context(*["c"] * 10, block_id="ctx"),
    "long context": blocks.context(LONG),
    "divider": blocks.divider(),
    "actions": blocks.actions(*[blocks.button("Go", f"go{n}") for n in range(25)], block_id="row"),
    "button with everything": blocks.actions(
        blocks.button(LONG, "a" * 255, value="v" * 2_000, style="primary", confirm=QUESTION)
    ),
    "long question": blocks.actions(blocks.button("Go", "go", confirm=blocks.confirm(LONG, LONG, yes=LONG, no=LONG))),
    "long options": blocks.actions(blocks.overflow("more", [blocks.option(LONG, "v" * 150, description=LONG)])),
    "table": blocks.table([["Number", "State"], ["+33 6 •• •• •• 78", ""]], align=["left", "right"]),
    "large table": blocks.table([["cell"] * 20] * 100),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_the_block_in_a_message(name: str) -> None:
    validate_message([MESSAGES[name]])


@pytest.mark.parametrize("level", ["default", "info", "warning", "error", "success"])
def test_slack_takes_an_alert_in_a_modal(level: blocks.Level) -> None:
    validate_view({"type": "modal", "title": blocks.plain_text("Send"), "blocks": [blocks.alert(LONG, level)]})


def test_slack_takes_the_longest_message() -> None:
    message = blocks.message(LONG, [blocks.section("x")] * 50)
    validate_message(message["blocks"])
    assert len(message["text"]) <= 4_000


def test_a_message_has_its_text_and_its_blocks() -> None:
    assert blocks.message("Sent", [blocks.divider()]) == {"text": "Sent", "blocks": [{"type": "divider"}]}


def test_what_is_not_set_is_left_out() -> None:
    assert blocks.button("Go", "go") == {
        "type": "button",
        "action_id": "go",
        "text": {"type": "plain_text", "text": "Go", "emoji": True},
    }


def test_a_bare_at_channel_in_a_text_wakes_nobody() -> None:
    assert blocks.section("@channel")["text"]["verbatim"] is True


def test_an_empty_text_is_shown_as_a_dash() -> None:
    assert blocks.section("")["text"]["text"] == "–"
    assert blocks.table([[""]])["rows"][0][0]["text"] == "–"


def test_a_long_text_is_cut_between_pieces_of_markup() -> None:
    text = "a" * 2_996 + " <@U012AB3CD>"
    assert blocks.section(text)["text"]["text"] == "a" * 2_996 + "…"


MISTAKES: dict[str, Callable[[], object]] = {
    "a section of nothing": blocks.section,
    "11 fields": lambda: blocks.section(fields=["f"] * 11),
    "an empty context": blocks.context,
    "11 texts of a context": lambda: blocks.context(*["c"] * 11),
    "an empty row of buttons": blocks.actions,
    "26 buttons": lambda: blocks.actions(*[blocks.button("b", f"b{n}") for n in range(26)]),
    "an action_id twice": lambda: blocks.actions(blocks.button("a", "same"), blocks.button("b", "same")),
    "an empty action_id": lambda: blocks.button("b", ""),
    "a long action_id": lambda: blocks.button("b", "a" * 256),
    "a long block_id": lambda: blocks.section("s", block_id="b" * 256),
    "an empty value": lambda: blocks.button("b", "a", value=""),
    "a long value": lambda: blocks.button("b", "a", value="v" * 2_001),
    "a long url": lambda: blocks.button("b", "a", url="https://example.com/" + "u" * 3_000),
    "a long option value": lambda: blocks.option("o", "v" * 151),
    "six options of a menu": lambda: blocks.overflow("m", [*CHOICES, blocks.option("o", "v")]),
    "no options": lambda: blocks.overflow("m", []),
    "no rows": lambda: blocks.table([]),
    "101 rows": lambda: blocks.table([["c"]] * 101),
    "21 columns": lambda: blocks.table([["c"] * 21]),
    "an empty row": lambda: blocks.table([[]]),
    "no blocks": lambda: blocks.message("m", []),
    "51 blocks": lambda: blocks.message("m", [blocks.divider()] * 51),
    "two tables": lambda: blocks.message("m", [blocks.table([["c"]])] * 2),
    "an alert in a message": lambda: blocks.message("m", [blocks.alert("a")]),
    "a block_id twice": lambda: blocks.message("m", [blocks.section("s", block_id="same")] * 2),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_ours_is_refused_before_slack_sees_it(name: str) -> None:
    with pytest.raises(ValueError, match=r"Slack takes|has 1 to|stands twice|has a text|no alert"):
        MISTAKES[name]()


def test_texts_of_a_form_are_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="1 to 24"):
        limits.fitting("x" * 25, limits.VIEW_TITLE_MAX, "title")


def test_a_quotation_is_data_and_cut_at_its_limit() -> None:
    block = blocks.quotation("*gras* <!channel> & _b_\nligne", 10)
    assert block["elements"][0]["elements"] == [{"type": "text", "text": "*gras* <!…"}]
    assert blocks.quotation("")["elements"][0]["elements"][0]["text"] == blocks.NOTHING
    validate_message([blocks.quotation("*gras* <!channel>\nligne"), blocks.quotation("x" * 5000)])
