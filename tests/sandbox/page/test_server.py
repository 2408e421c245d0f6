"""The page's server over real HTTP: what it hands out, what it lets people do, and whom it keeps out."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox.page.server import Page
from bot.sandbox.rehearsal import Rehearsal
from bot.sandbox.town import Start, open_town

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("nursery"),  # and so that one sandbox is opened for all of them
]


@dataclass
class Watcher:
    """A browser without a screen: holds the parts as the news make them."""

    socket: aiohttp.ClientWebSocketResponse
    parts: dict[str, Any] = field(default_factory=dict)

    async def sees(self, key: str, test: Any) -> Any:
        """Read news until the part ``key`` is there and passes ``test``."""
        while not (key in self.parts and test(self.parts[key])):
            news = await self.socket.receive_json(timeout=20)
            self.parts |= news["set"]
            for gone in news["gone"]:
                del self.parts[gone]
        return self.parts[key]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(start: Start) -> AsyncIterator[tuple[Page, Rehearsal]]:
    async with Rehearsal(print, partial(open_town, start=start)) as rehearsal, Page(rehearsal) as page:
        await rehearsal.town.ready()
        yield page, rehearsal


@pytest_asyncio.fixture(loop_scope="module")
async def browser(place: tuple[Page, Rehearsal]) -> AsyncIterator[aiohttp.ClientSession]:
    """Asks the page."""
    async with aiohttp.ClientSession(place[0].url) as session:
        yield session


@pytest_asyncio.fixture(loop_scope="module")
async def watcher(browser: aiohttp.ClientSession) -> AsyncIterator[Watcher]:
    """Looks on."""
    async with browser.ws_connect("live") as socket:
        yield Watcher(socket)


async def act(browser: aiohttp.ClientSession, path: str, **body: object) -> Any:
    """One act, which must succeed."""
    async with browser.post(f"act/{path}", json=body) as answer:
        told = await answer.json()
        assert answer.status == 200, told
        return told


async def test_the_page_and_all_its_files_are_served_and_nothing_else(browser: aiohttp.ClientSession) -> None:
    async with browser.get("") as answer:
        assert answer.status == 200
        assert "SMS desk" in await answer.text()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    async with browser.get("static/main.js") as answer:
        assert answer.content_type.endswith("/javascript")
    for path in ("static/../server.py", "static/%2e%2e/server.py", "static/", "nothing"):
        async with browser.get(path) as answer:
            assert answer.status in (403, 404)


async def test_who_connects_sees_everything_and_then_only_what_changes(
    browser: aiohttp.ClientSession, watcher: Watcher
) -> None:
    await watcher.sees("bot", lambda bot: bot["state"] == "running")
    assert watcher.parts["app"]["words"][0] == "send"
    assert watcher.parts["user/U0ALICE"]["is_admin"]
    before = set(watcher.parts)
    written = await act(browser, "people/U0ALICE/write", channel="C0SMS", text="Bonjour à tous")
    ts = written["result"]["ts"]
    seen = await watcher.sees(f"message/C0SMS/{ts}", lambda message: message["text"] == "Bonjour à tous")
    assert seen["user"] == "U0ALICE"
    assert set(watcher.parts) - before == {f"message/C0SMS/{ts}"}
    await act(browser, "people/U0ALICE/delete", channel="C0SMS", ts=ts)
    await watcher.sees("channel/C0SMS", lambda _: f"message/C0SMS/{ts}" not in watcher.parts)


async def test_two_browsers_see_the_same_form_and_what_is_typed_into_it(
    browser: aiohttp.ClientSession, watcher: Watcher
) -> None:
    await act(browser, "people/U0BRUNO/command", command="/sms", text="send 06 12 34 56 78", channel="C0SMS")
    await act(browser, "people/U0BRUNO/fill", values={"text": "à demain"})
    async with browser.ws_connect("live") as socket:
        other = Watcher(socket)
        for one in (watcher, other):
            await one.sees("views/U0BRUNO", lambda views: "à demain" in json.dumps(views, ensure_ascii=False))
        assert other.parts["views/U0BRUNO"] == watcher.parts["views/U0BRUNO"]
    await act(browser, "people/U0BRUNO/submit", values={"to": "06 98 76"})
    await watcher.sees("views/U0BRUNO", lambda views: any(views["errors"].values()))
    await act(browser, "people/U0BRUNO/close", everything=True)
    await watcher.sees("views/U0BRUNO", lambda views: not views["stack"])


async def test_an_sms_an_answer_and_a_jump_show_on_phone_channel_and_clock(
    browser: aiohttp.ClientSession, watcher: Watcher
) -> None:
    await act(browser, "people/U0ALICE/command", command="/sms", text="send 0612345678 Coucou", channel="C0SMS")
    await act(browser, "people/U0ALICE/submit")
    await act(browser, "people/U0ALICE/submit")
    await watcher.sees("phone/33612345678", lambda phone: phone["texts"][-1]["text"] == "Coucou")
    await act(browser, "provider/reply", number="33612345678", text="Oui !")
    await watcher.sees(
        "provider", lambda _: any("Oui !" in str(part) for key, part in watcher.parts.items() if "message/" in key)
    )
    await act(browser, "sandbox/jump", to="sunday-evening")
    clock = await watcher.sees("clock", lambda clock: clock["ahead"] > 0)
    assert "T21:00" in clock["now"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("act/people/U0NOBODY/home", {}, 404),
        ("act/people/U0ALICE/fly", {}, 404),
        ("act/people/U0CHLOE/submit", {}, 409),  # no test here opens a form for her
        ("act/provider/fly", {}, 404),
        ("act/provider/jump", {"seconds": 60}, 404),
        ("act/provider/reply", {"number": "33612345678"}, 400),
        ("act/sandbox/jump", {"seconds": -1}, 400),
        ("act/sandbox/jump", {"to": "yesterday"}, 400),
        ("act/sandbox/jump", [], 400),
        ("act/sandbox/guide", {"do": "dance"}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    browser: aiohttp.ClientSession, path: str, body: Any, status: int
) -> None:
    async with browser.post(path, json=body) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]


@pytest.mark.parametrize("path", ["act/people/U0ALICE/home", "act/provider/stop", "act/sandbox/reset"])
async def test_a_form_of_a_foreign_page_does_nothing(browser: aiohttp.ClientSession, path: str) -> None:
    """Such a form can only send types that a browser sends without asking."""
    async with browser.post(path, data=b'{"number": "33612345678"}', headers={"Content-Type": "text/plain"}) as answer:
        assert answer.status in (400, 415)


@pytest.mark.parametrize("headers", [{"Host": "rebound.example"}, {"Origin": "http://foreign.example"}])
async def test_a_foreign_name_and_a_foreign_page_are_kept_out(
    browser: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    for path in ("", "live", "static/main.js"):
        async with browser.get(path, headers=headers) as answer:
            assert answer.status == 403


async def test_elsewhere_than_on_loopback_the_token_of_the_address_is_needed(place: tuple[Page, Rehearsal]) -> None:
    _, rehearsal = place
    async with Page(rehearsal, "0.0.0.0") as page, aiohttp.ClientSession() as stranger:  # noqa: S104 - the point of it
        address, _, token = page.url.partition("?")
        assert token.startswith("token=")
        local = address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        for path in ("", "live", "static/main.js", "?token=wrong"):
            async with stranger.get(local + path) as answer:
                assert answer.status == 403
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as friend:
            async with friend.get(f"{local}?{token}") as answer:
                assert answer.status == 200
            async with friend.get(f"{local}static/main.js") as answer:
                assert answer.status == 200


async def test_a_reset_begins_anew_at_the_same_address(browser: aiohttp.ClientSession, watcher: Watcher) -> None:
    await act(browser, "people/U0ALICE/write", channel="C0RANDOM", text="before")
    await act(browser, "provider/phone", number="0612345670")
    await watcher.sees("phone/33612345670", lambda phone: phone["state"] == "on")
    await act(browser, "sandbox/reset")
    await watcher.sees("bot", lambda bot: bot["state"] == "running" and "phone/33612345670" not in watcher.parts)
    assert not [key for key in watcher.parts if key.startswith("message/")]
    await act(browser, "people/U0ALICE/command", command="/sms", text="send", channel="C0SMS")
    await watcher.sees("views/U0ALICE", lambda views: views["stack"])


async def test_the_guide_is_played_and_walked_for_everybody(browser: aiohttp.ClientSession, watcher: Watcher) -> None:
    await act(browser, "sandbox/reset")
    await watcher.sees("guide", lambda guide: not any(step["done"] for step in guide["steps"]))
    await act(browser, "sandbox/guide", do="play")
    await watcher.sees("guide", lambda guide: guide["steps"][0]["done"])
    await watcher.sees("views/U0ALICE", lambda views: views["stack"])
    await act(browser, "sandbox/guide", do="next")
    await act(browser, "people/U0ALICE/submit", values={"to": "0612345678", "text": "Bonjour"})
    seen = await watcher.sees("guide", lambda guide: guide["at"] == 1 and guide["steps"][1]["done"])
    assert not seen["steps"][2]["done"]
    await act(browser, "sandbox/guide", do="close")
    await watcher.sees("guide", lambda guide: not guide["open"])
