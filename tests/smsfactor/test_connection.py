"""What is certain after a call, what is repeated, and what never is."""

import asyncio
import socket
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote_plus

import aiohttp
import pytest
from aiohttp import web

from bot.smsfactor import Declined, Recipient, SMSFactor, SmsMessage, Unclear, Unreachable
from bot.smsfactor.connection import LONGEST_PAUSE, TRIES, pause_before_retry

OK = {"status": 1, "message": "OK"}
TEXT, NUMBER = "Code 4711 confidentiel", "33611223344"
MESSAGE, RECIPIENT = SmsMessage(TEXT), Recipient(NUMBER, "c7k2m9q-0")


async def never_answer(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("the client waited for ever")


async def break_off_midway(request: web.Request) -> web.StreamResponse:
    """Promise a long body, give the beginning of one."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"status": 1')
    assert request.transport is not None
    request.transport.abort()
    return response


def quiet(error: BaseException) -> bool:
    """Whether nothing private stands in what would be printed of the error and of those behind it."""
    printed = "".join(traceback.format_exception(error)) + repr(error)
    return not any(private in unquote_plus(printed) for private in (TEXT, NUMBER, "t0ken"))


FAILURES: dict[str, Any] = {
    "time-out": never_answer,
    "broken off midway": break_off_midway,
    "HTTP 500": (b"<html>Internal Server Error</html>", 500),
    "HTTP 429": (b"slow down", 429),
    "HTTP 301": (b"", 301),
    "invalid JSON": (b'{"status": 1', 200),
    "XML": (b"<response><status>1</status></response>", 200),
    "an array": (b"[]", 200),
    "deep nesting": (b"[" * 100_000, 200),
    "not text": (b"\xff\xfe\xfd", 200),
    "empty": (b"", 200),
    "error without status": ({"error": "Route introuvable"}, 500),
    "no status": ({"ticket": "1"}, 200),
    "status is true": ({"status": True}, 200),
    "status is a word": ({"status": "OK"}, 200),
}
WRITES = {
    "POST /send": lambda s: s.send(MESSAGE, [RECIPIENT]),
    "POST /send/lists": lambda s: s.send_to_lists(MESSAGE, ["64b1"]),
    "GET /send": lambda s: s.send_one(MESSAGE, RECIPIENT),
    "DELETE /send/:id": lambda s: s.cancel("20480001"),
    "POST /lookup": lambda s: s.look_up([NUMBER]),
    "GET /account/:id/lock": lambda s: s.lock_account("4343"),
    "PUT /webhook/:id": lambda s: s.update_webhook("7", "mo", "https://x.example/mo", "s3cret"),
}
READS = {
    "GET /credits": lambda s: s.credits(),
    "POST /send/simulate": lambda s: s.simulate(MESSAGE, [RECIPIENT]),
    "GET /messages": lambda s: s.campaigns(destination=NUMBER, text=TEXT),
}


def prepare(provider: Any, failure: Any) -> None:
    if callable(failure):
        provider.does(failure)
    else:
        body, status = failure
        provider.says(body, status, Location="/elsewhere") if status == 301 else provider.says(body, status)


@pytest.fixture
def hasty(failure: str, provider: Any, session: aiohttp.ClientSession) -> SMSFactor:
    """As hasty as the failure asks for: whatever is answered may be answered late on a busy machine."""
    limit = 0.5 if failure == "time-out" else 10.0
    return SMSFactor(session, "t0ken", provider.url, timeout=limit, send_timeout=limit, backoff=0.001)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("write", ["POST /send", "GET /send"])
async def test_r1_a_send_is_asked_once_whatever_happens_to_it(
    write: str, failure: str, hasty: SMSFactor, provider: Any
) -> None:
    prepare(provider, FAILURES[failure])

    with pytest.raises(Unclear) as caught:
        await WRITES[write](hasty)

    assert len(provider.asked) == 1
    assert not caught.value.retryable
    assert str(caught.value).startswith(write)
    assert quiet(caught.value)


@pytest.mark.parametrize("write", WRITES)
async def test_r1_a_write_whose_connection_drops_is_not_repeated(
    write: str, sms: SMSFactor, provider: Any, dropping: Any
) -> None:
    """Not even by aiohttp, which by itself repeats GET, PUT and DELETE."""
    provider.does(dropping)

    with pytest.raises(Unclear) as caught:
        await WRITES[write](sms)

    assert len(provider.asked) == 1
    assert not caught.value.retryable
    assert quiet(caught.value)


@pytest.mark.parametrize("write", WRITES)
async def test_a_write_on_a_used_connection_is_not_repeated_either(
    write: str, sms: SMSFactor, provider: Any, dropping: Any
) -> None:
    provider.says({**OK, "credits": "642"})
    provider.does(dropping)
    await sms.credits()

    with pytest.raises(Unclear):
        await WRITES[write](sms)

    assert len(provider.asked) == 2


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_read_is_tried_three_times(failure: str, hasty: SMSFactor, provider: Any) -> None:
    prepare(provider, FAILURES[failure])

    with pytest.raises(Unclear) as caught:
        await hasty.credits()

    assert len(provider.asked) == TRIES
    assert caught.value.retryable


@pytest.mark.parametrize("read", READS)
async def test_a_read_succeeds_at_the_third_try(read: str, sms: SMSFactor, provider: Any, dropping: Any) -> None:
    provider.does(dropping)
    provider.says(b"", 503)
    provider.says({**OK, "credits": "642", "campaigns": []})

    await READS[read](sms)

    assert len(provider.asked) == 3


@pytest.mark.parametrize("read", READS)
async def test_errors_of_reads_name_no_number_and_no_text(
    read: str, sms: SMSFactor, provider: Any, dropping: Any
) -> None:
    provider.does(dropping)

    with pytest.raises(Unclear) as caught:
        await READS[read](sms)

    assert quiet(caught.value)


@pytest.mark.parametrize("status", [-1, -2, -3, -4, -5, -6, -7, -99, -1000, 0, 2])
@pytest.mark.parametrize("http_status", [200, 400, 500])
async def test_any_other_status_is_a_refusal_that_keeps_the_french_details(
    status: int, http_status: int, sms: SMSFactor, provider: Any
) -> None:
    provider.says({"status": str(status), "message": "Erreur", "details": "Token invalide"}, http_status)

    with pytest.raises(Declined) as caught:
        await sms.credits()

    assert len(provider.asked) == 1
    error = caught.value
    assert (error.status, error.message, error.details) == (status, "Erreur", "Token invalide")
    assert not error.retryable


async def test_details_of_the_provider_stay_out_of_the_error_text(sms: SMSFactor, provider: Any) -> None:
    """They may quote what was sent."""
    provider.says({"status": -7, "message": NUMBER, "details": TEXT})

    with pytest.raises(Declined) as caught:
        await sms.send(MESSAGE, [RECIPIENT])

    assert NUMBER not in repr(caught.value)
    assert TEXT not in repr(caught.value)
    assert caught.value.details == TEXT


async def test_an_error_without_status_refuses_a_read(sms: SMSFactor, provider: Any) -> None:
    provider.says({"error": "Route introuvable"}, 404)

    with pytest.raises(Declined) as caught:
        await sms.credits()

    assert (caught.value.status, caught.value.message) == (0, "Route introuvable")
    assert len(provider.asked) == 1


@pytest.mark.parametrize("http_status", [200, 404])
async def test_an_error_without_status_leaves_a_send_unclear(http_status: int, sms: SMSFactor, provider: Any) -> None:
    provider.says({"error": "Erreur interne"}, http_status)

    with pytest.raises(Unclear):
        await sms.send(MESSAGE, [RECIPIENT])


async def test_the_body_is_believed_and_not_the_http_status(sms: SMSFactor, provider: Any) -> None:
    provider.says({**OK, "ticket": "1"}, 500)

    assert (await sms.send(MESSAGE, [RECIPIENT])).ticket == "1"


async def test_held_is_an_outcome(sms: SMSFactor, provider: Any) -> None:
    provider.says({"status": -8, "message": "Campagne en modération", "ticket": 20480001, "cost": 1})

    sending = await sms.send(MESSAGE, [RECIPIENT])

    assert sending.held
    assert sending.ticket == "20480001"


async def test_an_answer_of_another_shape_is_unclear_and_names_the_place_only(sms: SMSFactor, provider: Any) -> None:
    provider.says({**OK, "messages": [{"destination": "secret", "message": TEXT}]})

    with pytest.raises(Unclear, match=r"messages\.0\.destination") as caught:
        await sms.messages(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))

    assert quiet(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_refused_connection_never_left(session: aiohttp.ClientSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sms = SMSFactor(session, "t0ken", f"http://127.0.0.1:{port}", backoff=0.001)

    with pytest.raises(Unreachable) as caught:
        await sms.send(MESSAGE, [RECIPIENT])

    assert caught.value.retryable
    assert quiet(caught.value)


async def test_a_failed_tls_handshake_never_left(session: aiohttp.ClientSession, provider: Any) -> None:
    sms = SMSFactor(session, "t0ken", provider.url.replace("http:", "https:"), backoff=0.001)

    with pytest.raises(Unreachable):
        await sms.send_one(MESSAGE, RECIPIENT)

    assert provider.asked == []


async def test_a_connection_that_is_never_made_never_left(session: aiohttp.ClientSession) -> None:
    """A server that accepts and then says nothing: the TLS handshake runs into the time limit."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        sms = SMSFactor(session, "t0ken", address, send_timeout=0.4)

        with pytest.raises(Unreachable, match="ConnectionTimeoutError") as caught:
            await sms.send_one(MESSAGE, RECIPIENT)

    assert quiet(caught.value)


async def test_an_address_that_is_none_never_left(session: aiohttp.ClientSession) -> None:
    sms = SMSFactor(session, "t0ken", "http://", backoff=0.001)

    with pytest.raises(Unreachable):
        await sms.send(MESSAGE, [RECIPIENT])


async def test_every_try_waits_for_the_pace(provider: Any, session: aiohttp.ClientSession) -> None:
    seen: list[int] = []

    async def pace() -> None:
        seen.append(len(provider.asked))

    sms = SMSFactor(session, "t0ken", provider.url, pace=pace, backoff=0.001)
    provider.says(b"", 503)
    provider.says({**OK, "credits": 1})

    await sms.credits()

    assert seen == [0, 1]


async def test_nothing_leaves_when_the_pace_cannot_be_kept(provider: Any, session: aiohttp.ClientSession) -> None:
    """R9: the shared pace lives in Redis; what it raises comes through."""

    async def pace() -> None:
        raise ConnectionError("no Redis")

    sms = SMSFactor(session, "t0ken", provider.url, pace=pace)

    with pytest.raises(ConnectionError):
        await sms.send(MESSAGE, [RECIPIENT])

    assert provider.asked == []


async def test_retry_after_is_waited_for(sms: SMSFactor, provider: Any) -> None:
    provider.says(b"", 429, Retry_After="1")
    provider.says({**OK, "credits": 1})
    loop = asyncio.get_running_loop()
    began = loop.time()

    await sms.credits()

    assert loop.time() - began >= 1.0


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("in an hour", 3000, 3600),
        ("Mon, 02 Mar 2020 09:00:00 GMT", 0, 0),
        ("Mon, 02 Mar 2020 09:00:00 -0000", 0, 0),
    ],
)
async def test_retry_after_is_read_as_seconds_or_date(
    header: str, least: float, most: float, sms: SMSFactor, provider: Any
) -> None:
    if header == "in an hour":  # of the test, and not of its collection, which may be long ago
        header = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    provider.says(b"", 503, Retry_After=header)

    with pytest.raises(Unclear) as caught:
        await sms.send(MESSAGE, [RECIPIENT])

    assert caught.value.retry_after is not None
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("header", ["soon", "-5", "٣", ""])
async def test_a_retry_after_that_is_neither_is_ignored(header: str, sms: SMSFactor, provider: Any) -> None:
    provider.says(b"", 503, Retry_After=header)

    with pytest.raises(Unclear) as caught:
        await sms.send(MESSAGE, [RECIPIENT])

    assert caught.value.retry_after is None


