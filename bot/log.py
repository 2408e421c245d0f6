"""The log: one event per line on stderr, JSON for machines and colours for people, no phone number in it.

Rooms log ids, never texts or numbers. Masking here is the last line of defence: it hides whatever still looks
like a phone number in a value, a key, a message of a library or a traceback. These keep their digits, because
we need them and they are not written like numbers: a Slack `ts` (`1763817600.000100`), a Redis stream id
(`1763817600123-0`), campaign, message and Slack ids (they contain letters), and what stands under a key of
`IDS` (the provider's tickets are plain figures).
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

IDS = frozenset({"ticket", "tickets", "pid", "timestamp"})

# 9 to 15 digits in one run, or grouped as people write them if they begin with + or 0 (which few dates and no
# IP addresses do); an international number with its + counts from 7 digits on.
_NUMBER = re.compile(
    r"""
    (?P<kept> \b\d{10}\.\d{6}\b | \b\d{13}-\d+\b )
    | (?<![A-Za-z0-9]) (?<!\d\.)
      (?: \+ \d (?: [\s.()\-]{0,2} \d ){6,14}
        | 0 \)? 0? [1-9] (?: [\s.()\-]{0,2} \d ){7,13}
        | \d{9,15}
      )
      (?![A-Za-z0-9])
    """,
    re.VERBOSE,
)


def mask_numbers(text: str) -> str:
    """`text` with the digits of whatever looks like a phone number as dots, the last two excepted."""

    def dots(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        number = found[0]
        return re.sub(r"\d", "•", number[:-2]) + number[-2:]

    return _NUMBER.sub(dots, text)


def _masked(value: Any) -> Any:
    """`value` without phone numbers, of a kind that a renderer can write."""
    match value:
        case None | bool() | float():
            return value
        case int():
            text = str(value)
            masked = mask_numbers(text)
            return value if masked == text else masked
        case Mapping():
            return {mask_numbers(str(key)): _entry(str(key), inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(inner) for inner in value]
        case _:
            # Anything else (an exception, a record) would be written by its repr, behind our back.
            return mask_numbers(str(value))


def _entry(key: str, value: Any) -> Any:
    return value if key in IDS and isinstance(value, str | int | list | tuple) else _masked(value)


def _mask_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {mask_numbers(key): _entry(key, value) for key, value in event.items()}


def configure(level: str = "INFO", json: bool | None = None) -> None:
    """Sends the bot's events from `level` on, and those of libraries from WARNING on, to stderr.

    `json` None: JSON unless stderr is a terminal. Calling it again replaces the former set-up.
    """
    if json is None:
        json = not sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        # The standard library's traceback: lines of code, no local variables, which could hold texts.
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _mask_event, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # `python -m bot` calls its own module `__main__`.
    for ours in ("bot", "__main__"):
        logging.getLogger(ours).setLevel(level)
