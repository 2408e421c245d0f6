"""The whole life of a conversation, as two people of a team live it: claimed, answered, handed over, put off, ended."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk import CARLA, DAN, Desk
from tests.browser.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def opened(desk: Desk, words: str = "Bonjour, ma commande ?", number: str = CARLA) -> None:
    """Carla was texted and wrote back; her thread is open."""
    await desk.send(number, f"Bonjour du magasin {number[-2:]}")
    await desk.answer(number, words)
    await desk.slack()
    await desk.open_thread(desk.message("Waiting", words))


async def test_a_conversation_lives_from_claim_to_a_new_beginning(any_desk: Desk, sandbox: Sandbox) -> None:
    desk = any_desk
    bruno = await sandbox.visit(me="U0BRUNO")
    await opened(desk)
    await desk.press(desk.thread, "Claim")
    await expect(desk.thread).to_contain_text("assigned to @Alice Martin")
    await expect(desk.thread.get_by_role("button", name="Claim", exact=True)).to_have_count(0)
    await expect(bruno.message("Waiting")).to_contain_text("assigned to @Alice Martin")
    await desk.fits()

    await desk.more(desk.thread, "Transfer…")
    form = desk.form("Transfer")
    await form.get_by_role("combobox", name="To").fill("Bruno")
    await desk.page.get_by_role("option", name=re.compile("Bruno")).click()
    await form.get_by_role("textbox", name="Note to them").fill("Tu connais sa commande.")
    await desk.fits()
    await form.get_by_role("button", name="Transfer").click()
    await expect(desk.reply("handed this over to")).to_contain_text("Tu connais sa commande.")
    await expect(bruno.message("Waiting")).to_contain_text("assigned to @Bruno Petit")
    await expect(await desk.phone(CARLA)).not_to_contain_text("Tu connais")
    await desk.slack()

    await desk.more(desk.thread, "Snooze…")
    await desk.form("Snooze").get_by_role("radio", name="Until they write").check()
    await desk.form("Snooze").get_by_role("button", name="Snooze", exact=True).click()
    await expect(desk.thread).to_contain_text(re.compile("Snoozed by @?Alice Martin until they write"))
    await desk.answer(CARLA, "Toujours là ?")
    await desk.slack()
    await expect(desk.reply("Toujours là ?")).to_contain_text("Bruno Petit")
    await expect(bruno.message("Waiting")).to_contain_text("Toujours là ?")

    await desk.more(desk.thread, "Reveal number")
    await expect(desk.form("Their number")).to_contain_text("+33 6 12 34 56 78")
    await desk.fits()
    await desk.form("Their number").get_by_role("button", name="Close").last.click()
    await expect(desk.reply("looked at the number")).to_contain_text("Alice Martin")
    await expect(bruno.page.get_by_role("log", name="Messages")).not_to_contain_text("12 34 56")

    await desk.press(desk.thread, "Resolve")
    await expect(desk.thread).to_contain_text("Resolved")
    await desk.answer(CARLA, "Encore une chose")
    await desk.slack()
    await expect(desk.reply("Encore une chose")).to_be_visible()
    await expect(bruno.message("Waiting")).to_contain_text("Encore une chose")
    await desk.fits()


async def test_the_card_says_who_writes_and_who_is_second_is_asked_first(desk: Desk, sandbox: Sandbox) -> None:
    bruno = await sandbox.visit(me="U0BRUNO")
    await opened(desk)
    await desk.press(desk.thread, "Reply")
    form = desk.form("Reply by SMS")
    await expect(form).to_contain_text("Bonjour, ma commande ?")
    await expect(bruno.message("Waiting")).to_contain_text("Alice Martin is writing an answer")
    await form.get_by_role("textbox", name="Text").fill("Elle est prête, forêt comprise")
    await expect(form).to_contain_text("not in the SMS alphabet")

    await bruno.press(bruno.message("Waiting"), "Reply")
    await bruno.form("Reply by SMS").get_by_role("textbox", name="Text").fill("Elle est prête.")
    await bruno.form("Reply by SMS").get_by_role("button", name="Send").click()
    await expect(await bruno.phone(CARLA)).to_contain_text("Elle est prête.")

    await form.get_by_role("button", name="Send").click()
    asked = desk.page.get_by_role("dialog").filter(has_text="has answered meanwhile")
    await expect(asked).to_contain_text("Elle est prête.")
    await expect(asked.get_by_role("textbox", name="Text")).to_have_value("Elle est prête, forêt comprise")
    await expect(await desk.phone(CARLA)).not_to_contain_text("forêt comprise")
    await desk.slack()
    await asked.get_by_role("textbox", name="Text").fill("Et ouverte jusqu'à 19 h.")
    await asked.get_by_role("button", name="Send it all the same").click()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await expect(await desk.phone(CARLA)).to_contain_text("Et ouverte jusqu'à 19 h.")
    await desk.slack()
    await expect(desk.reply("Et ouverte jusqu'à 19 h.")).to_contain_text("Delivered")
    await expect(desk.message("assigned to @Bruno Petit")).not_to_contain_text("is writing")


async def test_a_marked_line_of_a_thread_goes_out_and_its_edit_does_not(desk: Desk) -> None:
    await opened(desk)
    await desk.remark("On lui dit quoi ?")
    await desk.remark("sms: Elle vous attend au comptoir.")
    phone = await desk.phone(CARLA)
    await expect(phone).to_contain_text("Elle vous attend au comptoir.")
    await expect(phone).not_to_contain_text("On lui dit quoi")
    await expect(desk.reply("sent as SMS by", "Elle vous attend au comptoir.")).to_contain_text("Alice Martin")
    await desk.say_stop(CARLA)
    await expect(desk.thread).to_contain_text("Opted out")
    await desk.remark("sms: Bonne journée !")
    await expect(desk.thread).to_contain_text("This number opted out and cannot be texted")
    await expect(phone).not_to_contain_text("Bonne journée")


async def test_a_saved_answer_is_made_once_and_used_in_the_form(desk: Desk) -> None:
    await desk.say("/sms templates")
    listed = desk.form("Saved answers")
    await listed.get_by_role("button", name="New", exact=True).click()
    form = desk.form("New saved answer")
    await form.get_by_role("textbox", name="Name").fill("Horaires")
    await form.get_by_role("textbox", name="Text").fill("Nous sommes ouverts de 9 h à 19 h.")
    await form.get_by_role("button", name="Save", exact=True).click()
    await expect(listed).to_contain_text("Horaires")
    await expect(form).to_have_count(0)
    await listed.get_by_role("button", name="Close", exact=True).last.click()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await opened(desk)
    await desk.press(desk.thread, "Reply")
    form = desk.form("Reply by SMS")
    await form.get_by_role("combobox", name="Saved answer").click()
    await desk.page.get_by_role("option", name="Horaires").click()
    await expect(form.get_by_role("textbox", name="Text")).to_have_value("Nous sommes ouverts de 9 h à 19 h.")
    await form.get_by_role("button", name="Send").click()
    await expect(await desk.phone(CARLA)).to_contain_text("de 9 h à 19 h.")


async def test_the_inbox_lists_whose_turn_it_is_and_resolves_several(any_desk: Desk) -> None:
    desk = any_desk
    for number, words in ((CARLA, "Bonjour, c'est Carla"), (DAN, "Bonjour, c'est Dan")):
        await desk.send(number, f"Bonjour {number[-2:]}")
        await desk.answer(number, words)
    await desk.slack()
    await expect(desk.message("Waiting", "c'est Dan")).to_be_visible()
    await desk.say("/sms inbox")
    answer = desk.message("Inbox")
    await expect(answer).to_contain_text("c'est Carla")
    await expect(answer).to_contain_text("c'est Dan")
    await desk.fits()
    await desk.press(answer.get_by_role("group").first.or_(answer).last, "Resolve several…")
    form = desk.form("Resolve conversations")
    await form.get_by_role("combobox", name="Conversations").click()
    await desk.page.get_by_role("option").first.click()
    await desk.page.get_by_role("option").nth(1).click()
    await desk.page.keyboard.press("Escape")
    await form.get_by_role("button", name="Resolve", exact=True).click()
    await expect(desk.message("Resolved", "c'est Carla")).to_be_visible()
    await expect(desk.message("Resolved", "c'est Dan")).to_be_visible()
