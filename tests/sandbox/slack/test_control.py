"""The small HTTP side by which a page acts as a person."""

import base64

import aiohttp

from tests.sandbox.slack.small_app import CARD, FORM, row


async def test_a_page_can_act_through_the_small_http_side(slack):
    async with aiohttp.ClientSession(slack.base_url) as session:

        async def act(path, body):
            async with session.post(f"/_/people/U0ALICE/{path}", json=body) as answer:
                return answer.status, await answer.json()

        _, opened = await act("command", {"command": "/sms", "text": "form"})
        assert opened["view"]["callback_id"] == "form"
        _, refused = await act("submit", {"values": {}})
        assert list(refused["result"]["errors"]) == ["number"]
        _, done = await act("submit", {"values": {"number": "1"}})
        assert (done["result"]["action"], done["view"]) == ("close", None)
        _, written = await act("write", {"channel": "C0SMS", "text": "hello"})
        assert (await act("submit", {"values": {}}))[0] == 409
        assert (await act("dance", {}))[0] == 404
        assert (await act("write", {}))[0] == 400
        async with session.post("/_/people/U0ALICE/write", data="{}") as answer:
            assert answer.status == 415
        async with session.get("/_/state") as answer:
            state = await answer.json()
    assert state["channels"]["C0SMS"]["messages"][0]["ts"] == written["result"]["ts"]


async def test_every_act_has_its_address(slack, client):
    """Each act once, with the JSON that a page sends; what it does is tested where it is done."""
    slack.world.add_user("U0DAVID", "david")
    posted = await client.chat_postMessage(channel="C0SMS", text="card", blocks=CARD)
    block_id = posted["message"]["blocks"][1]["block_id"]
    whisper = (await client.chat_postEphemeral(channel="C0SMS", user="U0ALICE", text="psst"))["message_ts"]
    trigger = slack.workspace.modals.new_trigger("U0ALICE")
    blocks = [row("file", {"type": "file_input"}), row("who", {"type": "users_select"})]
    await client.views_open(trigger_id=trigger.id, view={**FORM, "blocks": blocks})
    async with aiohttp.ClientSession(slack.base_url) as session:

        async def act(name, /, **body):
            async with session.post(f"/_/people/U0ALICE/{name}", json=body) as answer:
                return answer.status, (await answer.json()).get("result")

        content = base64.b64encode(b"number\n").decode()
        status, file = await act("upload", name="a.csv", mimetype="text/csv", content=content)
        assert (status, file["size"]) == (200, 7)
        assert await act("fill", values={"file": [file["id"]]}) == (200, None)
        assert (await act("options", name="who", query="bruno"))[1][0]["value"] == "U0BRUNO"
        click = {"channel": "C0SMS", "ts": posted["ts"], "action_id": "pick"}
        assert (await act("click", **click, block_id=block_id))[0] == 200
        assert (await act("click", **click, block_id="elsewhere"))[0] == 409
        assert await act("read", channel="C0SMS") == (200, None)
        assert await act("dismiss", ts=whisper) == (200, None)
        assert await act("invite", channel="C0SMS", user="U0DAVID") == (200, None)
        assert await act("remove", channel="C0SMS", user="U0DAVID") == (200, None)
        status, made = await act("create_channel", name="den", private=True)
        assert (status, slack.world.channels[made["id"]].kind) == (200, "private")
        assert await act("archive", channel=made["id"]) == (200, None)
        assert await act("delete", channel="C0SMS", ts=posted["ts"]) == (200, None)
        assert await act("leave", channel="C0SMS") == (200, None)
        for wrong in ({"content": "not base64!"}, {"content": content, "mimetype": "x"}, {}):
            assert (await act("upload", **wrong))[0] == 400
        async with session.post("/_/people/U0ALICE/read", json=["C0SMS"]) as answer:
            assert answer.status == 400
    state = slack.snapshot()
    assert "U0ALICE" not in state["channels"]["C0SMS"]["members"]
    assert state["channels"][made["id"]]["is_archived"]


async def test_two_who_look_see_the_same(slack):
    async with aiohttp.ClientSession(slack.base_url) as session:
        await slack.person("U0ALICE").command("/sms", "form")
        await slack.person("U0ALICE").submit({})
        states = []
        for _ in range(2):
            async with session.get("/_/state") as answer:
                states.append(await answer.json())
    assert states[0] == states[1] == slack.snapshot()
    assert list(states[0]["form_errors"].values()) == [{"number": "Please complete this required field."}]