def test_pauses_double_with_jitter_and_end_at_thirty_seconds() -> None:
    assert all(0.25 <= pause_before_retry(1, None, 0.5) <= 0.75 for _ in range(100))
    assert all(0.5 <= pause_before_retry(2, None, 0.5) <= 1.5 for _ in range(100))
    assert len({pause_before_retry(1, None, 0.5) for _ in range(10)}) > 1
    assert pause_before_retry(1, 3600, 0.5) == LONGEST_PAUSE == 30
    assert pause_before_retry(20, None, 0.5) == LONGEST_PAUSE


@pytest.mark.parametrize("ident", ["", ".", "..", "..."])
async def test_an_id_that_would_name_another_path_is_refused(ident: str, sms: SMSFactor, provider: Any) -> None:
    with pytest.raises(ValueError, match="id"):
        await sms.cancel(ident)
    assert provider.asked == []


async def test_an_id_that_people_typed_stays_one_path_segment(sms: SMSFactor, provider: Any) -> None:
    provider.says({"status": -5, "message": "Introuvable", "details": ""})

    with pytest.raises(Declined):
        await sms.campaign("../credits?a=1#é")

    assert provider.asked[0].path == "/campaign/..%2Fcredits%3Fa%3D1%23%C3%A9"


async def test_an_invoice_that_is_no_file_is_an_error(sms: SMSFactor, provider: Any) -> None:
    provider.says({"status": -5, "message": "Introuvable"})
    with pytest.raises(Declined):
        await sms.download_invoice("9")

    provider.says(OK)
    with pytest.raises(Unclear, match="not the file"):
        await sms.download_invoice("9")


async def test_a_send_waits_longer_than_a_read(provider: Any, session: aiohttp.ClientSession) -> None:
    sms = SMSFactor(session, "t0ken", provider.url, timeout=0.05, send_timeout=5.0, backoff=0.001)

    async def slowly(_: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        return web.json_response({**OK, "credits": 1, "ticket": "1"})

    provider.does(slowly)

    assert (await sms.send(MESSAGE, [RECIPIENT])).ticket == "1"
    with pytest.raises(Unclear, match="no answer within"):
        await sms.credits()
