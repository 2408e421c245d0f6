"""A gate in front of the provider that shuts at a chosen moment, so that the next connection is refused."""

from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web

PASSED_ON = ("Accept", "Authorization", "Content-Type")


class Gate:
    """Passes requests on to ``upstream``, each on a connection of its own; after ``last`` (a path) nobody listens."""

    def __init__(self, last: str) -> None:
        self.upstream = ""
        self.url = ""
        self._last = last
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> Self:
        self._session = ClientSession()
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        url, body = self.upstream + request.path_qs, await request.read()
        async with self._session.request(request.method, url, data=body, headers=headers) as answer:
            response = web.Response(body=await answer.read(), status=answer.status, content_type=answer.content_type)
        response.force_close()
        if request.path == self._last:
            await self._site.stop()
        return response
