"""R6: what is not marked as an answer stays inside, whatever message it is, and whatever is done to it later."""

import itertools
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from bot.sandbox.slack import Person
from bot.sandbox.slack.courier import Delivery
from bot.store.embedded import EmbeddedServer
from bot.store.team import FreeTyping
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, STRANGER, Town, open_town
from tests.rules.webhooks import key_of, post, reply, says, shown

LAST = "La dernière"
LATE = 2.0  # seconds; the desk itself gives up what takes it longer, and asks Slack for a repeat
QUESTION = "Vous êtes ouverts demain ?"


@pytest.fixture
async def thread(town: Town) -> str:
    """A conversation that may be answered; the ts of its card."""
    await post(town, "mo", reply(QUESTION))

    def card() -> str | None:
        threads = {root["ts"]: town.slack.thread(CHANNEL, root["ts"])[1:] for root in town.roots()}
        return next((ts for ts, texts in threads.items() if QUESTION in str(texts)), None)

    return str(await town.slack.until(card, 10.0))


@pytest.fixture(params=["marked", "free typing"])
async def is_free(request: pytest.FixtureRequest, town: Town) -> bool:
    """Whether everything that is typed in the channel's conversations goes out."""
    chosen = request.param == "free typing"
    if chosen:
        await town.desk.services.store.team.save("free_typing", FreeTyping(channels=(CHANNEL,)))
    return chosen


@pytest.fixture
def alice(town: Town) -> Person:
    return town.person(ALICE)


async def only(town: Town, thread: str, *wanted: str, number: str = NUMBER, before: int = 0) -> None:
    """This left the house, and nothing else: what was taken in before a last answer is gone when that one is.

    ``before``: how many SMS had left when the test began. None of Slack's events was refused; one that a busy machine
    is late for comes again.
    """
    await town.person(BRUNO).write(CHANNEL, f"sms: {LAST}", thread)
    await town.provider.until(lambda: any(text.text == LAST for text in town.provider.texts(number)))
    await town.provider.until(lambda: len(town.provider.texts(number)) >= len(wanted) + 1)
    assert sorted(text.text for text in town.provider.texts(number)) == sorted([*wanted, LAST])
    assert len(town.sends) == before + len(wanted) + 1
    await town.slack.until(lambda: all(one.ok for one in last_attempts(town)))
    assert all(one.ok or one.elapsed > LATE for one in town.slack.requests if one.kind == "event")


def last_attempts(town: Town) -> list[Delivery]:
    """How Slack told the desk of each event, the last time that it did."""
    events = [one for one in town.slack.requests if one.kind == "event"]
    return list({one.payload["event_id"]: one for one in events}.values())


class Kind(NamedTuple):
    """A message: its event, and what leaves of it in a channel without and with free typing."""

    event: dict[str, Any]
    marked: str | None = None
    free: str | None = None


