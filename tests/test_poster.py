"""The only way to Slack: each post once, urgent ones first, whatever Slack answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.app import Desk, open_desk
from bot.poster import METADATA, Poster
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.store.posts import Post, Urgency
from tests.conftest import CHANNEL, QUICK, settings_for


class Room:
    """A poster, a Slack, and no worker: each drain is one that the test asks for."""

    def __init__(self, slack: SlackStandIn, desk: Desk, redis_url: str) -> None:
        self.slack, self.desk, self.redis_url = slack, desk, redis_url

    @property
    def poster(self) -> Poster:
        return self.desk.services.poster

    async def put(self, key: str, urgency: Urgency = Urgency.NOTICE, **more: Any) -> None:
        await self.poster.put(CHANNEL, Post(key, urgency, text=more.pop("text", key), **more))

    async def drain(self) -> None:
        await self.poster.drain(CHANNEL)

    @property
    def texts(self) -> list[str]:
        """What the channel and its threads show, oldest first."""
        return [m["text"] for m in self.messages]

    @property
    def messages(self) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = self.slack.snapshot()["channels"][CHANNEL]["messages"]
        return shown

    async def waiting(self) -> int:
        return await self.desk.services.store.posts.waiting()

    async def die_while_posting(self, key: str) -> None:
        """Be a drain that is killed when its message is in Slack and nobody knows it yet."""
        turn = await self.desk.services.store.posts.take(CHANNEL, "dead", 0.001)
        assert turn.post
        assert turn.post.key == key
        metadata = {"event_type": METADATA, "event_payload": {"key": key}}
        await self.desk.services.slack.chat_postMessage(channel=CHANNEL, text=key, metadata=metadata)

    def cards(self, *drawings: object) -> None:
        """The card ``test`` says each of these in turn, then the last one; an exception is raised."""
        rest = list(drawings)

        async def draw(subject: str) -> dict[str, Any] | None:
            drawing = rest.pop(0) if len(rest) > 1 else rest[0]
            if isinstance(drawing, Exception):
                raise drawing
            block = {"type": "section", "text": {"type": "mrkdwn", "text": str(drawing)}}
            return None if drawing is None else {"text": f"{subject}: {drawing}", "blocks": [block]}

        self.poster.renderers = {"test": draw}

    async def card(self, subject: str = "one") -> None:
        await self.poster.card(CHANNEL, "test", subject)


@pytest.fixture
async def room(redis_url: str) -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(SMSFactorStandIn(token="sandbox-token"))
        slack = await stack.enter_async_context(SlackStandIn(echo=False))
        desk = await stack.enter_async_context(open_desk(settings_for(slack, provider), redis_url, QUICK))
        yield Room(slack, desk, redis_url)


async def test_posts_leave_in_order_of_urgency_then_of_arrival(room: Room) -> None:
    await room.put("notice 1")
    await room.put("reply 1", Urgency.REPLY)
    await room.put("notice 2")
    await room.put("reply 2", Urgency.REPLY)
    await room.drain()
    assert room.texts == ["reply 1", "reply 2", "notice 1", "notice 2"]


async def test_a_key_is_posted_once_whether_it_waits_or_is_posted(room: Room) -> None:
    await room.put("a", text="first")
    await room.put("a", text="again, while it waits")
    await room.drain()
    await room.put("a", text="again, when it is posted")
    await room.drain()
    assert room.texts == ["first"]


async def test_every_message_carries_its_key_and_unfurls_nothing(room: Room) -> None:
    await room.put("a")
    await room.drain()
    (call,) = room.slack.called("chat.postMessage")
    assert call["metadata"] == {"event_type": METADATA, "event_payload": {"key": "a"}}
    assert (call["unfurl_links"], call["unfurl_media"]) == (False, False)


@pytest.mark.parametrize("fault", [429, 500, 503, "drop", "drop_after", "internal_error", "fatal_error"])
@pytest.mark.parametrize("times", [1, 3])
async def test_post_is_neither_lost_nor_doubled(room: Room, fault: int | str, times: int) -> None:
    room.slack.fail("chat.postMessage", fault, times, retry_after=0)
    await room.put("a", Urgency.REPLY)
    await room.put("b", Urgency.REPLY)
    await room.drain()
    assert room.texts == ["a", "b"]
    assert await room.waiting() == 0


async def test_post_that_slack_did_not_do_and_did_not_answer_is_not_lost(room: Room) -> None:
    """One wait of the client's own time limit; that Slack did it is tried in tests/rules/test_r04."""
    room.slack.fail("chat.postMessage", "timeout")
    await room.put("a", Urgency.REPLY)
    await room.drain()
    assert room.texts == ["a"]


