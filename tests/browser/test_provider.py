"""What happens at the provider, switched on its side of the page, and what the team is told of it."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk import CARLA, DAN, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEND_PATIENCE = 60_000  # milliseconds; the desk itself waits for an answer for 30 s, by the real clock
HELD = "On va au casino ce soir ?"


async def test_what_moderation_holds_is_told_and_goes_out_once_when_released(any_desk: Desk) -> None:
    desk = any_desk
    await desk.send(DAN, HELD)
    await expect(desk.message(HELD)).to_contain_text("Held by SMSFactor's moderation")
    room = await desk.room("Moderation")
    await expect(room.get_by_role("list", name="Held campaigns")).to_contain_text(HELD)
    await desk.fits()
    await room.get_by_role("button", name="Release").click()
    phone = await desk.phone(DAN)
    await expect(phone.get_by_role("log").get_by_text(HELD)).to_have_count(1)
    await desk.slack()
    await expect(desk.message(HELD)).to_contain_text("1 delivered")


async def test_what_moderation_refuses_reaches_nobody_and_its_credits_come_back(desk: Desk) -> None:
    await desk.send(DAN, HELD)
    await expect(desk.message(HELD)).to_contain_text("Held")
    await (await desk.room("Moderation")).get_by_role("button", name="Refuse").click()
    await expect((await desk.room("Campaigns")).get_by_text("Refused", exact=True)).to_be_visible()
    await desk.jump("Jump ahead an hour")  # nobody tells of a refusal: the desk looks again by itself
    await expect(desk.message(HELD)).to_contain_text("Refused by SMSFactor's moderation. Nobody was texted")
    await expect(desk.page.get_by_role("banner")).to_contain_text(re.compile(r"1\s000 credits"))


async def test_a_phone_that_is_off_lets_its_sms_expire(any_desk: Desk) -> None:
    desk = any_desk
    await desk.panel("Phones")
    await desk.page.get_by_role("textbox", name="Number").fill(CARLA)
    await desk.page.get_by_role("button", name="Add", exact=True).click()
    phone = await desk.phone(CARLA)
    await phone.get_by_role("button", name="Switch off").click()
    await expect(phone.get_by_role("button", name="Switch on")).to_be_visible()
    await desk.send(CARLA, "Bonjour Carla")
    await expect(desk.message("Bonjour Carla")).to_contain_text("1 expired")
    await expect(await desk.phone(CARLA)).to_contain_text("1 SMS missed.")
    await desk.fits()


async def test_a_silent_provider_is_told_as_it_is_and_all_is_well_when_it_is_back(desk: Desk) -> None:
    await desk.outage("Silent")
    await expect(desk.page.get_by_role("button", name=re.compile("Outage: Silent"))).to_be_visible()
    await desk.ask(CARLA, "Bonjour Carla")
    await expect(desk.review).to_contain_text("SMSFactor has not said the price yet")
    await desk.confirm()
    card = desk.message("Bonjour Carla")
    await expect(card).to_contain_text("Queued: it goes to SMSFactor in a moment.")
    await expect(card).to_contain_text("Not sent, and nothing was charged.", timeout=SEND_PATIENCE)
    await expect(card).to_contain_text("SMSFactor could not be reached.")
    await desk.outage("Working")
    await desk.send(CARLA, "Bonjour Carla")  # not the same words twice: the first were never sent
    await expect(await desk.phone(CARLA)).to_contain_text("1 of 5 SMS this hour")


async def test_a_lost_answer_is_called_unknown_and_looked_up_and_nothing_is_sent_twice(desk: Desk) -> None:
    await desk.receipts_after("3000")  # seconds; one that came sooner would tell what became of it
    await desk.outage("Answers lost")
    await desk.send(CARLA, "Bonjour Carla")
    card = desk.message("Bonjour Carla")
    await expect(card).to_contain_text("Unknown: SMSFactor's answer was lost", timeout=SEND_PATIENCE)
    await desk.outage("Working")
    await desk.jump("Jump ahead an hour")  # the desk looks at growing intervals
    await expect(card).to_contain_text("Done: SMSFactor has reported on every message.")
    await expect((await desk.phone(CARLA)).get_by_role("log").get_by_text("Bonjour Carla")).to_have_count(1)


async def test_a_price_that_comes_late_can_be_asked_for_again(desk: Desk) -> None:
    await desk.outage("Silent")
    await desk.ask(CARLA, "Bonjour Carla")
    again = desk.review.get_by_role("button", name="Ask again")
    await expect(again).to_be_visible()
    await desk.outage("Working")
    await again.click()
    await expect(desk.review).to_contain_text("1 credit, reaches 1 of 1")
    await expect(again).to_have_count(0)


async def test_low_credits_are_told_in_the_channel_and_seen_in_the_bar(any_desk: Desk) -> None:
    desk = any_desk
    await desk.set_credits(450)
    await expect(desk.page.get_by_role("banner")).to_contain_text("450 credits low")
    await desk.slack()
    await expect(desk.message("Low balance")).to_contain_text("450 credits are left")
    await desk.fits()


async def test_a_webhook_that_the_desk_took_can_be_sent_again_and_changes_nothing(desk: Desk) -> None:
    await desk.send(CARLA, "Bonjour Carla")
    await desk.answer(CARLA, "Merci !")
    await expect(desk.message("Waiting", "Merci !")).to_be_visible()
    room = await desk.room("Webhooks")
    again = room.get_by_role("button", name=re.compile("Send again.*Replies"))
    await again.click()
    await expect(room.get_by_text("2 taken, 0 failed")).to_be_visible()
    await desk.answer(CARLA, "Encore merci !")
    await desk.open_thread(desk.message("Waiting"))
    await expect(desk.reply("Encore merci !")).to_be_visible()
    await expect(desk.thread.get_by_text("Merci !", exact=True)).to_have_count(1)
