"""Keeps strangers off the page: foreign names for this address, foreign pages, and who has no token."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

COOKIE = "sandbox"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # the address may hold a token
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")


def guard(token: str) -> Middleware:
    """The middleware. Without a token only this machine's own names are answered: a foreign name that leads here
    (DNS rebinding) is refused. With one, it must come in the address once, and then as a cookie."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.host.rpartition(":")[0] if request.host[-1:].isdigit() and ":" in request.host else request.host
        origin = request.headers.get("Origin")
        if (not token and name not in OWN_NAMES) or (origin and origin != f"http://{request.host}"):
            raise web.HTTPForbidden(text="This page is for the machine that it runs on.")
        told = request.query.get("token", "")
        known = not token or any(
            hmac.compare_digest(word.encode(), token.encode()) for word in (told, request.cookies.get(COOKIE, ""))
        )
        if not known:
            raise web.HTTPForbidden(text="Open the address that `make demo` printed, with its token.")
        response = await handler(request)
        if not isinstance(response, web.WebSocketResponse):
            response.headers.update(HEADERS)
            if told:
                response.set_cookie(COOKIE, token, httponly=True, samesite="Strict")
        return response

    return check
