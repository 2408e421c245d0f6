"""The rich text of what people type, as the app gets it."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack import composing, emoji
from bot.slack.typed import MENTION, STRUCK, typed

PAGE = Path(emoji.__file__).parent.parent / "page" / "static" / "blocks" / "emoji.js"


def words(text: str, *styles: str) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": dict.fromkeys(styles, True)} if styles else {})}


async def heard(slack: Any, text: str) -> dict[str, Any]:
    """The message event of what Bruno types."""
    await slack.person("U0BRUNO").write("C0SMS", text)
    event: dict[str, Any] = slack.requests[0].payload["event"]
    return event


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Bonjour & <b>", [words("Bonjour & <b>")]),
        ("sms: deux\nlignes", [words("sms: deux\nlignes")]),
        ("demande à @alice !", [words("demande à "), {"type": "user", "user_id": "U0ALICE"}, words(" !")]),
        ("<@U0ALICE>", [{"type": "user", "user_id": "U0ALICE"}]),
        ("voir #sms", [words("voir "), {"type": "channel", "channel_id": "C0SMS"}]),
        ("<!here> venez", [{"type": "broadcast", "range": "here"}, words(" venez")]),
        ("https://example.org/a?b=1&c=2", [{"type": "link", "url": "https://example.org/a?b=1&c=2"}]),
        ("*gras* et _penché_", [words("gras", "bold"), words(" et "), words("penché", "italic")]),
        ("*_les deux_*", [words("les deux", "bold", "italic")]),
        ("~30 €~ 20 €", [words("30 €", "strike"), words(" 20 €")]),
        ("tapez `*START*`", [words("tapez "), words("*START*", "code")]),
        ("5 * 3 * 2, a_b_c, ~20, * x*, **y**", [words("5 * 3 * 2, a_b_c, ~20, * x*, **y**")]),
        ("à 10:30:45", [words("à 10:30:45")]),
        ("👩‍👩‍👧‍👦 ok", [words("👩‍👩‍👧‍👦 ok")]),
        (":+1::skin-tone-3:", [{"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fc", "skin_tone": 3}]),
        (":party_parrot:", [{"type": "emoji", "name": "party_parrot"}]),
    ],
)  # fmt: skip
async def test_typed_words_come_with_what_slack_makes_of_them(slack, seen, text, pieces):
    [block] = (await heard(slack, text))["blocks"]
    assert (block["type"], block["elements"]) == ("rich_text", [{"type": "rich_text_section", "elements": pieces}])
    assert block["block_id"]


async def test_an_emoji_is_one_whether_typed_by_its_name_or_as_a_character(slack, seen):
    event = await heard(slack, ":tada: 🎉 ❤️ `🎉` :nosuch:")
    assert event["text"] == ":tada: :tada: :heart: `🎉` :nosuch:"
    party = {"type": "emoji", "name": "tada", "unicode": "1f389"}
    heart = {"type": "emoji", "name": "heart", "unicode": "2764-fe0f"}
    pieces = [party, words(" "), party, words(" "), heart, words(" "), words("🎉", "code"), words(" :nosuch:")]
    assert event["blocks"][0]["elements"][0]["elements"] == pieces


async def test_quotations_and_code_are_paragraphs_of_their_own(slack, seen):
    event = await heard(slack, "elle a dit\n> sms: oui\n> merci\nalors\n```x = *1*\n```")
    assert event["text"] == "elle a dit\n&gt; sms: oui\n&gt; merci\nalors\n```x = *1*\n```"
    assert event["blocks"][0]["elements"] == [
        {"type": "rich_text_section", "elements": [words("elle a dit\n")]},
        {"type": "rich_text_quote", "elements": [words("sms: oui\nmerci")]},
        {"type": "rich_text_section", "elements": [words("alors\n")]},
        {"type": "rich_text_preformatted", "elements": [words("x = *1*")]},
    ]


async def test_an_edit_and_what_was_before_have_theirs(slack, seen):
    bruno = slack.person("U0BRUNO")
    message = await bruno.write("C0SMS", "20 euros")
    await bruno.edit("C0SMS", message["ts"], "25 euros")
    event = slack.requests[-1].payload["event"]
    said = [event[which]["blocks"][0]["elements"][0]["elements"] for which in ("message", "previous_message")]
    assert said == [[words("25 euros")], [words("20 euros")]]


async def test_a_bot_writes_without_rich_text(slack, seen):
    await slack.person("U0ROBOT").write("C0SMS", "beep 🎉")
    event = slack.requests[0].payload["event"]
    assert (event["text"], "blocks" in event) == ("beep 🎉", False)


async def test_the_desk_reads_what_was_meant(slack, seen):
    read = typed(await heard(slack, "sms: *Oui* 🎉, R&D < 3"))
    assert (read.text, read.odd, read.own_words) == ("sms: Oui 🎉, R&D < 3", "", True)


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("Bonjour @alice", MENTION),
        ("~30~", STRUCK),
        ("ok :party_parrot:", ":party_parrot:, which is an emoji in Slack alone"),
    ],
)
async def test_the_desk_sees_what_cannot_leave_slack(slack, seen, text, odd):
    assert typed(await heard(slack, text)).odd == odd


def test_the_page_draws_these_emoji_by_the_same_names():
    pairs = re.findall(r"([\w+'-]+) (\S+?)[,\"]", PAGE.read_text(encoding="utf-8"))
    assert dict(pairs).items() >= emoji.STANDARD.items()
    assert not emoji.OWN & dict(pairs).keys()
    assert composing.named("".join(emoji.NAMES)) == "".join(f":{name}:" for name in emoji.NAMES.values())
