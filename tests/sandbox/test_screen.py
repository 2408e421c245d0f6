"""What the demo prints, without a bot: marks, columns, and what changes while somebody plays."""

import asyncio
import io

from bot.sandbox.onlooker import Onlooker
from bot.sandbox.screen import Panel, Screen, readable
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.changes import Changes
from bot.sandbox.smsfactor import SMSFactorStandIn


class Paper(io.StringIO):
    """Rings when something is written on it."""

    def __init__(self) -> None:
        super().__init__()
        self.changes = Changes()

    def write(self, words: str) -> int:
        written = super().write(words)
        self.changes.ring()
        return written


def test_slacks_marks_are_read_and_stars_of_people_stay() -> None:
    assert (
        readable(":warning: *Low*, `c7k2m9q` costs 2 * 3 * 4\n> said").plain == "⚠ Low, c7k2m9q costs 2 * 3 * 4\n▏ said"
    )


def test_phones_stand_beside_slack_and_long_lines_are_broken_in_their_column() -> None:
    printed = io.StringIO()
    Screen(printed).show(Panel("#sms", "> " + "word " * 30), Panel("on the phone", "Bonjour", on_phone=True))
    lines = printed.getvalue().splitlines()
    assert "┏ #sms" in lines[1]
    assert "┏ on the phone" in lines[1]
    assert all(line.startswith("┃ ▏ word") for line in lines[2:])
    assert max(map(len, lines)) <= 100


def test_what_was_shown_is_remembered_under_its_heading() -> None:
    screen = Screen(io.StringIO())
    screen.heading("1 · First", "Somebody does something.")
    screen.show(Panel("#sms", "*Held*"), Panel("on the phone", "Bonjour", on_phone=True))
    assert screen.acts[0].heading == "1 · First"
    assert screen.acts[0].seen("#sms") == "Held"
    assert screen.acts[0].seen() == "Held\nBonjour"


async def test_the_onlooker_shows_a_message_once_and_again_when_it_is_edited() -> None:
    async with SlackStandIn() as slack, SMSFactorStandIn(token="token") as provider:
        paper = Paper()
        screen = Screen(paper)
        screen.heading("Play", "")
        person = slack.person("U0BRUNO")
        await person.write("C0SMS", "before")
        watching = asyncio.create_task(Onlooker(slack, provider, screen).watch())
        first = await person.write("C0SMS", "hello")
        await paper.changes.until(lambda: "┃ hello" in paper.getvalue())
        await person.edit("C0SMS", first["ts"], "hello again")
        await paper.changes.until(lambda: "┃ hello again" in paper.getvalue())
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert [(panel.where, panel.text) for panel in screen.acts[0].panels] == [
        ("#sms", "hello"),
        ("#sms, edited", "hello again"),
    ]