async def test_post_whose_answer_was_lost_is_looked_up_and_not_repeated(room: Room) -> None:
    room.slack.fail("chat.postMessage", "drop_after")
    await room.put("a")
    await room.drain()
    assert len(room.slack.called("chat.postMessage")) == 1
    (look,) = room.slack.called("conversations.history")
    assert look["include_all_metadata"]
    assert room.texts == ["a"]


async def test_lost_answer_in_a_thread_is_looked_up_in_the_thread(room: Room) -> None:
    await room.put("root", Urgency.REPLY, anchor="thread")
    await room.drain()
    room.slack.fail("chat.postMessage", "drop_after")
    await room.put("answer", Urgency.REPLY, thread="thread")
    await room.drain()
    assert room.texts == ["root", "answer"]
    assert len(room.slack.called("conversations.replies")) == 1
    assert len(room.slack.called("chat.postMessage")) == 2


async def test_lost_answer_is_found_behind_many_later_messages(room: Room) -> None:
    """The look-up reads page after page."""
    await room.put("a")
    await room.die_while_posting("a")
    for index in range(250):
        await room.desk.services.slack.chat_postMessage(channel=CHANNEL, text=f"chat {index}")
    await room.drain()
    assert room.texts.count("a") == 1
    assert len(room.slack.called("conversations.history")) == 2


async def test_failing_look_up_is_repeated_before_anything_is_posted(room: Room) -> None:
    room.slack.fail("chat.postMessage", "drop_after")
    room.slack.fail("conversations.history", 500, 3)
    await room.put("a")
    await room.drain()
    assert room.texts == ["a"]
    assert len(room.slack.called("conversations.history")) == 4


async def test_drain_that_died_in_the_middle_of_a_post_does_not_double_it(room: Room) -> None:
    """The next one looks first, although nobody told it that the post may be in Slack."""
    await room.put("a")
    await room.die_while_posting("a")
    await room.drain()
    assert room.texts == ["a"]
    assert await room.waiting() == 0


async def test_only_one_drain_works_at_a_channel(room: Room) -> None:
    for index in range(20):
        await room.put(f"{index}")
    await asyncio.gather(*(room.drain() for _ in range(5)))
    assert room.texts == [f"{index}" for index in range(20)]


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "invalid_auth"])
async def test_channel_that_cannot_be_written_to_for_a_while_loses_nothing(room: Room, code: str) -> None:
    room.slack.fail("chat.postMessage", code, 12)
    await room.put("a", Urgency.REPLY)
    await room.put("b")
    await room.drain()
    assert room.texts == ["a", "b"]


async def test_bot_that_was_thrown_out_posts_when_it_is_back(room: Room) -> None:
    members = room.slack.world.channels[CHANNEL].members
    members.remove(room.slack.world.bot_user_id)
    await room.put("a")
    draining = asyncio.create_task(room.drain())
    await room.slack.until(lambda: len(room.slack.called("chat.postMessage")) >= 2)
    assert room.texts == []
    members.append(room.slack.world.bot_user_id)
    await draining
    assert room.texts == ["a"]


async def test_refused_blocks_go_out_as_text(room: Room) -> None:
    room.slack.fail("chat.postMessage", "invalid_blocks")
    await room.put("a", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "in blocks"}}])
    await room.drain()
    (message,) = room.messages
    assert message["text"] == "a"
    assert not message.get("blocks")


