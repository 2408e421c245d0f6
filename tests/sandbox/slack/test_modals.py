"""Trigger ids, hashes and the stack of views."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.small_app import SECOND


async def test_a_trigger_is_good_once_and_for_a_short_time(slack, client, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    used = seen["command"]["trigger_id"]
    codes = []
    for trigger_id in (used, "1.2.rubbish"):
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id=trigger_id, view=SECOND)
        codes.append(caught.value.response["error"])
    assert codes == ["exchanged_trigger_id", "invalid_trigger_id"]
    slack.workspace.modals._trigger_seconds = 0
    late = slack.workspace.modals.new_trigger("U0ALICE").id
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=late, view=SECOND)
    assert caught.value.response["error"] == "expired_trigger_id"


async def test_views_have_hashes_a_depth_of_three_and_an_end(slack, client, seen):
    alice = slack.person("U0ALICE")
    await alice.command("/sms", "form")
    codes = []

    async def refused(call):
        with pytest.raises(SlackApiError) as caught:
            await call
        codes.append(caught.value.response["error"])

    await refused(client.views_update(view_id=alice.view["id"], hash="old", view=SECOND))
    for _ in range(2):
        trigger = slack.workspace.modals.new_trigger("U0ALICE", in_modal=True)
        await client.views_push(trigger_id=trigger.id, view=SECOND)
    assert alice.view["root_view_id"] == alice.views[0]["id"]
    trigger = slack.workspace.modals.new_trigger("U0ALICE", in_modal=True)
    await refused(client.views_push(trigger_id=trigger.id, view=SECOND))
    closed = alice.view["id"]
    await alice.close(everything=True)
    await refused(client.views_update(view_id=closed, view=SECOND))
    await refused(client.views_update(view_id=closed, view={"type": "modal", "blocks": []}))
    assert codes == ["hash_conflict", "push_limit_reached", "not_found", "not_found"]
