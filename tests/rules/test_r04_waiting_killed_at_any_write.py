"""R4: what the clock does to conversations has its one effect, wherever the worker that does it is killed."""

import time
from datetime import time as hour
from pathlib import Path
from typing import Any

import pytest

from bot.office_hours import OfficeHours
from bot.sandbox.slack import show
from bot.store.conversation import ConversationState, Incoming
from bot.store.conversations import Conversations
from tests.conftest import ALICE, CHANNEL, NUMBER, Town
from tests.rules.killing import Story, eventually, kill_at_every_write
from tests.rules.worker_process import Nursery

ALWAYS = OfficeHours(days=frozenset(range(7)), opens=hour(0), closes=hour(23, 59, 59, 999_999))
MINUTE, HOUR = 60, 3_600
REMINDED, WOKEN = "has waited for an answer", "was snoozed until now"

pytestmark = pytest.mark.faults


async def somebody_waits(town: Town) -> Conversations:
    """Somebody wrote an hour ago, and no worker has been up since. What is done next was done then."""
    store = town.desk.services.store
    await store.team.save("hours", ALWAYS)
    past = Conversations(store.redis, 90 * 86_400, lambda: time.time() - HOUR)
    sms = Incoming("m1", "Bonjour", None, "webhook", None)
    about, _ = await past.hear(NUMBER, "k1", sms, channel=CHANNEL, new_thread_after=-1, wants_answer=True)
    await store.inbox.note(about)
    return past


async def somebody_was_put_off(town: Town) -> None:
    """Until a minute ago."""
    past = await somebody_waits(town)
    await past.claim(NUMBER, ALICE)
    await past.snooze(NUMBER, time.time() - MINUTE)


async def begin_to_wait(town: Town) -> None:
    """As it says."""
    await somebody_waits(town)


async def reminded(town: Town) -> None:
    """It was said, the card stands, and no look is due."""
    await town.slack.until(lambda: saying(town, REMINDED) and cards(town), 20)
    await eventually(lambda: settled(town))


async def woken(town: Town) -> None:
    """The same, and the card knows."""
    await town.slack.until(lambda: saying(town, WOKEN) and "*Waiting*" in str(town.roots()), 20)
    await eventually(lambda: settled(town))


async def settled(town: Town) -> bool:
    """Whether no look is due any more."""
    return not await town.desk.services.store.redis.zcount("inbox:due", "-inf", time.time() + MINUTE)


async def check_reminded_once(town: Town) -> None:
    """One reminder, one card."""
    assert (len(saying(town, REMINDED)), len(cards(town))) == (1, 1)
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert (about.reminded, about.waiting) == (2, True)


async def check_woken_once(town: Town) -> None:
    """Told once, and open; nothing is left to be shown."""
    assert (len(saying(town, WOKEN)), len(saying(town, REMINDED)), len(cards(town))) == (1, 0, 1)
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    assert (about.state, about.snooze, about.unshown) == (ConversationState.OPEN, 0, 0)


def saying(town: Town, words: str) -> list[str]:
    """What stands in the channel and its threads and has these words."""
    messages: list[dict[str, Any]] = town.slack.snapshot()["channels"][CHANNEL]["messages"]
    return [message["ts"] for message in messages if words in message["text"]]


def cards(town: Town) -> list[str]:
    """The cards of conversations, as they read."""
    return [show(root) for root in town.roots() if "triage_more" in str(root)]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "story",
    [
        Story(begin_to_wait, reminded, check_reminded_once),
        Story(somebody_was_put_off, woken, check_woken_once),
    ],
    ids=["a reminder", "a snooze that is over"],
)
async def test_a_worker_killed_after_any_write_does_what_is_due_once(
    story: Story, bots: Nursery, tmp_path: Path
) -> None:
    """After one write is before the next one."""
    writes = await kill_at_every_write(story, "after", bots, tmp_path)
    assert sum("conversation:" in write for write in writes) >= 3
