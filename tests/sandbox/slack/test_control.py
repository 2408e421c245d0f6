"""The small HTTP side by which a page acts as a person."""

import aiohttp


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
