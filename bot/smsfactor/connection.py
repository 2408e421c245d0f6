"""One question to SMSFactor and its answer: pace, time limits, repeats of reads, what an answer means.

The rules here keep two promises: a call that does something leaves this machine at most once, whatever
happens to it; and an answer is judged by its body, because the provider answers HTTP 200 to errors too
(SMSFactor docs, getting started, and recorded traffic).
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import ValidationError
from yarl import URL

from bot.smsfactor.errors import Declined, SMSFactorError, Unclear, Unreachable
from bot.smsfactor.wire import Wire

OK = 1
HELD = -8
"""Under moderation: accepted, and sent once somebody has looked at it (SMSFactor docs, getting started)."""

TRIES = 3
LONGEST_PAUSE = 30.0
"""Seconds: no read waits longer than this for its next try, whatever Retry-After says."""
CONNECT_TIMEOUT = 5.0

Method = Literal["GET", "POST", "PUT", "DELETE"]
Query = Mapping[str, str | int | None]
Body = Mapping[str, object]
Shape = TypeVar("Shape", bound=Wire)
Result = TypeVar("Result")


class _Dropped(aiohttp.ClientError):
    """The connection broke after the request had begun to leave."""


async def _only_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from quietly repeating GET, PUT and DELETE when a connection breaks.

    It does so for these verbs because HTTP calls them idempotent; SMSFactor's `GET /send` is not. aiohttp
    repeats on two exception classes only, so a third one ends it.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # a ClientOSError as well, but aiohttp lets it be
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Dropped(type(error).__name__) from None


# Raised before a single byte of the request was written.
_NEVER_LEFT = (
    aiohttp.ClientConnectorError,  # name not found, refused, TLS
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request; `path` is the provider's notation with `:id`, and is what errors name."""

    method: Method
    path: str
    ident: str
    query: Query
    body: Body | None
    timeout: float
    is_read: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def unclear(self, what: str, *, retry_after: float | None = None) -> Unclear:
        return Unclear(f"{self.name}: {what}", retryable=self.is_read, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class _Answer:
    http_status: int
    retry_after: float | None
    body: bytes


class Connection:
    """What all endpoint groups share; see `bot.smsfactor.client.SMSFactor` for the arguments."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str,
        base_url: str = "https://api.smsfactor.com",
        *,
        pace: Callable[[], Awaitable[None]] | None = None,
        timeout: float = 10.0,
        send_timeout: float = 30.0,
        backoff: float = 0.5,
    ) -> None:
        self._session = session
        self._headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        self._base_url = base_url.rstrip("/")
        self._pace = pace
        self._timeout = timeout
        self._send_timeout = send_timeout
        self._backoff = backoff

    async def _read(
        self,
        shape: type[Shape],
        path: str,
        *,
        ident: str = "",
        query: Query | None = None,
        body: Body | None = None,
    ) -> Shape:
        """Ask something that changes nothing (a POST if it has a body), up to three times."""
        method: Method = "GET" if body is None else "POST"
        call = _Call(method, path, ident, query or {}, body, self._timeout, is_read=True)
        return await self._ask_again(call, lambda answer: _shaped(call, shape, answer))

    async def _write(
        self,
        shape: type[Shape],
        method: Method,
        path: str,
        *,
        ident: str = "",
        query: Query | None = None,
        body: Body | None = None,
        timeout: float | None = None,
    ) -> Shape:
        """Have something done. It is asked once; `Unclear` means that it may have been done."""
        call = _Call(method, path, ident, query or {}, body, timeout or self._timeout, is_read=False)
        return _shaped(call, shape, await self._exchange(call))

    async def _download(self, path: str, *, ident: str, first_bytes: bytes) -> bytes:
        """Fetch a file that begins with `first_bytes`; anything else is taken for an error in JSON."""
        call = _Call("GET", path, ident, {}, None, self._timeout, is_read=True)

        def file(answer: _Answer) -> bytes:
            if answer.body.startswith(first_bytes):
                return answer.body
            _envelope(call, answer)
            raise call.unclear("the answer is not the file")

        return await self._ask_again(call, file)

    async def _ask_again(self, call: _Call, understand: Callable[[_Answer], Result]) -> Result:
        for attempt in range(1, TRIES):
            try:
                return understand(await self._exchange(call))
            except SMSFactorError as error:
                if not error.retryable:
                    raise
                pause = pause_before_retry(attempt, error.retry_after, self._backoff)
            await asyncio.sleep(pause)
        return understand(await self._exchange(call))

    async def _exchange(self, call: _Call) -> _Answer:
        if self._pace is not None:
            await self._pace()
        headers = dict(self._headers)
        data: bytes | None = None
        if call.body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            data = json.dumps(call.body).encode()
        limit = aiohttp.ClientTimeout(total=call.timeout, connect=min(CONNECT_TIMEOUT, call.timeout / 2))
        try:
            async with self._session.request(
                call.method,
                self._url(call),
                data=data,
                headers=headers,
                timeout=limit,
                allow_redirects=False,
                middlewares=(_only_once,),
            ) as response:
                body = await response.read()
                return _Answer(response.status, _retry_after(response.headers.get("Retry-After")), body)
        # `from None`, because aiohttp's own texts may quote the address, and with it a number or a text.
        except _NEVER_LEFT as error:
            raise Unreachable(f"{call.name}: SMSFactor cannot be reached ({type(error).__name__})") from None
        except TimeoutError:
            raise call.unclear(f"no answer within {call.timeout:g} s") from None
        except aiohttp.ClientError as error:
            raise call.unclear(f"the connection broke ({type(error).__name__})") from None

    def _url(self, call: _Call) -> URL:
        path = call.path
        if ":id" in path:
            if not call.ident.strip("."):
                raise ValueError("an id is missing")  # or made of dots, which would climb to another path
            path = path.replace(":id", quote(call.ident, safe=""))
        query = {name: str(value) for name, value in call.query.items() if value is not None}
        return URL(self._base_url + path, encoded=True).with_query(query or None)


def pause_before_retry(attempt: int, retry_after: float | None, backoff: float) -> float:
    """Seconds to wait after try `attempt` (from 1): Retry-After if given, else doubling, with jitter."""
    if retry_after is not None:
        return min(retry_after, LONGEST_PAUSE)
    return min(backoff * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5), LONGEST_PAUSE)


def _retry_after(header: str | None) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or a date (RFC 9110, section 10.2.3)."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _json_object(body: bytes) -> dict[str, object] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _status(answer: Mapping[str, object]) -> int | None:
    value = answer.get("status")
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _envelope(call: _Call, answer: _Answer) -> dict[str, object]:
    """The answer's JSON object if its status is OK or held.

    Raises `Declined` for any other status, `Unclear` for an answer without one. An `error` without a status
    occurs too (the official SDKs handle it); it says that something went wrong, not that nothing was done.
    """
    http = f"HTTP {answer.http_status}"
    fields = _json_object(answer.body)
    if fields is None:
        raise call.unclear(f"{http} without a JSON object", retry_after=answer.retry_after)
    status = _status(fields)
    if status is None:
        is_verdict = answer.http_status < 500 and answer.http_status != 429
        if call.is_read and is_verdict and "error" in fields:
            raise Declined(0, _text(fields.get("error")), _text(fields.get("details")))
        raise call.unclear(f"{http} without a status", retry_after=answer.retry_after)
    if status not in (OK, HELD):
        raise Declined(status, _text(fields.get("message")), _text(fields.get("details")))
    return fields


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _shaped(call: _Call, shape: type[Shape], answer: _Answer) -> Shape:
    fields = _envelope(call, answer)
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        places = ", ".join(sorted({".".join(map(str, item["loc"])) for item in error.errors()}))
        raise call.unclear(f"the answer cannot be read (at {places})") from None
