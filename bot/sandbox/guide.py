"""The guided tour: steps that a newcomer follows by hand, or has played; and how far they have come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.bot_process import BotError
from bot.sandbox.slack import NotOnScreenError
from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.world import Json
from bot.sandbox.stage import NotSeenError, Stage


@dataclass(frozen=True, slots=True)
class Step:
    """``words``: what it shows and why. ``how``: to do it by hand. ``play`` does it as ``who``; ``seen``: done."""

    title: str
    who: str
    words: str
    how: str
    play: Callable[[Stage], Awaitable[None]]
    seen: Callable[[Stage], bool]


class Guide:
    """One guide for everybody who looks at the page; what was seen once stays done."""

    def __init__(self, stage: Stage, steps: tuple[Step, ...]) -> None:
        self._stage = stage
        self._steps = steps
        self._done = [False] * len(steps)
        self._playing: asyncio.Task[None] | None = None
        self.changes = Changes()
        self.at = 0
        self.is_open = True
        self.trouble = ""

    def look(self) -> None:
        """See what people have done meanwhile. A step counts from when it is reached, so that none is spoilt."""
        if not self._done[self.at] and self._steps[self.at].seen(self._stage):
            self._done[self.at] = True
            self.changes.ring()

    def view(self) -> Json:
        """As the page draws it."""
        return {
            "open": self.is_open,
            "at": self.at,
            "done": all(self._done),
            "playing": self._playing is not None,
            "trouble": self.trouble,
            "steps": [
                {"title": step.title, "who": step.who, "words": step.words, "how": step.how, "done": done}
                for step, done in zip(self._steps, self._done, strict=True)
            ],
        }

    def go(self, where: str) -> None:
        """``next``, ``back``, ``open`` or ``close``; ``ValueError`` for anything else."""
        match where:
            case "next":
                self.at = min(self.at + 1, len(self._steps) - 1)
            case "back":
                self.at = max(self.at - 1, 0)
            case "open" | "close":
                self.is_open = where == "open"
            case _:
                raise ValueError("the guide knows play, next, back, open, close and restart")
        self.trouble = ""
        self.look()
        self.changes.ring()

    async def play(self) -> None:
        """Do the step in hand; a second call while it plays waits for the same end."""
        if self._playing is None:
            self._playing = asyncio.create_task(self._play(self.at))
        await asyncio.shield(self._playing)

    async def close(self) -> None:
        """Give up what is being played."""
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.wait({self._playing})

    async def _play(self, at: int) -> None:
        self.trouble = ""
        self.changes.ring()
        try:
            await self._steps[at].play(self._stage)
            self._done[at] = True
        except (NotSeenError, NotOnScreenError, BotError, LookupError, ValueError, TimeoutError) as error:
            self.trouble = f"This step could not be played: {error}. Reset the sandbox and begin again."
        finally:
            self._playing = None
            self.changes.ring()
