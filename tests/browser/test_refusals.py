"""What the desk refuses, and how a person learns why: in the form, under the field that can mend it."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.desk import CARLA, DAN, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


def field(desk: Desk, name: str) -> Locator:
    return desk.form().get_by_role("textbox", name=name, exact=True)


async def test_an_error_is_tied_to_its_field_which_gets_the_focus(any_desk: Desk) -> None:
    desk = any_desk
    await desk.ask("06 98 76", "Bonjour")
    to = field(desk, "To")
    await expect(to).to_have_accessible_description(re.compile("Not a phone number: “06 98 76”"))
    await expect(to).to_have_attribute("aria-invalid", "true")
    await expect(to).to_be_focused()
    await expect(field(desk, "Text")).not_to_have_attribute("aria-invalid", "true")
    await desk.fits()
    await desk.fill(CARLA)
    await desk.form().get_by_role("button", name="Continue").click()
    await expect(desk.review).to_be_visible()


async def test_the_same_words_wait_for_an_hour_and_the_form_says_until_when(any_desk: Desk) -> None:
    desk = any_desk
    await desk.send(DAN, "On se voit demain ?")
    await expect(await desk.phone(DAN)).to_contain_text("On se voit demain ?")
    await desk.ask(DAN, "On se voit demain ?")
    await expect(field(desk, "To")).to_have_accessible_description(re.compile(r"free again at \d\d:\d\d"))
    await desk.jump("Jump ahead an hour")
    await expect(desk.page.get_by_role("button", name=re.compile("^Clock.* ahead by 1 h"))).to_be_visible()
    await desk.form().get_by_role("button", name="Continue").click()
    await desk.confirm()
    await expect(await desk.phone(DAN)).to_contain_text(re.compile("demain.*demain", re.DOTALL))


async def test_marketing_on_a_sunday_evening_is_refused_with_the_next_slot(any_desk: Desk) -> None:
    desk = any_desk
    await desk.jump("Go on to Sunday evening")
    await expect(desk.page.get_by_role("button", name=re.compile(r"^Clock: Sun .* 21:00"))).to_be_visible()
    await desk.ask(CARLA, "Soldes : -20 %", kind="Marketing")
    kind = desk.form().get_by_role("radiogroup", name="Kind")
    await expect(kind).to_have_accessible_description(
        re.compile(r"Nothing was sent. It may go out again from Monday \d+ \w+, 08:00 \(Paris\)")
    )
    await desk.fits()
    await desk.jump("Go on to Monday morning")
    await desk.form().get_by_role("button", name="Continue").click()
    await expect(desk.review).to_contain_text("Marketing; SMSFactor adds the STOP mention")


async def test_a_guest_is_turned_away_in_words_that_only_they_see(any_desk: Desk) -> None:
    desk = any_desk
    await desk.become("Gaston Invité")
    await desk.say("/sms send")
    refusal = desk.message("Only visible to you", "Only full members of this workspace")
    await expect(refusal).to_be_visible()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await desk.fits()
    await desk.become("Bruno Petit")
    await expect(desk.message("Only full members")).to_have_count(0)


async def test_an_unknown_word_gets_the_nearest_command(desk: Desk) -> None:
    await desk.say("/sms balanse")
    await expect(desk.message("Only visible to you", "balance")).to_be_visible()
