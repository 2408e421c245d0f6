"""Rights: a person who changed in Slack is asked for again."""

import pytest

from tests.conftest import ALICE, BRUNO, Town


@pytest.mark.parametrize("change", [{"is_restricted": True}, {"deleted": True}, {"is_stranger": True}])
async def test_who_is_no_member_any_more_is_refused_at_once(town: Town, change: dict[str, bool]) -> None:
    assert "/sms send" in str((await town.person(BRUNO).command("/sms", "help")).answer)
    await town.slack.change_user(BRUNO, **change)
    refused = (await town.person(BRUNO).command("/sms", "help")).answer
    assert refused
    assert "Only full members" in refused["text"]
    assert "/sms send" in str((await town.person(ALICE).command("/sms", "help")).answer)


async def test_an_event_about_nobody_is_harmless(town: Town) -> None:
    for event in ({"type": "user_change"}, {"type": "user_change", "user": {}}, {"type": "user_change", "user": None}):
        delivered = await town.slack.event(event)
        assert delivered
        assert delivered.ok
