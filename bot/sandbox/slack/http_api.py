"""The HTTP side that the app talks to: Web API, response_url, uploads."""

import json
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.slack.answers import answer
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.faults import Faults, too_fast
from bot.sandbox.slack.web_api import METHODS, every_scope, raw_arguments
from bot.sandbox.slack.workspace import Refused, TooFastError, Workspace
from bot.sandbox.slack.world import Json


class Call(NamedTuple):
    """One call of the Web API as it came in; `args` without the token."""

    method: str
    args: Json


class HttpApi:
    """Handlers for the addresses that an app is given. `calls` holds every Web API call in order."""

    def __init__(self, slack: Workspace, faults: Faults, *, bot_token: str, app_token: str | None) -> None:
        self._slack = slack
        self._faults = faults
        self._tokens = {"bot": bot_token, "app": app_token}
        self.calls: list[Call] = []

    def routes(self) -> list[web.RouteDef]:
        """The routes of this side."""
        return [
            web.post("/api/{method}", self.web_api),
            web.get("/api/{method}", self.web_api),
            web.post("/response/{user}/{secret}", self.response_url),
            web.post("/upload/v1/{file}", self.upload),
            web.get("/files-pri/{team}-{file}/{name}", self.file),
            web.get("/files-pri/{team}-{file}/download/{name}", self.file),
            web.get("/", self.sign_in),
        ]

    async def web_api(self, request: web.Request) -> web.Response:
        """POST or GET /api/<method>."""
        name = request.match_info["method"]
        try:
            token, raw = await raw_arguments(request)
        except SlackError as error:
            return self._refuse(name, error)
        self.calls.append(Call(name, raw))
        self._slack.changes.ring()

        async def act() -> web.Response:
            try:
                answered = {"ok": True, **self._call(name, token, raw)}
                return web.json_response(answered, headers={"X-OAuth-Scopes": self._granted(token)})
            except SlackError as error:
                return self._refuse(name, error)
            except TooFastError as error:
                return too_fast(error.retry_after)
            finally:
                self._slack.changes.ring()

        return await self._faults.around(name, request, act)

    def _call(self, name: str, token: str | None, raw: Json) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if not token:
            raise SlackError("not_authed")
        if token != self._tokens[method.token]:
            raise SlackError("not_allowed_token_type" if token in self._tokens.values() else "invalid_auth")
        args = method.read(raw)
        method.check_scope(self._slack, args)
        return method.act(self._slack, args)

    def _granted(self, token: str | None) -> str:
        """What Slack says of a token with every answer (Slack docs, "Scopes and permissions")."""
        if token != self._tokens["bot"]:
            return "connections:write"
        scopes = self._slack.scopes
        return ",".join(sorted(every_scope() if scopes is None else scopes))

    def _refuse(self, where: str, error: SlackError) -> web.Response:
        self._slack.refused.append(Refused(where, error.code, tuple(error.messages)))
        return web.json_response(error.as_json())

    async def response_url(self, request: web.Request) -> web.Response:
        """POST to a response_url: "ok" as text, or 404 once it is used up or too old, or an error."""
        text = await request.text()

        async def act() -> web.Response:
            try:
                way = self._slack.response_urls.use(request.path)
                answer(self._slack, way, _json(text), via="response_url")
            except SlackError as error:
                self._slack.refused.append(Refused("response_url", error.code, tuple(error.messages)))
                status = 404 if error.code.endswith("_url") else 500
                return web.json_response(error.as_json(), status=status)
            return web.Response(text="ok")

        return await self._faults.around("response_url", request, act)

    async def upload(self, request: web.Request) -> web.Response:
        """POST the bytes of a file, raw or as a form, to the address that files.getUploadURLExternal gave."""
        file = self._slack.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404, text="no such upload")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            parts = [part.file.read() for part in form.values() if isinstance(part, web.FileField)]
            content = b"".join(parts)
        else:
            content = await request.read()

        async def act() -> web.Response:
            if len(content) != file.length:
                return web.Response(status=400, text="the length is not as announced")
            file.content = content
            return web.Response(text=f"OK - {len(content)}")

        return await self._faults.around("upload", request, act)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """GET the bytes of a file with the bot token; anybody else is sent to the sign-in page, as Slack does.

        Slack docs, objects/file-object: url_private needs "Authorization: Bearer" and the scope files:read.
        """
        scopes = self._slack.scopes
        granted = scopes is None or "files:read" in scopes
        if not granted or request.headers.get("Authorization") != f"Bearer {self._tokens['bot']}":
            raise web.HTTPFound(f"/?redir={quote(request.path)}")
        file = self._slack.files.get(request.match_info["file"])
        if file is None or file.content is None:
            return web.Response(status=404, text="no such file")
        described = file.as_json(self._slack.world, self._slack.base_url)
        headers = {"Content-Type": described["mimetype"]}
        if "/download/" in request.path:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return web.Response(body=file.content, headers=headers)

    async def sign_in(self, _request: web.Request) -> web.Response:
        """What a program gets that fetches a file without the right to: a page with HTTP status 200."""
        return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")


def _json(text: str) -> Json:
    try:
        body: Json = json.loads(text)
    except ValueError:
        raise SlackError("invalid_payload") from None
    return body
