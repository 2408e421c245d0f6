"""What Slack's door lets in: an acknowledgement for everything that is signed and has a shape of Slack's."""

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from tests.block_kit import CONTRACTS, read
from tests.conftest import ALICE, Town, open_town
from tests.slack_wire import COMMAND, Wire, command, event


@pytest.fixture
async def town(redis_url: str) -> AsyncIterator[Town]:
    """A desk that answers and does nothing else."""
    async with open_town(redis_url, workers=0) as opened:
        yield opened


@pytest.fixture
async def wire(town: Town) -> AsyncIterator[Wire]:
    async with ClientSession() as session:
        yield Wire(session, town)


# Acknowledgements


async def test_a_signed_command_is_answered(wire: Wire) -> None:
    status, body = await wire.post(COMMAND)
    assert status == 200
    assert "What /sms can do" in body


@pytest.mark.parametrize("seconds", [-295, 295])
async def test_a_clock_that_is_some_minutes_off_is_forgiven(wire: Wire, seconds: int) -> None:
    assert (await wire.post(COMMAND, at=time.time() + seconds))[0] == 200


async def test_a_command_that_speaks_of_a_payload_is_heard(wire: Wire) -> None:
    """Bolt's own parser takes such a command for a form without a payload, and loses it."""
    status, body = await wire.post(urlencode(command("campaign payload=1")).encode())
    assert status == 200
    assert "There is no campaign" in body


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
