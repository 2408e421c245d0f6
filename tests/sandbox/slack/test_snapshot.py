"""What two browsers share of forms, failures and choices, and that a snapshot stays as it was taken."""

import asyncio
import copy

import pytest
from aiohttp import web

from bot.sandbox.slack import NotOnScreenError, SlackStandIn
from tests.sandbox.slack.small_app import SECOND, option, serving


def remarks(slack):
    taken = slack.snapshot()
    return taken["form_errors"], taken["form_problems"]


async def test_words_under_a_field_go_when_it_is_filled(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    form = alice.view["id"]
    seen["answer"] = {"response_action": "errors", "errors": {"number": "too short", "day": "too late"}}
    await alice.submit({"number": "1"})
    assert remarks(slack) == ({form: {"number": "too short", "day": "too late"}}, {})
    assert "too short" not in str(alice.view)
    await alice.fill({"number": "12"})
    assert remarks(slack) == ({form: {"day": "too late"}}, {})
    seen["answer"] = {}
    await alice.submit()
    assert remarks(slack) == ({}, {})


async def test_what_slacks_client_complains_of_stands_there_too(slack):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    await alice.submit({"number": "x" * 11})
    assert remarks(slack)[0] == {alice.view["id"]: {"number": "This must be at most 10 characters."}}


@pytest.mark.parametrize("gone", ["closed", "updated", "another"])
async def test_words_go_with_their_form(slack, client, seen, gone):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    seen["answer"] = {"response_action": "errors", "errors": {"number": "no"}}
    await alice.submit({"number": "1"})
    if gone == "closed":
        await alice.close()
    elif gone == "updated":
        await client.views_update(view_id=alice.view["id"], view=SECOND)
    else:
        await alice.command("/sms", "form")
    assert remarks(slack) == ({}, {})


async def test_a_form_that_the_app_did_not_answer_says_so_until_the_next_try(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    seen["answer"] = {"response_action": "update", "view": {"type": "modal", "blocks": []}}
    await alice.submit({"number": "1"})
    assert remarks(slack) == ({}, {alice.view["id"]: "We had some trouble connecting. Try again?"})
    await alice.fill({"number": "2"})
    assert remarks(slack)[1]
    seen["answer"] = {}
    await alice.submit()
    assert remarks(slack) == ({}, {})


async def test_an_old_screen_leaves_no_words_behind(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    old = alice.view
    await alice.close()
    assert (await alice.submit({"number": ""}, old)).errors
    assert remarks(slack) == ({}, {})


async def test_a_failed_command_is_told_by_slackbot():
    async def broken(_request):
        return web.Response(status=500)

    async with SlackStandIn() as slack, serving(broken) as url:
        slack.connect(url)
        assert (await slack.person("U0BRUNO").command("/sms", "x")).problem == "dispatch_failed"
        [told] = slack.snapshot()["ephemerals"]["U0BRUNO"]
        assert slack.person("U0ALICE").ephemerals == []
    assert (told["user"], told["via"], told["channel"]) == ("USLACKBOT", "slackbot", "C0SMS")
    assert told["text"] == '/sms failed with the error "dispatch_failed"'


async def test_a_command_without_an_answer_is_told_by_slackbot():
    never = asyncio.Event()

    async def hanging(_request):
        await never.wait()
        return web.Response()

    async with SlackStandIn(answer_seconds=0.05) as slack, serving(hanging) as url:
        slack.connect(url)
        await slack.person("U0BRUNO").command("/sms", "x")
        never.set()
        assert slack.person("U0BRUNO").ephemerals[0]["text"] == '/sms failed with the error "operation_timeout"'


async def test_a_choice_in_a_message_is_kept_for_who_made_it(slack, client, seen):
    menu = {"type": "static_select", "action_id": "kind", "options": [option("now"), option("later")]}
    go = {"type": "button", "action_id": "pick", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
    card = [{"type": "actions", "block_id": "row", "elements": [menu, go]}]
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=card)
    where = ("C0SMS", posted["ts"])
    await slack.person("U0BRUNO").fill({"kind": "later"}, where)
    chosen = slack.snapshot()["chosen"]
    assert chosen["U0BRUNO"][posted["ts"]]["row"]["kind"]["selected_option"]["value"] == "later"
    assert list(chosen) == ["U0BRUNO"]
    await slack.person("U0BRUNO").click(where, "pick")
    assert seen["click"]["state"]["values"]["row"]["kind"]["selected_option"]["value"] == "later"
    await slack.person("U0ALICE").click(where, "pick")
    assert seen["click"]["state"]["values"]["row"]["kind"]["selected_option"] is None


async def test_the_home_tab_can_be_filled(slack, client, seen):
    menu = {"type": "static_select", "action_id": "kind", "options": [option("now")]}
    view = {"type": "home", "blocks": [{"type": "actions", "block_id": "row", "elements": [menu]}]}
    await client.views_publish(user_id="U0ALICE", view=view)
    alice = slack.person("U0ALICE")
    await alice.fill({"kind": "now"}, alice.home)
    assert alice.home["state"]["values"]["row"]["kind"]["selected_option"]["value"] == "now"
    with pytest.raises(NotOnScreenError):
        await alice.fill({"kind": "now"})


async def test_a_snapshot_stays_as_it_was_taken(slack, client):
    alice = slack.person("U0ALICE")
    root = await client.chat_postMessage(channel="C0SMS", text="root", blocks=[{"type": "divider"}])
    await client.reactions_add(channel="C0SMS", timestamp=root["ts"], name="eyes")
    await client.chat_postEphemeral(channel="C0SMS", user="U0ALICE", text="psst")
    await alice.command("/sms", "form")
    await alice.submit()
    taken = slack.snapshot()
    before = copy.deepcopy(taken)
    await alice.write("C0SMS", "reply", thread_ts=root["ts"])
    await client.reactions_add(channel="C0SMS", timestamp=root["ts"], name="wave")
    await client.chat_update(channel="C0SMS", ts=root["ts"], text="changed", blocks=[])
    await alice.fill({"number": "1"})
    await alice.read("C0SMS")
    await alice.dismiss(alice.ephemerals[0]["ts"])
    await alice.leave("C0SMS")
    await client.views_update(view_id=alice.view["id"], view=SECOND)
    assert taken == before
    assert slack.snapshot() != before
