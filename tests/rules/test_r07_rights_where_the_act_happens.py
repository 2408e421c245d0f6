"""R7: who may not, may do nothing: neither by a command, a click, a form nor a shortcut."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from bot.doors import Doors
from bot.features import FEATURES
from bot.sandbox.slack import payloads
from bot.store.embedded import EmbeddedServer
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, QUICK, STRANGER, Town, open_town

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


class Eyes:
    """What one person is shown from now on; nothing is open on their screen."""

    def __init__(self, town: Town, user: str) -> None:
        self._town, self._user = town, user
        town.slack.workspace.modals.close(user)
        self._calls, self._whispers = len(town.slack.calls), len(town.person(user).ephemerals)

    @property
    def views(self) -> list[dict[str, Any]]:
        """Each form that the desk opened."""
        calls = self._town.slack.calls[self._calls :]
        return [call.args["view"] for call in calls if call.method in ("views.open", "views.push")]

    def told(self, answer: Any) -> str:
        """All that this person alone was shown."""
        return json.dumps([answer, self._town.person(self._user).ephemerals[self._whispers :], self.views])


def posts(town: Town) -> int:
    """How often the provider was told to do something."""
    return len([request for request in town.provider.requests if request.method == "POST"])


# A desk where nothing is done


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One desk for all that is refused, with a memory that no other test empties. Chloe has left.

    What was done behind an answer all the same would stand beside what a member does at the end.
    """
    async with EmbeddedServer(tmp_path_factory.mktemp("strict")) as server, open_town(server.url) as opened:
        await opened.slack.change_user(LEFT, deleted=True)
        before = posts(opened)
        yield opened
        assert (opened.roots(), posts(opened)) == ([], before)
        await opened.send(who=ALICE)
        await opened.card_says("Accepted")
        assert len(opened.roots()) == len(opened.sends) == 1


@pytest.fixture
def unknown(strict: Town) -> Iterator[str]:
    """Somebody of whom Slack says nothing, as long as this test runs."""
    strict.slack.fail("users.info", 500, 10)
    yield BRUNO
    strict.slack._faults._planned.clear()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.xdist_group("r07-refused")
@pytest.mark.parametrize("name", ACTS)
async def test_guests_strangers_bots_and_those_who_left_are_refused_in_words(strict: Town, name: str) -> None:
    checks = posts(strict)
    for user in (GUEST, STRANGER, ROBOT, LEFT):
        eyes = Eyes(strict, user)
        answer = await act(strict, name, user)
        assert REFUSED in eyes.told(answer), user
        assert "in_channel" not in json.dumps(answer), "a refusal is private"
        assert {view["callback_id"] for view in eyes.views} <= {"notice"}
    assert posts(strict) == checks
    assert strict.roots() == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.xdist_group("r07-refused")
@pytest.mark.parametrize("name", ACTS)
async def test_nothing_is_done_when_slack_does_not_say_who_it_is(strict: Town, unknown: str, name: str) -> None:
    sends = posts(strict)
    eyes = Eyes(strict, unknown)
    answer = await act(strict, name, unknown)
    assert "Slack did not say who you are" in eyes.told(answer)
    assert posts(strict) == sends
    assert strict.roots() == []


# Desks of their own


async def test_somebody_whom_slack_does_not_know_is_refused(town: Town) -> None:
    town.slack.fail("users.info", "user_not_found", 5)
    eyes = Eyes(town, BRUNO)
    assert "Slack did not say who you are" in eyes.told(await act(town, "/sms send", BRUNO))


async def test_member_who_became_a_guest_is_refused_at_once(town: Town) -> None:
    eyes = Eyes(town, BRUNO)
    assert REFUSED not in eyes.told(await act(town, "/sms status", BRUNO))
    await town.slack.change_user(BRUNO, is_restricted=True)
    assert REFUSED in eyes.told(await act(town, "/sms status", BRUNO))
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