async def test_of_what_is_shown_as_text_nothing_is_cut_off(room: Room) -> None:
    """A notification is short; where the text stands for the blocks, it is all that there is."""
    room.slack.fail("chat.postMessage", "invalid_blocks")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "in blocks"}}]
    await room.put("a", text="a few words…", whole="a few words, and the rest", blocks=blocks)
    await room.drain()
    assert room.texts == ["a few words, and the rest"]


async def test_a_card_in_the_lost_fallback_holds_up_no_other_channel(room: Room) -> None:
    """It is of an earlier thread, which stood there; the present one stands elsewhere."""
    shop = "C0SHOP"
    members = [room.slack.world.bot_user_id]
    room.slack.world.add_channel(shop, "shop", members, creator=members[0])
    room.cards("answer", "answered", "more")
    await room.card("earlier")
    await room.drain()
    await room.poster.put(shop, Post("test:one", Urgency.CARD, card=("test", "one"), anchor="test:one"))
    await room.poster.drain(shop)
    room.slack.world.channels[CHANNEL].is_archived = True
    room.slack.fail("chat.update", "is_inactive", 2)
    again = Post("test:earlier", Urgency.CARD, card=("test", "earlier"), anchor="test:earlier", thread="test:one")
    await room.desk.services.store.posts.put(shop, again)
    await room.poster.put(shop, Post("news", Urgency.NOTICE, text="news"))
    await room.poster.drain(shop)
    said = [m["text"] for m in room.slack.snapshot()["channels"][shop]["messages"]]
    assert "news" in said
    assert any(text.startswith("earlier: ") for text in said)
    assert await room.waiting() == 0


async def test_what_moves_to_another_channel_does_not_count_as_shown_in_the_lost_one(room: Room) -> None:
    lost = "C0LOST"
    room.cards("card")
    room.slack.fail("chat.postMessage", "is_archived", 1)
    await room.poster.put(lost, Post("text", Urgency.REPLY, text="text", thread="test:one"))
    await room.poster.drain(lost)
    posts = room.desk.services.store.posts
    assert await posts.posted(lost, ["text"]) == [False]
    await room.drain()
    assert await posts.posted(CHANNEL, ["text"]) == [True]
    assert await posts.posted(lost, ["text"]) == [False]


async def test_a_thread_that_is_locked_costs_nobody_the_channel(room: Room) -> None:
    room.cards("card")
    await room.put("a", thread="test:one")
    await room.drain()
    room.slack.fail("chat.postMessage", "restricted_action_thread_locked")
    await room.put("b", thread="test:one")
    await room.drain()
    assert room.texts == ["one: card", "a", "one: card", "b"]
    assert await room.desk.services.store.lost.all() == []


async def test_card_whose_blocks_are_refused_does_not_keep_the_old_ones(room: Room) -> None:
    room.cards("old")
    await room.card()
    await room.drain()
    room.cards("new")
    room.slack.fail("chat.update", "invalid_blocks")
    await room.card()
    await room.drain()
    (message,) = room.messages
    assert message["text"] == "one: new"
    assert "old" not in str(message.get("blocks"))


async def test_post_that_slack_refuses_again_and_again_makes_room_for_the_next(room: Room) -> None:
    room.slack.fail("chat.postMessage", "some_new_refusal", 5)
    await room.put("a", Urgency.REPLY, blocks=[{"type": "divider"}])
    await room.put("b")
    await room.drain()
    assert room.texts[0].startswith(":warning: Something belongs here that Slack did not take")
    assert room.texts[1:] == ["b"]
    assert await room.waiting() == 0
    assert not room.slack.called("chat.postMessage")[4].get("blocks"), "the last try is the text alone"


async def test_what_slack_could_not_take_for_a_while_does_not_count_as_refused(room: Room) -> None:
    room.slack.fail("chat.postMessage", 500, 8)
    room.slack.fail("chat.postMessage", "some_new_refusal", 3)
    await room.put("a")
    await room.drain()
    assert room.texts == ["a"]


async def test_card_is_posted_once_and_then_edited(room: Room) -> None:
    room.cards(*range(1, 9))
    for _ in range(3):
        await room.card()
        await room.drain()
    assert room.texts == ["one: 3"]
    assert len(room.slack.called("chat.update")) == 2


