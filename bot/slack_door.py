"""The two ways from Slack to Bolt: HTTP behind a guard (signature, then shape: rubbish gets 4xx), and a socket."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.signature import verify

Payload = dict[str, Any]

# What Bolt and the listeners look into without asking; null stands for absent.
_OBJECTS = ("channel", "container", "event", "message", "team", "user", "view")


def slack_door(app: AsyncApp, signing_secret: str) -> web.RouteDef:
    """``POST /slack/events``: 401 for a bad or stale signature, 400 for a body that is no payload, or Bolt's."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        headers = request.headers
        signed = verify(
            signing_secret,
            timestamp=headers.get("X-Slack-Request-Timestamp"),
            signature=headers.get("X-Slack-Signature"),
            body=body,
            now=time.time(),
        )
        if not signed:
            return web.Response(status=401)
        asked = _request(request.content_type, body)
        if asked is None:
            return web.Response(status=400)
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return web.post("/slack/events", receive)


@asynccontextmanager
async def slack_socket(app: AsyncApp, app_token: str, patience: float) -> AsyncIterator[None]:
    """Socket Mode until the block ends; what is at hand then has ``patience`` seconds to be answered.

    It connects beside the block, for slack_sdk tries without end: nothing else shall wait for Slack or a wrong token.
    """
    handler = AsyncSocketModeHandler(app, app_token)
    client = handler.client
    client.proxy = app.client.proxy  # slack_sdk takes the one of the environment even for an address of this machine
    at_hand: set[asyncio.Task[Any] | None] = set()

    async def handle(client: SocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.current_task()  # one per envelope, which nobody else holds
        at_hand.add(task)
        try:
            await handler.handle(client, request)
        finally:
            at_hand.discard(task)

    client.socket_mode_request_listeners = [handle]  # type: ignore[list-item]  # typed for its base class
    connecting = asyncio.create_task(client.connect())  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        connecting.cancel()
        client.message_processor.cancel()  # takes no more envelopes; the socket stays for the answers
        if tasks := [task for task in at_hand if task]:
            await asyncio.wait(tasks, timeout=patience)
        await client.close()  # type: ignore[no-untyped-call]
        ended = (connecting, client.message_processor, client.message_receiver, client.current_session_monitor)
        await asyncio.gather(*filter(None, ended), return_exceptions=True)


def _request(content_type: str, body: bytes) -> AsyncBoltRequest | None:
    """The payload as Bolt takes it from a socket: parsed. None for what Slack would never send.

    Bolt's own parser for HTTP loses a command whose text holds the word "payload", and breaks on what is no JSON.
    """
    try:
        payload = _payload(content_type, body.decode())
        return None if payload is None else AsyncBoltRequest(body=payload, mode="socket_mode")
    except (ValueError, RecursionError):
        return None
    except (AttributeError, KeyError, TypeError):  # Bolt looks for teams and users as soon as it has a payload
        return None


def _payload(content_type: str, text: str) -> Payload | None:
    """Raises ValueError or RecursionError for what is not JSON, or not a form."""
    if content_type == "application/json":
        return _checked(json.loads(text))
    fields = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
    if "payload" in fields:
        return _checked(json.loads(fields["payload"]))
    return fields if "command" in fields or "ssl_check" in fields else None


def _checked(payload: Any) -> Payload | None:
    """The payload, if it has the parts that its type promises."""
    if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
        return None
    if any(not isinstance(payload.get(name) or {}, dict) for name in _OBJECTS):
        return None
    match payload["type"]:
        case "event_callback":
            whole = isinstance((payload.get("event") or {}).get("type"), str)
        case "block_actions" | "interactive_message":
            actions = payload.get("actions")
            whole = isinstance(actions, list) and bool(actions) and all(isinstance(action, dict) for action in actions)
        case "view_submission" | "view_closed":
            whole = isinstance((payload.get("view") or {}).get("type"), str)
        case _:
            whole = True
    return payload if whole else None
