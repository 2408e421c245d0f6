"""The page itself: links that carry a state, colours, motion, a narrow screen, odd messages, a cut line, and reset."""

import json
import re
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import WebSocketRoute, expect

from bot.sandbox.page.server import Page as PageServer
from tests.browser.desk import CARLA, DAN, Desk
from tests.browser.sandbox import NARROW, WIDE, Sandbox, Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")

GROUND = "getComputedStyle(document.body).backgroundColor"
LONG = "Long, mais pas sans fin : 😀👩‍👩‍👧‍👦🇫🇷 " + "abcdefghij" * 30 + " " + "Il était une fois un SMS. " * 180


async def test_a_link_brings_another_person_to_the_same_thread_phone_and_colours(desk: Desk, sandbox: Sandbox) -> None:
    for number in (CARLA, DAN):
        await desk.send(number, "Bonjour")
    await desk.answer(CARLA, "Merci !")
    wrote = desk.message("Waiting", "Merci !", "1 reply")  # which moves it once more
    await desk.reach(wrote, "Reply in thread")
    await expect(desk.thread).to_be_visible()
    await desk.phone(CARLA)
    await desk.page.get_by_role("button", name="Dark colours").click()
    link = urlsplit(desk.page.url).fragment
    where = dict(pair.split("=") for pair in link.split("&"))
    assert where.keys() == {"thread", "phone", "theme"}
    other = await sandbox.visit(me="U0BRUNO", **where)
    await expect(other.thread.get_by_text("Merci !", exact=True).last).to_be_visible()
    await expect(other.page.get_by_role("article", name=f"Phone {CARLA}")).to_be_visible()
    await expect(other.page.get_by_role("radio", name="Bruno Petit")).to_be_checked()
    assert await other.page.evaluate(GROUND) == await desk.page.evaluate(GROUND)
    await desk.page.go_back()
    await expect(desk.page.get_by_role("button", name="Dark colours")).to_have_attribute("aria-pressed", "false")
    await expect(desk.thread).to_be_visible()


async def test_a_link_to_what_is_not_there_says_so(desk: Desk, sandbox: Sandbox) -> None:
    for where, words in (
        ({"me": "U0NOBODY"}, "There is nobody with this id here"),
        ({"at": "C0NOWHERE"}, "Alice Martin cannot see this channel"),
        ({"thread": "1.000001"}, "This thread is gone"),
        ({"phone": "33600000000"}, "No phone yet"),
    ):
        other = await sandbox.visit(**where)
        await expect(other.page.get_by_text(words)).to_be_visible()


async def test_dark_and_light_follow_the_system_until_somebody_chooses(sandbox: Sandbox) -> None:
    light, dark = await sandbox.visit(), await sandbox.visit(Screen(colours="dark"))
    grounds = [await each.page.evaluate(GROUND) for each in (light, dark)]
    assert grounds[0] != grounds[1]
    await dark.page.get_by_role("button", name="Dark colours").click()
    await expect(dark.page.get_by_role("button", name="Dark colours")).to_have_attribute("aria-pressed", "false")
    assert await dark.page.evaluate(GROUND) == grounds[0]


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
async def test_what_turns_while_a_form_is_sent_stands_still_for_who_asked_for_less_motion(
    sandbox: Sandbox, motion: Literal["no-preference", "reduce"]
) -> None:
    desk = await sandbox.visit(Screen(motion=motion))
    await desk.outage("Silent")
    await desk.ask(CARLA, "Bonjour")
    await expect(desk.form().get_by_role("button", name="Continue")).to_have_attribute("aria-busy", "true")
    moving = await desk.page.evaluate("document.getAnimations().length")
    assert (moving > 0) == (motion == "no-preference")
    await expect(desk.review).to_be_visible()


async def test_a_narrow_screen_reaches_every_place_and_nothing_scrolls_sideways(sandbox: Sandbox) -> None:
    desk = await sandbox.visit(NARROW)
    await desk.send(CARLA, "Bonjour")
    for title in (
        "Account",
        "Moderation",
        "Campaigns",
        "Outage",
        "Limits and receipts",
        "Numbers left out",
        "Webhooks",
    ):
        await (await desk.room(title)).scroll_into_view_if_needed()
        await desk.fits()
    await desk.slack()
    for name in ("random", "SMS desk", "sms"):
        await desk.page.get_by_role("button", name=re.compile("^Channels and people")).click()
        await desk.channel(name).click()
        await expect(desk.channel(name)).to_be_hidden()
        await desk.fits()
    await desk.page.get_by_role("button", name=re.compile(r"\d members")).click()
    await expect(desk.page.get_by_role("group", name="Members of #sms")).to_be_visible()
    await desk.fits()
    await desk.page.keyboard.press("Escape")
    for label in (re.compile("^Clock"), re.compile("^Shortcuts")):
        await desk.page.get_by_role("button", name=label).click()
        await expect(desk.page.get_by_role("menu")).to_be_in_viewport(ratio=1)
        await desk.fits()
        await desk.page.keyboard.press("Escape")
    await desk.page.get_by_role("button", name="Reset").click()
    await expect(desk.page.get_by_role("dialog", name="Start all over?")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["1280px", "390px"])