async def test_many_changes_of_a_card_before_its_turn_are_one_message(room: Room) -> None:
    room.cards(*range(1, 99))
    for _ in range(50):
        await room.card()
    await room.drain()
    assert room.texts == ["one: 1"]
    assert len(room.slack.calls) == 1


async def test_change_of_a_card_while_it_is_edited_is_not_lost(room: Room) -> None:
    """The renderer has read the old state already when the new one comes."""
    drawn = []

    async def draw(subject: str) -> dict[str, Any]:
        drawn.append(subject)
        if len(drawn) == 1:
            await room.card()
        return {"text": f"state {len(drawn)}"}

    room.poster.renderers = {"test": draw}
    await room.card()
    await room.drain()
    assert room.texts == ["state 2"]
    assert await room.waiting() == 0


async def test_change_of_a_card_while_there_was_nothing_to_show_is_not_lost(room: Room) -> None:
    drawn = []

    async def draw(subject: str) -> dict[str, Any] | None:
        drawn.append(subject)
        if len(drawn) == 1:
            await room.card()
            return None
        return {"text": "there it is"}

    room.poster.renderers = {"test": draw}
    await room.card()
    await room.drain()
    assert room.texts == ["there it is"]


async def test_card_that_cannot_be_drawn_does_not_hold_up_the_channel(room: Room) -> None:
    room.cards(RuntimeError("a mistake in a room"))
    await room.card()
    await room.put("after it")
    await room.drain()
    assert room.texts == ["after it"]
    assert await room.waiting() == 0
    room.cards("mended")
    await room.card()
    await room.drain()
    assert room.texts == ["after it", "one: mended"]


async def test_card_that_somebody_deleted_is_posted_anew(room: Room) -> None:
    room.cards("first", "second")
    await room.card()
    await room.drain()
    await room.desk.services.slack.chat_delete(channel=CHANNEL, ts=room.messages[0]["ts"])
    await room.card()
    await room.drain()
    assert room.texts == ["one: second"]


# Threads: the card comes first, and is found missing before Slack would put an answer into the channel


async def test_first_post_of_a_thread_opens_its_card(room: Room) -> None:
    room.cards("card")
    await room.put("first", Urgency.REPLY, thread="test:one")
    await room.put("second", Urgency.REPLY, thread="test:one")
    await room.drain()
    assert room.texts == ["one: card", "first", "second"]
    root = room.messages[0]["ts"]
    assert [message.get("thread_ts") for message in room.messages] == [root] * 3
    assert await room.desk.services.store.anchors.at(CHANNEL, root) == "test:one"


async def open_thread(room: Room) -> str:
    """A card with a post in its thread; the card's ts."""
    room.cards("card")
    await room.put("first", Urgency.REPLY, thread="test:one")
    await room.drain()
    ts: str = room.messages[0]["ts"]
    return ts


@pytest.mark.parametrize("told", [True, False], ids=["told by its event", "found by a look"])
@pytest.mark.parametrize("answered", [True, False], ids=["tombstone", "nothing left"])
async def test_deleted_card_is_opened_anew_before_the_next_post(room: Room, told: bool, answered: bool) -> None:
    old = await open_thread(room)
    services = room.desk.services
    if not answered:
        await services.slack.chat_delete(channel=CHANNEL, ts=room.messages[1]["ts"])
    await services.slack.chat_delete(channel=CHANNEL, ts=old)
    if told:
        await room.poster.gone(CHANNEL, old)
    else:
        await services.store.redis.delete("anchor:{test:one}:seen")
    await room.put("second", Urgency.REPLY, thread="test:one")
    await room.put("third", Urgency.REPLY, thread="test:one")
    await room.drain()
    assert room.texts[-3:] == ["one: card", "second", "third"]
    card, second, third = room.messages[-3:]
    assert second["thread_ts"] == third["thread_ts"] == card["ts"] != old
    assert await services.store.anchors.at(CHANNEL, old) == "test:one"


