"""Clicks, menus, shortcuts and the Home tab, as the app gets them."""

import pytest

from bot.sandbox.slack import NotOnScreenError
from tests.sandbox.slack.small_app import CARD, FORM, option, plain, row


async def test_a_button_in_a_message_carries_message_state_and_response_url(slack, client, seen):
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    await slack.person("U0BRUNO").click(slack.messages("C0SMS")[0], "pick", "2")
    body = seen["click"]
    assert body["actions"][0]["value"] == "2"
    assert body["message"]["ts"] == body["container"]["message_ts"] == posted["ts"]
    assert body["channel"] == {"id": "C0SMS", "name": "sms"}
    assert body["response_url"].startswith(slack.base_url)
    assert "channel" not in body["message"]


async def test_a_confirmation_that_is_declined_sends_nothing(slack, client):
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    where = ("C0SMS", posted["ts"])
    result = await slack.person("U0BRUNO").click(where, "pick", "2", confirm=False)
    assert (result.status, slack.requests) == (None, [])


async def test_an_overflow_menu_gives_the_option_chosen(slack, client, seen):
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    await slack.person("U0BRUNO").click(("C0SMS", posted["ts"]), "menu", "show")
    assert seen["menu"]["actions"][0]["selected_option"]["value"] == "show"


async def test_a_choice_in_a_message_and_in_a_form_carries_its_value(slack, client, seen):
    menu = {"type": "static_select", "action_id": "pick", "options": [option("now"), option("later")]}
    posted = await client.chat_postMessage(
        channel="C0SMS", text="card", blocks=[{"type": "actions", "elements": [menu]}]
    )
    bruno = slack.person("U0BRUNO")
    await bruno.click(("C0SMS", posted["ts"]), "pick", "later")
    assert seen["click"]["actions"][0]["selected_option"]["value"] == "later"
    trigger = slack.workspace.modals.new_trigger("U0BRUNO")
    blocks = [row("loud", menu, dispatch_action=True), row("quiet", {**menu, "action_id": "other"})]
    await client.views_open(trigger_id=trigger.id, view={**FORM, "blocks": blocks})
    await bruno.click(bruno.view, "pick", "now")
    assert seen["click"]["view"]["state"]["values"]["loud"]["pick"]["selected_option"]["value"] == "now"
    with pytest.raises(NotOnScreenError, match="does not tell the app"):
        await bruno.click(bruno.view, "other", "now")


async def test_a_block_tells_elements_of_one_name_apart(slack, client, seen):
    menu = {"type": "overflow", "action_id": "menu", "options": [option("hide")]}
    blocks = [{"type": "actions", "block_id": name, "elements": [menu]} for name in ("first", "second")]
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=blocks)
    bruno, where = slack.person("U0BRUNO"), ("C0SMS", posted["ts"])
    await bruno.click(where, "menu", "hide", block_id="second")
    assert seen["menu"]["actions"][0]["block_id"] == "second"
    with pytest.raises(NotOnScreenError):
        await bruno.click(where, "menu", "hide", block_id="third")
    with pytest.raises(NotOnScreenError, match="choose one"):
        await bruno.click(where, "menu")


async def test_feedback_and_icon_buttons_are_for_whom_they_are_meant(slack, client, seen):
    good, bad = ({"text": plain(word), "value": word} for word in ("good", "bad"))
    feedback = {"type": "feedback_buttons", "action_id": "pick", "positive_button": good, "negative_button": bad}
    trash = {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Delete")}
    trash["visible_to_user_ids"] = ["U0ALICE"]
    blocks = [{"type": "context_actions", "elements": [feedback, trash]}]
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=blocks)
    bruno, where = slack.person("U0BRUNO"), ("C0SMS", posted["ts"])
    await bruno.click(where, "pick", "bad")
    assert (seen["click"]["actions"][0]["value"], seen["click"]["actions"][0]["text"]) == ("bad", plain("bad"))
    for action_id, value in (("pick", None), ("pick", "so-so"), ("bin", None)):
        with pytest.raises(NotOnScreenError):
            await bruno.click(where, action_id, value)
    sent = len(slack.requests)
    await slack.person("U0ALICE").click(where, "bin")
    assert len(slack.requests) > sent


async def test_a_card_of_a_carousel_is_clicked(slack, client, seen):
    go = {"type": "button", "action_id": "pick", "text": plain("Go"), "value": "1"}
    cards = [{"type": "card", "title": plain(name), "actions": [go]} for name in ("one", "two")]
    posted = await client.chat_postMessage(
        channel="C0SMS", text="cards", blocks=[{"type": "carousel", "elements": cards}]
    )
    second = posted["message"]["blocks"][0]["elements"][1]["block_id"]
    await slack.person("U0BRUNO").click(("C0SMS", posted["ts"]), "pick", block_id=second)
    assert seen["click"]["actions"][0]["block_id"] == second


