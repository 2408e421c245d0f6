"""Door in: /smsfactor/*. A webhook is checked, made durable, and answered; nothing else happens before the answer."""

import asyncio
import json
from functools import cache
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from prometheus_client import Counter

from bot.metrics import WEBHOOKS
from bot.services import Services
from bot.smsfactor.events import KINDS, fingerprint
from bot.smsfactor.signature import verify
from bot.store import StoreError

MAX_BODY = 64 * 1024
MAX_IN_FLIGHT = 1_024  # that wait for Redis; above it a sender is told to wait, so that Slack's acks never do
READ_PATIENCE = 10.0  # seconds for the body of one request

log = structlog.get_logger(__name__)


class Webhooks:
    """``POST /smsfactor/{kind}``: 200 durable, 400 no object, 401 signature, 404 kind, 413 too long, 503 not stored."""

    def __init__(self, services: Services) -> None:
        self._events = services.store.events
        self._mode = services.settings.smsfactor_signature
        self._secret = services.settings.smsfactor_webhook_secret.get_secret_value()
        self._in_flight = 0
        self._variants: set[str] = set()

    def route(self) -> web.RouteDef:
        """Where the provider's five webhooks come in."""
        return web.post("/smsfactor/{kind}", self.receive)

    async def receive(self, request: web.Request) -> web.Response:
        """One webhook."""
        kind = request.match_info["kind"]
        if kind not in KINDS:
            return web.Response(status=404)
        status = await self._take(kind, request)
        _answers(kind, status).inc()
        return web.Response(status=status, headers={"Retry-After": "1"} if status == 503 else None)

    async def _take(self, kind: str, request: web.Request) -> int:
        try:
            body = await _read(request)
        except (TimeoutError, ConnectionError):
            return 408
        if body is None:
            return 413
        variant = verify(self._mode, self._secret, request.headers.get("X-SMSFactor-Signature"), body)
        if variant is None:
            log.warning("webhook_unsigned", kind=kind)
            return 401
        if self._mode == "auto" and variant not in self._variants:
            self._variants.add(variant)
            log.info("webhook_signature", variant=variant, advice="pin SMSFACTOR_SIGNATURE to plain or hmac")
        payload = _payload(body, request.content_type)
        try:
            stored, mark = json.dumps(payload).encode(), fingerprint(kind, payload or {})
        except RecursionError:  # nested just so deep that it can be read and not be written
            payload = None
        if payload is None:
            return 400
        return await self._store(kind, stored, mark, _number(payload))

    async def _store(self, kind: str, stored: bytes, mark: str, number: str) -> int:
        if self._in_flight >= MAX_IN_FLIGHT:
            return 503
        self._in_flight += 1
        try:
            await self._events.append(kind, stored, mark, number)
        except StoreError:
            log.error("webhook_not_stored", kind=kind)  # noqa: TRY400 - the cause is in the log of Redis, once
            return 503
        finally:
            self._in_flight -= 1
        return 200


@cache
def _answers(kind: str, status: int) -> Counter:
    """The counter of one kind and answer; to look it up takes longer than to count."""
    return WEBHOOKS.labels(kind, str(status))


async def _read(request: web.Request) -> bytes | None:
    """The body, or None if it is longer than a webhook can be. Raises TimeoutError for a sender that dawdles."""
    if request.content.is_eof():  # it came together with its head, as nearly all do
        whole = request.content.read_nowait()
        return whole if len(whole) <= MAX_BODY else None
    body = bytearray()
    async with asyncio.timeout(READ_PATIENCE):
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > MAX_BODY:
                return None
    return bytes(body)


def _payload(body: bytes, content_type: str) -> dict[str, object] | None:
    """A JSON object whatever the header says, or a form with the same fields (the content type is not documented)."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        payload = None
        if content_type == "application/x-www-form-urlencoded":
            fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
            payload = dict(fields) or None
    return payload if isinstance(payload, dict) else None


def _number(payload: dict[str, object]) -> str:
    """What keeps events in order: the number; clicks have none, and go by their message."""
    for field in ("from", "destination", "gsmsid", "gsmsmsid"):
        if payload.get(field):
            return str(payload[field]).lstrip("+")
    return ""
