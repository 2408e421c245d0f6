"""The stand-in's Web API: what it accepts, what it refuses and in which words, what it remembers."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@pytest.fixture
async def slack():
    async with SlackStandIn(app_token="xapp-test") as stand_in:
        yield stand_in


@pytest.fixture
async def client(slack):
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


async def error_of(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_auth_test_names_the_bot_and_the_team(client):
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0SMSDESK", "B0SMSDESK", "T0DESK")


async def test_a_wrong_token_is_invalid_auth_and_none_is_not_authed(slack):
    async with aiohttp.ClientSession() as session:
        wrong = AsyncWebClient(token="xoxb-other", base_url=slack.api_url, session=session)
        assert await error_of(wrong.auth_test()) == "invalid_auth"
        async with session.post(slack.api_url + "auth.test") as answer:
            assert (await answer.json())["error"] == "not_authed"
    assert [one.error for one in slack.refused] == ["invalid_auth", "not_authed"]


async def test_an_app_token_opens_sockets_and_nothing_else(slack, client):
    assert await error_of(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    answer = await client.apps_connections_open(app_token="xapp-test")
    assert answer["url"].startswith("ws://127.0.0.1:")


async def test_an_unknown_method_is_refused(client):
    assert await error_of(client.api_call("chat.shout", json={"channel": "C0SMS"})) == "unknown_method"


@pytest.mark.parametrize(
    "args",
    [
        {"channel": "C0SMS", "text": "x", "client_msg_id": "1"},
        {"text": "x"},
        {"channel": "C0SMS", "text": 7},
        {"channel": "C0SMS", "text": "x", "unfurl_links": "perhaps"},
    ],
    ids=["unknown argument", "missing argument", "wrong type", "wrong flag"],
)
async def test_bad_arguments_are_refused_by_name(slack, client, args):
    assert await error_of(client.api_call("chat.postMessage", json=args)) == "invalid_arguments"
    assert slack.refused[-1].messages


async def test_team_id_is_allowed_everywhere(client):
    assert (await client.api_call("users.info", params={"user": "U0ALICE", "team_id": "T0DESK"}))["ok"]


async def test_a_call_without_its_scope_says_which_one_is_needed():
    async with SlackStandIn(scopes={"chat:write"}) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        await client.chat_postMessage(channel="C0SMS", text="allowed")
        with pytest.raises(SlackApiError) as caught:
            await client.conversations_history(channel="C0SMS")
        assert caught.value.response["error"] == "missing_scope"
        assert caught.value.response["needed"] == "channels:history"
        assert caught.value.response["provided"] == "chat:write"
        assert await error_of(client.chat_postMessage(channel="C0SMS", text="x", username="me")) == "missing_scope"


async def test_a_message_is_kept_with_ids_and_found_in_history(slack, client):
    metadata = {"event_type": "sms", "event_payload": {"id": "e1"}}
    posted = await client.chat_postMessage(channel="C0SMS", text="one", blocks=[SECTION], metadata=metadata)
    assert slack.messages("C0SMS")[0]["blocks"][0]["block_id"]
    plain = await client.conversations_history(channel="C0SMS")
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel="C0SMS", include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["ts"] == posted["ts"]


async def test_history_shows_roots_newest_first_and_replies_the_thread(slack, client):
    first = await client.chat_postMessage(channel="C0SMS", text="first")
    await client.chat_postMessage(channel="C0SMS", text="second")
    await client.chat_postMessage(channel="C0SMS", text="quiet", thread_ts=first["ts"])
    await client.chat_postMessage(channel="C0SMS", text="loud", thread_ts=first["ts"], reply_broadcast=True)
    history = await client.conversations_history(channel="C0SMS")
    assert [one["text"] for one in history["messages"]] == ["loud", "second", "first"]
    assert history["messages"][-1]["reply_count"] == 2
    replies = await client.conversations_replies(channel="C0SMS", ts=first["ts"])
    assert [one["text"] for one in replies["messages"]] == ["first", "quiet", "loud"]
    assert [one["text"] for one in slack.thread("C0SMS", first["ts"])] == ["first", "quiet", "loud"]


async def test_pages_of_history_follow_the_cursor(client):
    for number in range(5):
        await client.chat_postMessage(channel="C0SMS", text=str(number))
    seen, cursor = [], None
    while cursor != "":
        page = await client.conversations_history(channel="C0SMS", limit=2, cursor=cursor)
        seen += [one["text"] for one in page["messages"]]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
    assert seen == ["4", "3", "2", "1", "0"]
    assert await error_of(client.conversations_history(channel="C0SMS", cursor="rubbish")) == "invalid_cursor"


async def test_oldest_and_latest_leave_out_their_ends_unless_inclusive(client):
    stamps = [(await client.chat_postMessage(channel="C0SMS", text=str(n)))["ts"] for n in range(3)]
    ends = {"channel": "C0SMS", "oldest": stamps[0], "latest": stamps[2]}
    between = await client.conversations_history(**ends)
    assert [one["text"] for one in between["messages"]] == ["1"]
    closed = await client.conversations_history(**ends, inclusive=True)
    assert [one["text"] for one in closed["messages"]] == ["2", "1", "0"]


async def test_a_post_to_a_deleted_thread_lands_in_the_channel(slack, client):
    root = await client.chat_postMessage(channel="C0SMS", text="root")
    await client.chat_delete(channel="C0SMS", ts=root["ts"])
    answer = await client.chat_postMessage(channel="C0SMS", text="late", thread_ts=root["ts"])
    assert "thread_ts" not in answer["message"]
    assert [one["text"] for one in slack.messages("C0SMS")] == ["late"]


async def test_a_deleted_root_with_replies_leaves_a_tombstone(slack, client):
    root = await client.chat_postMessage(channel="C0SMS", text="root")
    await client.chat_postMessage(channel="C0SMS", text="reply", thread_ts=root["ts"])
    await client.chat_delete(channel="C0SMS", ts=root["ts"])
    assert slack.messages("C0SMS")[0]["subtype"] == "tombstone"
    assert [one["text"] for one in slack.thread("C0SMS", root["ts"])][1:] == ["reply"]
    assert await error_of(client.chat_update(channel="C0SMS", ts=root["ts"], text="x")) == "message_not_found"


async def test_only_own_messages_can_be_updated_or_deleted(slack, client):
    theirs = await slack.person("U0ALICE").write("C0SMS", "mine")
    where = {"channel": "C0SMS", "ts": theirs["ts"]}
    assert await error_of(client.chat_update(**where, text="no")) == "cant_update_message"
    assert await error_of(client.chat_delete(**where)) == "cant_delete_message"
    assert await error_of(client.chat_update(channel="C0SMS", ts="1.000001", text="x")) == "message_not_found"


async def test_an_update_keeps_what_it_does_not_name_and_empty_blocks_take_them_away(slack, client):
    metadata = {"event_type": "sms", "event_payload": {"id": "e1"}}
    posted = await client.chat_postMessage(channel="C0SMS", text="one", blocks=[SECTION], metadata=metadata)
    await client.chat_update(channel="C0SMS", ts=posted["ts"], text="two")
    message = slack.messages("C0SMS")[0]
    assert (message["text"], "blocks" in message, message["metadata"]) == ("two", True, metadata)
    assert message["edited"]["user"] == "U0SMSDESK"
    await client.chat_update(channel="C0SMS", ts=posted["ts"], text="three", blocks=[])
    assert "blocks" not in slack.messages("C0SMS")[0]
    too_long = client.chat_update(channel="C0SMS", ts=posted["ts"], text="x" * 4001)
    assert await error_of(too_long) == "msg_too_long"


async def test_where_the_app_may_not_post(slack, client):
    slack.world.add_channel("C0OLD", "old", ["U0SMSDESK"], is_archived=True)
    slack.world.add_channel("C0SECRET", "secret", ["U0ALICE"], kind="private")
    for channel, code in [
        ("C0RANDOM", "not_in_channel"),
        ("C0OLD", "is_archived"),
        ("C0SECRET", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
    ]:
        assert await error_of(client.chat_postMessage(channel=channel, text="x")) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "no_text"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5},
            "msg_blocks_too_long",
        ),
    ],
)
async def test_unfit_content_is_refused(client, content, code):
    call = client.api_call("chat.postMessage", json={"channel": "C0SMS", **content})
    assert await error_of(call) == code


async def test_invalid_blocks_say_where_they_are_wrong(slack, client):
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    assert await error_of(client.chat_postMessage(channel="C0SMS", text="x", blocks=blocks)) == "invalid_blocks"
    message = "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert slack.refused[-1].messages == (message,)


async def test_an_ephemeral_message_is_seen_by_one_person(slack, client):
    await client.chat_postEphemeral(channel="C0SMS", user="U0ALICE", text="psst", blocks=[SECTION])
    assert slack.person("U0ALICE").ephemerals[0]["text"] == "psst"
    assert slack.person("U0BRUNO").ephemerals == []
    assert slack.messages("C0SMS") == []
    slack.world.add_user("U0DAVID", "david")
    outside = client.chat_postEphemeral(channel="C0SMS", user="U0DAVID", text="x")
    assert await error_of(outside) == "user_not_in_channel"


async def test_users_and_groups_are_told_as_slack_tells_them(slack, client):
    slack.world.add_group("S0SALES", "sales", ["U0BRUNO"])
    alice = (await client.users_info(user="U0ALICE"))["user"]
    assert (alice["is_admin"], alice["tz"], "locale" in alice) == (True, "Europe/Paris", False)
    chloe = (await client.users_info(user="U0CHLOE", include_locale=True))["user"]
    assert chloe["locale"] == "en-GB"
    stranger = (await client.users_info(user="U0STRANGER"))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0OTHER")
    assert (await client.users_info(user="U0GUEST"))["user"]["is_ultra_restricted"]
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert len((await client.users_list())["members"]) == 7
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == ["U0BRUNO"]
    assert (await client.usergroups_users_list(usergroup="S0SALES"))["users"] == ["U0BRUNO"]
    assert await error_of(client.usergroups_users_list(usergroup="S0NONE")) == "no_such_subteam"
    assert (await client.bots_info(bot="B0ROBOT"))["bot"]["user_id"] == "U0ROBOT"


async def test_channels_are_listed_joined_and_opened(slack, client):
    listed = (await client.conversations_list(types="public_channel"))["channels"]
    assert {one["name"]: one["is_member"] for one in listed} == {"sms": True, "random": False}
    await client.conversations_join(channel="C0RANDOM")
    assert (await client.conversations_info(channel="C0RANDOM"))["channel"]["is_member"]
    assert "U0SMSDESK" in (await client.conversations_members(channel="C0RANDOM"))["members"]
    direct = (await client.conversations_open(users="U0ALICE"))["channel"]["id"]
    await client.chat_postMessage(channel="U0ALICE", text="hello")
    assert slack.messages(direct)[0]["text"] == "hello"
    assert await error_of(client.conversations_list(types="secret")) == "invalid_types"


async def test_permalinks_and_reactions(slack, client):
    root = await client.chat_postMessage(channel="C0SMS", text="root")
    reply = await client.chat_postMessage(channel="C0SMS", text="reply", thread_ts=root["ts"])
    link = (await client.chat_getPermalink(channel="C0SMS", message_ts=reply["ts"]))["permalink"]
    assert link.endswith(f"?thread_ts={root['ts']}&cid=C0SMS")
    place = {"channel": "C0SMS", "timestamp": root["ts"]}
    await client.reactions_add(**place, name="eyes")
    assert slack.messages("C0SMS")[0]["reactions"][0]["count"] == 1
    assert await error_of(client.reactions_add(**place, name="eyes")) == "already_reacted"


async def test_a_file_is_announced_uploaded_and_shared(slack, client):
    await client.files_upload_v2(channel="C0SMS", filename="list.csv", content="number\n", initial_comment="the list")
    message = slack.messages("C0SMS")[0]
    assert (message["text"], message["files"][0]["name"], message["files"][0]["size"]) == ("the list", "list.csv", 7)
    again = client.files_completeUploadExternal(files=[{"id": "F0NONE"}], channel_id="C0SMS")
    assert await error_of(again) == "file_not_found"


async def test_pace_of_one_message_a_second_and_channel(slack, client):
    slack.pace = True
    await client.chat_postMessage(channel="C0SMS", text="one")
    await client.chat_postMessage(channel="U0ALICE", text="elsewhere")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SMS", text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"
    assert len(slack.messages("C0SMS")) == 1


async def test_planned_failures_happen_once_each_and_in_order(slack, client):
    slack.fail("chat.postMessage", 429, retry_after=7)
    slack.fail("chat.postMessage", 500)
    slack.fail("chat.postMessage", "is_archived")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SMS", text="x")
    assert caught.value.response.headers["Retry-After"] == "7"
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SMS", text="x")
    assert caught.value.response.status_code == 500
    assert await error_of(client.chat_postMessage(channel="C0SMS", text="x")) == "is_archived"
    await client.chat_postMessage(channel="C0SMS", text="now")
    assert [one["text"] for one in slack.messages("C0SMS")] == ["now"]
    assert len(slack.called("chat.postMessage")) == 4


@pytest.mark.parametrize(("how", "kept"), [("drop", 0), ("drop_after", 1)])
async def test_a_dropped_connection_before_or_after_acting(slack, client, how, kept):
    slack.fail("chat.postMessage", how)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0SMS", text="x")
    assert len(slack.messages("C0SMS")) == kept


async def test_an_error_of_the_server_after_it_acted(slack, client):
    slack.fail("chat.postMessage", "500_after")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SMS", text="x")
    assert caught.value.response.status_code == 500
    assert len(slack.messages("C0SMS")) == 1


async def test_a_call_can_be_left_without_an_answer(slack):
    slack.fail("auth.test", "timeout")
    limit = aiohttp.ClientTimeout(total=0.1)
    async with aiohttp.ClientSession(timeout=limit) as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        with pytest.raises(asyncio.TimeoutError):
            await client.auth_test()


async def test_until_wakes_at_the_change_and_says_what_it_missed(slack, client):
    waiting = asyncio.create_task(slack.until(lambda: slack.messages("C0SMS")))
    await client.chat_postMessage(channel="C0SMS", text="there")
    assert (await waiting)[0]["text"] == "there"
    with pytest.raises(TimeoutError, match=r"chat\.postMessage"):
        await slack.until(lambda: False, timeout=0.01)
