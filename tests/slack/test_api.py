"""What each way to fail means, with slack_sdk talking real HTTP to a server that fails that way."""

import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import api
from bot.slack.api import Failure, classify
from tests.block_kit import read

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers every call in one way and counts them."""

    def __init__(self, answer: Answer) -> None:
        self.calls = 0
        self.url = ""
        self._answer = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.calls += 1
        return await self._answer(request)


@asynccontextmanager
async def serve(answer: Answer) -> AsyncIterator[Server]:
    server = Server(answer)
    app = web.Application()
    app.router.add_route("*", "/api/{method}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield server
    finally:
        await runner.cleanup()


def body(text: str | bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> Answer:
    raw = text.encode() if isinstance(text, str) else text

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=raw, status=status, headers={"Content-Type": content_type, **headers})

    return answer


def error(code: str, status: int = 200, **headers: str) -> Answer:
    return body(json.dumps({"ok": False, "error": code}), status, **headers)


async def drop(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"ok":')
    assert request.transport
    request.transport.close()
    return response


async def round_and_round(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(request.path)


async def post(url: str, session: aiohttp.ClientSession | None = None) -> Failure:
    """Post a message, which fails, and say what that means."""
    async with api.open_session() as own:
        with pytest.raises(api.CALL_ERRORS) as raised:
            await api.client(session or own, "xoxb-test", url).chat_postMessage(channel="C1", text="bonjour")
    return classify(raised.value)


RETRY = {"Retry-After": "7"}
FAILURES: dict[str, tuple[Answer, Failure]] = {
    "429": (error("ratelimited", 429, **RETRY), Failure("rate_limited", "ratelimited", 7.0)),
    "429 as text": (body("slow", 429, "text/plain", **RETRY), Failure("rate_limited", "http_429", 7.0)),
    "429 as HTML": (body("slow", 429, "text/html", **RETRY), Failure("rate_limited", "http_429", 7.0)),
    "429 as broken JSON": (body("{slow", 429, **RETRY), Failure("rate_limited", "http_429", 7.0)),
    "429 without a wait": (error("ratelimited", 429), Failure("rate_limited", "ratelimited", 30.0)),
    "429 with a strange wait": (
        error("ratelimited", 429, **{"Retry-After": "soon"}),
        Failure("rate_limited", "ratelimited", 30.0),
    ),
    "rate_limited at 200": (error("rate_limited"), Failure("rate_limited", "rate_limited", 30.0)),
    "500 as JSON": (error("internal_error", 500), Failure("unclear", "internal_error")),
    "500 as HTML": (body("<html>", 500, "text/html"), Failure("unclear", "http_500")),
    "503 as text": (body("oops", 503, "text/plain"), Failure("unclear", "http_503")),
    "502 as broken JSON": (body("{oops", 502), Failure("unclear", "http_502")),
    "408": (body("", 408, "text/html"), Failure("unclear", "http_408")),
    "internal_error at 200": (error("internal_error"), Failure("unclear", "internal_error")),
    "fatal_error": (error("fatal_error"), Failure("unclear", "fatal_error")),
    "200 as HTML": (body("<html>", 200, "text/html"), Failure("unclear", "http_200")),
    "200 as text": (body("ok", 200, "text/plain"), Failure("unclear", "AttributeError")),
    "200 as broken JSON": (body("{oops"), Failure("unclear", "http_200")),
    "200 as a list": (body("[1]"), Failure("unclear", "AttributeError")),
    "200 as null": (body("null"), Failure("unclear", "http_200")),
    "200 without a body": (body(""), Failure("unclear", "http_200")),
    "200 without a reason": (body('{"ok": false}'), Failure("unclear", "http_200")),
    "200 not in UTF-8": (body(b'{"ok": true, "x": "\xe9"}'), Failure("unclear", "UnicodeDecodeError")),
    "dropped connection": (drop, Failure("unclear", "ServerDisconnectedError")),
    "half an answer": (half, Failure("unclear", "ClientPayloadError")),
    "redirects without end": (round_and_round, Failure("unclear", "TooManyRedirects")),
    "413": (body("", 413, "text/html"), Failure("refused", "http_413")),
    "403 as broken JSON": (body("{", 403), Failure("refused", "http_403")),
    "invalid_blocks": (error("invalid_blocks"), Failure("blocks", "invalid_blocks")),
    "msg_blocks_too_long": (error("msg_blocks_too_long"), Failure("blocks", "msg_blocks_too_long")),
    "channel_not_found": (error("channel_not_found"), Failure("channel", "channel_not_found")),
    "not_in_channel": (error("not_in_channel"), Failure("channel", "not_in_channel")),
    "is_archived": (error("is_archived"), Failure("channel", "is_archived")),
    "invalid_auth": (error("invalid_auth"), Failure("auth", "invalid_auth")),
    "token_revoked": (error("token_revoked"), Failure("auth", "token_revoked")),
    "account_inactive": (error("account_inactive"), Failure("auth", "account_inactive")),
    "missing_scope": (error("missing_scope"), Failure("auth", "missing_scope")),
    "access_denied": (error("access_denied"), Failure("auth", "access_denied")),
    "a locked thread": (
        error("restricted_action_thread_locked"),
        Failure("gone", "restricted_action_thread_locked"),
    ),
    "message_not_found": (error("message_not_found"), Failure("gone", "message_not_found")),
    "cant_update_message": (error("cant_update_message"), Failure("gone", "cant_update_message")),
    "no_text": (error("no_text"), Failure("refused", "no_text")),
    "a code of next year": (error("moon_in_wrong_phase"), Failure("refused", "moon_in_wrong_phase")),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_way_to_fail_is_told_from_the_others(name: str) -> None:
    answer, failure = FAILURES[name]
    async with serve(answer) as server:
        assert await post(server.url) == failure


@pytest.mark.parametrize("name", ["429", "500 as JSON", "dropped connection", "half an answer"])
async def test_a_call_that_failed_is_not_made_again_behind_our_back(name: str) -> None:
    async with serve(FAILURES[name][0]) as server:
        await post(server.url)
        assert server.calls == 1


async def test_a_server_that_takes_too_long_leaves_the_outcome_unclear() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as hasty:
            failure = await post(f"http://127.0.0.1:{silent.getsockname()[1]}/api/", hasty)
    assert failure == Failure("unclear", "TimeoutError")


async def test_nobody_at_the_door_means_nothing_was_posted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert await post(f"http://127.0.0.1:{port}/api/") == Failure("not_reached", "ClientConnectorError")


async def test_a_failed_tls_handshake_means_nothing_was_posted() -> None:
    async with serve(error("invalid_auth")) as server:
        failure = await post(server.url.replace("http:", "https:"))
        assert (failure.kind, server.calls) == ("not_reached", 0)


@pytest.mark.parametrize("url", ["nonsense/api/", "ftp://127.0.0.1/api/"])
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert (await post(url)).kind == "refused"


def test_a_mistake_of_ours_is_refused_and_what_is_unknown_is_unclear() -> None:
    assert classify(SlackRequestError("no token")) == Failure("refused", "SlackRequestError")
    assert classify(aiohttp.ConnectionTimeoutError()) == Failure("not_reached", "ConnectionTimeoutError")
    assert classify(OSError()) == Failure("unclear", "OSError")


async def test_a_call_that_succeeds_gives_its_answer() -> None:
    async with (
        serve(body('{"ok": true, "ts": "1763817600.000100"}')) as server,
        api.open_session() as session,
    ):
        answer = await api.client(session, "xoxb-test", server.url).chat_postMessage(channel="C1", text="bonjour")
        assert answer["ts"] == "1763817600.000100"


async def test_the_shared_session_has_the_time_limit_itself() -> None:
    async with api.open_session() as session:
        assert session.timeout.total == api.TIMEOUT
    assert session.closed


async def test_no_text_of_a_message_gets_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """slack_sdk logs request bodies if its logger is as talkative as everything else."""
    caplog.set_level(logging.DEBUG)
    async with serve(body('{"ok": true}')) as server, api.open_session() as session:
        await api.client(session, "xoxb-test", server.url).chat_postMessage(channel="C1", text="secret")
        assert "secret" not in caplog.text
        talkative = AsyncWebClient(token="xoxb-test", base_url=server.url, session=session)
        await talkative.chat_postMessage(channel="C1", text="secret")
        assert "secret" in caplog.text


async def test_a_proxy_is_not_asked_for_an_address_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    async with api.open_session() as session:
        for local in ("http://127.0.0.1:1/api/", "http://[::1]:1/api/", "http://localhost:1/api/"):
            assert api.client(session, "xoxb-test", local).proxy is None
        assert api.client(session, "xoxb-test", "https://slack.com/api/").proxy == "http://proxy.example.com:3128"


def test_no_code_has_two_meanings() -> None:
    codes = [code for codes in api.CODES.values() for code in codes]
    assert len(codes) == len(set(codes))


# What Slack's reference says of every method of the Web API, where the contract has only a method's own.
OF_EVERY_METHOD = {"request_timeout", "service_unavailable", "team_added_to_org"}


def test_every_code_that_we_name_is_in_slacks_contract() -> None:
    """As an error of some method, or as the answer in one of its examples."""
    slacks = read("error-codes.json")
    listed = OF_EVERY_METHOD | set(slacks["listed"]) | set(slacks["in samples alone"])
    assert set().union(*api.CODES.values()) <= listed
