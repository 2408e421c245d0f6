"""The queue of what still has to reach Slack; how the poster uses it is in tests/test_poster.py."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.store.posts import Anchors, Post, Posts, Urgency

CHANNEL = "C0SMS"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def posts(redis: Redis) -> Posts:
    return Posts(redis)


def card(subject: str = "one") -> Post:
    return Post(f"card:{subject}", Urgency.CARD, card=("card", subject), anchor=f"card:{subject}")


async def take(posts: Posts, holder: str = "me") -> Post:
    turn = await posts.take(CHANNEL, holder, 10)
    assert turn.post, turn
    return turn.post


async def test_post_comes_back_whole(posts: Posts) -> None:
    post = Post("a", Urgency.REPLY, text="é", blocks=[{"type": "divider"}], anchor="b", thread="c", since=1.5)
    await posts.put(CHANNEL, post)
    taken = await take(posts)
    assert (taken.tried, taken.refused, taken.unclear, taken.plain) == (1, 0, False, False)
    for name in ("key", "urgency", "text", "blocks", "anchor", "thread", "since", "card"):
        assert getattr(taken, name) == getattr(post, name)


async def test_first_put_starts_a_drain_and_the_next_do_not(posts: Posts) -> None:
    assert await posts.put(CHANNEL, Post("a", Urgency.REPLY)) == 1
    assert await posts.put(CHANNEL, Post("b", Urgency.REPLY)) == 0
    assert await posts.active() == [(CHANNEL, 1)]


async def test_drain_may_end_only_when_nothing_waits_and_the_next_has_a_new_generation(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    post = await take(posts)
    assert not await posts.rest(CHANNEL, "me")
    await posts.settle(CHANNEL, post, 0)
    assert (await posts.take(CHANNEL, "me", 10)).empty
    assert await posts.rest(CHANNEL, "me")
    assert await posts.active() == []
    assert await posts.put(CHANNEL, Post("b", Urgency.REPLY)) == 2


async def test_second_drain_is_told_that_one_is_at_work(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await take(posts)
    assert (await posts.take(CHANNEL, "other", 10)).busy


async def test_drain_that_leaves_lets_another_go_on_at_once(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await take(posts)
    await posts.leave(CHANNEL, "me")
    assert (await take(posts, "other")).key == "a"
    assert await posts.active() == [(CHANNEL, 1)]


async def test_ending_a_drain_that_lost_its_place_does_not_end_the_other(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await take(posts)
    assert await posts.rest(CHANNEL, "another")
    await posts.leave(CHANNEL, "another")
    assert (await posts.take(CHANNEL, "other", 10)).busy


async def test_taken_post_that_nobody_settled_may_be_in_slack(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    assert not (await take(posts)).unclear
    again = await take(posts)
    assert (again.unclear, again.tried) == (True, 2)


async def test_retry_keeps_what_is_known_of_the_tries(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await posts.retry(CHANNEL, await take(posts), 0, unclear=False, plain=True, refused=True)
    again = await take(posts)
    assert (again.tried, again.refused, again.unclear, again.plain) == (2, 1, False, True)


async def test_channel_waits_for_its_next_turn_whatever_comes_in(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.NOTICE))
    await posts.settle(CHANNEL, await take(posts), 5)
    await posts.put(CHANNEL, Post("b", Urgency.REPLY))
    assert 4 < (await posts.take(CHANNEL, "me", 10)).wait <= 5


async def test_the_next_drain_keeps_the_pace_of_the_one_that_ended(posts: Posts) -> None:
    """They may be in two processes, and Slack counts what comes from both."""
    await posts.put(CHANNEL, Post("a", Urgency.NOTICE))
    await posts.settle(CHANNEL, await take(posts), 5)
    assert await posts.rest(CHANNEL, "me")
    await posts.put(CHANNEL, Post("b", Urgency.REPLY))
    assert 4 < (await posts.take(CHANNEL, "other", 10)).wait <= 5
    await posts.leave(CHANNEL, "other")
    assert 4 < (await posts.take(CHANNEL, "third", 10)).wait <= 5


async def test_settled_post_is_never_queued_again(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await posts.settle(CHANNEL, await take(posts), 0)
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    assert await posts.waiting() == 0


async def test_settled_card_may_change_again(posts: Posts) -> None:
    await posts.put(CHANNEL, card())
    await posts.settle(CHANNEL, await take(posts), 0)
    assert await posts.waiting() == 0
    await posts.put(CHANNEL, card())
    assert (await take(posts)).tried == 1


@pytest.mark.parametrize("end", ["settle", "drop"])
async def test_card_that_changed_while_it_was_posted_stays_queued(posts: Posts, end: str) -> None:
    await posts.put(CHANNEL, card())
    taken = await take(posts)
    await posts.put(CHANNEL, card())
    await (posts.settle(CHANNEL, taken, 0) if end == "settle" else posts.drop(CHANNEL, taken))
    again = await take(posts)
    assert (again.key, again.tried, again.unclear) == ("card:one", 1, False)
    await posts.settle(CHANNEL, again, 0)
    assert await posts.waiting() == 0


async def test_nothing_of_a_settled_post_stays_but_its_key(posts: Posts, redis: Redis) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY, text="secret"))
    await posts.retry(CHANNEL, await take(posts), 0, unclear=True, plain=True, refused=True)
    await posts.settle(CHANNEL, await take(posts), 0)
    assert not await redis.exists(f"posts:{{{CHANNEL}}}:item", f"posts:{{{CHANNEL}}}")
    (day,) = await redis.keys("posts:*:posted:*")
    assert await redis.smembers(day) == {b"a"}
    assert await redis.ttl(day) > 2 * 86_400


async def test_channels_do_not_disturb_each_other(posts: Posts) -> None:
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await posts.put("C0OTHER", Post("a", Urgency.REPLY))
    await posts.settle(CHANNEL, await take(posts), 60)
    assert (await posts.take("C0OTHER", "other", 10)).post
    assert await posts.waiting() == 1


@pytest.fixture
def anchors(redis: Redis) -> Anchors:
    return Anchors(redis, 60)


TS = "1763817600.000100"


async def test_anchor_is_remembered_both_ways_until_its_message_is_gone(anchors: Anchors, redis: Redis) -> None:
    assert await anchors.get("card:one") is None
    await anchors.put("card:one", CHANNEL, TS)
    assert await anchors.get("card:one") == (CHANNEL, TS)
    assert await anchors.at(CHANNEL, TS) == "card:one"
    assert await anchors.seen("card:one")
    for key in ("anchor:{card:one}", f"anchored:{{{CHANNEL} {TS}}}", "anchor:{card:one}:seen"):
        assert 0 < await redis.ttl(key) <= 60
    await anchors.move("card:one", "C0OTHER")
    assert await anchors.get("card:one") is None
    assert not await anchors.seen("card:one")
    assert await anchors.at(CHANNEL, TS) == "card:one"  # what is written under the old one still belongs to it


async def test_card_stands_where_it_was_first_put(anchors: Anchors) -> None:
    assert await anchors.home("card:one", CHANNEL) == CHANNEL
    assert await anchors.home("card:one", "C0OTHER") == CHANNEL
    assert await anchors.get("card:one") is None
    await anchors.put("card:one", CHANNEL, TS)
    assert await anchors.home("card:one", "C0OTHER") == CHANNEL
    await anchors.move("card:one", "C0OTHER")
    assert await anchors.home("card:one", CHANNEL) == "C0OTHER"


async def test_post_that_becomes_more_urgent_goes_first_and_never_back(posts: Posts) -> None:
    await posts.put(CHANNEL, card())
    await posts.put(CHANNEL, Post("a", Urgency.REPLY))
    await posts.put(CHANNEL, Post("card:one", Urgency.ROOT, card=("card", "one"), anchor="card:one"))
    await posts.put(CHANNEL, card())
    first = await take(posts)
    assert first.key == "card:one"
    await posts.settle(CHANNEL, first, 0)
    assert (await take(posts)).key == "a"


async def test_a_card_that_never_stops_changing_lets_others_have_their_turn(posts: Posts) -> None:
    await posts.put(CHANNEL, card("busy"))
    await posts.put(CHANNEL, card("quiet"))
    turns = []
    for _ in range(3):
        post = await take(posts)
        await posts.put(CHANNEL, card("busy"))  # it changes while it is shown
        await posts.settle(CHANNEL, post, 0)
        turns.append(post.key)
    assert turns == ["card:busy", "card:quiet", "card:busy"]


async def test_what_changed_while_it_was_shown_keeps_its_urgency(posts: Posts) -> None:
    urgent = replace(card("root"), urgency=Urgency.ROOT)
    await posts.put(CHANNEL, urgent)
    post = await take(posts)
    await posts.put(CHANNEL, urgent)
    await posts.put(CHANNEL, Post("reply", Urgency.REPLY))
    await posts.settle(CHANNEL, post, 0)
    assert [(await take(posts)).key] == ["card:root"]


@pytest.mark.parametrize("urgency", Urgency)
async def test_the_age_is_that_of_the_post_that_waits_longest(posts: Posts, redis: Redis, urgency: Urgency) -> None:
    assert await posts.oldest() == 0.0
    for other in (Post("young", Urgency.ROOT), Post("young too", Urgency.CARD)):
        await posts.put("C0OTHER", other)
    await posts.put(CHANNEL, Post("old", urgency))
    await redis.hset(f"posts:{{{CHANNEL}}}:item", "old\0queued", int(time.time()) - 60)
    assert 59 <= await posts.oldest() < 65
    await posts.settle(CHANNEL, await take(posts), 0)
    assert await posts.oldest() < 5


async def test_the_age_of_a_card_is_that_of_its_last_change_that_was_not_shown(posts: Posts, redis: Redis) -> None:
    await posts.put(CHANNEL, card())
    await redis.hset(f"posts:{{{CHANNEL}}}:item", "card:one\0queued", int(time.time()) - 60)
    post = await take(posts)
    await posts.put(CHANNEL, card())
    assert await posts.oldest() >= 59
    await posts.settle(CHANNEL, post, 0)
    assert await posts.oldest() < 5
    await posts.settle(CHANNEL, await take(posts), 0)
    assert await redis.hgetall(f"posts:{{{CHANNEL}}}:item") == {}


async def test_what_waits_for_one_card_is_told_apart_and_can_go_ahead_elsewhere(posts: Posts) -> None:
    """In its order, before what waits there already, and behind what is more urgent."""
    for key, thread in (("a", "card:one"), ("other", "card:two"), ("b", "card:one")):
        await posts.put(CHANNEL, Post(key, Urgency.REPLY, thread=thread))
    await posts.put(CHANNEL, card())
    moved = await posts.of(CHANNEL, "card:one")
    assert [post.key for post in moved] == ["a", "b", "card:one"]
    await posts.put("C0OTHER", Post("c", Urgency.REPLY, thread="card:one"))
    await posts.put("C0OTHER", Post("root", Urgency.ROOT))
    for post in moved:
        await posts.put("C0OTHER", post, ahead=True)
        await posts.drop(CHANNEL, post)
    assert [post.key for post in await posts.of(CHANNEL, "card:two")] == ["other"]
    assert await posts.of(CHANNEL, "card:one") == []
    order = []
    while (turn := await posts.take("C0OTHER", "me", 10)).post:
        order.append(turn.post.key)
        await posts.settle("C0OTHER", turn.post, 0)
    assert order == ["root", "a", "b", "c", "card:one"]


async def test_only_what_stands_in_a_lost_channel_leaves_it(redis: Redis) -> None:
    anchors = Anchors(redis, 60)
    await anchors.put("there", "C0LOST", "1.1")
    await anchors.put("elsewhere", CHANNEL, "2.2")
    await anchors.home("soon", "C0LOST")
    for name in ("there", "elsewhere", "soon", "nowhere"):
        await anchors.leave(name, "C0LOST", "C0OTHER")
    assert [await anchors.get(name) for name in ("there", "elsewhere", "soon")] == [None, (CHANNEL, "2.2"), None]
    assert [await anchors.home(name, "C0") for name in ("there", "soon", "nowhere")] == ["C0OTHER", "C0OTHER", "C0"]
    assert not await anchors.seen("there")


async def test_an_anchor_that_is_kept_stays_where_it_is_by_now(redis: Redis) -> None:
    anchors = Anchors(redis, 60)
    await anchors.put("card", "C0LOST", "1.1")
    await anchors.leave("card", "C0LOST", CHANNEL)
    await anchors.keep("card", "C0LOST", "1.1", seen=True)
    assert await anchors.get("card") is None
    assert await anchors.home("card", "C0") == CHANNEL
