"""How this Slack reaches the app: signed HTTP or Socket Mode, with the Events API's retries, all recorded."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.socket_mode import Sockets
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Json

EVENT_RETRIES = 3  # Slack docs, events-api: up to three retries (there after 0, 1 and 5 minutes, here at once)
_RETRY_REASONS = {"timeout": "http_timeout", None: "http_error"}
_ENVELOPE = {"command": "slash_commands", "event": "events_api"}


@dataclass
class Delivery:
    """One request to the app and its outcome.

    `kind`: "command", "event" or the `type` of an interaction. `status` is None as long as, or because, no
    answer came; `reason` then says why (timeout, connection_failed). `answer` is the body: JSON parsed, other
    text as it is.
    """

    kind: str
    payload: Json
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    transport: str = "http"
    retry_num: int = 0
    retry_reason: str | None = None
    status: int | None = None
    answer: Any = None
    elapsed: float = 0.0
    reason: str | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app answered 200."""
        return self.status == 200


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature (Slack docs, authentication/verifying-requests-from-slack)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Courier:
    """Delivers payloads to the app. `requests` holds every delivery in order, retries too."""

    def __init__(self, slack: Workspace, sockets: Sockets, signing_secret: str, answer_seconds: float) -> None:
        self._slack = slack
        self._sockets = sockets
        self._secret = signing_secret
        self._answer_seconds = answer_seconds
        self._session: aiohttp.ClientSession | None = None
        self.events_url: str | None = None
        self.requests: list[Delivery] = []

    @property
    def connected(self) -> bool:
        """Whether there is an app to deliver to."""
        return self.events_url is not None or self._sockets.ever

    async def send(self, kind: str, payload: Json) -> Delivery:
        """Deliver a command or an interaction, once."""
        return await self._deliver(_pack(kind, payload))

    async def tell(self, payload: Json) -> Delivery | None:
        """Deliver an `event_callback` if there is an app and it subscribed to this event."""
        return await self.event(payload) if self.connected and self._slack.wants(payload["event"]) else None

    async def event(self, payload: Json) -> Delivery:
        """Deliver an `event_callback`; over HTTP up to three more times while the answer is not 200."""
        delivery = await self._deliver(_pack("event", payload))
        while not delivery.ok and delivery.transport == "http" and not delivery.no_retry:
            if delivery.retry_num == EVENT_RETRIES:
                break
            again = _pack("event", payload)
            again.retry_num = delivery.retry_num + 1
            again.retry_reason = _RETRY_REASONS.get(delivery.reason, delivery.reason)
            delivery = await self._deliver(again)
        return delivery

    async def again(self, delivery: Delivery) -> Delivery:
        """Deliver the same bytes once more, freshly signed. What comes back changes no screen."""
        copy = Delivery(delivery.kind, delivery.payload, delivery.body)
        copy.retry_num, copy.retry_reason = delivery.retry_num, delivery.retry_reason
        return await self._deliver(copy)

    async def _deliver(self, delivery: Delivery) -> Delivery:
        self.requests.append(delivery)
        started = time.monotonic()
        try:
            if self._sockets.ever:
                await self._by_socket(delivery)
            elif self.events_url is not None:
                await self._by_http(self.events_url, delivery)
            else:
                raise LookupError("no app is connected: call connect(events_url) or start a Socket Mode client")
        finally:
            delivery.elapsed = time.monotonic() - started
            self._slack.changes.ring()
        return delivery

    async def _by_socket(self, delivery: Delivery) -> None:
        delivery.transport = "socket"
        kind = _ENVELOPE.get(delivery.kind, "interactive")
        retry: Json | None = None
        if delivery.retry_num:
            retry = {"retry_attempt": delivery.retry_num, "retry_reason": delivery.retry_reason}
        ack = await self._sockets.deliver(kind, delivery.payload, self._answer_seconds, retry)
        if ack is None:
            delivery.reason = "timeout"
        else:
            delivery.status, delivery.answer = 200, ack.get("payload", "")

    async def _by_http(self, url: str, delivery: Delivery) -> None:
        timestamp = str(int(time.time()))
        is_event = delivery.kind in ("event", "url_verification")
        delivery.headers = {
            "Content-Type": "application/json" if is_event else "application/x-www-form-urlencoded",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, delivery.body),
        }
        if delivery.retry_num:
            delivery.headers["X-Slack-Retry-Num"] = str(delivery.retry_num)
            delivery.headers["X-Slack-Retry-Reason"] = delivery.retry_reason or "unknown_error"
        if self._session is None:
            self._session = aiohttp.ClientSession()
        limit = aiohttp.ClientTimeout(total=self._answer_seconds)
        try:
            async with self._session.post(url, data=delivery.body, headers=delivery.headers, timeout=limit) as answer:
                text = await answer.text()
                delivery.status = answer.status
                delivery.no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
                delivery.answer = _parse(text)
        except TimeoutError:
            delivery.reason = "timeout"
        except aiohttp.ClientError:
            delivery.reason = "connection_failed"

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()


def _pack(kind: str, payload: Json) -> Delivery:
    if kind in ("event", "url_verification"):
        body = json.dumps(payload)
    elif kind == "command":
        body = urlencode(payload)
    else:
        body = urlencode({"payload": json.dumps(payload)})
    return Delivery(kind, payload, body.encode())


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
