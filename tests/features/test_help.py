"""Help: every command, and the nearest one to a word that is none."""

from pathlib import Path

import pytest
import yaml

from bot.sandbox.slack import show
from tests.block_kit import validate_message
from tests.conftest import Town

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


async def asked(town: Town, words: str) -> str:
    """The answer to a command."""
    answer = (await town.person().command("/sms", words)).answer
    assert answer
    return show(answer)


async def test_help_lists_every_command(town: Town) -> None:
    text = await asked(town, "help")
    for word, door in town.desk.doors.commands.items():
        assert f"/sms {door.usage}" in text, word
        assert door.does in text


async def test_help_tells_what_is_done_without_a_command(town: Town) -> None:
    answer = (await town.person().command("/sms", "help")).answer
    assert answer
    validate_message(answer["blocks"])
    text = await asked(town, "help")
    for words in ("*Reply*", "*Claim*", "`sms:`", "`note:`", "*Home*"):
        assert words in text
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    for shortcut in manifest["features"]["shortcuts"]:
        assert f"*{shortcut['name']}*" in text


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("helpp", "help"),
        ("balanec", "balance"),
        ("Blance", "balance"),
        ("campagnes", "campaigns"),
        ("sned 06 12 34 56 78", "send"),
        ("stats", "status"),
    ],
)
async def test_an_unknown_word_names_the_nearest_command(town: Town, typed: str, near: str) -> None:
    text = await asked(town, typed)
    assert f"There is no `/sms {typed.split()[0].lower()}`. Did you mean `/sms {near}`?" in text
    assert "/sms send" in text


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "zzzzz", "?", "<b>"])
async def test_a_word_like_none_gets_the_list_without_a_guess(town: Town, typed: str) -> None:
    text = await asked(town, typed)
    assert f"There is no `/sms {typed.split()[0].lower()}`." in text
    assert "Did you mean" not in text


async def test_an_unknown_word_of_any_length_is_answered(town: Town) -> None:
    assert "There is no `/sms xxxx" in await asked(town, "x" * 8000)