@pytest.mark.parametrize(
    ("element", "value", "state"),
    [
        ({"type": "plain_text_input"}, "two\nlines", {"value": "two lines"}),
        ({"type": "plain_text_input", "min_length": 5}, "two", {"value": "two"}),
        ({"type": "number_input", "is_decimal_allowed": False}, 7, {"value": "7"}),
        ({"type": "email_text_input"}, "a@b.fr", {"value": "a@b.fr"}),
        ({"type": "checkboxes", "options": [option("a"), option("b")]}, ["b"], {"selected_options": [option("b")]}),
        ({"type": "radio_buttons", "options": [option("a")]}, "a", {"selected_option": option("a")}),
        ({"type": "users_select"}, "U0CHLOE", {"selected_user": "U0CHLOE"}),
        ({"type": "multi_conversations_select"}, ["C0SMS"], {"selected_conversations": ["C0SMS"]}),
        ({"type": "external_select", "min_query_length": 0}, "staff", {"selected_option": option("staff")}),
        ({"type": "multi_external_select", "min_query_length": 1}, ["staff"], {"selected_options": [option("staff")]}),
        ({"type": "datepicker"}, "2026-02-28", {"selected_date": "2026-02-28"}),
        ({"type": "timepicker"}, "23:59", {"selected_time": "23:59"}),
        ({"type": "datetimepicker"}, 1769817600, {"selected_date_time": 1769817600}),
        ({"type": "datepicker"}, None, {"selected_date": None}),
    ],
)
async def test_every_input_that_tells_the_app_does_it_with_its_value(slack, client, seen, element, value, state):
    action_id = "lists" if "external" in element["type"] else "pick"
    trigger = slack.workspace.modals.new_trigger("U0BRUNO")
    blocks = [row("field", {**element, "action_id": action_id}, dispatch_action=True)]
    await client.views_open(trigger_id=trigger.id, view={**FORM, "blocks": blocks})
    bruno = slack.person("U0BRUNO")
    await bruno.click(bruno.view, action_id, value)
    [action] = slack.requests[-1].payload["actions"]
    assert action | {"type": element["type"], **state} == action
    assert bruno.view["state"]["values"]["field"][action_id] == {"type": element["type"], **state}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "datepicker"}, "2026-02-30"),
        ({"type": "timepicker"}, "24:00"),
        ({"type": "datetimepicker"}, "tomorrow"),
        ({"type": "users_select"}, "U0NOBODY"),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U0ALICE", "U0BRUNO"]),
        ({"type": "rich_text_input"}, {"type": "section"}),
    ],
)
async def test_no_picker_gives_what_it_does_not_offer(slack, client, element, value):
    trigger = slack.workspace.modals.new_trigger("U0BRUNO")
    blocks = [row("field", {**element, "action_id": "pick"}, dispatch_action=True)]
    await client.views_open(trigger_id=trigger.id, view={**FORM, "blocks": blocks})
    bruno = slack.person("U0BRUNO")
    before = bruno.view
    with pytest.raises(NotOnScreenError):
        await bruno.click(before, "pick", value)
    assert (bruno.view, slack.requests) == (before, [])


async def test_nobody_clicks_what_is_not_there(slack, client):
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    slack.world.add_user("U0DAVID", "david")
    bruno = slack.person("U0BRUNO")
    for person, where, action_id, value in [
        (bruno, ("C0SMS", posted["ts"]), "elsewhere", None),
        (bruno, ("C0SMS", posted["ts"]), "pick", "3"),
        (bruno, ("C0SMS", "1.000001"), "pick", None),
        (slack.person("U0DAVID"), ("C0SMS", posted["ts"]), "pick", None),
    ]:
        with pytest.raises(NotOnScreenError):
            await person.click(where, action_id, value)
    assert slack.requests == []


async def test_a_stranger_can_click_and_shows_another_team(slack, client, seen):
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    await slack.person("U0STRANGER").click(("C0SMS", posted["ts"]), "pick")
    assert (seen["click"]["user"]["team_id"], seen["click"]["team"]["id"]) == ("T0OTHER", "T0DESK")


async def test_a_global_shortcut_opens_a_form(slack, seen):
    alice = slack.person("U0ALICE")
    result = await alice.shortcut("send")
    await slack.until(lambda: alice.view)
    assert result.view["id"] == alice.view["id"]
    assert "channel" not in seen["shortcut"]


async def test_a_message_shortcut_carries_the_message(slack, seen):
    message = await slack.person("U0BRUNO").write("C0SMS", "call 06 12 34 56 78")
    await slack.person("U0ALICE").message_shortcut("send", message)
    assert seen["shortcut"]["message"]["text"] == "call 06 12 34 56 78"
    assert seen["shortcut"]["message_ts"] == message["ts"]


async def test_the_home_tab_is_published(slack):
    alice = slack.person("U0ALICE")
    assert alice.home is None
    await alice.open_home()
    assert (await slack.until(lambda: alice.home))["blocks"][0]["type"] == "header"


async def test_a_button_of_the_home_tab_is_clicked(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.open_home()
    await slack.until(lambda: alice.home)
    await alice.click(alice.home, "pick", "1")
    assert seen["click"]["view"]["type"] == "home"
    assert "response_url" not in seen["click"]
