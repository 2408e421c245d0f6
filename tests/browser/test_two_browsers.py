"""Two people at two browsers see one sandbox, and one person at two browsers sees one form."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk import CARLA, Desk
from tests.browser.sandbox import NARROW, Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_same_card_moves_for_both(desk: Desk, sandbox: Sandbox) -> None:
    bruno = await sandbox.visit(me="U0BRUNO")
    await desk.send(CARLA, "Bonjour Carla")
    for each in (desk, bruno):
        await expect(each.message("Bonjour Carla")).to_contain_text("1 delivered")
    await (await bruno.phone(CARLA)).get_by_role("button", name="Say STOP").click()
    await expect(await desk.phone(CARLA)).to_contain_text("Opted out")
    for each in (desk, bruno):
        await expect(each.message("Bonjour Carla")).to_contain_text("1 STOP")


async def test_who_was_elsewhere_finds_an_unread_mark_and_the_line_above_what_is_new(
    desk: Desk, sandbox: Sandbox
) -> None:
    bruno = await sandbox.visit(me="U0BRUNO", at="C0GENERAL")
    await bruno.channel("random").click()
    await desk.send(CARLA, "Bonjour Carla")
    await expect(bruno.channel("sms")).to_have_accessible_name(re.compile("1 unread"))
    await expect(desk.channel("sms")).not_to_have_accessible_name(re.compile("unread"))
    await bruno.channel("sms").click()
    await expect(bruno.page.get_by_role("listitem").filter(has_text=re.compile("^New$"))).to_be_visible()
    await expect(bruno.channel("sms")).not_to_have_accessible_name(re.compile("unread"))


async def test_a_thread_with_news_is_marked_until_it_is_read(desk: Desk, sandbox: Sandbox) -> None:
    await desk.send(CARLA, "Bonjour Carla")
    await desk.answer(CARLA, "Merci !")
    wrote = desk.message("Waiting", "Merci !", "1 reply")  # which moves it once more
    await desk.reach(wrote, "Reply in thread")
    await desk.thread.get_by_role("textbox").fill("Je m'en occupe")
    await desk.thread.get_by_role("textbox").press("Enter")
    await expect(desk.reply("Je m'en occupe")).to_be_visible()
    await desk.thread.get_by_role("button", name="Close the thread").click()
    await desk.answer(CARLA, "Encore une question")
    await expect(desk.message("Waiting")).to_contain_text("3 replies, some new")
    await desk.open_thread(desk.message("Waiting"))
    await expect(desk.reply("Encore une question")).to_be_visible()
    await expect(desk.message("Waiting")).not_to_contain_text("some new")


async def test_one_person_sees_one_form_with_what_is_typed_in_both(desk: Desk, sandbox: Sandbox) -> None:
    other = await sandbox.visit(NARROW)
    await desk.say("/sms send")
    await desk.fill(CARLA, "Bonjour Carla", kind="Marketing")
    form = other.form()
    await expect(form.get_by_role("textbox", name="To", exact=True)).to_have_value(CARLA)
    await expect(form.get_by_role("textbox", name="Text", exact=True)).to_have_value("Bonjour Carla")
    await expect(form.get_by_role("radio", name="Marketing")).to_be_checked()
    await form.get_by_role("button", name="Close the form").click()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)


async def test_a_form_is_confirmed_once_though_two_browsers_press_send(desk: Desk, sandbox: Sandbox) -> None:
    other = await sandbox.visit()
    await desk.ask(CARLA, "Bonjour Carla")
    await expect(other.review).to_be_visible()
    await desk.confirm()
    await expect(other.page.get_by_role("dialog")).to_have_count(0)
    await expect(other.message("Bonjour Carla")).to_contain_text("1 delivered")
    await expect((await other.phone(CARLA)).get_by_role("log").get_by_text("Bonjour Carla")).to_have_count(1)


async def test_the_guide_and_the_clock_are_the_same_for_everybody(desk: Desk, sandbox: Sandbox) -> None:
    bruno = await sandbox.visit(NARROW, me="U0BRUNO")
    await desk.guide.get_by_role("button", name="Next").click()
    await expect(bruno.guide.get_by_role("heading")).to_contain_text("Step 2 of")
    await bruno.jump("Jump ahead a day")
    await expect(desk.page.get_by_role("button", name=re.compile("^Clock.* ahead by 1 d"))).to_be_visible()
