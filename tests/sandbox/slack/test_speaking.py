"""Messages that people write, edit and delete, as events."""


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


async def test_another_bot_writes_with_its_bot_id(slack, seen):
    await slack.person("U0ROBOT").write("C0SMS", "beep")
    assert seen["messages"][0]["bot_id"] == "B0ROBOT"
