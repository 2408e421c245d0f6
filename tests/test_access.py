"""Who may do what: members, admins, and what Slack says of them, remembered for some minutes."""

import pytest

from bot.access import Right
from bot.errors import Refused
from bot.store.people import KEPT
from tests.conftest import ALICE, BRUNO, GUEST, STRANGER, Town, open_town

ROBOT = "U0ROBOT"


async def test_a_member_may_act_and_slack_is_asked_once(town: Town) -> None:
    access = town.desk.services.access
    for _ in range(3):
        assert (await access.check(BRUNO)).id == BRUNO
    assert [call["user"] for call in town.slack.called("users.info")] == [BRUNO]


async def test_what_slack_said_is_forgotten_after_some_minutes(town: Town) -> None:
    await town.desk.services.access.check(BRUNO)
    redis = town.desk.services.store.redis
    key = f"person:{{{BRUNO}}}"
    assert KEPT - 5 <= await redis.ttl(key) <= KEPT
    await redis.delete(key)
    await town.desk.services.access.check(BRUNO)
    assert len(town.slack.called("users.info")) == 2


@pytest.mark.parametrize("user", [GUEST, STRANGER, ROBOT, "U0SMSDESK"])
async def test_guests_strangers_and_bots_may_do_nothing(town: Town, user: str) -> None:
    with pytest.raises(Refused, match="Only full members"):
        await town.desk.services.access.check(user)


async def test_somebody_whom_slack_does_not_know_is_refused(town: Town) -> None:
    for user in ("U0NOBODY", ""):
        with pytest.raises(Refused, match="Slack did not say who you are"):
            await town.desk.services.access.check(user)


async def test_a_member_of_another_workspace_is_refused_though_slack_calls_them_no_stranger(town: Town) -> None:
    town.slack.world.add_user("U0ELSE", "else", team_id="T0OTHER")
    with pytest.raises(Refused, match="Only full members"):
        await town.desk.services.access.check("U0ELSE")


async def test_admins_of_the_workspace_are_admins_and_members_are_not(town: Town) -> None:
    access = town.desk.services.access
    assert (await access.check(ALICE, Right.ADMIN)).admin
    with pytest.raises(Refused, match="Only admins can do this"):
        await access.check(BRUNO, Right.ADMIN)


async def test_who_is_named_in_admins_is_an_admin_if_they_are_a_member(redis_url: str) -> None:
    async with open_town(redis_url, admins=f"{BRUNO}, {GUEST}") as town:
        access = town.desk.services.access
        assert (await access.check(BRUNO, Right.ADMIN)).id == BRUNO
        with pytest.raises(Refused, match="Only full members"):
            await access.check(GUEST, Right.ADMIN)


@pytest.mark.parametrize("fault", [429, 500, "fatal_error", "invalid_auth"])
async def test_when_slack_does_not_say_who_it_is_nothing_is_done(town: Town, fault: int | str) -> None:
    town.slack.fail("users.info", fault)
    refused = (await town.person().command("/sms", "help")).answer
    assert refused
    assert "Slack did not say who you are, so nothing was done" in refused["text"]
    assert "/sms send" in str((await town.person().command("/sms", "help")).answer)


async def test_what_was_refused_is_not_remembered_for_others(town: Town) -> None:
    with pytest.raises(Refused):
        await town.desk.services.access.check(GUEST)
    assert (await town.desk.services.access.check(ALICE)).full_member
