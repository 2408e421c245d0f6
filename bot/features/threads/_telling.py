"""What only the author of a message is told, and what is remembered of messages that stay inside."""

from bot.features.threads._line import Author, Line
from bot.services import Services
from bot.slack.markup import cut, escape

KEPT = 2 * 86_400  # seconds; Slack's delayed events come for a day (Slack docs, events-api)
SHOWN = 1_000  # characters of a text that is shown again
_MAY_PASS = ("rate_limited", "not_reached", "unclear")


class UntoldError(Exception):
    """Slack did not take it, but may later. Rises as a fault, so that Slack brings the event again."""


async def tell(
    services: Services, author: Author, what: str, words: str, text: str = "", *, for_seconds: int = KEPT
) -> None:
    """``words`` (markup), and the text that they are about; once per ``what`` within that time."""
    mark = f"threads {what}"
    if await services.store.notes.told(mark):
        return
    failure = await services.poster.whisper(author.channel, author.user, _shown(words, text), author.thread or None)
    if failure and failure.kind in _MAY_PASS:
        raise UntoldError(failure.code)
    await services.store.notes.tell_once(mark, for_seconds)  # after it was told: better twice than never


async def keep_inside(services: Services, channel: str, ts: str) -> None:
    """It is decided: this message will not go out, even if it comes again and nothing speaks against it then."""
    await services.store.notes.tell_once(_inside(channel, ts), KEPT)


async def is_kept_inside(services: Services, line: Line) -> bool:
    """Whether that was decided."""
    return await services.store.notes.told(_inside(line.channel, line.ts))


def _inside(channel: str, ts: str) -> str:
    return f"threads inside {channel} {ts}"


def _shown(words: str, text: str) -> str:
    if not text:
        return words
    quoted = cut(escape(text), SHOWN).replace("\n", "\n> ")
    return f"{words}\n> {quoted}"
