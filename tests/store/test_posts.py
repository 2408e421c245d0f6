"""The queue of what still has to reach Slack; how the poster uses it is in tests/test_poster.py."""

from collections.abc import AsyncIterator

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


async def test_anchor_is_remembered_until_it_is_forgotten(redis: Redis) -> None:
    anchors = Anchors(redis, 60)
    assert await anchors.get("card:one") is None
    await anchors.put("card:one", CHANNEL, "1763817600.000100")
    assert await anchors.get("card:one") == (CHANNEL, "1763817600.000100")
    assert 0 < await redis.ttl("anchor:{card:one}") <= 60
    await anchors.forget("card:one")
    assert await anchors.get("card:one") is None
