"""R7: who may not, may do nothing: neither by a command, a click, a form nor a shortcut."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.doors import Doors
from bot.features import FEATURES
from bot.sandbox.slack import payloads
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, QUICK, STRANGER, Town

ROBOT, LEFT = "U0ROBOT", "U0CHLOE"
REFUSED = "Only full members"

DOORS = Doors(QUICK)
for _register in FEATURES:
    _register(DOORS)

VIEW = {
    "id": "V0001",
    "type": "modal",
    "hash": "1.a",
    "title": {"type": "plain_text", "text": "Form"},
    "blocks": [],
    "private_metadata": "c0000000",
    "state": {"values": {}},
    "root_view_id": "V0001",
    "app_id": "A0SMSDESK",
    "bot_id": "B0SMSDESK",
    "team_id": "T0DESK",
}
MESSAGE = {"type": "message", "channel": CHANNEL, "user": "U0SMSDESK", "ts": "1763817600.000100", "text": "SMS me"}

Payload = Callable[[Town, str], tuple[str, dict[str, Any]]]


def _in_channel(town: Town, user: str) -> tuple[Any, Any, str]:
    modals, urls = town.slack.workspace.modals, town.slack.workspace.response_urls
    way = urls.new(user, CHANNEL)
    return town.slack.world.users[user], modals.new_trigger(user, channel_id=CHANNEL), town.slack.base_url + way.path


def _command(word: str) -> Payload:
    def payload(town: Town, user: str) -> tuple[str, dict[str, Any]]:
        who, trigger, url = _in_channel(town, user)
        place = town.slack.world.channels[CHANNEL]
        words = ("/sms", f"{word} 06 12 34 56 78 hello")
        return "command", payloads.command(town.slack.workspace, who, place, words, trigger, url)

    return payload


def _press(action_id: str, *, in_view: bool) -> Payload:
    def payload(town: Town, user: str) -> tuple[str, dict[str, Any]]:
        who, trigger, url = _in_channel(town, user)
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "c0000000:x", "action_ts": "1.0"}
        if in_view:
            body = payloads.click_in_view(town.slack.workspace, who, VIEW, action, trigger)
        else:
            body = payloads.click_in_message(town.slack.workspace, who, MESSAGE, action, trigger, url)
        return "block_actions", body

    return payload


def _submission(callback_id: str) -> Payload:
    def payload(town: Town, user: str) -> tuple[str, dict[str, Any]]:
        who, trigger, _ = _in_channel(town, user)
        view = {**VIEW, "callback_id": callback_id}
        return "view_submission", payloads.submission(town.slack.workspace, who, view, trigger, [])

    return payload


def _shortcut(callback_id: str, *, on_message: bool) -> Payload:
    def payload(town: Town, user: str) -> tuple[str, dict[str, Any]]:
        who, trigger, url = _in_channel(town, user)
        if not on_message:
            return "shortcut", payloads.shortcut(town.slack.workspace, who, callback_id, trigger)
        body = payloads.message_shortcut(town.slack.workspace, who, callback_id, MESSAGE, trigger, url)
        return "message_action", body

    return payload


ACTS: dict[str, Payload] = {
    **{f"/sms {word}": _command(word) for word in (*DOORS.commands, "nonsense")},
    **{f"press {name}": _press(name, in_view=False) for name in DOORS.presses},
    **{f"press {name} in a form": _press(name, in_view=True) for name in DOORS.presses},
    **{f"submit {name}": _submission(name) for name in DOORS.submissions},
    **{f"shortcut {name}": _shortcut(name, on_message=False) for name in DOORS.shortcuts},
    **{f"shortcut {name} on a message": _shortcut(name, on_message=True) for name in DOORS.shortcuts},
}


async def act(town: Town, name: str, user: str) -> Any:
    """Do it as Slack would tell it; what comes back with the ack."""
    kind, payload = ACTS[name](town, user)
    delivery = await town.slack._courier.send(kind, payload)
    assert delivery.status == 200, delivery
    return delivery.answer


def told(town: Town, user: str, answer: Any) -> str:
    """All that this person alone was shown."""
    views = [call["view"] for method in ("views.open", "views.push") for call in town.slack.called(method)]
    return json.dumps([answer, town.person(user).ephemerals, views])


@pytest.mark.parametrize("name", ACTS)
async def test_guests_strangers_bots_and_those_who_left_are_refused_in_words(town: Town, name: str) -> None:
    await town.slack.change_user(LEFT, deleted=True)
    checks = len([r for r in town.provider.requests if r.method == "POST"])
    for user in (GUEST, STRANGER, ROBOT, LEFT):
        answer = await act(town, name, user)
        assert REFUSED in told(town, user, answer), user
    assert len([r for r in town.provider.requests if r.method == "POST"]) == checks
    assert town.roots() == []
    if answer:
        assert "in_channel" not in json.dumps(answer), "a refusal is private"
    opened = [call["view"] for method in ("views.open", "views.push") for call in town.slack.called(method)]
    assert {view["callback_id"] for view in opened} <= {"notice"}


@pytest.mark.parametrize("name", ACTS)
async def test_nothing_is_done_when_slack_does_not_say_who_it_is(town: Town, name: str) -> None:
    town.slack.fail("users.info", 500, 10)
    sends = len([r for r in town.provider.requests if r.method == "POST"])
    answer = await act(town, name, BRUNO)
    assert "Slack did not say who you are" in told(town, BRUNO, answer)
    assert len([r for r in town.provider.requests if r.method == "POST"]) == sends
    assert town.roots() == []


async def test_somebody_whom_slack_does_not_know_is_refused(town: Town) -> None:
    town.slack.fail("users.info", "user_not_found", 5)
    assert "Slack did not say who you are" in told(town, BRUNO, await act(town, "/sms send", BRUNO))


async def test_member_who_became_a_guest_is_refused_at_once(town: Town) -> None:
    assert REFUSED not in told(town, BRUNO, await act(town, "/sms status", BRUNO))
    await town.slack.change_user(BRUNO, is_restricted=True)
    assert REFUSED in told(town, BRUNO, await act(town, "/sms status", BRUNO))
    await town.slack.change_user(BRUNO, is_restricted=False)
    assert REFUSED not in json.dumps(await act(town, "/sms status", BRUNO))


async def test_form_opened_by_a_member_is_not_sent_once_they_are_a_guest(town: Town) -> None:
    """The right is asked at every step, not only where the way begins."""
    review = await town.fill(who=BRUNO)
    assert review.action == "push"
    await town.slack.change_user(BRUNO, is_restricted=True)
    refused = await town.person(BRUNO).submit()
    assert REFUSED in str(refused.delivery)
    assert town.sends == []
    assert town.cards() == []


async def test_answer_is_remembered_so_that_slack_is_asked_once(town: Town) -> None:
    for _ in range(5):
        await act(town, "/sms status", ALICE)
    assert len(town.slack.called("users.info")) == 1
