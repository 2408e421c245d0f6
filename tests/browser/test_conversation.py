"""The whole story of one SMS, at a wide and at a narrow screen: sent, read, answered, and STOP."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk import CARLA, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

PARCEL = "Bonjour Carla, votre colis est arrivé. Suivi : https://example.com/colis/42"


async def test_an_sms_is_priced_sent_clicked_answered_and_stopped(any_desk: Desk) -> None:
    desk = any_desk
    await desk.ask(CARLA, PARCEL, links=True)
    await expect(desk.review).to_contain_text("1 credit, reaches 1 of 1; the balance is 1000")
    await expect(desk.review).to_contain_text("links are shortened")
    await desk.fits()
    await desk.confirm()

    phone = await desk.phone(CARLA)
    await expect(phone).to_contain_text("Bonjour Carla, votre colis est arrivé.")
    await phone.get_by_role("button", name="https://smsf.st/").click()
    await desk.fits()
    await desk.slack()
    await expect(desk.message(PARCEL)).to_contain_text("1 delivered")
    await expect(desk.message(PARCEL)).to_contain_text("1 click")

    await desk.answer(CARLA, "Merci ! À quelle heure ?")
    await desk.answer(CARLA, "Je suis là vers 19 h.")
    await desk.slack()
    card = desk.message("Waiting")
    await expect(card).to_contain_text("unassigned")
    await expect(card).to_contain_text("+33 6 •• •• •• 78")
    await desk.fits()
    await desk.open_thread(card)
    await expect(desk.reply("Merci ! À quelle heure ?")).to_be_visible()
    await expect(desk.reply("Je suis là vers 19 h.")).to_be_visible()
    await desk.fits()

    await desk.thread.get_by_role("button", name="Reply", exact=True).click()
    form = desk.form("Reply by SMS")
    await expect(form).to_contain_text("Je suis là vers 19 h.")
    await desk.fits()
    await form.get_by_role("textbox", name="Text").fill("Jusqu'à 20 h, à tout à l'heure !")
    await expect(form).to_contain_text("1 segment (GSM-7)")
    await form.get_by_role("button", name="Send").click()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await expect(await desk.phone(CARLA)).to_contain_text("Jusqu'à 20 h")
    await desk.slack()
    await expect(desk.reply("sent as SMS by", "Jusqu'à 20 h")).to_contain_text("Delivered")
    await desk.fits()

    await desk.say_stop(CARLA)
    await expect(await desk.phone(CARLA)).to_contain_text("Opted out")
    await desk.slack()
    await expect(desk.reply("said STOP")).to_be_visible()
    await desk.thread.get_by_role("button", name="Close the thread").click()
    await desk.ask(CARLA, "Et samedi ?")
    to = desk.form().get_by_role("textbox", name="To", exact=True)
    await expect(to).to_have_accessible_description(re.compile("This number opted out and cannot be texted"))
    await desk.fits()


async def test_what_the_team_says_in_the_thread_stays_inside(desk: Desk) -> None:
    await desk.send(CARLA, "Bonjour Carla")
    await desk.answer(CARLA, "Allô ?")
    await desk.open_thread(desk.message("Waiting", "Allô ?"))
    await desk.remark("Qui lui répond ?")
    await expect(desk.reply("Qui lui répond ?")).to_be_visible()
    await desk.answer(CARLA, "Il y a quelqu'un ?")
    await expect(desk.reply("Il y a quelqu'un ?")).to_be_visible()  # what came later is there, so nothing is under way
    await expect(await desk.phone(CARLA)).not_to_contain_text("Qui lui répond ?")
