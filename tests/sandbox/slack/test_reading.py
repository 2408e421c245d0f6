"""What is unread for whom, in channels and threads."""

import pytest

from bot.sandbox.slack import NotOnScreenError
from bot.sandbox.slack.reading import NEVER


def channel(slack, channel_id="C0SMS"):
    return slack.snapshot()["channels"][channel_id]


async def test_what_others_write_is_unread_until_it_is_read(slack, client):
    bruno = slack.person("U0BRUNO")
    await slack.person("U0ALICE").write("C0SMS", "one")
    two = await client.chat_postMessage(channel="C0SMS", text="two")
    assert channel(slack)["unread"]["U0BRUNO"] == 2
    assert channel(slack)["last_read"]["U0BRUNO"] == NEVER
    assert "U0SMSDESK" not in channel(slack)["unread"]
    await bruno.read("C0SMS")
    assert (channel(slack)["unread"]["U0BRUNO"], channel(slack)["last_read"]["U0BRUNO"]) == (0, two["ts"])
    assert channel(slack)["unread"]["U0ALICE"] == 1


async def test_reading_again_rings_no_bell(slack):
    await slack.person("U0ALICE").write("C0SMS", "one")
    await slack.person("U0BRUNO").read("C0SMS")
    before = slack.changes.count
    await slack.person("U0BRUNO").read("C0SMS")
    await slack.person("U0BRUNO").read("C0RANDOM")
    assert slack.changes.count == before


async def test_who_writes_has_read_what_stands_above(slack):
    await slack.person("U0ALICE").write("C0SMS", "one")
    await slack.person("U0BRUNO").write("C0SMS", "two")
    assert channel(slack)["unread"] | {"U0ALICE": 1, "U0BRUNO": 0} == channel(slack)["unread"]


async def test_replies_count_in_the_channel_only_when_they_are_broadcast(slack):
    alice = slack.person("U0ALICE")
    root = await alice.write("C0SMS", "root")
    await slack.person("U0BRUNO").read("C0SMS")
    await alice.write("C0SMS", "reply", thread_ts=root["ts"])
    assert channel(slack)["unread"]["U0BRUNO"] == 0
    await alice.write("C0SMS", "for all", thread_ts=root["ts"], broadcast=True)
    assert channel(slack)["unread"]["U0BRUNO"] == 1


async def test_a_thread_concerns_who_wrote_in_it_or_was_named_in_it(slack):
    alice, bruno = slack.person("U0ALICE"), slack.person("U0BRUNO")
    root = await alice.write("C0SMS", "root")
    await bruno.write("C0SMS", "first @chloe", thread_ts=root["ts"])
    unread = channel(slack)["unread_threads"]
    assert {who for who, threads in unread.items() if threads} == {"U0ALICE", "U0CHLOE"}
    assert unread["U0ALICE"] == [root["ts"]]
    await alice.read("C0SMS")
    assert channel(slack)["unread_threads"]["U0ALICE"] == [root["ts"]]
    await alice.read("C0SMS", root["ts"])
    assert channel(slack)["unread_threads"]["U0ALICE"] == []
    await alice.write("C0SMS", "second", thread_ts=root["ts"])
    assert channel(slack)["unread_threads"]["U0BRUNO"] == [root["ts"]]
    assert channel(slack)["unread_threads"]["U0ALICE"] == []


async def test_a_thread_that_the_app_began_concerns_every_member(slack, client):
    root = await client.chat_postMessage(channel="C0SMS", text="card")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "a reply"}}]
    await client.chat_postMessage(channel="C0SMS", text="a reply", blocks=blocks, thread_ts=root["ts"])
    unread = channel(slack)["unread_threads"]
    assert unread["U0BRUNO"] == unread["U0GUEST"] == [root["ts"]]


async def test_a_mention_in_a_block_counts_as_one(slack, client):
    root = await slack.person("U0ALICE").write("C0SMS", "root")
    user = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0CHLOE"}]}
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "for <@U0BRUNO|bruno>"}},
        {"type": "rich_text", "elements": [user]},
    ]
    await client.chat_postMessage(channel="C0SMS", text="x", blocks=blocks, thread_ts=root["ts"])
    unread = channel(slack)["unread_threads"]
    assert {who for who, threads in unread.items() if threads} == {"U0ALICE", "U0BRUNO", "U0CHLOE"}


async def test_who_has_just_come_in_has_read_all(slack, client):
    root = await client.chat_postMessage(channel="C0SMS", text="card")
    await client.chat_postMessage(channel="C0SMS", text="reply", thread_ts=root["ts"])
    await slack.join("C0SMS", slack.world.add_user("U0DAVID", "david").id)
    state = channel(slack)
    assert (state["unread"]["U0DAVID"], state["unread_threads"]["U0DAVID"]) == (0, [])
    await client.chat_postMessage(channel="C0SMS", text="later", thread_ts=root["ts"])
    await client.chat_postMessage(channel="C0SMS", text="news")
    state = channel(slack)
    assert (state["unread"]["U0DAVID"], state["unread_threads"]["U0DAVID"]) == (1, [root["ts"]])


async def test_nobody_reads_where_they_are_not(slack):
    slack.world.add_user("U0DAVID", "david")
    for person, place, thread in (
        ("U0DAVID", "C0SMS", None),
        ("U0ALICE", "C0SMS", "1.000001"),
        ("U0ALICE", "C0", None),
    ):
        with pytest.raises(NotOnScreenError):
            await slack.person(person).read(place, thread)
