"""What the demo prints: a heading for each act, and beside each other what Slack shows and what the phones get."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import IO

from rich.console import Console, Group
from rich.emoji import Emoji
from rich.table import Table
from rich.text import Text

WIDTH = 100  # of a pipe or a file, and the most of a terminal: longer lines are hard to read
NARROW = 72  # below this, what stands beside each other stands one below the other
_MARKS = re.compile(r"(?<![\w*])\*(?! )(?P<bold>[^*\n]+)(?<! )\*(?![\w*])|`(?P<code>[^`\n]+)`")
QUOTED = "▏ "
_COLOURED = "\ufe0f"  # asks for an emoji in colour, of whose width terminals have different opinions


@dataclass(frozen=True, slots=True)
class Panel:
    """One thing that somebody sees: ``where`` it stands, and its text."""

    where: str
    text: str
    on_phone: bool = False


@dataclass(slots=True)
class Act:
    """What was shown under one heading, as plain text."""

    heading: str
    said: list[str] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)

    def seen(self, where: str = "") -> str:
        """All that stands in the panels whose place begins with ``where``."""
        return "\n".join(panel.text for panel in self.panels if panel.where.startswith(where))


class Screen:
    """Prints, and remembers what it printed. Without a terminal: plain text, ``WIDTH`` columns wide."""

    def __init__(self, file: IO[str] | None = None) -> None:
        self._console = Console(file=file, highlight=False, markup=False, emoji=False)
        self._width = WIDTH
        if self._console.is_terminal:
            self._width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
        self._console.width = self._width
        self.acts: list[Act] = []

    def heading(self, title: str, story: str) -> None:
        """Begin an act: its title, and who does what."""
        self.acts.append(Act(title))
        self._console.print()
        self._console.rule(Text(title, "bold"), align="left", style="dim")
        self.say(story)

    def say(self, words: str, style: str = "") -> None:
        """A line between panels."""
        if self.acts:
            self.acts[-1].said.append(words)
        text = readable(words)
        text.stylize(style)
        self._console.print(text, soft_wrap="http" in words)  # an address, or a line to copy, stays in one piece

    def show(self, *panels: Panel) -> None:
        """Slack's panels at the left, phones at the right; panels of one kind take the whole width."""
        if self.acts:
            self.acts[-1].panels += [replace(panel, text=readable(panel.text).plain) for panel in panels]
        slack = [panel for panel in panels if not panel.on_phone]
        phones = [panel for panel in panels if panel.on_phone]
        self._console.print()
        if not (slack and phones) or self._width < NARROW:
            self._console.print(_column(panels, self._width))
            return
        left = self._width * 3 // 5
        beside = Table.grid(padding=(0, 2, 0, 0))
        beside.add_column(width=left)
        beside.add_column(width=self._width - left - 2)
        beside.add_row(_column(slack, left), _column(phones, self._width - left - 2))
        self._console.print(beside)


def readable(text: str) -> Text:
    """Slack's marks as a person sees them: bold, code, quotes, emoji."""
    drawn = Emoji.replace(text).replace(_COLOURED, "")
    lines = [f"{QUOTED}{line[2:]}" if line.startswith("> ") else line for line in drawn.split("\n")]
    return Text("\n").join(_marked(line) for line in lines)


def _marked(line: str) -> Text:
    text, end = Text(), 0
    for mark in _MARKS.finditer(line):
        text.append(line[end : mark.start()])
        text.append(mark["bold"] or mark["code"], "bold" if mark["bold"] else "magenta")
        end = mark.end()
    return text.append(line[end:])


def _column(panels: Sequence[Panel], width: int) -> Group:
    """Each panel as its place and its text behind a bar. No frame: emoji would break its right side."""
    lines: list[Text] = []
    for number, panel in enumerate(panels):
        if number:
            lines.append(Text())
        colour = "green" if panel.on_phone else "cyan"
        lines.append(Text(f"┏ {panel.where}", colour))
        for line in readable(panel.text).split("\n", allow_blank=True):
            quoted = line.plain.startswith(QUOTED)
            bar = f"┃ {QUOTED}" if quoted else "┃ "
            wrapped = (line[len(QUOTED) :] if quoted else line).wrap(Console(width=width), width - len(bar))
            lines += [Text.assemble((bar, colour), part) for part in wrapped or [Text()]]
    return Group(*lines)
