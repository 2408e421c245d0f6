"""R6: what people write, edit or delete in Slack never reaches anybody's phone."""

from typing import Any

import pytest

from bot.sandbox.slack import Person
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, Town
from tests.rules.webhooks import post, reply, says


@pytest.fixture
async def thread(town: Town) -> str:
    """A conversation that may be answered; the ts of its first message."""
    await post(town, "mo", reply("Vous êtes ouverts demain ?"))
    (root,) = await says(town, "ouverts")
    town.provider.requests.clear()
    ts: str = root["ts"]
    return ts


@pytest.fixture
def alice(town: Town) -> Person:
    return town.person(ALICE)


def nothing_left_the_house(town: Town) -> None:
    assert [r.path for r in town.provider.requests if r.method != "GET"] == []
    assert town.provider.texts(NUMBER) == []
    answers = {request.status for request in town.slack.requests if request.kind == "event"}
    assert answers == {200}
    assert all(request.retry_num == 0 for request in town.slack.requests)


@pytest.mark.parametrize(
    "text", ["Il est sympa, lui", "sms: oui, à 9 h", "SMS: oui", "note: rappeler", "@sms_desk oui", " "]
)
async def test_remark_in_a_thread_stays_inside(town: Town, alice: Person, thread: str, text: str) -> None:
    await alice.write(CHANNEL, text, thread)
    await alice.write(CHANNEL, text)
    nothing_left_the_house(town)


async def test_broadcast_of_a_thread_stays_inside(town: Town, alice: Person, thread: str) -> None:
    await alice.write(CHANNEL, "sms: oui", thread, broadcast=True)
    nothing_left_the_house(town)


async def test_edit_and_deletion_send_nothing(town: Town, alice: Person, thread: str) -> None:
    message = await alice.write(CHANNEL, "à vérifier", thread)
    await alice.edit(CHANNEL, message["ts"], "sms: oui, à 9 h")
    await alice.delete(CHANNEL, message["ts"])
    nothing_left_the_house(town)


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "file_share", "files": [{"id": "F1", "name": "plan.pdf"}], "user": BRUNO, "text": "sms: voilà"},
        {"subtype": "bot_message", "bot_id": "B0ROBOT", "text": "sms: je suis un robot"},
        {"bot_id": "B0ROBOT", "user": "U0ROBOT", "text": "sms: je suis un robot"},
        {"subtype": "channel_join", "user": BRUNO, "text": "<@U0BRUNO> has joined"},
        {"subtype": "message_replied", "user": BRUNO, "text": "sms: oui"},
        {"subtype": "me_message", "user": BRUNO, "text": "sms: oui"},
        {"subtype": "a kind of tomorrow", "user": BRUNO, "text": "sms: oui"},
        {"text": "sms: nobody"},
    ],
    ids=lambda more: more.get("subtype") or ",".join(more),
)
async def test_no_kind_of_message_sends_anything(town: Town, thread: str, more: dict[str, Any]) -> None:
    ts = town.slack.world.new_ts()
    event = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "ts": ts, "event_ts": ts, **more}
    delivery = await town.slack.event({**event, "thread_ts": thread})
    assert delivery
    assert delivery.status == 200
    nothing_left_the_house(town)


@pytest.mark.parametrize("kind", ["reaction_added", "app_mention", "file_shared", "pin_added", "no_such_event"])
async def test_no_other_event_sends_anything(town: Town, thread: str, kind: str) -> None:
    ts = town.slack.world.new_ts()
    delivery = await town.slack.event(
        {"type": kind, "user": ALICE, "text": "sms: oui", "channel": CHANNEL, "ts": ts, "event_ts": ts}
    )
    assert delivery
    assert delivery.status == 200
    nothing_left_the_house(town)
