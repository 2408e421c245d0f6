"""Socket Mode: the app's WebSockets, the envelopes sent down them and the acknowledgements that come back.

Slack docs, apis/events-api/using-socket-mode. An envelope that is not acknowledged is sent again on whichever
socket is open then; an acknowledgement counts on any socket.
"""

import asyncio
import contextlib
import json
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Json

ATTEMPTS = 4  # the first and three more
WAIT_FOR_SOCKET = 60.0  # seconds in which a client that was asked to reconnect may come back


class Sockets:
    """The sockets that are open now, and envelopes that wait for their acknowledgement."""

    def __init__(self, slack: Workspace, redeliver_after: float) -> None:
        self._slack = slack
        self._redeliver_after = redeliver_after
        self._open: list[web.WebSocketResponse] = []
        self._all: set[web.WebSocketResponse] = set()
        self._unacked: dict[str, asyncio.Future[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.ever = False

    @property
    def connected(self) -> int:
        """How many sockets take envelopes now."""
        return len(self._open)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One WebSocket from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._slack.socket_tickets:
            return web.Response(status=404, text="this ticket is not valid")
        self._slack.socket_tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open) + 1,
                "connection_info": {"app_id": self._slack.world.app_id},
                "debug_info": {"host": "stand-in", "approximate_connection_time": 18060},
            }
        )
        self._open.append(socket)
        self._all.add(socket)
        self.ever = True
        self._slack.changes.ring()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take_ack(message.data)
        finally:
            self._forget(socket)
            self._all.discard(socket)
        return socket

    def _take_ack(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            ack = json.loads(text)
            waiting = self._unacked.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
            if waiting is not None and not waiting.done():
                waiting.set_result(ack)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
        self._slack.changes.ring()

    async def deliver(self, kind: str, payload: Json, seconds: float, retry: Json | None = None) -> Json | None:
        """Send one envelope and wait `seconds` for its acknowledgement; None if it did not come in time.

        `kind`: events_api, slash_commands or interactive. Sending again goes on behind after that.
        """
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api" or retry:
            envelope |= {"retry_attempt": 0, "retry_reason": "", **(retry or {})}
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._unacked[envelope["envelope_id"]] = waiting
        task = asyncio.create_task(self._send_until_acked(envelope, waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await asyncio.shield(waiting)
        return None

    async def _send_until_acked(self, envelope: Json, waiting: asyncio.Future[Json]) -> None:
        first = envelope.get("retry_attempt", 0)
        try:
            for attempt in range(ATTEMPTS):
                if attempt:
                    envelope |= {"retry_attempt": first + attempt, "retry_reason": "timeout"}
                with contextlib.suppress(ConnectionError):
                    await (await self._next_socket()).send_json(envelope)
                done, _ = await asyncio.wait({waiting}, timeout=self._redeliver_after)
                if done:
                    return
        finally:
            waiting.cancel()
            del self._unacked[envelope["envelope_id"]]

    async def _next_socket(self) -> web.WebSocketResponse:
        await self._slack.changes.until(lambda: self._open, WAIT_FOR_SOCKET)
        self._open.append(self._open.pop(0))  # any one socket gets it: take turns
        return self._open[-1]

    async def refresh(self) -> None:
        """Ask every client to reconnect, as Slack does every few hours; its old socket gets nothing more."""
        leaving, self._open = self._open, []
        for socket in leaving:
            info: Any = {"host": "stand-in"}
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": info})
        self._slack.changes.ring()

    async def drop(self) -> None:
        """Close every socket without a word before."""
        for socket in list(self._all):
            await socket.close()

    async def close(self) -> None:
        """End what is under way; for the end of the server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.drop()