def words(text: str, kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    """A message that is written in rich text."""
    elements = [{"type": kind, "elements": [{"type": "text", "text": text, **more}]}]
    return {"text": f"* {text}", "blocks": [{"type": "rich_text", "block_id": "b", "elements": elements}]}


FILE = [{"id": "F1", "name": "plan.pdf"}]
KINDS = {
    "a remark": Kind({"text": "Il est sympa, lui"}, None, "Il est sympa, lui"),
    "an answer": Kind({"text": "SMS : oui"}, "oui", "oui"),
    "an answer in rich text": Kind(words("sms: oui"), "oui", "oui"),
    "a note": Kind({"text": "note: rappeler"}),
    "a note in rich text": Kind(words("Note : rappeler", style={"bold": True})),
    "a note with an answer in it": Kind({"text": "note: sms: oui"}),
    "an empty answer": Kind({"text": "sms: "}),
    "nothing": Kind({"text": " "}),
    "a word that only begins so": Kind({"text": "smsc: oui"}, None, "smsc: oui"),
    "a mark further on": Kind({"text": "elle veut un sms: oui"}, None, "elle veut un sms: oui"),
    "an answer to the bot": Kind({"text": "<@U0SMSDESK> sms: oui"}),
    "a quoted answer": Kind(words("sms: oui", "rich_text_quote"), None, "sms: oui"),
    "code": Kind(words("sms: oui", "rich_text_preformatted"), None, "sms: oui"),
    "inline code": Kind(words("sms: oui", style={"code": True}), None, "sms: oui"),
    "struck through": Kind(words("sms: oui", style={"strike": True})),
    "a mention": Kind({"text": "sms: demande à <@U0BRUNO>"}),
    "a custom emoji": Kind({"text": "sms: ok :parrot:"}),
    "a table": Kind({"text": "sms: oui", "blocks": [{"type": "table", "rows": []}]}),
    "broadcast": Kind({"subtype": "thread_broadcast", "text": "sms: oui"}),
    "file": Kind({"subtype": "file_share", "files": FILE, "text": "sms: voilà"}),
    "file without a subtype": Kind({"files": FILE, "text": "sms: voilà"}),
    "shared message": Kind({"attachments": [{"is_share": True}], "text": "sms: voilà"}),
    "/me": Kind({"subtype": "me_message", "text": "sms: oui"}),
    "bot message": Kind({"subtype": "bot_message", "bot_id": "B0ROBOT", "text": "sms: oui", "user": None}),
    "bot": Kind({"bot_id": "B0ROBOT", "user": "U0ROBOT", "text": "sms: oui"}),
    "bot user": Kind({"user": "U0ROBOT", "text": "sms: oui"}),
    "app in a person's name": Kind({"bot_id": "B0ROBOT", "app_id": "A0ROBOT", "text": "sms: oui"}),
    "app without a bot": Kind({"app_id": "A0ROBOT", "text": "sms: oui"}),
    "ourselves": Kind({"user": "U0SMSDESK", "bot_id": "B0SMSDESK", "text": "sms: oui"}),
    "Slackbot": Kind({"user": "USLACKBOT", "text": "sms: oui"}),
    "Slackbot's response": Kind({"subtype": "slackbot_response", "user": "USLACKBOT", "text": "sms: oui"}),
    "guest": Kind({"user": GUEST, "text": "sms: oui"}),
    "another team": Kind({"user": STRANGER, "team": "T0OTHER", "text": "sms: oui"}),
    "nobody": Kind({"user": None, "text": "sms: oui"}),
    "channel_join": Kind({"subtype": "channel_join", "text": "sms: <@U0BRUNO> has joined"}),
    "message_replied": Kind({"subtype": "message_replied", "text": "sms: oui"}),
    "a kind of tomorrow": Kind({"subtype": "a_kind_of_tomorrow", "text": "sms: oui"}),
    "hidden": Kind({"hidden": True, "text": "sms: oui"}),
    "ephemeral": Kind({"subtype": "ephemeral", "text": "sms: oui"}),
    "without a time": Kind({"ts": None, "text": "sms: oui"}),
    "old": Kind({"ts": "1763817600.000100", "text": "sms: oui"}),
}
# Nobody is there to be told, or nobody could have thought that it is sent.
UNTOLD = {"a note", "a note in rich text", "a note with an answer in it", "bot message", "bot", "ourselves", "Slackbot"}
UNTOLD |= {"app in a person's name", "app without a bot", "Slackbot's response", "nobody", "channel_join", "hidden"}
UNTOLD |= {"message_replied", "a kind of tomorrow", "ephemeral", "without a time"}


def event_of(town: Town, more: dict[str, Any], **place: Any) -> dict[str, Any]:
    """The event as Slack tells it; what is None is not in it."""
    ts = town.slack.world.new_ts()
    whole = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "user": BRUNO, "ts": ts, "event_ts": ts}
    return {name: value for name, value in {**whole, **place, **more}.items() if value is not None}


async def hear(town: Town, event: dict[str, Any]) -> None:
    delivery = await town.slack.event(event)
    assert delivery
    assert delivery.status == 200


# Each kind, in a conversation of its own at one desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A desk with a memory that no other test empties."""
    async with EmbeddedServer(tmp_path_factory.mktemp("busy")) as server, open_town(server.url) as opened:
        yield opened


class Talk(NamedTuple):
    """A conversation that may be answered, one of its members who has written nothing yet, and what was before it."""

    number: str
    thread: str
    member: str
    sends: int
    whispers: int


COUNT = itertools.count(1)


@pytest_asyncio.fixture(loop_scope="module")
async def talk(busy: Town) -> Talk:
    """Somebody new asks; somebody new is in the team."""
    n = next(COUNT)
    number, member, before = f"336123{n:05}", f"U0NEW{n}", len(shown(busy))
    busy.slack.world.add_user(member, f"new{n}", f"Nouvelle {n}")
    busy.slack.world.channels[CHANNEL].members.append(member)
    sends, whispers = len(busy.sends), len(busy.slack.called("chat.postEphemeral"))
    await post(busy, "mo", reply(QUESTION, number))

    def thread() -> str | None:
        asked = [text for text in shown(busy)[before:] if text.get("thread_ts") and QUESTION in str(text)]
        return next((text["thread_ts"] for text in asked if not key_of(text).startswith("conversation:")), None)

    return Talk(number, str(await busy.slack.until(thread, 10.0)), member, sends, whispers)