async def test_a_very_long_message_with_emoji_stays_in_its_place(sandbox: Sandbox, screen: Screen) -> None:
    assert len(LONG) > 5000
    desk = await sandbox.visit(screen)
    await desk.say(LONG)
    await expect(desk.message("Long, mais pas sans fin")).to_contain_text("👩‍👩‍👧‍👦🇫🇷")
    await desk.fits()
    await desk.send(CARLA, "😀" * 60 + " " + "x" * 200)
    await expect(await desk.phone(CARLA)).to_contain_text("😀" * 60)
    await desk.fits()
    await desk.slack()
    await expect(desk.message("😀😀")).to_contain_text("1 delivered")
    await desk.fits()


async def test_a_block_that_the_page_does_not_know_is_shown_as_a_warning(sandbox: Sandbox) -> None:
    """The bot sends none, and Slack would not take one: it is put into the news on its way to the page."""
    desk = await sandbox.visit()
    message = {"ts": "1000000000.000100", "user": "U0ROBOT", "bot_id": "B0ROBOT", "text": "", "channel": "C0SMS"}
    blocks = [{"type": "poll", "block_id": "b"}, {"type": "actions", "elements": [{"type": "dial"}]}]

    def put_in(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(words: str | bytes) -> None:
            news: dict[str, Any] = json.loads(words)
            news["set"][f"message/C0SMS/{message['ts']}"] = {**message, "blocks": blocks}
            route.send(json.dumps(news))

        server.on_message(pass_on)

    await desk.page.route_web_socket("**/live", put_in)
    await desk.page.reload()
    for words in ("Unknown block: poll", "Unknown element: dial"):
        await expect(desk.page.get_by_role("note").filter(has_text=words)).to_be_visible()


async def test_a_cut_line_is_told_and_taken_up_again(sandbox: Sandbox) -> None:
    sandbox.forgiven = r"ERR_CONNECTION_REFUSED|WebSocket connection to"
    async with PageServer(sandbox.rehearsal) as server:
        url = server.url
        desk = await sandbox.visit(url=url)
        await desk.box.fill("half a sente")
    alert = desk.page.get_by_role("alert").filter(has_text="The line to the sandbox is cut")
    await expect(alert).to_be_visible()
    await desk.page.get_by_role("button", name="Guide", exact=True).click()
    await expect(desk.page.get_by_role("status").filter(has_text="The sandbox does not answer")).to_be_visible()
    await expect(desk.guide).to_be_visible()
    async with PageServer(sandbox.rehearsal, port=urlsplit(url).port or 0):
        await expect(alert).to_have_count(0)
        await expect(desk.box).to_have_value("half a sente")
        await desk.say("/sms balance")
        await expect(desk.message("1000 credits are left")).to_be_visible()


async def test_reset_asks_first_and_begins_anew_for_everybody(desk: Desk, sandbox: Sandbox) -> None:
    other = await sandbox.visit(NARROW, side="world")
    await desk.send(CARLA, "Bonjour Carla")
    await expect(await other.phone(CARLA)).to_contain_text("Bonjour Carla")
    await desk.jump("Jump ahead a day")
    await desk.page.get_by_role("button", name="Reset").click()
    question = desk.page.get_by_role("dialog", name="Start all over?")
    await expect(question.get_by_role("button", name="Keep everything")).to_be_focused()
    await desk.page.keyboard.press("Escape")
    await expect(question).to_have_count(0)
    await expect(desk.message("Bonjour Carla")).to_be_visible()
    await desk.page.get_by_role("button", name="Reset").click()
    await question.get_by_role("button", name="Reset").click()
    await expect(desk.page.get_by_role("status").filter(has_text="Everything is as it was at first")).to_be_visible()
    await expect(desk.message("Bonjour Carla")).to_have_count(0)
    await expect(other.page.get_by_role("heading", name="No phone yet")).to_be_visible()
    await expect(desk.page.get_by_role("button", name=re.compile("^Clock.*in Paris$"))).to_be_visible()
    await desk.send(CARLA, "Et de nouveau")
    await expect(desk.message("Et de nouveau")).to_contain_text("1 delivered")


async def test_a_bot_that_ends_is_told_with_its_last_words(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.end_bot()
    await desk.page.get_by_role("button", name="The bot has ended: why?").click()
    await expect(desk.page.get_by_role("dialog", name="The bot has ended")).to_contain_text("The end of its log")
