"""Rendering: what a person would read in a message or a form."""

from bot.sandbox.slack import show, text_of


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


BUTTON = {"type": "button", "text": plain("Send"), "action_id": "send"}
NAMES = {"U0ALICE": "alice"}


def test_markup_is_read_and_bold_kept():
    text = (
        "*Hi* <@U0ALICE> &amp; <@U0BRUNO|bruno> in <#C0SMS|sms>: <https://a.b|a page> at <!date^1^{time}|14:32> &lt;3"
    )
    block = {"type": "section", "text": mrkdwn(text)}
    assert text_of([block], NAMES) == "*Hi* @alice & @bruno in #sms: a page (https://a.b) at 14:32 <3"


def test_plain_text_is_not_markup():
    assert text_of([{"type": "header", "text": plain("<@U0ALICE> &amp;")}], NAMES) == "# <@U0ALICE> &amp;"


def test_a_broadcast_and_an_unknown_person_keep_their_names():
    assert text_of([{"type": "section", "text": mrkdwn("<!channel> <@U0WHO>")}]) == "@channel @U0WHO"


def test_a_section_shows_fields_and_its_button():
    block = {"type": "section", "text": mrkdwn("Title"), "fields": [plain("a"), plain("b")], "accessory": BUTTON}
    assert text_of([block]) == "Title\n  a\n  b  [ Send ]"


def test_each_block_has_its_form():
    menu = {"type": "overflow", "options": [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}]}
    blocks = [
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("one"), plain("two")]},
        {"type": "actions", "elements": [BUTTON, menu]},
        {"type": "alert", "level": "warning", "text": plain("careful")},
        {"type": "image", "image_url": "https://a.b", "alt_text": "a chart"},
        {"type": "hologram"},
    ]
    assert text_of(blocks).split("\n")[1:] == [
        "one  two",
        "[ Send ]  [ ⋯ A / B ]",
        "⚠ careful",
        "[image: a chart]",
        "⚠ unknown block: hologram",
    ]


def test_a_table_is_aligned():
    rows = [["Name", "Sent"], ["a", "12"]]
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]}
    assert text_of([table]) == "Name | Sent\na    | 12"


def test_rich_text_shows_lists_quotes_and_people():
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0ALICE"}]},
            {"type": "rich_text_list", "style": "ordered", "elements": [item]},
            {"type": "rich_text_quote", "elements": [{"type": "link", "url": "https://a.b"}]},
        ],
    }
    assert text_of([block], NAMES) == "@alice\n1. first\n> https://a.b"


def test_a_chart_shows_title_and_figures():
    pie = {"type": "pie", "segments": [{"label": "Delivered", "value": 3}]}
    line = {"type": "line", "series": [{"name": "Balance", "data": [{"label": "Mon", "value": 9}]}]}
    blocks = [{"type": "data_visualization", "title": "Credits", "chart": chart} for chart in (pie, line)]
    assert text_of(blocks) == "Credits (pie)\n  Delivered: 3\nCredits (line)\n  Balance\n  Mon: 9"


def test_a_form_shows_labels_hints_and_what_is_filled_in():
    choices = [{"text": plain("Now"), "value": "now"}, {"text": plain("Later"), "value": "later"}]
    blocks = [
        {
            "type": "input",
            "block_id": "to",
            "label": plain("To"),
            "hint": plain("One per line"),
            "element": {"type": "plain_text_input", "action_id": "to"},
        },
        {
            "type": "input",
            "block_id": "when",
            "label": plain("When"),
            "optional": True,
            "element": {"type": "radio_buttons", "action_id": "w", "options": choices, "initial_option": choices[1]},
        },
        {
            "type": "input",
            "block_id": "text",
            "label": plain("Text"),
            "element": {"type": "plain_text_input", "action_id": "t", "placeholder": plain("Your text")},
        },
    ]
    view = {
        "type": "modal",
        "title": plain("Send an SMS"),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "blocks": blocks,
        "state": {"values": {"to": {"to": {"type": "plain_text_input", "value": "0612"}}}},
    }
    assert show(view).split("\n") == [
        "┌ Send an SMS",
        "To: ‹0612›",
        "  One per line",
        "When (optional): ( ) Now  (•) Later",
        "Text: ‹Your text›",
        "└ [ Cancel ]  [ Send ]",
    ]


def test_a_message_without_blocks_is_its_text():
    assert show({"text": "hello <@U0ALICE>"}, NAMES) == "hello @alice"
