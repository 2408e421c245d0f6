"""The guided tour: played to its end with "Do it for me", and followed by hand as it tells."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.sandbox.tour import STEPS
from tests.browser.desk import CARLA, Desk
from tests.browser.sandbox import NARROW, Sandbox
from tests.browser.shelf import Opened
from tests.browser.towns import at_its_real_pace
from tests.nursery import Nursery

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def opened(nursery: Nursery) -> AsyncIterator[Opened]:
    """A sandbox as somebody has it who takes the tour, not a quicker one."""
    opened = Opened(at_its_real_pace(nursery))
    await opened.ready()
    yield opened
    await opened.end()


async def test_the_tour_can_be_played_to_its_end_while_others_look_on(desk: Desk, sandbox: Sandbox) -> None:
    narrow = await sandbox.visit(NARROW)
    for number in range(1, len(STEPS) + 1):
        await desk.guide.get_by_role("button", name="Do it for me").click()
        if number < len(STEPS):
            await desk.go_on(number)
        await expect(desk.guide.get_by_role("alert")).to_have_count(0)
        await narrow.fits()
        await desk.fits()
    for each in (desk, narrow):
        await expect(each.guide.get_by_role("heading")).to_have_text(re.compile(f"all {len(STEPS)} steps are done"))
    await expect(desk.message("Low balance")).to_be_visible()


async def test_its_first_steps_can_be_followed_by_hand(any_desk: Desk) -> None:
    desk = any_desk
    await desk.say("/sms send")
    await expect(desk.form()).to_be_visible()
    await desk.go_on(1)
    await desk.fill(CARLA, "Bonjour Carla, votre colis : https://example.com/colis/42", links=True)
    await desk.form().get_by_role("button", name="Continue").click()
    await expect(desk.review).to_be_visible()
    await desk.go_on(2)
    await desk.confirm()
    await desk.go_on(3)
    phone = await desk.phone(CARLA)
    await phone.get_by_role("button", name="https://smsf.st/").click()
    await desk.go_on(4)
    await desk.answer(CARLA, "Merci !")
    await desk.go_on(5)
    await expect(desk.guide.get_by_role("heading")).to_contain_text(STEPS[5].title)


async def test_it_can_be_put_away_and_taken_up_where_it_was(any_desk: Desk) -> None:
    desk = any_desk
    await desk.guide.get_by_role("button", name="Next").click()
    await expect(desk.guide.get_by_role("heading")).to_contain_text("Step 2 of")
    await desk.guide.get_by_role("button", name="Close the guide").click()
    await expect(desk.guide).to_have_count(0)
    await desk.page.get_by_role("button", name="Guide", exact=True).click()
    await expect(desk.guide.get_by_role("heading")).to_contain_text("Step 2 of")
    await desk.guide.get_by_role("button", name="Back").click()
    await expect(desk.guide.get_by_role("heading")).to_contain_text(STEPS[0].title)


async def test_a_step_that_was_done_by_hand_is_not_spoilt_by_do_it_for_me(desk: Desk) -> None:
    await desk.send(CARLA, "Bonjour Carla")
    await expect(desk.message("Bonjour Carla")).to_contain_text("1 delivered")
    await desk.guide.get_by_role("button", name="Do it for me").click()
    await expect(desk.form()).to_be_visible()
    await desk.go_on(1)
