"""Where the tour plays: the two stand-ins and the screen, and what can be seen of them at a moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot import phone
from bot.sandbox.screen import Panel, Screen
from bot.sandbox.slack import Result, SlackStandIn, text_of
from bot.sandbox.slack.world import Json
from bot.sandbox.smsfactor import SMSFactorStandIn, Text

T = TypeVar("T")

CHANNEL = "C0SMS"
PATIENCE = 20.0  # seconds that a step waits for what it announced; at the real pace, a few are enough


class NotSeenError(Exception):
    """What a step announced did not happen. The text says what was to be seen instead."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a step looks at or acts on."""

    slack: SlackStandIn
    provider: SMSFactorStandIn
    screen: Screen

    async def command(self, user: str, words: str) -> Result:
        """Type ``/sms <words>`` in the channel. Raises ``NotSeenError`` if the bot did not answer well."""
        result = await self.slack.person(user).command("/sms", words, CHANNEL)
        if result.problem:
            raise NotSeenError(f"`/sms {words}` was answered with {result.problem} (HTTP {result.status})")
        return result

    async def submit(self, user: str, **values: object) -> Result:
        """Fill the form on top and submit it. Raises ``NotSeenError`` if the bot did not answer well."""
        result = await self.slack.person(user).submit(values)
        if result.problem:
            raise NotSeenError(f"the form was answered with {result.problem} (HTTP {result.status})")
        return result

    async def message(self, *words: str) -> Json:
        """Wait for a message in the channel, or in a thread of it, that says all of ``words``; the newest."""

        def newest() -> Json | None:
            everything = self.slack.world.channels[CHANNEL].messages
            return next((m for m in reversed(everything) if all(w in self.slack.show(m) for w in words)), None)

        try:
            return await self.slack.until(newest, PATIENCE) or {}
        except TimeoutError:
            last = "\n\n".join(self.slack.show(message) for message in self.slack.messages(CHANNEL)[-3:])
            raise NotSeenError(f"no message in #sms says {words}; the last ones say:\n\n{last}") from None

    async def text_on(self, number: str, words: str) -> Text:
        """Wait for an SMS on a phone that says ``words``."""

        def newest() -> Text | None:
            return next((text for text in reversed(self.provider.texts(number)) if words in text.text), None)

        return await self.expect(newest, f"no SMS with “{words}” reached the phone")

    async def expect(self, seen: Callable[[], T | None], otherwise: str) -> T:
        """Wait until the provider's side shows it. Raises ``NotSeenError`` saying ``otherwise``."""
        try:
            found = await self.provider.until(seen, PATIENCE)
        except TimeoutError:
            found = None
        if found is None:
            raise NotSeenError(otherwise)
        return found

    # Panels

    def posted(self, message: Json, where: str = "#sms") -> Panel:
        """A message as the channel shows it."""
        return Panel(where, self.slack.show(message))

    def private(self, user: str, result: Result) -> Panel:
        """The answer to a command. Raises ``NotSeenError`` if there is none."""
        if result.answer is None:
            raise NotSeenError("the command was not answered with a message")
        return Panel(f"only {self.name(user)} sees this", self.slack.show(result.answer))

    def form(self, user: str, errors: Mapping[str, str] | None = None) -> Panel:
        """The form on top of a person's screen, with what Slack writes under its fields."""
        view = self.slack.person(user).view
        if view is None:
            raise NotSeenError("no form is open")
        typed = view["state"]["values"]
        lines = [f"*{view['title']['text']}*", ""]
        for block in view["blocks"]:
            lines.append(text_of([block], state=typed))
            lines += [f"  ✖ {words}" for at, words in (errors or {}).items() if at == block["block_id"]]
        buttons = [f"[ {view[button]['text']} ]" for button in ("close", "submit") if view.get(button)]
        return Panel(f"on {self.name(user)}'s screen", "\n".join([*lines, "", "  ".join(buttons)]))

    def phone(self, number: str, text: str, *, said: bool = False) -> Panel:
        """An SMS as it arrives on a phone, or as its owner writes it."""
        return Panel(f"{'from' if said else 'on'} the phone {phone.show(number)}", text, on_phone=True)

    def name(self, user: str) -> str:
        """A person's first name."""
        return self.slack.world.users[user].real_name.split()[0]
