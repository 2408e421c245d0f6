"""Carries events to the registered webhooks: signed, with a time limit, each attempt recorded.

SMSFactor publishes neither retries nor order nor a time limit; the stand-in tries once and waits 10 s.
"""

import asyncio
import hashlib
import hmac
import json
from collections import deque

import aiohttp

from bot.sandbox.smsfactor.records import Delivery, Json, Kind
from bot.sandbox.smsfactor.state import State

SIGNATURE_HEADER = "X-SMSFactor-Signature"
TIME_LIMIT = 10.0
COURIERS = 4
"""Deliveries under way at the same time, so that one slow webhook does not hold up the others."""


class Courier:
    """Two ways out: `post` for many events in the background, `deliver` for one whose answer is awaited."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: deque[Delivery] = deque()
        self._more = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._carrying = 0

    @property
    def on_the_way(self) -> int:
        """Deliveries that are waiting or under way."""
        return len(self._waiting) + self._carrying

    async def start(self) -> None:
        """Be ready to carry."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIME_LIMIT))
        self._tasks = [asyncio.create_task(self._carry_all(), name="sandbox courier") for _ in range(COURIERS)]

    async def close(self) -> None:
        """Give up what is still on the way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def post(self, kind: Kind, payload: Json) -> None:
        """Have an event carried to every live webhook of its kind, in the background."""
        for delivery in self._deliveries(kind, payload):
            self._waiting.append(delivery)
            self._more.set()

    async def deliver(self, kind: Kind, payload: Json) -> list[Delivery]:
        """Carry an event to every live webhook of its kind and come back with the answers."""
        deliveries = self._deliveries(kind, payload)
        for delivery in deliveries:
            await self._carry(delivery)
        return deliveries

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same bytes with the same headers again; a new record, the old one stays as it was."""
        again = Delivery(
            delivery.kind,
            delivery.url,
            delivery.payload,
            delivery.body,
            delivery.headers,
            delivery.webhook_id,
            id=next(self._state.delivery_ids),
        )
        await self._carry(again)
        return again

    def _deliveries(self, kind: Kind, payload: Json) -> list[Delivery]:
        hooks = [hook for hook in self._state.webhooks.values() if hook.kind == kind and not hook.paused]
        if not hooks:
            return []
        body = json.dumps(payload, ensure_ascii=False).encode()
        ids = self._state.delivery_ids
        return [
            Delivery(kind, hook.url, payload, body, self._headers(hook.secret, body), hook.id, id=next(ids))
            for hook in hooks
        ]

    def _headers(self, secret: str, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if secret and self._state.rules.signature == "hmac":
            headers[SIGNATURE_HEADER] = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        elif secret:
            headers[SIGNATURE_HEADER] = secret
        return headers

    async def _carry_all(self) -> None:
        while True:
            while self._waiting:
                await self._carry(self._waiting.popleft())
            self._more.clear()
            await self._more.wait()

    async def _carry(self, delivery: Delivery) -> None:
        if self._session is None:
            raise RuntimeError("the stand-in is not running")
        self._carrying += 1
        delivery.at = self._state.clock.now()
        try:
            async with self._session.post(
                delivery.url, data=delivery.body, headers=delivery.headers, allow_redirects=False
            ) as answer:
                delivery.http_status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # ValueError: a secret that cannot stand in a header, which only the post itself finds out.
            delivery.error = type(error).__name__
        finally:
            self._carrying -= 1
        hook = self._state.webhooks.get(delivery.webhook_id)
        if hook is not None:
            hook.last, hook.last_http_code = delivery, delivery.http_status
            hook.delivered += delivery.arrived
            hook.failed += not delivery.arrived
        self._state.deliveries.append(delivery)
        self._state.changes.notify()
