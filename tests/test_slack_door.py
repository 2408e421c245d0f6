"""What Slack's door lets in: signatures, shapes, and an acknowledgement for everything that is signed."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from bot.sandbox.slack.courier import sign
from tests.block_kit import CONTRACTS, read
from tests.conftest import ALICE, Town, open_town

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Wire:
    """Requests to /slack/events as anybody on the internet can make them."""

    def __init__(self, session: ClientSession, town: Town) -> None:
        self._session = session
        self._url = f"{town.url}/slack/events"
        self._secret = town.slack.signing_secret

    async def post(self, body: bytes, kind: str = FORM, *, at: float | None = None, **headers: str) -> tuple[int, str]:
        """Signed, unless ``headers`` say otherwise; status and body."""
        stamp = str(int(time.time() if at is None else at))
        said = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self._secret, stamp, body),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        async with self._session.post(self._url, data=BytesIO(body), headers=said) as answer:
            return answer.status, await answer.text()

    async def tell(self, payload: Any) -> tuple[int, str]:
        """A signed JSON body."""
        return await self.post(json.dumps(payload).encode(), JSON)

    async def act(self, payload: Any) -> tuple[int, str]:
        """A signed form with a payload."""
        return await self.post(urlencode({"payload": json.dumps(payload)}).encode())


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """A desk that answers and does nothing else."""
    async with open_town(redis_url, workers=0) as opened:
        yield opened


@pytest.fixture
async def wire(town: Town) -> AsyncIterator[Wire]:
    async with ClientSession() as session:
        yield Wire(session, town)


def command(text: str = "help", **more: str) -> dict[str, str]:
    """The fields of a slash command of Alice's."""
    return {"command": "/sms", "text": text, "user_id": ALICE, "channel_id": "C0SMS", "trigger_id": "1.2.3", **more}


def event(kind: str, **fields: Any) -> dict[str, Any]:
    """The body of an event."""
    return {"type": "event_callback", "team_id": "T0DESK", "event_id": f"Ev{kind}", "event": {"type": kind, **fields}}


# Signatures

COMMAND = urlencode(command()).encode()


async def test_a_signed_command_is_answered(wire: Wire) -> None:
    status, body = await wire.post(COMMAND)
    assert status == 200
    assert "What /sms can do" in body


async def test_a_request_without_a_signature_gets_401(town: Town) -> None:
    async with ClientSession() as session, session.post(f"{town.url}/slack/events", data=COMMAND) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("seconds", [-301, -86_400, 302, 86_400])
async def test_a_stale_or_future_signature_gets_401(wire: Wire, seconds: int) -> None:
    assert (await wire.post(COMMAND, at=time.time() + seconds))[0] == 401


@pytest.mark.parametrize("seconds", [-295, 295])
async def test_a_clock_that_is_some_minutes_off_is_forgiven(wire: Wire, seconds: int) -> None:
    assert (await wire.post(COMMAND, at=time.time() + seconds))[0] == 200


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


async def test_a_command_that_speaks_of_a_payload_is_heard(wire: Wire) -> None:
    """Bolt's own parser takes such a command for a form without a payload, and loses it."""
    status, body = await wire.post(urlencode(command("campaign payload=1")).encode())
    assert status == 200
    assert "There is no campaign" in body


# Acknowledgements


async def test_url_verification_answers_the_challenge(town: Town) -> None:
    answered = await town.slack.verify_url()
    assert answered.status == 200
    assert answered.answer == {"challenge": answered.payload["challenge"]}


async def test_slacks_ssl_check_is_answered(wire: Wire) -> None:
    assert (await wire.post(b"ssl_check=1&token=x"))[0] == 200


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("app_mention", {"user": ALICE, "text": "hello", "channel": "C0SMS"}),
        ("message", {"subtype": "message_changed", "channel": "C0SMS", "message": {"text": "x"}}),
        ("message", {"subtype": "a_subtype_of_next_year", "channel": "C0SMS"}),
        ("message", {"bot_id": "B0SMSDESK", "user": "U0SMSDESK", "channel": "C0SMS"}),
        ("an_event_of_next_year", {}),
        ("user_change", {"user": {"id": ALICE}}),
        ("user_change", {}),
        ("tokens_revoked", {"tokens": {"bot": ["U0SMSDESK"]}}),
    ],
)
async def test_every_signed_event_is_acknowledged(wire: Wire, kind: str, fields: dict[str, Any]) -> None:
    assert await wire.tell(event(kind, **fields)) == (200, "")


async def test_an_event_without_an_id_or_a_team_is_acknowledged(wire: Wire) -> None:
    assert (await wire.tell({"type": "event_callback", "event": {"type": "team_join"}}))[0] == 200


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "something_new"},
        {"type": "shortcut", "callback_id": "nobody_knows_it", "user": {"id": ALICE}, "trigger_id": "1.2"},
        {"type": "message_action", "callback_id": "nobody_knows_it", "user": {"id": ALICE}, "message": {}},
        {"type": "block_actions", "actions": [{"action_id": "nobody_knows_it", "type": "button"}], "view": None},
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "nobody_knows_it"}},
        {"type": "view_closed", "view": {"type": "modal", "callback_id": "send_form"}},
        {"type": "block_suggestion", "action_id": "nobody_knows_it", "value": "x"},
        {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "x", "type": "button"}]},
        {"type": "dialog_cancellation", "callback_id": "x"},
    ],
    ids=lambda payload: payload["type"],
)
async def test_an_interaction_that_no_room_has_is_acknowledged(wire: Wire, payload: dict[str, Any]) -> None:
    status, _ = await wire.act({"user": {"id": ALICE}, "team": {"id": "T0DESK"}, **payload})
    assert status == 200


async def test_a_command_with_a_name_that_is_not_ours_is_answered(wire: Wire) -> None:
    """A workspace may call the command differently; the words behind it are the same."""
    status, body = await wire.post(urlencode(command(command="/texto")).encode())
    assert status == 200
    assert "What /sms can do" in body


SAMPLES = {file.stem: file for file in sorted((CONTRACTS / "payloads").rglob("*.json"))}


@pytest.mark.parametrize("name", SAMPLES)
async def test_slacks_own_sample_payloads_are_acknowledged(wire: Wire, name: str) -> None:
    """Empty strings and nulls wherever Slack may leave something out."""
    kind = SAMPLES[name].parent.name
    sample = read(f"payloads/{kind}/{name}.json")
    if kind == "slash-commands":
        fields = {name: str(value) for name, value in sample.items()}
        status, _ = await wire.post(urlencode({**fields, "command": "/sms"}).encode())
    elif kind == "events":
        status, _ = await wire.tell({**sample, "type": "event_callback"})
    else:
        status, _ = await wire.act(sample)
    assert status == 200


# Events come again


async def test_an_event_that_slack_retries_has_one_effect(town: Town) -> None:
    """Seen in what the desk remembers of a person: the first delivery makes it ask again, the second does not."""
    await town.slack.change_user(ALICE, is_admin=True)
    heard = town.slack.requests[-1]
    await town.person().command("/sms", "help")
    asked = len(town.slack.called("users.info"))
    heard.retry_num, heard.retry_reason = 1, "http_timeout"
    assert (await town.slack.deliver_again(heard)).ok
    await town.person().command("/sms", "help")
    assert len(town.slack.called("users.info")) == asked
