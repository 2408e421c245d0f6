"""Serves the page: its files, its news over one WebSocket, and what people do on it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.bot_process import BotError
from bot.sandbox.page.guard import guard
from bot.sandbox.rehearsal import NoTownError, Rehearsal
from bot.sandbox.smsfactor.verbs import as_handler, read_object

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
BEAT = 20.0  # seconds after which a socket that says nothing is asked whether it lives
JUMPS = {"sunday-evening": (6, 21), "monday-morning": (0, 9)}  # name -> weekday (Monday is 0), hour in Paris


class Page:
    """A rehearsal that anybody may look at and act in. ``async with Page(rehearsal) as page:`` serves ``page.url``.

    On another address than loopback everybody needs the token that is in ``url``. OSError if it cannot be listened on.
    """

    def __init__(self, rehearsal: Rehearsal, host: str = "127.0.0.1", port: int = 0) -> None:
        self._rehearsal = rehearsal
        self._host = host
        self._port = port
        self._token = "" if host in LOOPBACK else secrets.token_urlsafe(16)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where a browser goes."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/" + (f"?token={self._token}" if self._token else "")

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[guard(self._token)], client_max_size=32 * 1024 * 1024)
        app.add_routes(
            [
                web.get("/", _index),
                web.static("/static", STATIC),
                web.get("/live", self._serve_live),
                web.post("/act/people/{user}/{act}", _whole(self._act_as_person)),
                web.post("/act/provider/{verb}", _whole(self._act_as_provider)),
                web.post("/act/sandbox/jump", _whole(self._jump)),
                web.post("/act/sandbox/reset", _whole(self._reset)),
                web.post("/act/sandbox/guide", _whole(self._guide)),
            ]
        )
        app.on_shutdown.append(self._close_sockets)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve_live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=BEAT)
        await socket.prepare(request)
        self._sockets.add(socket)
        telling = asyncio.create_task(self._tell(socket))
        try:
            async for _ in socket:  # browsers say nothing, but their pongs and their farewell are heard here
                pass
        finally:
            telling.cancel()
            self._sockets.discard(socket)
        return socket

    async def _tell(self, socket: web.WebSocketResponse) -> None:
        with suppress(ConnectionError):  # the browser has gone
            async for news in self._rehearsal.live.news():
                await socket.send_str(news)

    async def _close_sockets(self, _app: web.Application) -> None:
        for socket in list(self._sockets):
            with suppress(ConnectionError):
                await socket.close(message=b"the sandbox ends")

    # Acts

    async def _act_as_person(self, request: web.Request) -> web.StreamResponse:
        return await self._rehearsal.town.slack.control.act(request)

    async def _act_as_provider(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["verb"]
        verb = self._rehearsal.town.provider.control.verbs.get(name)
        if verb is None or name == "jump":  # time passes for all at once, or for nobody
            return _refused(404, f"there is no {name}")
        return await as_handler(verb)(request)

    async def _jump(self, request: web.Request) -> web.StreamResponse:
        ask = await read_object(request)
        town = self._rehearsal.town
        if "to" in ask:
            weekday, hour = JUMPS[ask["to"]]
            now = town.now()
            day = now + timedelta(days=(weekday - now.weekday()) % 7)
            then = day.replace(hour=hour, minute=0, second=0, microsecond=0)
            seconds = (then if then > now else then + timedelta(days=7)).timestamp() - now.timestamp()
        else:
            seconds = float(ask["seconds"])
        await town.jump(seconds)
        return web.json_response({"now": town.now().isoformat(timespec="seconds")})

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        await read_object(request)
        await self._rehearsal.reset()
        return web.json_response({})

    async def _guide(self, request: web.Request) -> web.StreamResponse:
        act = (await read_object(request))["do"]
        if act == "restart":
            await self._rehearsal.reset()
        elif act == "play":
            await self._rehearsal.guide.play()
        else:
            self._rehearsal.guide.go(act)
        return web.json_response(self._rehearsal.guide.view())


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


def _whole(
    act: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Tell in words what was not understood, or cannot be done now."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return await act(request)
        except NoTownError as error:
            return _refused(503, str(error))
        except BotError as error:
            return _refused(502, str(error))
        except KeyError as error:
            return _refused(400, f"missing or unknown: {error.args[0]}")
        except (TypeError, ValueError) as error:
            return _refused(400, str(error))

    return serve


def _refused(status: int, words: str) -> web.Response:
    return web.json_response({"error": words}, status=status)
