"""Everything without a mouse: from the message box to the SMS that is sent, and back out of everything by Escape."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.desk import CARLA, DAN, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST = 12  # presses of Tab within which what is next must be reached


async def press(desk: Desk, *keys: str) -> None:
    for key in keys:
        await desk.page.keyboard.press(key)


async def expect_at(control: Locator) -> None:
    """The focus is on this control, and can be seen there."""
    await expect(control).to_be_focused()
    assert await control.evaluate("(node) => node.matches(':focus-visible')")


async def tab_to(desk: Desk, control: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST):
        await press(desk, "Tab")
        if await control.evaluate_all("(nodes) => nodes.includes(document.activeElement)"):
            break
    await expect_at(control)


async def test_an_sms_is_written_reviewed_and_sent_without_the_mouse(desk: Desk) -> None:
    await desk.box.focus()
    await desk.page.keyboard.type("/sms send")
    await press(desk, "Enter")
    form = desk.form()
    await expect_at(form.get_by_role("textbox", name="To", exact=True))
    await desk.page.keyboard.type(CARLA)
    await press(desk, "Tab")
    await expect_at(form.get_by_role("textbox", name="More numbers"))
    await press(desk, "Tab")
    await expect_at(form.get_by_role("textbox", name="Text", exact=True))
    await desk.page.keyboard.type("Bonjour Carla, c'est prêt : https://example.com")
    await press(desk, "Tab")
    await expect_at(form.get_by_role("radio", name="Information"))
    await press(desk, "Tab")
    await expect_at(form.get_by_role("combobox", name="From"))
    await press(desk, "ArrowDown", "ArrowDown", "Enter")
    await expect(form.get_by_role("combobox", name="From")).to_have_value("ACME")
    await press(desk, "Tab")
    await expect_at(form.get_by_role("checkbox", name="Shorten links"))
    await press(desk, "Space", "Tab")
    await expect_at(form.get_by_role("button", name="Cancel"))
    await press(desk, "Tab")
    await expect_at(form.get_by_role("button", name="Continue"))
    await press(desk, "Enter")
    await expect(desk.review).to_contain_text("from ACME (cannot be answered) · links are shortened")
    await tab_to(desk, desk.review.get_by_role("button", name="Send to 1 person"))
    await press(desk, "Enter")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await expect_at(desk.box)
    await expect(desk.message("c'est prêt")).to_contain_text("1 delivered")


async def test_escape_goes_back_one_form_at_a_time_and_the_focus_with_it(desk: Desk) -> None:
    await desk.say(f"/sms send {CARLA} Bonjour Carla")
    await expect_at(desk.form().get_by_role("textbox", name="To", exact=True))
    await press(desk, "Control+Enter")
    await expect(desk.review).to_be_visible()
    await press(desk, "Escape")
    await expect(desk.review).to_have_count(0)
    await expect_at(desk.form().get_by_role("textbox", name="To", exact=True))
    await press(desk, "Escape")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await expect_at(desk.box)


async def test_escape_closes_a_list_before_the_form_around_it(desk: Desk) -> None:
    await desk.say("/sms send")
    sender = desk.form().get_by_role("combobox", name="From")
    await sender.focus()
    await press(desk, "ArrowDown")
    await expect(desk.page.get_by_role("listbox")).to_be_visible()
    await press(desk, "Escape")
    await expect(desk.page.get_by_role("listbox")).to_have_count(0)
    await expect_at(sender)


async def test_commands_are_completed_as_they_are_typed(desk: Desk) -> None:
    await desk.box.focus()
    await desk.page.keyboard.type("/s")
    await expect(desk.page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    await press(desk, "Tab")
    await desk.page.keyboard.type("bal")
    await press(desk, "Tab", "Enter")
    await expect(desk.message("Only visible to you", "1000 credits are left")).to_be_visible()
    await expect_at(desk.box)


async def test_menus_open_and_close_by_keys_and_give_the_focus_back(desk: Desk) -> None:
    clock = desk.page.get_by_role("button", name=re.compile("^Clock"))
    await clock.focus()
    await press(desk, "ArrowDown")
    await expect_at(desk.page.get_by_role("menuitem").first)
    await press(desk, "ArrowDown")
    await expect_at(desk.page.get_by_role("menuitem").nth(1))
    await press(desk, "Escape")
    await expect(desk.page.get_by_role("menu")).to_have_count(0)
    await expect_at(clock)


async def test_phones_and_people_and_threads_are_reached_by_keys(desk: Desk) -> None:
    for number in (CARLA, DAN):
        await desk.send(number, "Bonjour")
        await desk.phone(number)
    row = desk.page.get_by_role("listbox", name="Phones").get_by_role("option", name=CARLA)
    await desk.page.get_by_role("option", name=DAN).focus()
    await press(desk, "ArrowDown")
    await expect_at(row)
    await expect(row).to_have_attribute("aria-selected", "true")
    answer = desk.page.get_by_role("article", name=CARLA).get_by_role("textbox")
    await answer.focus()
    await desk.page.keyboard.type("Merci !")
    await press(desk, "Enter")
    await expect(desk.message("Waiting", "Merci !")).to_be_visible()
    wrote = desk.message("Waiting", "Merci !")
    await wrote.focus()
    await tab_to(desk, wrote.get_by_role("button", name="Reply in thread"))
    await press(desk, "Enter")
    await expect_at(desk.thread.get_by_role("textbox"))
    await press(desk, "Escape")
    await expect(desk.thread).to_have_count(0)
    await desk.page.get_by_role("radio", name="Alice Martin").focus()
    await press(desk, "ArrowRight")
    await expect_at(desk.page.get_by_role("radio", name="Bruno Petit"))
    await expect(desk.page.get_by_role("radio", name="Bruno Petit")).to_be_checked()
