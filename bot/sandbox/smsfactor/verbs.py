"""How the control side reads what a person asks, and how one verb of it is served over HTTP.

What is missing raises KeyError, what makes no sense ValueError or TypeError, what is not there LookupError;
the handler answers these with 400, 400 and 404, and `error` in words.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiohttp import web

from bot.sandbox.smsfactor import numbers
from bot.sandbox.smsfactor.records import Json

Verb = Callable[[Json], Awaitable[Json]]
"""One thing to do: a JSON object with its fields in, a JSON object with what came of it out."""
YEAR = 366 * 86_400.0
MOST_TIMES = 1000
"""How often one thing may be asked for at once."""
Word = TypeVar("Word", bound=str)


def as_handler(verb: Verb) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The aiohttp handler of a verb: takes a JSON object, answers 200 with one, or 400 or 404 with `error`."""

    async def serve(request: web.Request) -> web.Response:
        try:
            return web.json_response(await verb(await read_object(request)))
        except KeyError as error:
            return web.json_response({"error": f"missing: {error.args[0]}"}, status=400)
        except LookupError as error:
            return web.json_response({"error": str(error)}, status=404)
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return serve


async def read_object(request: web.Request) -> Json:
    """The JSON object that was posted; TypeError or ValueError for anything else."""
    if request.content_type != "application/json":  # a foreign page cannot send this type without asking first
        raise TypeError("send a JSON object as application/json")
    value = await request.json()
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value


def word(ask: Json, name: str) -> str:
    """A text that is there and not empty."""
    value = ask[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"not a text: {name}")
    return value


def one_of(ask: Json, name: str, words: Sequence[Word]) -> Word:
    """One of the words."""
    value = ask[name]
    for known in words:
        if value == known:
            return known
    raise ValueError(f"{name} is one of: {', '.join(words)}")


def number(ask: Json) -> str:
    """The phone number under `number`, as digits with the country code; the French national form is taken too."""
    return numbers.typed(word(ask, "number"))


def whole(ask: Json, name: str, default: int | None = None, *, least: int | None = 0) -> int:
    """A whole number from `least` (None: any) on; `default` if it is not there."""
    value = ask[name] if default is None else ask.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"not a whole number: {name}")
    if least is not None and value < least:
        raise ValueError(f"{name} is {least} or more")
    return value


def times(ask: Json) -> int:
    """How often, under `times`; once if it is not there."""
    value = whole(ask, "times", 1, least=1)
    if value > MOST_TIMES:
        raise ValueError(f"times is at most {MOST_TIMES}")
    return value


def seconds(ask: Json, name: str, default: float | None = None, *, most: float = YEAR) -> float:
    """A length of time, from 0 to `most`; `default` if it is not there."""
    value = ask[name] if default is None else ask.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number of seconds: {name}")
    if value < 0:
        raise ValueError(f"{name}: time only goes forward")
    if not value <= most:  # nor is NaN, which Python's JSON takes
        raise ValueError(f"{name} is at most {most:g}")
    return float(value)
