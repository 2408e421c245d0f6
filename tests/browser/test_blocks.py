"""Block Kit in a real browser: everything is drawn, fits the page, and holds what a reader needs."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.block_kit import block_kit, validate_message, validate_view
from tests.browser.axe import grave_violations
from tests.browser.blocks_page import show
from tests.browser.every_block import ALERT, CHARTS, DATA_TABLE, EVERY_BLOCK, IN_MESSAGES, INPUTS, Json, plain

pytest_plugins = ["tests.browser.blocks_bench"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_block_and_element_is_drawn_and_none_is_unknown(bench: Page) -> None:
    await show(bench, *EVERY_BLOCK)
    await expect(bench.locator(".block[data-type]")).to_have_count(len(EVERY_BLOCK) + 2)  # a container holds two
    await expect(bench.locator(".unknown")).to_have_count(0)
    assert await bench.locator(".block:empty").count() == 0


async def test_the_samples_are_blocks_that_slack_takes_and_leave_out_no_type() -> None:
    for block in IN_MESSAGES + CHARTS:
        validate_message([block])
    submit = {"type": "modal", "title": plain("Form"), "submit": plain("Go")}
    validate_view({**submit, "blocks": [ALERT, *INPUTS]})
    schema = block_kit()["$defs"]
    known = {_type_of(schema, one) for one in schema["block"]["oneOf"]}
    for place in ("actions_block_element", "input_block_element", "context_actions_block_element"):
        known |= {_type_of(schema, one) for one in schema[place]["oneOf"]}
    assert known - set(_types(EVERY_BLOCK)) == set()


def _type_of(schema: Json, reference: Json) -> str:
    kind: str = schema[reference["$ref"].removeprefix("#/$defs/")]["properties"]["type"]["const"]
    return kind


def _types(value: Any) -> list[str]:
    if isinstance(value, list):
        return [kind for one in value for kind in _types(one)]
    if isinstance(value, dict):
        return [value.get("type", ""), *(kind for one in value.values() for kind in _types(one))]
    return []


async def test_what_is_not_known_is_named_and_never_left_out(bench: Page) -> None:
    await show(bench, {"type": "poll"}, {"type": "actions", "elements": [{"type": "slider"}]}, {"type": "toString"})
    await expect(bench.locator(".unknown")).to_contain_text(
        ["Unknown block: poll", "Unknown element: slider", "Unknown block: toString"]
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious(bench: Page, theme: str) -> None:
    await bench.evaluate("theme => { location.hash = `theme=${theme}` }", theme)
    await show(bench, *EVERY_BLOCK, errors={"text_block": "This is too long.", "ticks_block": "Choose one."})
    await bench.get_by_role("button", name="More actions").click()
    assert [(one["id"], one["nodes"][0]["html"]) for one in await grave_violations(bench)] == []


@pytest.mark.parametrize("width", [390, 1280])
async def test_nothing_makes_the_page_scroll_sideways(bench: Page, width: int) -> None:
    await bench.set_viewport_size({"width": width, "height": 800})
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "W" * 300 + " `" + "x" * 300 + "`"}}
    await show(bench, *EVERY_BLOCK, long)
    await bench.get_by_role("button", name="More actions").click()
    await expect(bench.get_by_role("menu")).to_be_visible()
    assert await bench.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart["chart"]["type"])
async def test_a_chart_is_drawn_and_its_numbers_are_in_a_table(bench: Page, chart: Json) -> None:
    await show(bench, chart)
    drawing = bench.get_by_role("img", name=chart["title"])
    await expect(drawing).to_be_visible()
    await bench.get_by_text("The numbers").click()
    cells = await bench.get_by_role("cell").all_inner_texts()
    if chart["chart"]["type"] == "pie":
        assert cells == ["75", "75%", "25", "25%"]
        assert await drawing.locator("path").count() == 2
    else:
        assert cells == ["1,200", "30", "950", "-12.5"]
        assert await drawing.locator("title").all_text_contents() >= ["Sent, Mon: 1,200"]


async def test_a_bar_is_as_long_as_its_number(bench: Page) -> None:
    await show(bench, CHARTS[1])
    heights = await bench.locator(".plot rect").evaluate_all("bars => bars.map(bar => bar.height.baseVal.value)")
    assert heights[1] / heights[0] == pytest.approx(950 / 1200, rel=0.02)


async def test_a_table_of_data_has_pages_and_sorts_by_its_titles(bench: Page) -> None:
    await show(bench, DATA_TABLE)
    names = bench.get_by_role("rowheader")
    await expect(names).to_have_text(["Sales", "Support"])
    await bench.get_by_role("button", name="Next").click()
    await expect(names).to_have_text(["Office"])
    await bench.get_by_role("button", name="Credits").click()
    await expect(names).to_have_text(["Support", "Sales"])
    await bench.get_by_role("button", name="Credits").click()
    await expect(names).to_have_text(["Office", "Sales"])
    await expect(bench.get_by_role("columnheader", name="Credits")).to_have_attribute("aria-sort", "descending")


async def test_the_page_asks_for_nothing_from_elsewhere(bench: Page) -> None:
    asked: list[str] = []
    bench.on("request", lambda request: asked.append(request.url))
    await show(bench, *EVERY_BLOCK)
    await expect(bench.get_by_role("link", name="A chart from elsewhere")).to_be_visible()
    assert [url for url in asked if not url.startswith((bench.url, "data:"))] == []


async def test_an_icon_button_is_seen_by_those_alone_whom_it_is_for(bench: Page) -> None:
    await show(bench, *EVERY_BLOCK)
    await expect(bench.get_by_role("button", name="Delete")).to_be_visible()
    await expect(bench.get_by_role("button", name="Not for Alice")).to_have_count(0)
