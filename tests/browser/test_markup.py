"""Slack's markup and dates in the page: they read as in Slack."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.blocks_page import show, until_acts
from tests.browser.every_block import NOON

pytest_plugins = ["tests.browser.blocks_bench"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def html(bench: Page, text: str, **options: Any) -> str:
    said: str = await bench.evaluate("([text, options]) => bench.said(text, options).innerHTML", [text, options])
    return said


MARKUP = {
    "*bold* _italic_ ~struck~": "<strong>bold</strong> <em>italic</em> <s>struck</s>",
    "a*b*c snake_case_name 2*3*4": "a*b*c snake_case_name 2*3*4",
    "* not * (*yes*), *_both_*": "* not * (<strong>yes</strong>), <strong><em>both</em></strong>",
    "*one\ntwo*": "*one<br>two*",
    "**": "**",
    "a*b* c_d_ *e*f": "a*b* c_d_ *e*f",
    "`*no* _no_` x": "<code>*no* _no_</code> x",
    "```\n*no* &lt;b&gt;\n  in```\nafter": '<pre class="code">*no* &lt;b&gt;\n  in</pre>after',
    "&lt;script&gt; &amp;amp;": "&lt;script&gt; &amp;amp;",
    "a\n&gt; said\n> more\nb": "a<blockquote>said<br>more</blockquote>b",
    "&gt;&gt;&gt; all\nof it": "<blockquote>all<br>of it</blockquote>",
    "• one\n• two": "• one<br>• two",
    ":tada: :nonsense: 10:30:15": "🎉 :nonsense: 10:30:15",
    ":wave::skin-tone-3:": "👋🏼",
    "<https://a.fr/?x=1&amp;y=2|a *site*>": (
        '<a href="https://a.fr/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">a *site*</a>'
    ),
    "<mailto:a@b.fr|a@b.fr>": '<a href="mailto:a@b.fr" target="_blank" rel="noopener noreferrer">a@b.fr</a>',
    "<javascript:alert(1)|press>": "<span>press</span>",
    "(https://a.fr/b_c_d).": (
        '(<a href="https://a.fr/b_c_d" target="_blank" rel="noopener noreferrer">https://a.fr/b_c_d</a>).'
    ),
    "<@U0ALICE> <@U0BRUNO|b>": (
        '<button type="button" class="mention own">@Alice Martin</button> '
        '<button type="button" class="mention">@Bruno Petit</button>'
    ),
    "<@U0GONE|carla> <@U0GONE>": '<span class="mention">@carla</span> <span class="mention">@U0GONE</span>',
    "<#C0SMS> <#C0X|there>": (
        '<button type="button" class="mention">#sms</button> <span class="mention">#there</span>'
    ),
    "<!here> <!subteam^S1|@support>": '<span class="mention own">@here</span> <span class="mention">@support</span>',
    "*<https://a.fr|bold *link>*": (
        '<strong><a href="https://a.fr" target="_blank" rel="noopener noreferrer">bold *link</a></strong>'
    ),
}


@pytest.mark.parametrize(("text", "expected"), MARKUP.items(), ids=MARKUP)
async def test_markup_reads_as_in_slack(bench: Page, text: str, expected: str) -> None:
    assert await html(bench, text) == expected


async def test_verbatim_text_keeps_bare_addresses_as_words(bench: Page) -> None:
    assert await html(bench, "see https://a.fr *now*", verbatim=True) == "see https://a.fr <strong>now</strong>"


async def test_a_mention_shows_who_that_is(bench: Page) -> None:
    await show(bench, {"type": "section", "text": {"type": "mrkdwn", "text": "<@U0BRUNO> in <#C0SMS>"}})
    await bench.get_by_role("button", name="@Bruno Petit").click()
    await bench.get_by_role("button", name="#sms").click()
    await until_acts(bench, ["user", "U0BRUNO"], ["channel", "C0SMS"])


DATES = {
    "{date_num} {time}": "2026-11-22 12:00",
    "{date_slash}": "22/11/2026",
    "{date_long}": "Sunday, November 22nd, 2026",
    "{date_long_full}": "November 22, 2026",
    "{date} {date_short}": "November 22 Nov 22, 2026",
    "{date_pretty} at {time_secs}": "Today at 12:00:00",
    "at {date_short_pretty}": "at today",
    "{date_long_pretty} {day_divider_pretty}": "Today today",
    "{ago}": "0 seconds ago",
    "{nonsense}": "{nonsense}",
}


@pytest.mark.parametrize(("style", "expected"), DATES.items(), ids=DATES)
async def test_a_date_has_all_of_slacks_tokens(bench: Page, style: str, expected: str) -> None:
    said = await bench.evaluate("text => bench.said(text).textContent", f"<!date^{NOON}^{style}|then>")
    assert said == expected


async def test_a_date_is_read_in_the_viewers_zone(bench: Page) -> None:
    late = NOON + 12 * 3600 - 1  # 23:59:59 in Paris, the next day in Tokyo
    for zone, expected in (("Europe/Paris", "x today 23:59"), ("Asia/Tokyo", "x tomorrow 07:59")):
        script = "([text, zone]) => bench.said(text, {zone}).textContent"
        said = await bench.evaluate(script, [f"x <!date^{late}^{{date_pretty}} {{time}}|then>", zone])
        assert said == expected


async def test_what_is_no_date_shows_its_fallback(bench: Page) -> None:
    assert await bench.evaluate("bench.said('<!date^soon^{date}|some *day*>').textContent") == "some *day*"
    linked = await html(bench, f"<!date^{NOON}^{{date_num}}^https://a.fr/|then>")
    assert 'href="https://a.fr/"' in linked


@pytest.mark.parametrize(
    ("ago", "zone", "expected"),
    [
        (60, "Europe/Paris", "11:59"),
        (13 * 3600, "Europe/Paris", "Yesterday at 23:00"),
        (13 * 3600, "America/New_York", "Yesterday at 17:00"),
        (19 * 86_400, "Europe/Paris", "November 3 at 12:00"),
        (365 * 86_400, "Europe/London", "November 22, 2025 at 11:00"),
    ],
)
async def test_a_moment_is_named_by_how_near_it_is(bench: Page, ago: int, zone: str, expected: str) -> None:
    assert await bench.evaluate("([ts, zone]) => bench.moment(ts, zone)", [f"{NOON - ago}.000100", zone]) == expected
