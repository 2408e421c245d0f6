"""Values of inputs: the shape of each state, what stays after an update, what Slack's client refuses."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.slack import NotOnScreenError
from bot.sandbox.slack.forms import complaints, first_state, keep_state, state_of


def option(value):
    return {"text": {"type": "plain_text", "text": value.capitalize()}, "value": value}


OPTIONS = [option("a"), option("b")]
GROUPS = [{"label": {"type": "plain_text", "text": "G"}, "options": OPTIONS}]


def field(element, **more):
    return {"type": "input", "block_id": "b", "element": {"action_id": "x", **element}, **more}


def form(element, value, **more):
    state = state_of(element, value)
    return {"blocks": [field(element, **more)], "state": {"values": {"b": {"x": state}}}}


@pytest.mark.parametrize(
    ("element", "value", "state"),
    [
        ({"type": "plain_text_input"}, "hello", {"value": "hello"}),
        ({"type": "plain_text_input"}, "two\nlines", {"value": "two lines"}),
        ({"type": "plain_text_input", "multiline": True}, "two\nlines", {"value": "two\nlines"}),
        ({"type": "rich_text_input"}, "", {"rich_text_value": None}),
        ({"type": "static_select", "options": OPTIONS}, OPTIONS[1], {"selected_option": OPTIONS[1]}),
        ({"type": "plain_text_input"}, None, {"value": None}),
        ({"type": "number_input"}, 7, {"value": "7"}),
        ({"type": "static_select", "options": OPTIONS}, "b", {"selected_option": OPTIONS[1]}),
        ({"type": "static_select", "option_groups": GROUPS}, "A", {"selected_option": OPTIONS[0]}),
        ({"type": "radio_buttons", "options": OPTIONS}, None, {"selected_option": None}),
        ({"type": "checkboxes", "options": OPTIONS}, ["a", "b"], {"selected_options": OPTIONS}),
        ({"type": "multi_static_select", "options": OPTIONS}, [], {"selected_options": []}),
        ({"type": "users_select"}, "U0ALICE", {"selected_user": "U0ALICE"}),
        ({"type": "multi_users_select"}, ["U0ALICE"], {"selected_users": ["U0ALICE"]}),
        ({"type": "conversations_select"}, "C0SMS", {"selected_conversation": "C0SMS"}),
        ({"type": "datepicker"}, "2026-01-31", {"selected_date": "2026-01-31"}),
        ({"type": "timepicker", "timezone": "UTC"}, "14:30", {"selected_time": "14:30", "timezone": "UTC"}),
        (
            {"type": "datetimepicker"},
            datetime(2026, 1, 31, tzinfo=UTC),
            {"selected_date_time": 1769817600},
        ),
    ],
)
def test_each_input_has_its_own_shape(element, value, state):
    assert state_of(element, value) == {"type": element["type"], **state}


def test_rich_text_is_made_of_plain_words():
    state = state_of({"type": "rich_text_input"}, "hello")
    assert state["rich_text_value"]["elements"][0]["elements"] == [{"type": "text", "text": "hello"}]


def test_a_button_holds_no_value_and_a_missing_option_is_named():
    with pytest.raises(NotOnScreenError):
        state_of({"type": "button"}, "x")
    with pytest.raises(NotOnScreenError, match="a, b"):
        state_of({"type": "static_select", "options": OPTIONS}, "c")


def test_an_untouched_form_has_its_initial_values():
    blocks = [
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {"type": "button", "action_id": "go"},
                {"type": "checkboxes", "action_id": "c", "options": OPTIONS, "initial_options": OPTIONS[:1]},
            ],
        },
        {"type": "section", "block_id": "s", "accessory": {"type": "datepicker", "action_id": "d"}},
        field({"type": "conversations_select", "default_to_current_conversation": True}),
    ]
    assert first_state(blocks, channel_id="C0SMS") == {
        "acts": {"c": {"type": "checkboxes", "selected_options": OPTIONS[:1]}},
        "s": {"d": {"type": "datepicker", "selected_date": None}},
        "b": {"x": {"type": "conversations_select", "selected_conversation": "C0SMS"}},
    }


def test_what_was_chosen_stays_only_while_it_is_offered():
    menu = {"type": "static_select", "options": OPTIONS}
    typed = {"b": {"x": state_of(menu, "b")}}
    assert keep_state([field(menu)], typed) == typed
    shorter = keep_state([field({**menu, "options": OPTIONS[:1]})], typed)
    assert shorter["b"]["x"]["selected_option"] is None
    other = keep_state([field({"type": "plain_text_input", "initial_value": "new"})], typed)
    assert other["b"]["x"]["value"] == "new"


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input"}, ""),
        ({"type": "plain_text_input", "max_length": 3}, "four"),
        ({"type": "plain_text_input", "min_length": 5}, "four"),
        ({"type": "email_text_input"}, "nobody"),
        ({"type": "url_text_input"}, "a.b"),
        ({"type": "number_input"}, "many"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5"),
        ({"type": "number_input", "max_value": "5"}, "6"),
        ({"type": "number_input", "min_value": "5"}, "4"),
        ({"type": "datepicker"}, "31/01/2026"),
        ({"type": "datepicker"}, "2026-02-30"),
        ({"type": "datetimepicker"}, 12),
        ({"type": "rich_text_input"}, {"type": "section"}),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U0ALICE", "U0BRUNO"]),
        ({"type": "checkboxes", "options": OPTIONS}, []),
    ],
)
def test_what_slacks_client_would_not_send(element, value):
    assert list(complaints(form(element, value))) == ["b"]


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "max_length": 4}, "four"),
        ({"type": "email_text_input"}, "a@b.fr"),
        ({"type": "number_input", "is_decimal_allowed": True}, "1.5"),
        ({"type": "datetimepicker"}, 1769817600),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U0ALICE"]),
    ],
)
def test_what_it_sends(element, value):
    assert complaints(form(element, value)) == {}


def test_an_optional_input_may_stay_empty():
    assert complaints(form({"type": "plain_text_input"}, None, optional=True)) == {}
