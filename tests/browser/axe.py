"""Axe looks at a page for what keeps people out, and tells what is grave."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.async_api import Page

GRAVE = ("serious", "critical")
LOOK = """async () => {
    const { violations, passes } = await axe.run({ preload: false, resultTypes: ["violations"] });
    return { violations, passed: passes.map((rule) => rule.id) };
}"""
# preload: it would ask for imported style sheets at a wrong address. Everything else that it knows of each node
# of the page is not handed over: that takes longer than to look.


async def grave_violations(page: Page) -> list[dict[str, Any]]:
    """What is serious or critical, as axe tells it."""
    if await page.evaluate("typeof axe === 'undefined'"):
        await page.evaluate(AXE_SCRIPT)
    found = await page.evaluate(LOOK)
    assert "color-contrast" in {*found["passed"], *(one["id"] for one in found["violations"])}  # it has looked
    return [one for one in found["violations"] if one["impact"] in GRAVE]
