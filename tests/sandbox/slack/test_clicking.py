"""Clicks, menus, shortcuts and the Home tab, as the app gets them."""

import pytest

from bot.sandbox.slack import NotOnScreenError
from tests.sandbox.slack.small_app import CARD, FORM, option, row


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
