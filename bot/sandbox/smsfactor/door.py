"""The HTTP door of the API: records the request, checks its token, reads its body, answers, or fails as told.

HTTP 200 with a negative `status` for nearly every error, XML unless JSON is asked for, the token also as a
query parameter of GET /send (SMSFactor docs, getting started and send/single; recorded traffic of 2023).
"""

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs

from aiohttp import web

from bot.sandbox.smsfactor.asking import MESSAGES, OK, AnswerError, Call, Endpoint, Endpoints
from bot.sandbox.smsfactor.faults import BodyStatus, Fault, Faults, HttpStatus
from bot.sandbox.smsfactor.outage import Hold, Outage
from bot.sandbox.smsfactor.records import Json, Request
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.tokens import Tokens

_TOKEN_IN_QUERY = frozenset({"/send", "/send/simulate"})
_GARBAGE = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


class Door:
    """Puts the endpoints on an aiohttp application."""

    def __init__(self, state: State, tokens: Tokens, faults: Faults, outage: Outage) -> None:
        self._state = state
        self._tokens = tokens
        self._faults = faults
        self._outage = outage
        self.closing = asyncio.Event()
        """Set when the server goes down: answers that are held back are given up."""

    def open(self, app: web.Application, *rooms: Endpoints) -> None:
        """Add a route for each endpoint, and one that says no to every other path."""
        for endpoints in rooms:
            for name, endpoint in endpoints.items():
                method, path = name.split()
                route = path.replace(":id", "{id}")
                app.router.add_route(method, route, partial(self._serve, path, endpoint))
        app.router.add_route("*", "/{anything:.*}", partial(self._serve, "", None))

    async def _serve(self, pattern: str, endpoint: Endpoint | None, request: web.Request) -> web.Response:
        # From here to the answer nothing waits: a request is carried out whole or not at all.
        body = await request.read()
        self._record(request, body)
        fault = self._faults.take(request.method, request.path, pattern) or self._outage.meets(
            changing=request.method != "GET" and not pattern.endswith("/simulate")
        )
        match fault:
            case HttpStatus():
                return _http_error(fault)
            case BodyStatus():
                return _json(_refusal(fault.code, "Refus demandé au bac à sable"))
            case "drop":
                return _dropped(request)
            case "stall":
                await self.closing.wait()
                return _dropped(request)
            case "silence":
                await self._outage.wait(fault)
                return _dropped(request)
        answer = self._answer(endpoint, request, body)
        return answer if fault is None else await self._spoil(fault, request, answer)

    async def _spoil(self, fault: Fault | Hold, request: web.Request, answer: web.Response) -> web.Response:
        """The request was carried out; its caller gets to know late, or not at all."""
        match fault:
            case "garbage":
                return web.Response(text=_GARBAGE, content_type="text/html")
            case "delays":
                await self._outage.wait(fault)
                return answer
            case "lost":
                await self._outage.wait(fault)
            case "timeout":
                await self.closing.wait()
        return _dropped(request)

    def _record(self, request: web.Request, body: bytes) -> None:
        try:
            parsed = json.loads(body) if body else None
        except ValueError:
            parsed = None
        self._state.requests.append(
            Request(
                request.method,
                request.path,
                {name: value for name, value in request.query.items() if name != "token"},
                parsed,
                {name: value for name, value in request.headers.items() if name.lower() != "authorization"},
                self._state.clock.now(),
            )
        )
        self._state.changes.notify()

    def _answer(self, endpoint: Endpoint | None, request: web.Request, body: bytes) -> web.Response:
        if endpoint is None:
            return _json({"error": "Not Found"}, status=404)
        if "json" not in request.headers.get("Accept", ""):
            return _xml(-2, "Le format XML n'est pas servi par le bac à sable")
        if not self._is_known(request):
            return _json(_refusal(-1, "Token invalide"))
        try:
            fields = _read_body(request.content_type, body)
            answer = endpoint(Call(request.query, fields, request.match_info.get("id", "")))
        except AnswerError as error:
            return _json(_refusal(error.status, error.details))
        if isinstance(answer, bytes):
            return web.Response(body=answer, content_type="application/pdf")
        return _json({"status": OK, "message": "OK", **answer})

    def _is_known(self, request: web.Request) -> bool:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            secret = ""
        if not secret and request.method == "GET" and request.path in _TOKEN_IN_QUERY:
            secret = request.query.get("token", "")
        return self._tokens.accepts(secret, request.remote or "")


def _read_body(content_type: str, body: bytes) -> Json:
    """The JSON object of the body (whatever its type says) or of the legacy form field `data`."""
    if not body:
        return {}
    if "xml" in content_type:
        raise AnswerError(-2, "Le format XML n'est pas servi par le bac à sable")
    try:
        text = body.decode()
        if content_type == "application/x-www-form-urlencoded":
            text = parse_qs(text).get("data", [""])[0]
        fields = json.loads(text)
    except ValueError:
        raise AnswerError(-6, "Le JSON ne peut pas être lu") from None
    if not isinstance(fields, dict):
        raise AnswerError(-7, "Un objet JSON est attendu")
    return fields


def _refusal(status: int, details: str) -> Json:
    return {"status": status, "message": MESSAGES[status], "details": details}


def _json(fields: Mapping[str, object], status: int = 200) -> web.Response:
    text = json.dumps(fields, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


def _xml(status: int, details: str) -> web.Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<response><status>{status}</status><message>{MESSAGES[status]}</message><details>{details}</details></response>"
    )
    return web.Response(text=text, content_type="application/xml")


def _http_error(fault: HttpStatus) -> web.Response:
    answer = _json({"error": HTTPStatus(fault.code).phrase}, status=fault.code)
    if fault.code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        answer.headers["Retry-After"] = f"{fault.retry_after:g}"
    return answer


def _dropped(request: web.Request) -> web.Response:
    """Close the connection; the answer that aiohttp wants from a handler goes nowhere."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
