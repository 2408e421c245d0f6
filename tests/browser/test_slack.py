"""The Slack side of the page beyond `/sms send`: shortcuts, own messages, channels, the app's own place."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk import CARLA, Desk
from tests.browser.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_shortcut_under_the_box_opens_the_form(any_desk: Desk) -> None:
    desk = any_desk
    await desk.page.get_by_role("button", name="Shortcuts").click()
    await desk.page.get_by_role("menuitem", name="Send an SMS").click()
    await expect(desk.form().get_by_role("textbox", name="To", exact=True)).to_have_value("")
    await desk.form().get_by_role("button", name="Cancel").click()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)


async def test_a_button_does_not_move_away_while_it_is_pressed(desk: Desk, sandbox: Sandbox) -> None:
    """What is said meanwhile is drawn after the click."""
    other = await sandbox.visit()
    await desk.say("Le magasin ferme à 19 h.")
    message = desk.message("Le magasin ferme")
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").hover()
    await desk.page.mouse.down()
    for line in range(12):
        await sandbox.rehearsal.town.slack.person("U0BRUNO").write("C0SMS", f"Et encore {line}")
    await expect(other.message("Et encore 11")).to_be_visible()
    await expect(desk.message("Et encore 11")).to_have_count(0)
    await desk.page.mouse.up()
    await expect(desk.thread.get_by_text("Le magasin ferme à 19 h.")).to_be_visible()
    await expect(desk.message("Et encore 11")).to_be_visible()


async def test_a_message_can_be_sent_as_an_sms(desk: Desk) -> None:
    await desk.say("Le magasin ferme à 19 h.")
    message = desk.message("Le magasin ferme")
    await desk.reach(message, "More about this message")
    await desk.page.get_by_role("menuitem", name="Send as SMS").click()
    text = desk.form().get_by_role("textbox", name="Text", exact=True)
    await expect(text).to_have_value("Le magasin ferme à 19 h.")


async def test_own_messages_can_be_changed_and_after_a_question_deleted(desk: Desk) -> None:
    await desk.say("Le magasin ferme a 19 h.")
    message = desk.message("Le magasin ferme")
    await desk.reach(message, "More about this message")
    await desk.page.get_by_role("menuitem", name="Edit").click()
    text = desk.page.get_by_role("textbox", name="Text of your message")
    await text.fill("Le magasin ferme à 19 h.")
    await text.press("Enter")
    await expect(desk.message("ferme à 19 h.", "(edited)")).to_be_visible()
    await desk.reach(message, "More about this message")
    await desk.page.get_by_role("menuitem", name="Delete").click()
    await desk.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(desk.message("Le magasin ferme")).to_have_count(0)


async def test_what_only_one_person_sees_can_be_dismissed(desk: Desk) -> None:
    await desk.say("/sms help")
    whisper = desk.message("Only visible to you", "/sms send")
    await expect(whisper).to_be_visible()
    await whisper.get_by_role("button", name="Dismiss").click()
    await expect(desk.message("Only visible to you")).to_have_count(0)


async def test_a_new_channel_is_made_and_the_app_is_added_to_it(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="Add a channel").click()
    await desk.page.get_by_role("textbox", name="Name of the channel").fill("Boutique Lyon")
    await desk.page.get_by_role("button", name="Add", exact=True).first.click()
    await expect(desk.page.get_by_role("heading", name="#boutique-lyon")).to_be_visible()
    await desk.page.get_by_role("button", name=re.compile("^1 member")).click()
    await desk.page.get_by_role("button", name="Add SMS desk").click()
    await expect(desk.page.get_by_role("button", name=re.compile("^2 members"))).to_be_visible()


async def test_a_command_in_a_thread_is_refused_as_slack_does_and_not_lost(desk: Desk) -> None:
    await desk.send(CARLA, "Bonjour Carla")
    card = desk.message("Bonjour Carla")
    await desk.reach(card, "Reply in thread")
    box = desk.thread.get_by_role("textbox")
    await box.fill("/sms balance")
    await box.press("Enter")
    told = desk.page.get_by_role("status").filter(has_text="Slack takes /sms in the channel only")
    await expect(told).to_be_visible()
    await expect(box).to_have_value("/sms balance")


async def test_the_app_says_what_it_is(any_desk: Desk) -> None:
    desk = any_desk
    await desk.at_home()
    await desk.page.get_by_role("tab", name="About").click()
    await expect(desk.page.get_by_role("tabpanel", name="About")).to_contain_text("/sms")
    await desk.fits()
