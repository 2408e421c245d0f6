"""Where a story plays: a town, what its people do there, and waiting for what comes of it."""

from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.slack import Result
from bot.sandbox.slack.world import Json
from bot.sandbox.smsfactor import Text
from bot.sandbox.town import CHANNEL, Town

T = TypeVar("T")

PATIENCE = 20.0  # seconds that a step waits for what it announced; at the real pace, a few are enough


class NotSeenError(Exception):
    """What a step announced did not happen. The text says what was to be seen instead."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Acts raise ``NotSeenError`` if the bot did not answer well, waits if it took too long."""

    town: Town

    async def command(self, user: str, words: str) -> Result:
        """Type ``/sms <words>`` in the channel."""
        return _good(await self.town.slack.person(user).command("/sms", words, CHANNEL), f"`/sms {words}`")

    async def type(self, user: str, field: str, text: str) -> None:
        """Type into a field of the form on top that tells the bot of it; back when the bot has drawn the form anew."""
        person = self.town.slack.person(user)
        before = person.view or {}
        _good(await person.click(before, field, text), "what was typed")
        try:
            await self.town.slack.until(lambda: (person.view or {}).get("hash") != before.get("hash"), PATIENCE)
        except TimeoutError:
            raise NotSeenError("the form did not follow what was typed in it") from None

    async def submit(self, user: str, expected: str, **values: object) -> Result:
        """Fill the form on top and submit it; the answer must be ``expected``: push, clear, or errors."""
        result = _good(await self.town.slack.person(user).submit(values), "the form")
        if result.action != expected:
            words = "; ".join(result.errors.values())
            raise NotSeenError(f"the form was answered with {result.action} ({words}), where {expected} was due")
        return result

    async def write_sms(self, user: str, number: str, text: str) -> None:
        """Open a form, fill it, look at the price, confirm."""
        await self.command(user, f"send {number} {text}")
        await self.submit(user, "push")
        await self.submit(user, "clear")

    async def be_refused(self, user: str, number: str, text: str, *, because: str) -> None:
        """Fill a form that must be refused with these words under its numbers. It stays open."""
        await self.command(user, f"send {number} {text}")
        result = await self.submit(user, "errors")
        if because not in result.errors.get("to", ""):
            raise NotSeenError(f"“{because}” does not stand under the numbers, but {result.errors}")

    async def close(self, user: str) -> None:
        """Close every form of this person, if there are any."""
        if self.town.slack.person(user).view:
            await self.town.slack.person(user).close(everything=True)

    async def message(self, *words: str) -> Json:
        """Wait for a message in the channel, or in a thread of it, that says all of ``words``; the newest."""
        slack = self.town.slack
        try:
            return await slack.until(lambda: self.newest(*words), PATIENCE) or {}
        except TimeoutError:
            last = "\n\n".join(slack.show(message) for message in slack.messages(CHANNEL)[-3:])
            raise NotSeenError(f"no message in #sms says {words}; the last ones say:\n\n{last}") from None

    def newest(self, *words: str) -> Json | None:
        """The newest message that says all of ``words``, if there is one."""
        slack = self.town.slack
        everything = slack.world.channels[CHANNEL].messages
        return next((one for one in reversed(everything) if all(word in slack.show(one) for word in words)), None)

    async def text_on(self, number: str, words: str = "") -> Text:
        """Wait for an SMS on a phone that says ``words``; the newest."""

        def newest() -> Text | None:
            return next((text for text in reversed(self.town.provider.texts(number)) if words in text.text), None)

        try:
            found = await self.town.provider.until(newest, PATIENCE)
        except TimeoutError:
            found = None
        if found is None:
            raise NotSeenError(f"no SMS with “{words}” reached the phone")
        return found

    def said(self, words: str) -> bool:
        """Whether a form was ever answered with these words under a field."""
        answers = [request.answer for request in self.town.slack.requests if isinstance(request.answer, dict)]
        return any(words in line for answer in answers for line in (answer.get("errors") or {}).values())


def _good(result: Result, what: str) -> Result:
    if result.problem:
        raise NotSeenError(f"{what} was answered with {result.problem} (HTTP {result.status})")
    return result
