"""What a person does with the elements of blocks: by mouse and by keyboard, and what comes of it."""

from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.blocks_page import show, until_acts
from tests.browser.every_block import BUTTONS, INPUTS, MENUS, NOON, Json, asked, option, plain

pytest_plugins = ["tests.browser.blocks_bench"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


def block(name: str) -> Json:
    return next(one for one in INPUTS if one["element"]["action_id"] == name)


async def focused(bench: Page) -> str:
    text: str = await bench.evaluate("document.activeElement.textContent")
    return text


# Buttons, menus, questions


async def test_a_button_tells_its_value_once_and_shows_that_it_works(bench: Page) -> None:
    await show(bench, BUTTONS)
    await bench.evaluate("bench.slow = true")
    button = bench.get_by_role("button", name="Take it")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await button.click(force=True)
    await bench.evaluate("bench.release()")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await until_acts(bench, ["click", "take", "7"])


async def test_a_link_button_opens_a_new_tab_and_tells_the_app(bench: Page) -> None:
    await show(bench, BUTTONS)
    link = bench.get_by_role("link", name="Open")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await bench.evaluate("addEventListener('click', (event) => event.preventDefault())")
    await link.click()
    await until_acts(bench, ["click", "open", None])


async def test_a_question_comes_first_and_escape_means_no(bench: Page) -> None:
    await show(bench, BUTTONS)
    drop = bench.get_by_role("button", name="Drop")
    await drop.focus()
    await bench.keyboard.press("Enter")
    await expect(bench.get_by_role("alertdialog", name="Send it?")).to_contain_text("It goes to 3 numbers.")
    assert await focused(bench) == "Not yet"
    await bench.keyboard.press("Escape")
    await expect(bench.get_by_role("alertdialog")).to_have_count(0)
    assert await focused(bench) == "Drop"
    await bench.keyboard.press("Enter")
    await bench.keyboard.press("Tab")
    await bench.keyboard.press("Enter")
    await until_acts(bench, ["click", "drop", None])


async def test_a_menu_works_by_keyboard_and_gives_the_focus_back(bench: Page) -> None:
    await show(bench, BUTTONS)
    button = bench.get_by_role("button", name="More actions")
    await button.focus()
    await bench.keyboard.press("Enter")
    await expect(bench.get_by_role("menuitem").nth(0)).to_be_focused()
    await bench.keyboard.press("ArrowUp")
    await expect(bench.get_by_role("menuitem", name="Help")).to_be_focused()
    await bench.keyboard.press("Escape")
    await expect(bench.get_by_role("menu")).to_have_count(0)
    await expect(button).to_be_focused()
    await bench.keyboard.press("ArrowDown")
    await expect(bench.get_by_role("menuitem").nth(0)).to_be_focused()
    await bench.keyboard.press("a")
    await bench.keyboard.press("Enter")
    await until_acts(bench, ["click", "more", "archive"])
    await expect(button).to_be_focused()


async def test_a_press_elsewhere_closes_the_menu(bench: Page) -> None:
    await show(bench, BUTTONS)
    await bench.get_by_role("button", name="More actions").click()
    await expect(bench.get_by_role("menu")).to_be_visible()
    await bench.mouse.click(5, 5)
    await expect(bench.get_by_role("menu")).to_have_count(0)
    await until_acts(bench)


# Lists to choose from


async def test_a_select_is_searched_and_chosen_from_by_keyboard(bench: Page) -> None:
    await show(bench, block("grouped"))
    field = bench.get_by_role("combobox", name="Grouped")
    await field.focus()
    await bench.keyboard.press("ArrowDown")
    await expect(bench.get_by_role("group", name="Trees").get_by_role("option")).to_have_text(["Oakslow to grow"])
    await bench.keyboard.type("pea")
    await expect(bench.get_by_role("option")).to_have_text(["Pear"])
    await bench.keyboard.press("Enter")
    await expect(field).to_have_value("Pear")
    await until_acts(bench, ["fill", "grouped_block", "pear"])
    await bench.keyboard.press("ArrowDown")
    await expect(bench.get_by_role("option", selected=True)).to_have_text("✓Pear")
    await bench.keyboard.press("Escape")
    await expect(bench.get_by_role("listbox")).to_have_count(0)
    await expect(field).to_have_value("Pear")
    await bench.get_by_role("button", name="Clear").click()
    await until_acts(bench, ["fill", "grouped_block", "pear"], ["fill", "grouped_block", None])
    await expect(field).to_be_focused()


async def test_several_are_chosen_as_chips_and_no_more_than_allowed(bench: Page) -> None:
    await show(bench, block("colours"))
    field = bench.get_by_role("combobox", name="Colours")
    await field.click()
    chips = bench.get_by_role("list", name="Chosen").get_by_role("listitem")
    await bench.get_by_role("option", name="Red").click()
    await expect(chips).to_have_text(["Red×"])  # which moves the options
    await bench.get_by_role("option", name="Blue").click()
    await expect(chips).to_have_text(["Red×", "Blue×"])
    await bench.get_by_role("option", name="Green").click(force=True)
    await expect(bench.get_by_role("status")).to_have_text("No more than 2 can be chosen.")
    await bench.get_by_role("button", name="Remove Red").click()
    await expect(chips).to_have_text(["Blue×"])
    await field.focus()
    await bench.keyboard.press("Backspace")
    filled = [["red"], ["red", "blue"], ["blue"], []]
    await until_acts(bench, *(["fill", "colours_block", one] for one in filled))


async def test_an_external_menu_asks_the_app_from_enough_letters_on(bench: Page) -> None:
    await show(bench, MENUS)
    field = bench.get_by_role("combobox", name="A contact")
    await field.click()
    await expect(bench.get_by_role("status")).to_have_text("Type at least 2 characters to search.")
    await bench.keyboard.type("ann", delay=20)
    await expect(bench.get_by_role("option")).to_have_text(["anna", "annabel"])
    await bench.get_by_role("option", name="annabel").click()
    chosen = {"text": plain("annabel"), "value": "annabel"}
    await until_acts(bench, ["options", "e", "ann"], ["click", "e", chosen])
    await expect(field).to_have_value("annabel")


async def test_what_is_found_late_does_not_replace_what_was_searched_for_since(bench: Page) -> None:
    await show(bench, MENUS)
    await bench.evaluate("bench.late = 'an'")
    field = bench.get_by_role("combobox", name="A contact")
    await field.fill("an")
    await until_acts(bench, ["options", "e", "an"])
    await field.fill("bo")
    await expect(bench.get_by_role("option")).to_have_text(["boris"])
    await bench.evaluate("bench.release()")
    await expect(bench.get_by_role("option")).to_have_text(["boris"])


async def test_people_and_conversations_are_offered_by_name(bench: Page) -> None:
    await show(bench, MENUS)
    await bench.get_by_role("combobox", name="Choose a conversation", exact=True).click()
    await expect(bench.get_by_role("option")).to_have_text(["#sms", "#deskprivate"])
    await bench.get_by_role("combobox", name="Choose a channel", exact=True).click()
    await bench.get_by_role("option", name="#sms").click()
    await bench.get_by_role("combobox", name="Choose a person").click()
    await bench.get_by_role("option", name="Alice Martin").click()
    await until_acts(bench, ["click", "ch", "C0SMS"], ["click", "u", "U0ALICE"])


# Text


async def test_typed_text_arrives_once_after_a_pause_and_at_once_at_leaving(bench: Page) -> None:
    await show(bench, block("text"), block("email"))
    await bench.get_by_label("Text").press_sequentially("hello there", delay=50)  # longer than the pause
    await until_acts(bench, ["fill", "text_block", "hello there"])
    await bench.get_by_label("Address").fill("a@b.fr")
    await bench.keyboard.press("Tab")
    await until_acts(bench, ["fill", "text_block", "hello there"], ["fill", "email_block", "a@b.fr"])


async def test_a_counter_shows_near_the_limit_and_beyond_it(bench: Page) -> None:
    await show(bench, block("text"), block("lines"))
    text = bench.get_by_label("Text")
    await text.fill("nine char")
    await expect(bench.locator(".count")).to_have_count(0)
    await text.fill("x" * 19)
    await expect(text).to_have_accessible_description("Short. 1 character left")
    await text.fill("x" * 22)
    await expect(text).to_have_accessible_description("Short. 2 characters too many")
    lines = bench.get_by_label("Several lines")
    await lines.fill("abc")
    await expect(lines).to_have_accessible_description("At least 5 characters, 2 to go")


DISPATCH = {"trigger_actions_on": ["on_character_entered"]}


@pytest.mark.parametrize(("config", "key"), [(None, "Enter"), (DISPATCH, None)])
async def test_an_input_that_dispatches_tells_the_app_what_is_typed(bench: Page, config: Any, key: str | None) -> None:
    element = {"type": "plain_text_input", "action_id": "live"} | ({"dispatch_action_config": config} if config else {})
    await show(bench, asked("Live", element, dispatch_action=True))
    await bench.get_by_label("Live").press_sequentially("abc")
    if key:
        await bench.keyboard.press(key)
    await until_acts(bench, ["click", "live", "abc"])


async def test_news_never_takes_away_what_is_being_typed(bench: Page) -> None:
    await show(bench, block("text"))
    field = bench.get_by_label("Text")
    await field.press_sequentially("mine")
    state = {"text_block": {"text": {"type": "plain_text_input", "value": "older"}}}
    await show(bench, block("text"), values=state)
    await expect(field).to_have_value("mine")
    await show(bench, {**block("text"), "block_id": "new"}, values=state)
    await expect(field).to_have_value("")


async def test_an_error_stands_under_its_field_and_is_tied_to_it(bench: Page) -> None:
    await show(bench, block("text"), block("one"), errors={"text_block": "Too long.", "one_block": "Choose."})
    field = bench.get_by_label("Text")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("Short. Too long.")
    await expect(bench.get_by_role("radiogroup", name="One")).to_have_accessible_description("Choose.")
    await show(bench, block("text"), errors={})
    await expect(field).not_to_have_attribute("aria-invalid", "true")


# Ticks, dates, files


async def test_ticks_and_radio_buttons_tell_what_is_chosen(bench: Page) -> None:
    await show(bench, block("ticks"), block("one"))
    await bench.get_by_role("checkbox", name="B").check()
    await bench.get_by_role("checkbox", name="A").check()
    await bench.get_by_role("radio", name="No").check()
    await until_acts(
        bench, ["fill", "ticks_block", ["b"]], ["fill", "ticks_block", ["a", "b"]], ["fill", "one_block", "no"]
    )


async def test_a_tick_that_was_thought_better_of_is_taken_back(bench: Page) -> None:
    confirm = BUTTONS["elements"][1]["confirm"]
    element = {"type": "checkboxes", "action_id": "sure", "options": [option("all")], "confirm": confirm}
    await show(bench, {"type": "actions", "block_id": "b", "elements": [element]})
    await bench.get_by_role("checkbox", name="All").check()
    await bench.get_by_role("button", name="Not yet").click()
    await expect(bench.get_by_role("checkbox", name="All")).not_to_be_checked()
    await until_acts(bench)


@pytest.mark.parametrize(("zone", "seconds"), [("Europe/Paris", NOON), ("America/New_York", NOON + 6 * 3600)])
async def test_a_moment_is_chosen_by_the_viewers_clock(bench: Page, zone: str, seconds: int) -> None:
    await show(bench, block("moment"), block("day"), block("hour"), zone=zone)
    await bench.get_by_label("Moment").fill("2026-11-22T12:00")
    await bench.get_by_label("Day").fill("2026-01-31")
    await bench.get_by_label("Hour").fill("14:30")
    await bench.get_by_label("Hour").blur()
    await until_acts(
        bench,
        ["fill", "moment_block", seconds],
        ["fill", "day_block", "2026-01-31"],
        ["fill", "hour_block", "14:30"],
    )


async def test_the_hour_that_summer_time_skips_and_repeats_stays_a_moment(bench: Page) -> None:
    read = "async ([text, zone]) => (await import('./static/blocks/dates.js')).secondsOf(text, zone)"
    assert await bench.evaluate(read, ["2026-07-01T12:00", "Europe/Paris"]) == 1_782_900_000
    first, second = 1_792_886_400, 1_792_890_000  # 02:00 in Paris on 25 October 2026, in summer time and after it
    assert await bench.evaluate(read, ["2026-10-25T02:00", "Europe/Paris"]) in (first, second)


async def test_files_are_chosen_shown_and_taken_away(bench: Page) -> None:
    await show(bench, block("files"))
    chooser = bench.locator("input[type=file]")
    await chooser.set_input_files(FilePayload(name="list.csv", mimeType="text/csv", buffer=b"x" * 1500))
    await expect(bench.get_by_role("listitem")).to_have_text(["list.csv1.5 kB×"])
    await chooser.set_input_files(FilePayload(name="photo.png", mimeType="image/png", buffer=b"x"))
    await bench.get_by_role("button", name="Remove list.csv").click()
    await expect(bench.get_by_role("listitem")).to_have_count(0)
    file = {"id": "F0list.csv", "name": "list.csv", "size": 1500}
    await until_acts(bench, ["fill", "files_block", [file]], ["fill", "files_block", []])
