"""Messages that people write, edit, delete and dismiss, as events."""

import aiohttp
import pytest

from bot.sandbox.slack import NotOnScreenError
from tests.sandbox.slack.small_app import CARD


async def test_writing_editing_and_deleting_are_events(slack, seen):
    bruno = slack.person("U0BRUNO")
    root = await bruno.write("C0SMS", "hello")
    reply = await bruno.write("C0SMS", "sms: hi", thread_ts=root["ts"])
    await bruno.edit("C0SMS", reply["ts"], "changed")
    await bruno.delete("C0SMS", reply["ts"])
    kinds = [event.get("subtype") for event in seen["messages"]]
    assert kinds == [None, None, "message_changed", "message_deleted"]
    assert seen["messages"][1]["thread_ts"] == root["ts"]
    assert seen["messages"][2]["previous_message"]["text"] == "sms: hi"
    assert seen["messages"][3]["deleted_ts"] == reply["ts"]
    assert slack.requests[0].payload["is_ext_shared_channel"] is True


async def test_a_broadcast_reply_names_its_root(slack, seen):
    bruno = slack.person("U0BRUNO")
    root = await bruno.write("C0SMS", "hello")
    await bruno.write("C0SMS", "all of you", thread_ts=root["ts"], broadcast=True)
    assert seen["messages"][1]["subtype"] == "thread_broadcast"
    assert seen["messages"][1]["root"]["ts"] == root["ts"]


async def test_nothing_is_heard_from_channels_without_the_app(slack):
    await slack.person("U0BRUNO").write("C0RANDOM", "secret")
    assert slack.requests == []


async def test_a_mention_is_told_twice_with_two_event_ids(slack):
    await slack.person("U0BRUNO").write("C0SMS", "<@U0SMSDESK> hello")
    first, second = slack.requests[:2]
    assert [one.payload["event"]["type"] for one in (first, second)] == ["message", "app_mention"]
    assert first.payload["event_id"] != second.payload["event_id"]


async def test_an_admin_deletes_any_message_and_others_only_their_own(slack, client, seen):
    posted = await client.chat_postMessage(channel="C0SMS", text="card")
    written = await slack.person("U0ALICE").write("C0SMS", "hello")
    for ts in (posted["ts"], written["ts"]):
        with pytest.raises(NotOnScreenError, match="bruno wrote no such message"):
            await slack.person("U0BRUNO").delete("C0SMS", ts)
    await slack.person("U0ALICE").delete("C0SMS", posted["ts"])
    assert [one["text"] for one in slack.messages("C0SMS")] == ["hello"]
    assert slack.requests[-1].payload["event"]["deleted_ts"] == posted["ts"]
    with pytest.raises(NotOnScreenError):
        await slack.person("U0ALICE").edit("C0SMS", posted["ts"], "not mine")


async def test_what_was_deleted_is_not_deleted_again(slack):
    alice = slack.person("U0ALICE")
    root = await alice.write("C0SMS", "hello")
    await alice.write("C0SMS", "reply", thread_ts=root["ts"])
    await alice.delete("C0SMS", root["ts"])
    assert slack.messages("C0SMS")[0]["subtype"] == "tombstone"
    with pytest.raises(NotOnScreenError):
        await alice.delete("C0SMS", root["ts"])


async def test_a_dismissed_message_is_gone_for_good(slack, client, seen):
    alice = slack.person("U0ALICE")
    await client.chat_postEphemeral(channel="C0SMS", user="U0ALICE", text="card", blocks=CARD)
    await client.chat_postEphemeral(channel="C0SMS", user="U0BRUNO", text="for Bruno")
    [whisper] = alice.ephemerals
    await alice.click(whisper, "pick")
    with pytest.raises(NotOnScreenError):
        await alice.dismiss(slack.person("U0BRUNO").ephemerals[0]["ts"])
    await alice.dismiss(whisper["ts"])
    async with aiohttp.ClientSession() as session:
        answer = {"text": "changed", "replace_original": True}
        async with session.post(seen["click"]["response_url"], json=answer) as response:
            assert response.status == 200  # Slack keeps no ephemeral messages, and knows of no dismissal
    assert (alice.ephemerals, slack.refused) == ([], [])
    with pytest.raises(NotOnScreenError):
        await alice.dismiss(whisper["ts"])


async def test_another_bot_writes_with_its_bot_id(slack, seen):
    await slack.person("U0ROBOT").write("C0SMS", "beep")
    assert seen["messages"][0]["bot_id"] == "B0ROBOT"
