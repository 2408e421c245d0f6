"""People who bring others into channels, leave, remove, make and archive channels."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import NotOnScreenError


def told(slack):
    return [one.payload["event"] for one in slack.requests if one.kind == "event" and one.retry_num == 0]


def kinds(slack):
    return [event.get("subtype") or event["type"] for event in told(slack)]


async def error_of(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_a_person_is_invited_and_everybody_sees_it(slack):
    slack.world.add_user("U0DAVID", "david")
    await slack.person("U0BRUNO").invite("C0SMS", "U0DAVID")
    joined, said = told(slack)
    assert (joined["type"], joined["user"], joined["inviter"]) == ("member_joined_channel", "U0DAVID", "U0BRUNO")
    assert (said["subtype"], said["user"], said["text"]) == (
        "channel_join",
        "U0DAVID",
        "<@U0DAVID> has joined the channel",
    )
    assert slack.messages("C0SMS")[-1]["subtype"] == "channel_join"
    state = slack.snapshot()["channels"]["C0SMS"]
    assert "U0DAVID" in state["members"]
    assert set(state["unread"].values()) == {0}


async def test_the_app_is_invited_and_removed_and_then_it_may_not_post(slack, client):
    bruno = slack.person("U0BRUNO")
    assert await error_of(client.chat_postMessage(channel="C0RANDOM", text="x")) == "not_in_channel"
    await bruno.invite("C0RANDOM", "U0SMSDESK")
    await client.chat_postMessage(channel="C0RANDOM", text="here I am")
    await bruno.remove("C0RANDOM", "U0SMSDESK")
    assert told(slack)[-1] | {"type": "member_left_channel", "user": "U0SMSDESK"} == told(slack)[-1]
    assert await error_of(client.chat_postMessage(channel="C0RANDOM", text="x")) == "not_in_channel"
    assert await error_of(client.conversations_history(channel="C0RANDOM")) == "not_in_channel"
    heard = len(slack.requests)
    await bruno.write("C0RANDOM", "among ourselves")
    assert len(slack.requests) == heard


async def test_who_leaves_is_gone_and_may_not_write(slack):
    bruno = slack.person("U0BRUNO")
    await bruno.leave("C0SMS")
    assert kinds(slack) == ["member_left_channel", "channel_leave"]
    for act in (bruno.write("C0SMS", "x"), bruno.leave("C0SMS"), bruno.command("/sms")):
        with pytest.raises(NotOnScreenError, match="not in this channel"):
            await act


async def test_an_admin_removes_anybody_and_others_only_from_private_channels(slack):
    with pytest.raises(NotOnScreenError, match="cannot remove people"):
        await slack.person("U0BRUNO").remove("C0SMS", "U0CHLOE")
    await slack.person("U0ALICE").remove("C0SMS", "U0CHLOE")
    assert "U0CHLOE" not in slack.world.channels["C0SMS"].members
    slack.world.add_channel("C0DEN", "den", ["U0BRUNO", "U0CHLOE"], kind="private")
    await slack.person("U0BRUNO").remove("C0DEN", "U0CHLOE")
    assert slack.world.channels["C0DEN"].members == ["U0BRUNO"]


async def test_what_a_screen_does_not_offer_of_all_this(slack):
    alice, guest = slack.person("U0ALICE"), slack.person("U0GUEST")
    slack.world.add_user("U0DAVID", "david")
    slack.world.add_user("U0GONE", "gone", deleted=True)
    direct = slack.world.direct_message("U0ALICE").id
    for act in (
        alice.invite("C0SMS", "U0BRUNO"),
        alice.invite("C0SMS", "U0NOBODY"),
        alice.invite("C0SMS", "U0GONE"),
        alice.invite(direct, "U0BRUNO"),
        alice.leave(direct),
        alice.remove("C0SMS", "U0ALICE"),
        alice.remove("C0SMS", "U0DAVID"),
        guest.invite("C0SMS", "U0DAVID"),
        guest.create_channel("mine"),
        slack.person("U0DAVID").invite("C0SMS", "U0DAVID"),
    ):
        with pytest.raises(NotOnScreenError):
            await act
    assert slack.requests == []


async def test_a_channel_is_made_with_its_maker_in_it(slack, client):
    bruno = slack.person("U0BRUNO")
    made = await bruno.create_channel("support-lyon")
    assert kinds(slack) == ["channel_created"]
    assert told(slack)[0]["channel"]["creator"] == "U0BRUNO"
    shown = slack.snapshot()["channels"][made["id"]]
    assert (shown["name"], shown["kind"], shown["members"]) == ("support-lyon", "public", ["U0BRUNO"])
    assert (await client.conversations_info(channel=made["id"]))["channel"]["creator"] == "U0BRUNO"
    secret = await bruno.create_channel("secret", private=True)
    assert await error_of(client.conversations_info(channel=secret["id"])) == "channel_not_found"
    await bruno.invite(secret["id"], "U0SMSDESK")
    assert (await client.conversations_info(channel=secret["id"]))["channel"]["is_private"]


@pytest.mark.parametrize("name", ["sms", "Sales", "two words", "a.b", "", "x" * 81, "#sales"])
async def test_a_channel_needs_a_good_name_of_its_own(slack, name):
    with pytest.raises(NotOnScreenError, match="name"):
        await slack.person("U0ALICE").create_channel(name)


async def test_an_archived_channel_is_read_but_not_written_to(slack, client):
    alice = slack.person("U0ALICE")
    await alice.write("C0SMS", "before")
    await alice.archive("C0SMS")
    assert kinds(slack) == ["message", "channel_archive", "channel_archive"]
    assert told(slack)[1] | {"channel": "C0SMS", "user": "U0ALICE", "is_moved": 0} == told(slack)[1]
    assert slack.snapshot()["channels"]["C0SMS"]["is_archived"]
    assert await error_of(client.chat_postMessage(channel="C0SMS", text="x")) == "is_archived"
    assert len((await client.conversations_history(channel="C0SMS"))["messages"]) == 2
    await slack.person("U0BRUNO").read("C0SMS")
    for act in (alice.write("C0SMS", "x"), alice.command("/sms"), alice.archive("C0SMS")):
        with pytest.raises(NotOnScreenError):
            await act


async def test_an_admin_archives_any_channel_and_others_their_own(slack):
    bruno = slack.person("U0BRUNO")
    with pytest.raises(NotOnScreenError, match="cannot archive"):
        await bruno.archive("C0SMS")
    made = await bruno.create_channel("mine", private=True)
    await bruno.invite(made["id"], "U0SMSDESK")
    await bruno.archive(made["id"])
    assert kinds(slack)[-2:] == ["group_archive", "channel_archive"]


async def test_a_member_joins_a_public_channel_and_the_app_in_it_hears(slack):
    slack.world.add_channel("C0NEW", "new", [slack.world.bot_user_id])
    await slack.person("U0BRUNO").join("C0NEW")
    assert "U0BRUNO" in slack.world.channels["C0NEW"].members
    with pytest.raises(NotOnScreenError, match="already"):
        await slack.person("U0BRUNO").join("C0NEW")


async def test_guests_join_nothing_and_nobody_a_private_channel(slack):
    slack.world.add_channel("C0NEW", "new", ["U0ALICE"])
    slack.world.add_channel("C0SECRET", "secret", ["U0ALICE"], kind="private")
    for who, where in (("U0GUEST", "C0NEW"), ("U0BRUNO", "C0SECRET"), ("U0BRUNO", "C0NOWHERE")):
        with pytest.raises(NotOnScreenError, match="cannot join"):
            await slack.person(who).join(where)
