"""What the team has chosen: one section at a time, the same everywhere, and readable whatever is stored."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.office_hours import OfficeHours
from bot.store.team import (
    AutoReply,
    ConversationPolicy,
    Decision,
    FreeTyping,
    Routes,
    Rule,
    StopWords,
    Team,
    TeamSettings,
)

PARIS = ZoneInfo("Europe/Paris")
CHOSEN = TeamSettings(
    routes=Routes(purposes={"alerts": "C0SHOP"}, rules=(Rule(kind="keyword", value="été", channel="C0SHOP"),)),
    conversations=ConversationPolicy(new_thread_days=None, resolve_hours=0, remind_minutes=5, undo_seconds=60),
    hours=OfficeHours(days=frozenset({6, 0}), opens=time(8, 30), closes=time(0)),
    auto_reply=AutoReply(text="Fermé."),
    free_typing=FreeTyping(channels=("C0SHOP",)),
    stop_words=StopWords(words=()),
)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def team(redis: Redis) -> Team:
    return Team(redis)


async def test_what_nobody_has_chosen_is_as_the_defaults_say(team: Team) -> None:
    assert await team.settings() == TeamSettings()


async def test_every_section_comes_back_as_it_was_saved_in_every_process(team: Team, redis: Redis) -> None:
    for name in TeamSettings.model_fields:
        await team.save(name, getattr(CHOSEN, name))
    assert await Team(redis).settings() == CHOSEN


async def test_a_section_is_saved_under_its_own_name_only(team: Team) -> None:
    with pytest.raises(TypeError, match="hours is no AutoReply"):
        await team.save("hours", AutoReply(text="x"))
    with pytest.raises(AttributeError):
        await team.save("nonsense", AutoReply(text="x"))


async def test_a_section_is_changed_only_if_it_is_as_it_was(team: Team) -> None:
    first, second = AutoReply(text="un"), AutoReply(text="deux")
    assert await team.change("auto_reply", AutoReply(), first)
    assert not await team.change("auto_reply", AutoReply(), second)
    assert (await team.settings()).auto_reply == first
    assert await team.change("auto_reply", first, second)
    assert (await team.settings()).auto_reply == second


async def test_of_many_who_change_a_section_at_once_one_does(team: Team) -> None:
    texts = [AutoReply(text=str(index)) for index in range(20)]
    done = await asyncio.gather(*(team.change("auto_reply", AutoReply(), text) for text in texts))
    assert done.count(True) == 1
    assert (await team.settings()).auto_reply == texts[done.index(True)]


# Whatever is stored


@pytest.mark.parametrize("name", TeamSettings.model_fields)
@pytest.mark.parametrize("stored", [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"a": NaN}{'])
async def test_a_section_that_cannot_be_read_counts_as_not_chosen_and_its_name_is_logged_once(
    team: Team, redis: Redis, name: str, stored: bytes
) -> None:
    for other in TeamSettings.model_fields:
        await team.save(other, getattr(CHOSEN, other))
    await redis.hset("team", name, stored)
    with capture_logs() as logs:
        for _ in range(3):
            assert await team.settings() == CHOSEN.model_copy(update={name: getattr(TeamSettings(), name)})
    assert [(entry["event"], entry["section"]) for entry in logs] == [("settings_unreadable", name)]
    assert await team.change(name, getattr(TeamSettings(), name), getattr(CHOSEN, name))
    assert await team.settings() == CHOSEN


async def test_what_is_stored_is_never_logged(team: Team, redis: Redis) -> None:
    await redis.hset("team", "auto_reply", '{"text": ["Call +33612345678"]}')
    with capture_logs() as logs:
        await team.settings()
    assert logs
    assert "336" not in str(logs)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("conversations", '{"remind_minutes": 5000}'),
        ("conversations", '{"undo_seconds": -1}'),
        ("hours", '{"days": []}'),
        ("hours", '{"days": [7]}'),
        ("hours", '{"opens": "18:00", "closes": "09:00"}'),
        ("hours", '{"opens": "09:00+02:00"}'),
        ("routes", '{"rules": [{"kind": "moon", "value": "x", "channel": "C1"}]}'),
    ],
)
async def test_what_no_form_lets_through_counts_as_not_chosen(team: Team, redis: Redis, name: str, stored: str) -> None:
    await redis.hset("team", name, stored)
    assert await team.settings() == TeamSettings()


async def test_sections_of_an_older_or_newer_desk_are_read_as_far_as_they_are_known(team: Team, redis: Redis) -> None:
    stored = {
        "conversations": '{"remind_minutes": 5, "moon_phase": "full"}',
        "routes": '{"purposes": {"alerts": "C0SHOP"}, "version": 3}',
        "horoscope": '{"sign": "lion"}',
        b"\xff": b"\xff",
    }
    await redis.hset("team", mapping=stored)
    settings = await team.settings()
    assert settings.conversations == ConversationPolicy(remind_minutes=5)
    assert settings.routes.purposes == {"alerts": "C0SHOP"}


# Office hours


def at(day: int, clock: str, month: int = 3) -> datetime:
    """A moment in March 2026, whose 2nd is a Monday."""
    return datetime.combine(datetime(2026, month, day, tzinfo=UTC).date(), time.fromisoformat(clock), PARIS)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(2, "09:00"), None),
        (at(2, "17:59:59"), None),
        (at(2, "08:59:59"), at(2, "09:00")),
        (at(2, "18:00"), at(3, "09:00")),
        (at(6, "18:00"), at(9, "09:00")),
        (at(7, "12:00"), at(9, "09:00")),
        (at(28, "12:00"), at(30, "09:00")),  # the clocks change on the 29th
    ],
)
def test_the_team_is_open_on_its_days_from_opening_to_closing(now: datetime, opens: datetime | None) -> None:
    assert OfficeHours().next_open(now) == opens
    assert TeamSettings().is_open(now) == (opens is None)


def test_closing_at_midnight_is_the_end_of_the_day() -> None:
    late = OfficeHours(days=frozenset({0}), opens=time(20), closes=time(0))
    assert late.next_open(at(2, "23:59:59")) is None
    assert late.next_open(at(3, "00:00")) == at(9, "20:00")
    always = OfficeHours(days=frozenset(range(7)), opens=time(0), closes=time(0))
    assert all(always.next_open(at(2, "00:00") + timedelta(minutes=17 * step)) is None for step in range(600))


def test_a_moment_without_a_time_zone_has_no_hour() -> None:
    with pytest.raises(ValueError, match="time zone"):
        OfficeHours().next_open(datetime(2026, 3, 2, 12))  # noqa: DTZ001 - this is what is tried


def test_the_same_hours_are_written_in_the_same_way() -> None:
    """Forms are tied to what they showed by that."""
    one, other = OfficeHours(days=frozenset([5, 0, 3])), OfficeHours(days=frozenset([3, 5, 0]))
    assert one.model_dump_json() == other.model_dump_json()


# What channels are for


async def test_the_first_decision_on_a_question_stands(team: Team) -> None:
    first, second = Decision("U0ALICE", "alerts"), Decision("U0BRUNO", "keyword", "promo")
    assert await team.decision("C1.1") is None
    assert await team.decide("C1.1", first) == first
    assert await team.decide("C1.1", second) == first
    assert await team.decision("C1.1") == first
    assert await team.decide("C1.2", second) == second