@pytest.mark.parametrize("fault", [429, 500, "drop", "internal_error"])
async def test_look_at_a_thread_that_fails_holds_its_post_back(room: Room, fault: int | str) -> None:
    """Not knowing whether the card is there is no reason to lose, double or misplace what belongs under it."""
    root = await open_thread(room)
    await room.desk.services.store.redis.delete("anchor:{test:one}:seen")
    room.slack.fail("conversations.replies", fault, 2, retry_after=0)
    await room.put("second", Urgency.REPLY, thread="test:one")
    await room.drain()
    assert room.texts == ["one: card", "first", "second"]
    assert room.messages[2]["thread_ts"] == root


async def test_card_whose_deletion_is_told_late_is_not_opened_twice(room: Room) -> None:
    old = await open_thread(room)
    await room.desk.services.slack.chat_delete(channel=CHANNEL, ts=old)
    await room.poster.gone(CHANNEL, old)
    await room.card()
    await room.drain()
    await room.poster.gone(CHANNEL, old)
    await room.card()
    await room.drain()
    assert room.texts.count("one: card") == 1


async def test_post_whose_thread_is_forgotten_stands_by_itself(room: Room) -> None:
    room.cards(None)
    await room.put("alone", Urgency.REPLY, thread="test:one")
    await room.drain()
    assert room.texts == ["alone"]
    assert "thread_ts" not in room.messages[0]


async def test_broadcast_of_a_thread_is_seen_in_the_channel_too(room: Room) -> None:
    await open_thread(room)
    await room.put("look here", thread="test:one", broadcast=True)
    await room.drain()
    assert room.messages[2]["subtype"] == "thread_broadcast"


async def test_a_drain_that_was_held_up_for_too_long_leaves_its_post_to_whoever_took_over(room: Room) -> None:
    await open_thread(room)
    await room.desk.services.store.redis.delete("anchor:{test:one}:seen")  # as after half a minute
    room.slack.fail("conversations.replies", "late")
    await room.put("once", thread="test:one")
    held_up = asyncio.create_task(room.drain())
    await room.slack.until(lambda: room.slack.called("conversations.replies"))
    while "once" not in room.texts:
        await room.drain()  # somebody is at work, until the hold of two leases is over
    room.slack.let_go()
    await held_up
    assert room.texts.count("once") == 1
    assert await room.waiting() == 0


async def test_a_drain_that_was_held_up_for_too_long_shows_no_old_state_over_a_newer_one(room: Room) -> None:
    drawn, held, let_go = [], asyncio.Event(), asyncio.Event()

    async def draw(subject: str) -> dict[str, Any]:
        drawn.append(subject)
        state = f"state {len(drawn)}"
        if len(drawn) == 2:
            held.set()
            await let_go.wait()
        return {"text": state, "blocks": []}

    room.poster.renderers = {"test": draw}
    await room.card()
    await room.drain()
    await room.card()
    held_up = asyncio.create_task(room.drain())
    await held.wait()
    while len(drawn) < 3:
        await room.drain()  # somebody is at work, until the hold of two leases is over
    let_go.set()
    await held_up
    assert room.texts == ["state 3"]


# A channel in which nobody can write: what belongs there goes to the fallback


@pytest.mark.parametrize("code", ["is_archived", "not_in_channel", "channel_not_found"])
async def test_what_belongs_into_a_lost_channel_is_shown_in_the_fallback_and_noted_once(room: Room, code: str) -> None:
    lost = "C0LOST"
    room.cards("card")
    room.slack.fail("chat.postMessage", code, 2)  # the thread's card, and the notice
    for key in ("first", "second"):
        await room.poster.put(lost, Post(key, Urgency.REPLY, text=key, thread="test:one"))
    await room.poster.put(lost, Post("notice", Urgency.NOTICE, text="notice"))
    await room.poster.drain(lost)
    await room.drain()
    assert room.texts.count("one: card") == 1
    [noted] = await room.desk.services.store.lost.all()
    assert (noted.id, noted.code, noted.told) == (lost, code, False)
    assert [text for text in room.texts if text in ("first", "second")] == ["first", "second"]
    assert room.texts.count("notice") == 1
    root = next(message["ts"] for message in room.messages if message["text"] == "one: card")
    under = [message["text"] for message in room.messages if message.get("thread_ts") == root]
    assert under == ["one: card", "first", "second"]
    await room.poster.put(lost, Post("third", Urgency.REPLY, text="third", thread="test:one"))
    await room.drain()
    assert room.texts[-1] == "third"  # at once, for that is where its card stands now
    assert await room.waiting() == 0