@pytest_asyncio.fixture(params=["marked", "free typing"], loop_scope="module")
async def busy_is_free(request: pytest.FixtureRequest, busy: Town, talk: Talk) -> AsyncIterator[bool]:
    """The same choice as ``is_free``, as long as this test runs."""
    chosen = request.param == "free typing"
    if chosen:
        await busy.desk.services.store.team.save("free_typing", FreeTyping(channels=(CHANNEL,)))
    yield chosen
    await busy.desk.services.store.team.save("free_typing", FreeTyping())


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.xdist_group("r06-kinds")
@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_of_message_in_a_conversation_leaves_or_stays_as_it_is_said(
    busy: Town, talk: Talk, busy_is_free: bool, name: str
) -> None:
    kind = KINDS[name]
    event = event_of(busy, {"user": talk.member, **kind.event}, thread_ts=talk.thread)
    if name == "old":  # of no two tests the same message: what is decided of one is remembered
        event["ts"] = f"1763817600.{talk.number[-6:]}"
    await hear(busy, event)
    await hear(busy, event)  # replayed, under another event id
    if name in UNTOLD:
        assert len(busy.slack.called("chat.postEphemeral")) == talk.whispers
    leaves = kind.free if busy_is_free else kind.marked
    wanted = [leaves] if leaves else []
    await only(busy, talk.thread, *wanted, number=talk.number, before=talk.sends)


# At desks of their own


async def test_nothing_leaves_from_any_other_place(town: Town, thread: str, alice: Person, is_free: bool) -> None:
    """The channel, a colleague's thread, a campaign's, a thread in a conversation's thread, one that is unknown."""
    await town.desk.services.poster.card(CHANNEL, "campaign", "cunknown")
    topic = await alice.write(CHANNEL, "Un autre sujet")
    (inside,) = [text for text in town.slack.thread(CHANNEL, thread)[1:] if QUESTION in str(text)]
    for kind in KINDS.values():
        for place in (None, topic["ts"], inside["ts"], "1763817600.000100"):
            await hear(town, event_of(town, kind.event, thread_ts=place))
    await only(town, thread)


async def test_nothing_leaves_for_what_is_done_to_a_message_later(
    town: Town, thread: str, alice: Person, is_free: bool
) -> None:
    note = await alice.write(CHANNEL, "note: à vérifier", thread)
    for text in ("sms: oui", "oui", "note: non", "SMS: toujours oui"):
        await alice.edit(CHANNEL, note["ts"], text)
    await alice.delete(CHANNEL, note["ts"])
    await alice.write(CHANNEL, "sms: oui", thread)
    sent = town.told("sms:")[-1].payload["event"]
    await alice.edit(CHANNEL, sent["ts"], "sms: non")
    await alice.delete(CHANNEL, sent["ts"])
    await hear(town, {**sent, "text": "sms: non"})
    await hear(town, {**sent, "subtype": "thread_broadcast"})
    await only(town, thread, "oui")


async def test_no_edit_and_no_deletion_of_any_kind_sends(town: Town, thread: str, is_free: bool) -> None:
    for kind in KINDS.values():
        now = event_of(town, kind.event, thread_ts=thread)
        for before in ({**now, "text": "avant", "blocks": []}, None):
            edited = {"subtype": "message_changed", "hidden": True, "message": now, "previous_message": before}
            await hear(town, event_of(town, edited, user=None))
            await hear(town, event_of(town, {**edited, "hidden": None}, thread_ts=thread, text="sms: oui"))
        deleted = {"subtype": "message_deleted", "deleted_ts": now.get("ts"), "previous_message": now}
        await hear(town, event_of(town, deleted, text="sms: oui", thread_ts=thread))
    await only(town, thread)


async def test_no_other_event_sends_anything(town: Town, thread: str, is_free: bool) -> None:
    for kind in ("reaction_added", "app_mention", "file_shared", "pin_added", "no_such_event"):
        await hear(town, event_of(town, {"type": kind, "text": "sms: oui"}, thread_ts=thread))
    await only(town, thread)


async def test_what_the_desk_writes_itself_comes_back_and_is_no_answer(town: Town, thread: str, is_free: bool) -> None:
    """Slack tells the desk of its own messages too."""
    await post(town, "mo", reply("sms: c'est à vous"))
    await says(town, "est à vous")
    await only(town, thread)
