"""What a manifest declares, and that people can use nothing else of the app."""

from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import AppManifest, NotOnScreenError, SlackStandIn, read_manifest
from bot.sandbox.slack.manifest import Command, Shortcut
from tests.sandbox.slack.small_app import serving

OURS = Path(__file__).resolve().parents[3] / "manifest.yml"
SMALL = AppManifest(
    "Small",
    scopes=frozenset({"commands", "chat:write", "im:write"}),
    events=frozenset({"app_home_opened"}),
    commands=(Command("/raw"), Command("/sms", should_escape=True)),
    shortcuts=(Shortcut("Send", "global", "send"), Shortcut("Forward", "message", "forward")),
)


@asynccontextmanager
async def using(manifest, **more):
    async def fine(_request):
        return web.Response()

    async with SlackStandIn(manifest, **more) as slack, serving(fine) as url:
        slack.connect(url)
        yield slack


def test_our_own_manifest_is_read():
    app = read_manifest(OURS)
    assert app.name == "SMS desk"
    assert "chat:write" in app.scopes
    assert "user_change" in app.events
    command = app.command("/sms")
    assert (command.should_escape, "send" in command.usage_hint) == (True, True)
    assert app.shortcut("global", "send_sms").name == "Send an SMS"
    assert app.shortcut("message", "send_sms") is None


def test_what_a_manifest_leaves_out_is_not_there(tmp_path):
    file = tmp_path / "manifest.json"
    file.write_text('{"display_information": {"name": "Bare"}, "features": {"bot_user": {"display_name": "Bare"}}}')
    assert read_manifest(file) == AppManifest("Bare")


@pytest.mark.parametrize("text", ["a: [", "- a list", "features: {}", "", "display_information: Bare"])
def test_what_is_no_manifest_is_refused_in_words(tmp_path, text):
    file = tmp_path / "manifest.yml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"manifest\.yml is no"):
        read_manifest(file)
    with pytest.raises(FileNotFoundError):
        read_manifest(tmp_path / "elsewhere.yml")


async def test_only_what_is_declared_can_be_used():
    async with using(SMALL) as slack:
        alice = slack.person("U0ALICE")
        message = await alice.write("C0SMS", "hello")
        assert (await alice.command("/sms", "x")).status == 200
        assert (await alice.shortcut("send")).status == 200
        assert (await alice.message_shortcut("forward", message)).status == 200
        sent = len(slack.requests)
        with pytest.raises(NotOnScreenError, match=r"^/foo is not a valid command\.$"):
            await alice.command("/foo")
        for act in (
            alice.shortcut("forward"),
            alice.message_shortcut("send", message),
            alice.open_home(),
            alice.write(slack.world.direct_message("U0ALICE").id, "hello"),
        ):
            with pytest.raises(NotOnScreenError):
                await act
        assert len(slack.requests) == sent


async def test_a_command_is_escaped_only_where_the_manifest_says_so():
    async with using(SMALL) as slack:
        for name in ("/raw", "/sms"):
            await slack.person("U0ALICE").command(name, "ask @bruno & co")
        texts = [one.payload["text"] for one in slack.requests]
    assert texts == ["ask @bruno &amp; co", "ask <@U0BRUNO|bruno> &amp; co"]


async def test_the_app_has_the_scopes_and_events_of_its_manifest():
    async with using(SMALL) as slack, aiohttp.ClientSession() as session:
        await slack.person("U0ALICE").write("C0SMS", "not subscribed")
        assert slack.requests == []
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        for call, code in (
            (client.users_info(user="U0ALICE"), "missing_scope"),
            (client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": []}), "invalid_arguments"),
            (
                client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": [{"type": "divider"}]}),
                "not_enabled",
            ),
            (client.chat_postMessage(channel="U0ALICE", text="psst"), "messages_tab_disabled"),
        ):
            with pytest.raises(SlackApiError) as caught:
                await call
            assert caught.value.response["error"] == code
    async with using(SMALL, scopes={"users:read"}, subscriptions={"message.channels"}) as slack:
        await slack.person("U0ALICE").write("C0SMS", "subscribed")
        assert (slack.workspace.scopes, len(slack.requests)) == ({"users:read"}, 1)


@pytest.mark.parametrize(("read_only", "writes"), [(False, True), (True, False)])
async def test_the_messages_tab_may_be_there_to_read_only(read_only, writes):
    app = AppManifest("Small", messages_tab=True, messages_tab_read_only=read_only)
    async with using(app) as slack:
        direct = slack.world.direct_message("U0ALICE").id
        if writes:
            await slack.person("U0ALICE").write(direct, "hello")
        else:
            with pytest.raises(NotOnScreenError, match="turned off"):
                await slack.person("U0ALICE").write(direct, "hello")
        assert [one["text"] for one in slack.messages(direct)] == ["hello"] * writes


async def test_a_page_can_list_what_the_app_declares():
    async with using(SMALL) as slack:
        app = slack.snapshot()["app"]
    assert (app["name"], app["bot_user"], app["home_tab"], app["messages_tab"]) == ("Small", "U0SMSDESK", False, False)
    assert [one["command"] for one in app["commands"]] == ["/raw", "/sms"]
    assert app["shortcuts"][1] == {"name": "Forward", "kind": "message", "callback_id": "forward", "description": ""}
    async with SlackStandIn() as slack:
        app = slack.snapshot()["app"]
    assert (app["name"], app["commands"], app["shortcuts"], app["home_tab"]) == ("SMS desk", [], [], True)
