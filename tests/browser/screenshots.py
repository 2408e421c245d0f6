"""Draws the main scenes of the page into docs/images: `make screenshots`. Look at each before you commit it."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from playwright.async_api import expect

from bot.sandbox.page.server import Page as PageServer
from bot.sandbox.rehearsal import Rehearsal
from tests.browser.chromium import NoChromiumError, open_chromium
from tests.browser.desk import CARLA, DAN, Desk
from tests.browser.sandbox import NARROW, Sandbox, Screen

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SCALE = 1.25  # sharp enough for a README, at some 200 KB a picture
PARCEL = (
    "Bonjour Carla, votre colis est prêt ! Il vous attend jusqu'à samedi, 19 h. Suivi : https://example.com/colis/42"
)
LUCK = "Dan, ce soir on va au casino ?"


async def shoot(desk: Desk, name: str) -> None:
    """One picture, without a mouse over anything."""
    await desk.page.mouse.move(0, 0)
    path = IMAGES / f"{name}.png"
    await desk.page.screenshot(path=path, animations="disabled")
    print(f"{path.relative_to(IMAGES.parents[1])}: {path.stat().st_size // 1000} KB")  # noqa: T201


async def write(desk: Desk) -> None:
    """The page as it opens, the form, and what it would cost."""
    await desk.jump("Go on to Monday morning")
    await shoot(desk, "start")
    await desk.guide.get_by_role("button", name="Close the guide").click()
    await desk.say("/sms send")
    await desk.fill(CARLA, PARCEL, links=True)
    await desk.form().get_by_role("textbox", name="To", exact=True).focus()
    await shoot(desk, "form")
    await desk.form().get_by_role("button", name="Continue").click()
    await expect(desk.review).to_contain_text("takes 1, not 2")
    await shoot(desk, "review")


async def talk(desk: Desk) -> None:
    """The card and the phone, the thread with answers, and STOP."""
    await desk.confirm()
    phone = await desk.phone(CARLA)
    await phone.get_by_role("button", name="https://smsf.st/").click()
    card = desk.message("Bonjour Carla")
    await expect(card).to_contain_text("1 delivered")
    await expect(card).to_contain_text("1 click")
    await expect(desk.page.get_by_role("status").filter(has_text="Clicked")).to_have_count(0)
    await shoot(desk, "card")
    await desk.answer(CARLA, "Merci ! Jusqu'à quelle heure ?")
    await desk.answer(CARLA, "Je peux venir vers 19 h.")
    await expect(desk.message("Waiting")).to_contain_text("2 replies")
    await desk.open_thread(desk.message("Waiting"))
    await desk.press(desk.thread, "Claim")
    await expect(desk.thread).to_contain_text("assigned to @Alice Martin")
    await desk.remark("Je m'en occupe, le magasin ferme à 19 h 30.")
    await desk.press(desk.thread, "Reply")
    form = desk.form("Reply by SMS")
    await form.get_by_role("textbox", name="Text").fill("Jusqu'à 19 h 30, à tout à l'heure !")
    await expect(form).to_contain_text("1 segment (GSM-7)")
    await expect(desk.thread).to_contain_text("is writing an answer")
    await shoot(desk, "reply")
    await form.get_by_role("button", name="Send").click()
    await expect(phone).to_contain_text("19 h 30")
    await expect(desk.reply("sent as SMS by", "19 h 30")).to_contain_text("Delivered")
    await expect(desk.thread).not_to_contain_text("is writing an answer")
    await desk.thread.get_by_role("textbox").focus()
    await shoot(desk, "thread")
    await desk.thread.get_by_role("button", name="Close the thread").click()
    await desk.send(DAN, "Bonjour Dan, votre devis est prêt.")
    await desk.answer(DAN, "Merci, vous livrez à Lyon ?")
    await expect(desk.message("Waiting", "Lyon")).to_be_visible()
    await desk.at_home()
    await expect(desk.page.get_by_text("vous livrez à Lyon").first).to_be_visible()
    await shoot(desk, "inbox")
    await desk.at_channel("sms")


async def refuse(desk: Desk) -> None:
    """Who said STOP is refused in the form."""
    await desk.say_stop(CARLA)
    await expect(desk.message("Opted out")).to_be_visible()
    await expect(desk.page.get_by_role("status").filter(has_text="has opted out")).to_have_count(0)
    await desk.ask(CARLA, "Et samedi ?")
    await expect(desk.form()).to_contain_text("opted out and cannot be texted")
    await shoot(desk, "stop")
    await desk.form().get_by_role("button", name="Cancel").click()


async def hold(desk: Desk) -> None:
    """What the provider holds back, and what the team is told of it."""
    await desk.send(DAN, LUCK)
    await expect(desk.message(LUCK)).to_contain_text("Held")
    await (await desk.room("Moderation")).get_by_role("button", name="Release").scroll_into_view_if_needed()
    await shoot(desk, "held")


async def main() -> None:
    """All pictures, from one story."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with open_chromium() as chromium, Rehearsal(print) as rehearsal, PageServer(rehearsal) as page:
        await rehearsal.town.ready()
        sandbox = Sandbox(rehearsal, page.url, chromium)
        desk = await sandbox.visit(Screen(scale=SCALE))
        for scenes in (write, talk, refuse, hold):
            await scenes(desk)
        await shoot(await sandbox.visit(Screen(scale=SCALE, colours="dark"), phone="33612345678"), "dark")
        narrow = await sandbox.visit(replace(NARROW, scale=SCALE))
        await shoot(narrow, "narrow")
        await narrow.phone(CARLA)
        await shoot(narrow, "phone")
        if complaints := sandbox.unforgiven():
            sys.exit("\n".join(complaints))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except NoChromiumError as error:
        sys.exit(str(error))
