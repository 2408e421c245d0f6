"""R8: no whole number and no SMS text where it does not belong, over a whole day of the desk."""

import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiohttp import ClientSession
from redis import Redis

from bot import log
from bot.store.embedded import EmbeddedServer
from tests.conftest import BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town
from tests.rules.webhooks import post, receipt, reply, says, shown

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("r08")]

THIRD = "33655443322"
# Written in any way: 33612345678, +33 6 12 34 56 78, 06.12.34.56.78 …
WHOLE = re.compile("|".join(r"(?:33|0)" + "".join(r"[\s.]*" + d for d in n[2:]) for n in (NUMBER, OTHER, THIRD)))
OUT, BACK, BROKEN = "Secret words that go out", "Secret words that come back", "Secret words that break it"


@pytest.fixture(scope="module")
def written() -> Iterator[StringIO]:
    """All that the bot's own log has to say; pytest gets its handlers back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with redirect_stderr(StringIO()) as stream:
        log.configure("DEBUG", json=True)
        yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("bot").setLevel(logging.NOTSET)
    logging.getLogger("__main__").setLevel(logging.NOTSET)
    structlog.reset_defaults()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(written: StringIO, valkey: EmbeddedServer, memory: Redis) -> AsyncIterator[Town]:
    """All that happens in a day: sends, receipts, clicks, replies, STOP, refusals, faults, a mistake of our own.

    Spent once, for the tests here only look at what it has left.
    """
    memory.flushall()
    async with open_town(valkey.url) as town:
        await town.send(to="06 12 34 56 78, +33 6 98 76 54 32", text=f"{OUT} https://example.org/x", options=["links"])
        await town.card_says("Accepted")
        gsm = town.sends[0].json["sms"]["recipients"]["gsm"]
        ids = {one["value"].lstrip("+"): one["gsmsmsid"] for one in gsm}
        await town.provider.receipt(ids[NUMBER], 3)
        await town.provider.receipt(ids[OTHER], 5)
        await town.provider.click(ids[NUMBER])
        await town.provider.reply(NUMBER, BACK)
        await town.provider.reply(NUMBER, f"{BACK}, again")
        await town.provider.stop(OTHER, "STOP " + BACK)
        await says(town, "said STOP")
        await says(town, "again")
        town.provider.fail("POST /send", "drop_after")
        await town.send(to="0655443322", text=OUT + " and get lost", who=BRUNO)
        await town.card_says("Accepted")
        await town.fill(to="06 98 76 54 32", text=OUT)
        await town.fill(to="06 12 34 56 7", text=OUT)
        await town.provider.balance_alert()
        await post(town, "dlr", receipt("not-ours-1", number=THIRD))
        await post(town, "mo", {"message": BROKEN, "sender": NUMBER})
        await says(town, "could not be handled")
        town.slack.fail("chat.postMessage", "some_refusal", 5)
        await post(town, "mo", reply(BACK + ", refused", THIRD))
        await town.slack.until(lambda: str(town.slack.called("chat.postMessage")).count(", refused") >= 5)
        with pytest.MonkeyPatch.context() as patch:
            await _break(town, patch)
        await town.person().command("/sms", "status")
        yield town


async def _break(town: Town, patch: pytest.MonkeyPatch) -> None:
    """A mistake in the code, which has a number and a text in its message, as mistakes have."""
    patch.setattr("bot.features.replies.quotation", _raise)
    await post(town, "mo", reply(BROKEN, THIRD))
    await says(town, "RuntimeError")
    patch.setattr("bot.features.send._read", _raise)
    await town.person().command("/sms", "send")
    await town.person().submit({"to": "06 12 34 56 78", "text": BROKEN})


def _raise(*_: Any) -> None:
    raise RuntimeError(f"no such thing as +{NUMBER}")


async def test_log_has_no_whole_number_and_no_text(day: Town, written: StringIO) -> None:
    text = written.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    expected = {"sent", "event_set_aside", "event_failed", "post_failed", "listener_failed"}
    assert expected <= {line["event"] for line in lines}
    assert WHOLE.findall(text) == []
    assert "Secret words" not in text


async def test_metrics_have_no_number_and_no_text(day: Town) -> None:
    async with ClientSession() as session, session.get(f"{day.url}/metrics") as answer:
        text = await answer.text()
    assert "sms_desk_events_total" in text
    assert WHOLE.findall(text) == []
    assert "Secret words" not in text


async def test_channel_shows_masked_numbers_only(day: Town) -> None:
    messages = shown(day)
    assert len(messages) > 6
    for message in messages:
        assert WHOLE.findall(json.dumps(message, ensure_ascii=False)) == []
    assert "+33 6 •• •• •• 78" in str(messages)


async def test_buttons_hold_no_number(day: Town) -> None:
    values = re.findall(r'"value": "([^"]*)"', json.dumps([m.get("blocks") for m in shown(day)]))
    assert values
    ends = [number[-6:] for number in (NUMBER, OTHER)]  # of an id at random, six digits in a row are no number
    assert [value for value in values if any(end in value for end in ends)] == []


async def test_what_slack_is_told_about_a_post_holds_no_number(day: Town) -> None:
    """Metadata can be read by every app in the channel."""
    keys = [call["metadata"]["event_payload"] for call in day.slack.called("chat.postMessage")]
    assert keys
    assert WHOLE.findall(json.dumps(keys)) == []


async def test_names_of_posts_and_anchors_in_redis_hold_no_number(day: Town, memory: Redis) -> None:
    names = [key.decode() for key in memory.keys("*")]
    posted = [name for key in memory.scan_iter("posts:*:posted:*") for name in memory.sscan_iter(key)]
    runs = [name for name in names if name.startswith(("posts:", "anchor:", "told:", "spell:", "desk:", "audit"))]
    trail = memory.xrange("audit")
    assert posted
    assert runs
    assert WHOLE.findall(json.dumps(runs) + str(posted) + str(trail)) == []


async def test_what_a_person_is_refused_with_holds_no_number_but_their_own_typing(day: Town) -> None:
    whispered = [message["text"] for message in day.person().ephemerals]
    assert WHOLE.findall(json.dumps(whispered)) == []


async def test_answers_of_the_provider_s_door_hold_nothing(day: Town) -> None:
    assert {delivery.http_status for delivery in day.provider.deliveries} == {200}
    assert CHANNEL in day.slack.snapshot()["channels"]
