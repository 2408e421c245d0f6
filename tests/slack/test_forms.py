"""Forms that Slack takes, and what people filled in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack import blocks, forms, pickers
from tests.block_kit import read, validate_view

LONG = "été & <b> " * 1_000
CHOICES = [blocks.option(f"Choice {n}", f"c{n}") for n in range(10)]
MANY = [blocks.option(f"Choice {n}", f"c{n}") for n in range(100)]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

FIELDS: dict[str, Any] = {
    "text": forms.text_input("Text", "text"),
    "text with everything": forms.text_input(
        LONG,
        "text",
        "typed",
        multiline=True,
        max_length=1_000,
        initial=LONG,
        placeholder=LONG,
        hint=LONG,
        optional=True,
        dispatch=True,
    ),
    "empty text": forms.text_input("Text", "text", initial="", placeholder=""),
    "menu": forms.select("Sender", "sender", MANY, initial="c99", placeholder=LONG, hint="why", dispatch=True),
    "radio buttons": forms.radio("Kind", "kind", CHOICES, initial="c0", hint="why", optional=True),
    "checkboxes": forms.checkboxes("Also", "also", CHOICES, initial=["c1", "c2"], hint="why"),
    "no box ticked": forms.checkboxes("Also", "also", CHOICES),
    "moment": pickers.datetime_input("When", "when", initial=NOON, hint="why", optional=True),
    "no moment": pickers.datetime_input("When", "when"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_slack_takes_the_field(name: str) -> None:
    validate_view(forms.modal("send", "Send an SMS", [FIELDS[name]], submit="Send"))


def test_slack_takes_a_form_with_everything() -> None:
    view = forms.modal(
        "c" * 255,
        "t" * 24,
        [blocks.alert("Free again at 14:32"), *[blocks.divider()] * 97, FIELDS["text"], FIELDS["menu"]],
        submit="s" * 24,
        close="c" * 24,
        private_metadata="{}" * 1_500,
        notify_on_close=True,
    )
    validate_view(view)


def test_slack_takes_a_form_without_fields() -> None:
    validate_view(forms.modal("wait", "Send an SMS", [blocks.section("One moment …")], close="Close"))


def test_the_id_of_a_field_serves_for_its_element_too() -> None:
    assert forms.text_input("Text", "text")["element"]["action_id"] == "text"
    assert forms.text_input("Text", "text", "typed")["element"]["action_id"] == "typed"


def test_the_option_chosen_at_first_is_one_of_the_options() -> None:
    assert forms.select("S", "s", CHOICES, initial="c3")["element"]["initial_option"] is CHOICES[3]


MISTAKES: dict[str, Callable[[], object]] = {
    "a long title": lambda: forms.modal("c", "t" * 25, [blocks.divider()]),
    "an empty title": lambda: forms.modal("c", "", [blocks.divider()]),
    "a long submit": lambda: forms.modal("c", "t", [blocks.divider()], submit="s" * 25),
    "a long close": lambda: forms.modal("c", "t", [blocks.divider()], close="c" * 25),
    "a long private_metadata": lambda: forms.modal("c", "t", [blocks.divider()], private_metadata="p" * 3_001),
    "a long callback_id": lambda: forms.modal("c" * 256, "t", [blocks.divider()]),
    "no blocks": lambda: forms.modal("c", "t", []),
    "101 blocks": lambda: forms.modal("c", "t", [blocks.divider()] * 101),
    "a field and no submit": lambda: forms.modal("c", "t", [FIELDS["text"]]),
    "a table in a modal": lambda: forms.modal("c", "t", [blocks.table([["c"]])]),
    "a block_id twice": lambda: forms.modal("c", "t", [FIELDS["text"], FIELDS["text"]], submit="s"),
    "an unknown initial": lambda: forms.select("s", "s", CHOICES, initial="c11"),
    "101 options": lambda: forms.select("s", "s", [*MANY, CHOICES[0]]),
    "11 radio buttons": lambda: forms.radio("r", "r", [*CHOICES, blocks.option("o", "v")]),
    "no checkboxes": lambda: forms.checkboxes("c", "c", []),
    "a moment without a zone": lambda: pickers.datetime_input("w", "w", initial=NOON.replace(tzinfo=None)),
    "a long id": lambda: forms.text_input("t", "t" * 256),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_ours_is_refused_before_slack_sees_it(name: str) -> None:
    with pytest.raises(ValueError, match=r"Slack takes|has 1 to|stands twice|takes no|submit|no option|time zone"):
        MISTAKES[name]()


CHOSEN = {"text": {"type": "plain_text", "text": "One"}, "value": "one"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "see ", "style": {"bold": True}},
                {"type": "link", "url": "https://example.com"},
                {"type": "user", "user_id": "U012AB3CD"},
                {"type": "emoji", "name": "wave"},
                {"type": "color"},
            ],
        },
        {
            "type": "rich_text_list",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]},
            ],
        },
    ],
}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": "Bonjour"}, "Bonjour"),
        ({"type": "plain_text_input", "value": None}, None),
        ({"type": "email_text_input", "value": "ana@example.com"}, "ana@example.com"),
        ({"type": "url_text_input", "value": "https://example.com"}, "https://example.com"),
        ({"type": "number_input", "value": "12"}, "12"),
        ({"type": "datepicker", "selected_date": "2026-03-02"}, "2026-03-02"),
        ({"type": "timepicker", "selected_time": "14:30", "timezone": "Europe/Paris"}, "14:30"),
        ({"type": "datetimepicker", "selected_date_time": 1772452800}, "1772452800"),
        ({"type": "datetimepicker", "selected_date_time": None}, None),
        ({"type": "static_select", "selected_option": CHOSEN}, "one"),
        ({"type": "static_select", "selected_option": None}, None),
        ({"type": "external_select", "selected_option": CHOSEN}, "one"),
        ({"type": "radio_buttons", "selected_option": CHOSEN}, "one"),
        ({"type": "checkboxes", "selected_options": [CHOSEN]}, ["one"]),
        ({"type": "checkboxes", "selected_options": []}, []),
        ({"type": "multi_static_select", "selected_options": [CHOSEN]}, ["one"]),
        ({"type": "multi_external_select", "selected_options": [CHOSEN]}, ["one"]),
        ({"type": "users_select", "selected_user": "U012AB3CD"}, "U012AB3CD"),
        ({"type": "multi_users_select", "selected_users": ["U012AB3CD"]}, ["U012AB3CD"]),
        ({"type": "conversations_select", "selected_conversation": "C012AB3CD"}, "C012AB3CD"),
        ({"type": "multi_conversations_select", "selected_conversations": ["C012AB3CD"]}, ["C012AB3CD"]),
        ({"type": "channels_select", "selected_channel": "C012AB3CD"}, "C012AB3CD"),
        ({"type": "multi_channels_select", "selected_channels": ["C012AB3CD"]}, ["C012AB3CD"]),
        ({"type": "file_input", "files": [{"id": "F012AB3CD", "name": "numbers.csv"}]}, ["F012AB3CD"]),
        (
            {"type": "rich_text_input", "rich_text_value": RICH},
            "see https://example.comU012AB3CDwave\none\ntwo",
        ),
    ],
)
def test_what_was_filled_in_comes_out_plain(element: dict[str, Any], value: forms.Value) -> None:
    assert forms.values({"state": {"values": {"field": {"any_action": element}}}}) == {"field": value}


def test_the_elements_of_one_block_come_out_by_their_own_ids() -> None:
    row = {
        "a": {"type": "users_select", "selected_user": "U1"},
        "b": {"type": "datepicker", "selected_date": None},
    }
    assert forms.values({"state": {"values": {"row": row}}}) == {"a": "U1", "b": None}


def test_a_view_without_fields_has_no_values() -> None:
    assert forms.values({"type": "modal", "blocks": []}) == {}
    assert forms.values({"state": {"values": {}}}) == {}


def test_a_field_that_holds_what_none_should_is_an_error() -> None:
    with pytest.raises(ValueError, match="float"):
        forms.values({"state": {"values": {"f": {"f": {"type": "plain_text_input", "value": 1.5}}}}})


def test_the_sample_of_a_submission_is_read() -> None:
    sample = read("payloads/views/ViewSubmissionPayload.json")
    assert forms.values(sample["view"]) == {}
