"""A person at a form: filling, submitting, closing, and each answer the app may give."""

import pytest

from bot.sandbox.slack import NotOnScreenError
from tests.sandbox.slack.small_app import SECOND, plain


async def test_a_form_opens_is_filled_and_submitted(slack, seen):
    alice = slack.person("U0ALICE")
    result = await alice.command("/sms", "form")
    assert result.view["private_metadata"] == "secret"
    assert result.view["id"] == alice.view["id"]
    outcome = await alice.submit({"number": "0612", "kind": "Later", "list": "staff"})
    assert (outcome.action, outcome.status, alice.view) == ("close", 200, None)
    values = seen["submission"]["view"]["state"]["values"]
    assert values["number"]["n"] == {"type": "plain_text_input", "value": "0612"}
    assert next(iter(values["kind"].values()))["selected_option"]["value"] == "later"
    assert values["list"]["lists"]["selected_option"]["value"] == "staff"
    assert next(iter(values["day"].values()))["selected_date"] == "2026-01-31"
    assert seen["query"] == "staff"
    assert seen["submission"]["user"] == {"id": "U0ALICE", "username": "alice", "name": "alice", "team_id": "T0DESK"}


async def test_slacks_client_refuses_what_is_empty_or_too_long_before_sending(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    sent = len(slack.requests)
    assert list((await alice.submit()).errors) == ["number"]
    assert list((await alice.submit({"number": "x" * 11})).errors) == ["number"]
    assert len(slack.requests) == sent
    assert "submission" not in seen


async def test_nobody_can_choose_what_is_not_offered(slack):
    alice = slack.person("U0ALICE")
    with pytest.raises(NotOnScreenError):
        await alice.submit({"number": "1"})
    await alice.command("/sms", "form")
    with pytest.raises(NotOnScreenError, match="now, later"):
        await alice.fill({"kind": "never"})
    with pytest.raises(NotOnScreenError, match="number/n"):
        await alice.fill({"colour": "red"})


@pytest.mark.parametrize(
    ("answer", "action", "titles"),
    [
        ({"response_action": "update", "view": SECOND}, "update", ["Second"]),
        ({"response_action": "push", "view": SECOND}, "push", ["Form", "Second"]),
        ({"response_action": "clear"}, "clear", []),
        ({"response_action": "errors", "errors": {"number": "no"}}, "errors", ["Form"]),
    ],
)
async def test_each_answer_to_a_form_does_its_work(slack, seen, answer, action, titles):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    seen["answer"] = answer
    result = await alice.submit({"number": "1"})
    assert (result.action, result.problem) == (action, None)
    assert [view["title"]["text"] for view in alice.views] == titles
    assert result.errors == answer.get("errors", {})


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "no"}},
        {"response_action": "errors", "errors": {"more": "not an input"}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    ],
)
async def test_an_answer_that_slack_does_not_take_leaves_the_form_open(slack, seen, answer):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    seen["answer"] = answer
    result = await alice.submit({"number": "1"})
    assert result.problem.startswith("We had some trouble")
    assert alice.view["title"]["text"] == "Form"
    assert slack.refused


async def test_a_click_in_a_form_updates_it_and_keeps_what_was_typed(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    await alice.fill({"number": "0612"})
    old = alice.view
    await alice.click(old, "preview")
    await slack.until(lambda: alice.view["hash"] != old["hash"])
    assert seen["preview"]["container"] == {"type": "view", "view_id": old["id"]}
    assert seen["preview"]["view"]["state"]["values"]["number"]["n"]["value"] == "0612"
    assert alice.view["state"]["values"]["number"]["n"]["value"] == "0612"
    assert alice.view["blocks"][-1]["type"] == "divider"


async def test_closing_tells_the_app_if_it_asked_for_it(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    result = await alice.close()
    assert (result.status, alice.view, seen["closed"]["is_cleared"]) == (200, None, False)


async def test_a_form_can_be_submitted_twice_as_by_a_double_click(slack):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    await alice.fill({"number": "1"})
    old = alice.view
    first = await alice.submit()
    second = await alice.submit(view=old)
    assert (first.action, second.action, alice.view) == ("close", "close", None)
    assert [one.kind for one in slack.requests].count("view_submission") == 2


async def test_an_external_menu_shows_what_the_app_offers(slack, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    assert [one["value"] for one in await alice.options("list", "cl")] == ["clients", "staff"]
    assert await alice.options("list", "") == []
    seen["options"] = [{"text": plain("x" * 76), "value": "x"}]
    assert await alice.options("list", "cl") == []
    assert slack.refused[-1].error == "invalid_options"
