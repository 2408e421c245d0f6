"""A workspace whose clock is ahead: its dates are, signatures and triggers are not."""

import time

import pytest

HOUR = 3600.0


async def test_all_dates_are_ahead_after_a_jump(slack, client):
    alice = slack.person("U0ALICE")
    before = slack.changes.count
    slack.jump(HOUR)
    slack.jump(HOUR)
    assert (slack.world.ahead, slack.changes.count) == (2 * HOUR, before + 2)
    soon = time.time() + 2 * HOUR - 1
    message = await alice.write("C0SMS", "late")
    posted = await client.chat_postMessage(channel="C0SMS", text="later")
    file = await alice.upload("a.txt", "text/plain", b"x")
    made = await alice.create_channel("late")
    await alice.command("/sms", "form")
    dates = [
        float(message["ts"]),
        float(posted["ts"]),
        slack.requests[0].payload["event_time"],
        file["created"],
        slack.world.channels[made["id"]].created,
        float(alice.view["hash"].split(".")[0]),
    ]
    assert all(soon < date < soon + 60 for date in dates), dates


async def test_signatures_and_triggers_keep_to_real_time(slack):
    alice = slack.person("U0ALICE")
    slack.jump(HOUR)
    assert (await alice.command("/sms", "form")).view  # refused by the app if it was signed an hour ahead
    signed = int(slack.requests[0].headers["X-Slack-Request-Timestamp"])
    assert abs(signed - time.time()) < 60
    trigger = slack.workspace.modals.new_trigger("U0ALICE")
    slack.jump(HOUR)
    slack.workspace.modals.exchange(trigger.id)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
async def test_the_clock_never_goes_back(slack, seconds):
    with pytest.raises(ValueError, match="never back"):
        slack.jump(seconds)
    assert slack.world.ahead == 0.0
