"""response_url, and answers to commands."""

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.small_app import CARD, FORM, row


async def test_a_command_is_signed_escaped_and_answered(slack, seen):
    alice = slack.person("U0ALICE")
    result = await alice.command("/sms", "ask @bruno & <b> in #sms")
    assert result.status == 200
    assert seen["command"]["text"] == "ask <@U0BRUNO|bruno> &amp; &lt;b&gt; in <#C0SMS|sms>"
    assert result.answer["text"].startswith("you said ask")
    assert alice.ephemerals[0]["via"] == "command"
    assert 0 < result.elapsed < 3


async def test_an_answer_to_a_command_may_be_for_all_or_unfit(slack):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "all")
    assert [one["text"] for one in slack.messages("C0SMS")] == ["for all"]
    result = await alice.command("/sms", "bad")
    assert (result.problem, [one["via"] for one in alice.ephemerals]) == ("dispatch_failed", ["slackbot"])
    assert slack.refused[-1].error == "invalid_payload"


async def test_a_conversation_chosen_in_a_form_gives_a_response_url(slack, seen):
    menu = {"type": "conversations_select", "default_to_current_conversation": True, "response_url_enabled": True}
    trigger = slack.workspace.modals.new_trigger("U0ALICE", channel_id="C0SMS")
    view = {**FORM, "blocks": [row("where", menu)]}
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        await client.views_open(trigger_id=trigger.id, view=view)
        alice = slack.person("U0ALICE")
        await alice.submit()
        way = seen["submission"]["response_urls"][0]
        assert (way["channel_id"], way["block_id"]) == ("C0SMS", "where")
        async with session.post(way["response_url"], json={"text": "here"}) as answer:
            assert answer.status == 200
    assert alice.ephemerals[0]["text"] == "here"


async def test_a_response_url_works_five_times(slack, seen):
    bruno = slack.person("U0BRUNO")
    await bruno.command("/sms", "silent")
    url = seen["command"]["response_url"]
    async with aiohttp.ClientSession() as session:
        statuses = []
        for number in range(6):
            async with session.post(url, json={"text": str(number)}) as answer:
                statuses.append(answer.status)
    assert slack.refused[-1].error == "used_url"
    assert statuses == [200] * 5 + [404]
    assert [one["text"] for one in bruno.ephemerals] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_replaces_and_deletes_what_was_clicked(slack, client, seen):
    bruno = slack.person("U0BRUNO")
    await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    await bruno.click(slack.messages("C0SMS")[0], "pick")
    async with aiohttp.ClientSession() as session:
        await session.post(seen["click"]["response_url"], json={"text": "done", "replace_original": True})
        assert slack.messages("C0SMS")[0]["text"] == "done"
        assert "blocks" not in slack.messages("C0SMS")[0]
        await client.chat_postEphemeral(channel="C0SMS", user="U0BRUNO", text="card", blocks=CARD)
        await bruno.click(bruno.ephemerals[0], "pick")
        assert seen["click"]["container"]["is_ephemeral"]
        assert "message" not in seen["click"]
        await session.post(seen["click"]["response_url"], json={"delete_original": True})
        await session.post(seen["click"]["response_url"], json={"text": "all", "response_type": "in_channel"})
    assert bruno.ephemerals == []
    assert [one["text"] for one in slack.messages("C0SMS")] == ["done", "all"]
