"""Axe looks at the main scenes, wide and narrow, in light and dark, and finds nothing serious."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from tests.browser.axe import grave_violations
from tests.browser.desk import CARLA, DAN, Desk
from tests.browser.sandbox import NARROW, WIDE, Sandbox, Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def nothing_yet(_desk: Desk) -> None:
    """The page as a newcomer finds it."""


async def card_and_thread(desk: Desk) -> None:
    await desk.send(CARLA, "Bonjour Carla : https://example.com", links=True)
    await expect(await desk.phone(CARLA)).to_contain_text("Bonjour Carla")
    await desk.slack()
    await expect(desk.message("Bonjour Carla")).to_contain_text("1 delivered")
    await desk.answer(CARLA, "Merci !")
    await desk.answer(CARLA, "Et samedi ?")
    await desk.slack()
    await desk.open_thread(desk.message("Waiting"))


async def reply_form(desk: Desk) -> None:
    await desk.press(desk.thread, "Reply")
    await expect(desk.form("Reply by SMS")).to_contain_text("Et samedi ?")


async def settings_and_one_of_its_forms(desk: Desk) -> None:
    await desk.form("Reply by SMS").get_by_role("button", name="Cancel").click()
    await desk.thread.get_by_role("button", name="Close the thread").click()
    await desk.say("/sms settings")
    await desk.form("SMS desk settings").get_by_role("button", name="Change…").nth(3).click()
    await expect(desk.form("Office hours")).to_be_visible()


async def inbox_in_the_home(desk: Desk) -> None:
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("Escape")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await desk.at_home()
    await expect(desk.page.get_by_text("Et samedi ?").first).to_be_visible()
    await desk.fits()


async def phone_with_a_history(desk: Desk) -> None:
    await desk.at_channel("sms")
    await desk.say_stop(CARLA)
    await desk.send(DAN, "Bonjour Dan")
    await expect(await desk.phone(DAN)).to_contain_text("Bonjour Dan")
    await (await desk.phone(DAN)).get_by_role("button", name="Switch off").click()
    await expect(await desk.phone(CARLA)).to_contain_text("Opted out")


async def form_with_errors(desk: Desk) -> None:
    await desk.ask("06 98 76", "Bonjour")
    await expect(desk.form()).to_contain_text("Not a phone number")


async def form_with_an_open_list(desk: Desk) -> None:
    await desk.form().get_by_role("combobox", name="From").click()
    await expect(desk.page.get_by_role("listbox", name="Options")).to_be_visible()
    await desk.page.keyboard.press("Escape")


async def review(desk: Desk) -> None:
    await desk.fill(DAN, "Bonjour, votre forêt")
    await desk.form().get_by_role("button", name="Continue").click()
    await expect(desk.review).to_contain_text("not in the SMS alphabet")


async def provider(desk: Desk) -> None:
    await desk.confirm()
    await desk.send(DAN, "On va au casino ?")
    await desk.slack()
    await expect(desk.message("casino")).to_contain_text("Held")
    await desk.outage("Errors")
    await desk.set_credits(40)
    for title in ("Limits and receipts", "Numbers left out", "Webhooks"):
        await desk.room(title)


async def a_guest_and_a_menu(desk: Desk) -> None:
    await desk.become("Gaston Invité")
    await desk.say("/sms send")
    await expect(desk.message("Only visible to you")).to_be_visible()
    await desk.page.get_by_role("button", name="Shortcuts").click()
    await expect(desk.page.get_by_role("menu")).to_be_visible()


async def asked_whether_to_reset(desk: Desk) -> None:
    await desk.page.keyboard.press("Escape")
    await desk.page.get_by_role("button", name="Reset").click()
    await expect(desk.page.get_by_role("dialog", name="Start all over?")).to_be_visible()


SCENES: tuple[Callable[[Desk], Awaitable[None]], ...] = (
    nothing_yet,
    card_and_thread,
    reply_form,
    settings_and_one_of_its_forms,
    inbox_in_the_home,
    phone_with_a_history,
    form_with_errors,
    form_with_an_open_list,
    review,
    provider,
    a_guest_and_a_menu,
    asked_whether_to_reset,
)


def told(violation: dict[str, Any]) -> str:
    where = "; ".join(str(node["target"]) + " " + node["failureSummary"] for node in violation["nodes"][:3])
    return f"{violation['impact']}: {violation['help']} ({violation['id']}) at {where}"


async def looked_at(desk: Desk, colours: Literal["light", "dark"]) -> list[str]:
    await desk.page.emulate_media(color_scheme=colours)
    return [told(each) for each in await grave_violations(desk.page)]


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["1280px", "390px"])
async def test_axe_finds_nothing_serious_in_any_scene(sandbox: Sandbox, screen: Screen) -> None:
    sandbox.forgiven = "Applying inline style"  # axe tries to, and the page's policy stops it
    desk = await sandbox.visit(screen)
    found = {}
    for scene in SCENES:
        await scene(desk)
        found[scene.__name__] = await looked_at(desk, "light") + await looked_at(desk, "dark")
    assert found == {scene.__name__: [] for scene in SCENES}
