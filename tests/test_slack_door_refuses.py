"""What Slack's door keeps out: wrong signatures and what has no shape of Slack's. One desk stands for all of it."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from redis.asyncio import Redis

from bot.sandbox.slack.courier import sign
from bot.store.embedded import EmbeddedServer
from tests.conftest import Town, open_town
from tests.slack_wire import COMMAND, FORM, JSON, Wire

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(valkey: EmbeddedServer) -> AsyncIterator[Town]:
    """A desk that answers and does nothing else."""
    async with Redis.from_url(valkey.url) as redis:
        await redis.flushall()
    async with open_town(valkey.url, workers=0) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def wire(town: Town) -> AsyncIterator[Wire]:
    """What was kept out leaves the door as it was: the next one who may come in does."""
    async with ClientSession() as session:
        wire = Wire(session, town)
        yield wire
        status, body = await wire.post(COMMAND)
        assert (status, "What /sms can do" in body) == (200, True)


# Signatures


async def test_a_request_without_a_signature_gets_401(town: Town) -> None:
    async with ClientSession() as session, session.post(f"{town.url}/slack/events", data=COMMAND) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("seconds", [-301, -86_400, 302, 86_400])
async def test_a_stale_or_future_signature_gets_401(wire: Wire, seconds: int) -> None:
    assert (await wire.post(COMMAND, at=time.time() + seconds))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Slack_Signature": "v0=" + "0" * 64},
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v0="},
        {"X_Slack_Signature": "v1=" + "0" * 64},
        {"X_Slack_Signature": "é" * 20},
        {"X_Slack_Signature": "x" * 7000},
        {"X_Slack_Request_Timestamp": "soon"},
        {"X_Slack_Request_Timestamp": ""},
        {"X_Slack_Request_Timestamp": "-1"},
        {"X_Slack_Request_Timestamp": "1e9"},
        {"X_Slack_Request_Timestamp": "٣٤٥"},
        {"X_Slack_Request_Timestamp": "9" * 400},
    ],
    ids=lambda headers: "{}={:.12}".format(*next(iter(headers.items()))),
)
async def test_a_wrong_signature_or_rubbish_in_its_headers_gets_401(wire: Wire, headers: Mapping[str, str]) -> None:
    assert (await wire.post(COMMAND, **headers))[0] == 401


async def test_a_signature_of_another_body_gets_401(wire: Wire, town: Town) -> None:
    stamp = str(int(time.time()))
    other = sign(town.slack.signing_secret, stamp, COMMAND + b"x")
    assert (await wire.post(COMMAND, X_Slack_Signature=other))[0] == 401


async def test_an_unsigned_url_verification_gets_401(town: Town) -> None:
    body = {"type": "url_verification", "challenge": "abc"}
    async with ClientSession() as session, session.post(f"{town.url}/slack/events", json=body) as answer:
        assert answer.status == 401


# Shapes


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[]", JSON),
        (b'"text"', JSON),
        (b"null", JSON),
        (b"{}", JSON),
        (b'{"type": 3}', JSON),
        (b'{"type": "event_callback"}', JSON),
        (b'{"type": "event_callback", "event": []}', JSON),
        (b'{"type": "event_callback", "event": {}}', JSON),
        (b'{"type": "event_callback", "event": {"type": "message"}, "authorizations": "x"}', JSON),
        (b"\xff\xfe", JSON),
        (b"[" * 100_000, JSON),
        (b'{"type":' * 100_000, JSON),
        (b"", FORM),
        (b"rubbish", FORM),
        (b"{}", FORM),
        (b"\xff=\xff", FORM),
        (b"text=send", FORM),
        (b"payload=", FORM),
        (b"payload=x", FORM),
        (b"payload=%5B%5D", FORM),
        (b"payload=3", FORM),
        (b"payload=null", FORM),
        (b"payload=%7B%7D", FORM),
        (b"payload=" + b"%5B" * 100_000, FORM),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"{}", "rubbish"),
    ],
    ids=lambda value: value[:24].decode(errors="replace") if isinstance(value, bytes) else value.rpartition("/")[2],
)
async def test_a_signed_body_that_is_no_payload_gets_400(wire: Wire, body: bytes, kind: str) -> None:
    assert (await wire.post(body, kind))[0] == 400


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_submission"},
        {"type": "view_submission", "view": None},
        {"type": "view_submission", "view": "x"},
        {"type": "view_submission", "view": {"id": "V1", "callback_id": "send_form"}},
        {"type": "view_closed", "view": []},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": {}},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": ["x"]},
        {"type": "block_actions", "actions": [{"action_id": "x"}], "user": "U0ALICE"},
        {"type": "shortcut", "user": ["U0ALICE"]},
        {"type": "message_action", "message": "hello"},
        {"type": ["view_submission"]},
    ],
    ids=json.dumps,
)
async def test_a_payload_without_the_parts_of_its_type_gets_400(wire: Wire, payload: Any) -> None:
    assert (await wire.act(payload))[0] == 400


async def test_a_body_beyond_every_payload_gets_413(wire: Wire) -> None:
    assert (await wire.post(b"a=" + b"x" * 1_048_576))[0] == 413