@pytest.mark.parametrize("thread", [None, "test:one"], ids=["by itself", "a thread"])
async def test_what_moves_into_the_fallback_stands_there_before_what_came_later(room: Room, thread: str | None) -> None:
    lost = "C0LOST"
    room.cards("card")
    room.slack.fail(
        "chat.postMessage", "is_archived", 2 if thread is None else 1
    )  # of a thread its card alone is tried
    for key in ("first", "second"):
        await room.poster.put(lost, Post(key, Urgency.REPLY, text=key, thread=thread))
    for key in ("later", "last"):
        await room.put(key, Urgency.REPLY)
    await room.poster.drain(lost)
    await room.drain()
    card = [] if thread is None else ["one: card"]
    assert room.texts == [*card, "first", "second", "later", "last"]


@pytest.mark.parametrize("fault", [429, 500, "drop", "drop_after"])
async def test_edit_that_fails_is_made_again(room: Room, fault: int | str) -> None:
    room.cards("first", "second")
    await room.card()
    await room.drain()
    room.slack.fail("chat.update", fault, 2, retry_after=0)
    await room.card()
    await room.drain()
    assert room.texts == ["one: second"]


async def test_rate_limit_holds_up_the_whole_channel_for_as_long_as_slack_said(room: Room) -> None:
    room.slack.fail("chat.postMessage", 429, 1, retry_after=1)
    started = asyncio.get_running_loop().time()
    await room.put("a")
    await room.drain()
    assert asyncio.get_running_loop().time() - started >= 1.0
    assert room.texts == ["a"]
    assert len(room.slack.called("chat.postMessage")) == 2


async def test_whisper_that_slack_does_not_take_is_no_failure(room: Room) -> None:
    room.slack.fail("chat.postEphemeral", 500)
    await room.poster.whisper(CHANNEL, "U0ALICE", "psst")
    await room.poster.whisper(CHANNEL, "U0ALICE", "psst again")
    assert [m["text"] for m in room.slack.person("U0ALICE").ephemerals] == ["psst again"]


async def test_stopped_drain_leaves_what_waits_to_the_next(room: Room) -> None:
    for key in ("a", "b", "c"):
        await room.put(key)
    room.poster.stop()
    await room.drain()
    assert room.texts == []
    async with open_desk(room.desk.services.settings, room.redis_url, QUICK) as another:
        await another.services.poster.drain(CHANNEL)
    assert room.texts == ["a", "b", "c"]


async def test_a_post_that_slack_refuses_for_good_leaves_a_word_in_its_place(room: Room) -> None:
    root = await open_thread(room)
    room.slack.fail("chat.postMessage", "metadata_too_large", 5)
    await room.put("refused", Urgency.REPLY, thread="test:one")
    await room.drain()
    assert room.texts[-1].startswith(":warning: Something belongs here that Slack did not take")
    assert room.messages[-1]["thread_ts"] == root
    assert await room.waiting() == 0


async def test_a_service_that_is_away_for_long_loses_nothing(room: Room) -> None:
    room.slack.fail("chat.postMessage", "service_unavailable", 12)
    await room.put("late", Urgency.REPLY)
    await room.drain()
    assert room.texts == ["late"]


async def test_a_thread_whose_card_slack_refuses_again_and_again_does_not_hold_up_its_channel(room: Room) -> None:
    room.cards("card")
    room.slack.fail("chat.postMessage", "metadata_too_large", 25)
    await room.put("under it", Urgency.REPLY, thread="test:one")
    await room.put("another")
    async with asyncio.timeout(30):
        await room.drain()
    assert "another" in room.texts or "Something belongs here" in str(room.texts)
    assert await room.waiting() == 0
