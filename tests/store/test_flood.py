"""Flood windows against a model that is too simple to be wrong, at any hour, and between processes."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.store.flood import HOUR, FloodLimits, FloodWindows

ROOT = Path(__file__).parents[2]
NUMBER, OTHER = "33612345678", "33698765432"
NUMBERS = (NUMBER, OTHER, "4915112345678")
STEP = 420  # seconds; no sum of steps comes near an hour, so the moments that an example itself takes do not matter
TAKE, LOOK, GIVE = "take", "look", "give back"


class Jumping:
    """Seconds that the windows' clock is ahead."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@dataclass
class Model:
    """What the windows promise, as a list of (time, text, claim) per number. Times are seconds since the start."""

    limits: FloodLimits
    logs: dict[str, list[tuple[float, str, str]]] = field(default_factory=dict)

    def free_at(self, number: str, text: str, claim: str, now: float) -> float | None:
        """When ``number`` has room for ``text``; None if it has room now, or if ``claim`` has its place already."""
        recent = [entry for entry in self.logs.get(number, []) if now - entry[0] < HOUR]
        if any(entry[2] == claim for entry in recent):
            return None
        same = [entry for entry in recent if entry[1] == text]
        full = [
            (entries[-limit][0] if limit else now) + HOUR
            for entries, limit in ((recent, self.limits.per_hour), (same, self.limits.same_text_per_hour))
            if len(entries) >= limit
        ]
        return max(full, default=None)

    def take(self, numbers: Sequence[str], text: str, claim: str, now: float, *, really: bool) -> dict[str, float]:
        """The refused ones, with the time at which they are free."""
        refused = {}
        for number in numbers:
            free = self.free_at(number, text, claim, now)
            if free is not None:
                refused[number] = free
            elif really and not any(e[2] == claim and now - e[0] < HOUR for e in self.logs.get(number, [])):
                self.logs.setdefault(number, []).append((now, text, claim))
        return refused

    def give_back(self, numbers: Sequence[str], claim: str) -> None:
        """Forget the places of a claim."""
        for number in numbers:
            self.logs[number] = [entry for entry in self.logs.get(number, []) if entry[2] != claim]


STEPS = st.lists(
    st.tuples(
        st.sampled_from((TAKE, TAKE, TAKE, LOOK, GIVE)),
        st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True),
        st.integers(0, 8),  # which claim; it decides on the text
        st.integers(0, 12),  # steps of time that pass before
    ),
    max_size=30,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, start=st.integers(0, 2 * HOUR), per_hour=st.integers(0, 5), same=st.integers(0, 2))
async def test_windows_agree_with_the_model(
    redis: Redis, steps: list[tuple[str, list[str], int, int]], start: int, per_hour: int, same: int
) -> None:
    await redis.flushall()
    limits, ahead = FloodLimits(per_hour, same), Jumping()
    windows, model = FloodWindows(redis, limits, ahead), Model(limits)
    ahead.seconds = start
    seconds, microseconds = await redis.time()
    began = seconds + microseconds / 1e6 + start
    for mode, numbers, claim_number, wait in steps:
        ahead.seconds += wait * STEP
        now = ahead.seconds - start
        claim, text = f"c{claim_number}", f"text {claim_number % 3}"
        if mode == GIVE:
            await windows.give_back(numbers, claim)
            model.give_back(numbers, claim)
        elif mode == TAKE:
            refused = await windows.take(numbers, text, claim)
            compare(refused, model.take(numbers, text, claim, now, really=True), began)
        else:  # who only looks has no claim yet
            refused = await windows.look(numbers, text)
            compare(refused, model.take(numbers, text, "", now, really=False), began)


def compare(refused: Mapping[str, float], expected: Mapping[str, float], began: float) -> None:
    """The same numbers, free at the same time (to within what an example takes)."""
    assert refused.keys() == expected.keys()
    for number, free in refused.items():
        assert free - began == pytest.approx(expected[number], abs=20)


async def test_a_place_counts_across_the_border_of_the_hour_and_is_free_an_hour_later_to_the_second(
    redis: Redis,
) -> None:
    ahead = Jumping()
    windows = FloodWindows(redis, FloodLimits(1, 1), ahead)
    seconds, _ = await redis.time()
    ahead.seconds = HOUR - seconds % HOUR - 5  # five seconds before the hour is full
    assert await windows.take([NUMBER], "Bonjour", "c1") == {}
    (free,) = (await windows.take([NUMBER], "Bonjour", "c2")).values()
    taken = free - HOUR
    assert taken == pytest.approx(seconds + ahead.seconds, abs=3)

    for before, room in ((HOUR - 10, False), (HOUR / 2, False), (4, False), (-0.001, True)):
        now, micro = await redis.time()
        ahead.seconds = free - before - (now + micro / 1e6)
        assert (await windows.look([NUMBER], "Bonjour") == {}) is room, before


@pytest.mark.parametrize("limits", [FloodLimits(2, 9), FloodLimits(9, 2)], ids=["all texts", "the same text"])
async def test_a_full_window_is_free_an_hour_after_the_oldest_text_that_fills_it(
    redis: Redis, limits: FloodLimits
) -> None:
    """Two places, taken at 0 and at 600 seconds: there is one again at 3,600, and the other at 4,200."""
    ahead = Jumping()
    windows = FloodWindows(redis, limits, ahead)
    seconds, microseconds = await redis.time()
    began = seconds + microseconds / 1e6
    for wait, claim in ((0, "c1"), (600, "c2")):
        ahead.seconds = wait
        assert await windows.take([NUMBER], "Bonjour", claim) == {}
    assert await windows.take([NUMBER], "Bonjour", "c3") == {NUMBER: pytest.approx(began + HOUR, abs=20)}
    ahead.seconds = HOUR + 30
    assert await windows.take([NUMBER], "Bonjour", "c3") == {}
    assert await windows.look([NUMBER], "Bonjour") == {NUMBER: pytest.approx(began + HOUR + 600, abs=20)}


async def test_a_repeated_take_of_one_claim_takes_one_place(redis: Redis) -> None:
    windows = FloodWindows(redis, FloodLimits(2, 2))
    for _ in range(3):
        assert await windows.take([NUMBER], "Bonjour", "c1") == {}
    assert await windows.take([NUMBER], "Bonjour", "c2") == {}
    assert NUMBER in await windows.take([NUMBER], "Bonjour", "c3")


async def test_giving_back_frees_the_claims_places_alone_and_may_be_repeated(redis: Redis) -> None:
    windows = FloodWindows(redis, FloodLimits(2, 2))
    await windows.take([NUMBER], "Bonjour", "c1")
    await windows.take([NUMBER], "Bonjour", "c2")
    for _ in range(2):
        await windows.give_back([NUMBER, OTHER], "c1")
    assert await windows.take([NUMBER], "Bonjour", "c3") == {}
    assert NUMBER in await windows.look([NUMBER], "Bonjour")


async def test_another_text_has_room_where_the_same_text_has_none(redis: Redis) -> None:
    windows = FloodWindows(redis, FloodLimits(5, 1))
    await windows.take([NUMBER], "Bonjour", "c1")
    assert NUMBER in await windows.look([NUMBER], "Bonjour")
    assert await windows.look([NUMBER], "Bonsoir") == {}


async def test_what_was_taken_in_the_last_hour_is_told_with_its_times(redis: Redis) -> None:
    """Across the border of an hour, whatever the text, and no longer than it counts."""
    ahead = Jumping()
    windows = FloodWindows(redis, FloodLimits(5, 5), ahead)
    assert await windows.taken(NUMBER) == []
    seconds, _ = await redis.time()
    ahead.seconds = HOUR - seconds % HOUR - 60  # a minute before the hour is full
    expected = []
    for claim in ("c1", "c2", "c3"):
        await windows.take([NUMBER, OTHER], f"text of {claim}", claim)
        expected.append(time.time() + ahead.seconds)
        ahead.seconds += 45
    await windows.give_back([OTHER], "c2")
    assert await windows.taken(NUMBER) == pytest.approx(expected, abs=3)
    assert await windows.taken(OTHER) == pytest.approx([expected[0], expected[2]], abs=3)
    assert await windows.taken("33655443322") == []
    ahead.seconds += HOUR - 2 * 45 - 20  # the first has left, the second leaves in 25 seconds
    assert await windows.taken(NUMBER) == pytest.approx(expected[1:], abs=3)
    ahead.seconds += HOUR
    assert await windows.taken(NUMBER) == []


async def test_the_times_that_are_told_are_those_by_which_it_is_refused(redis: Redis) -> None:
    windows = FloodWindows(redis, FloodLimits(2, 2))
    await windows.take([NUMBER], "Bonjour", "c1")
    await windows.take([NUMBER], "Bonjour", "c2")
    [free] = (await windows.look([NUMBER], "Bonjour")).values()
    taken = await windows.taken(NUMBER)
    assert taken[-2] + HOUR == pytest.approx(free, abs=0.002)


@pytest.mark.parametrize("number", ["ACME", "36035", ""])
async def test_a_name_or_a_short_code_was_never_texted(redis: Redis, number: str) -> None:
    assert await FloodWindows(redis, FloodLimits(5, 1)).taken(number) == []


async def test_a_clock_more_than_an_hour_off_is_an_error_and_not_a_free_pass(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3 * HOUR)
    with pytest.raises(ResponseError, match="CLOCK"):
        await FloodWindows(redis, FloodLimits(5, 1)).take([NUMBER], "Bonjour", "c1")


async def race(redis_url: str, limits: FloodLimits, *, rounds: int, same_text: bool) -> Counter[str]:
    """Two processes, each of which tries ``rounds`` times for 1,000 numbers; how often each number was won."""
    order = [redis_url, str(limits.per_hour), str(limits.same_text_per_hour), str(rounds), str(int(same_text))]
    command = [sys.executable, "-m", "tests.store.racer", *order]
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    racers = [await asyncio.create_subprocess_exec(*command, name, cwd=ROOT, **pipes) for name in ("a", "b")]
    for racer in racers:
        assert racer.stdout
        assert await racer.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))
    won: Counter[str] = Counter()
    for output, _ in outputs:
        won.update(json.loads(output))
    return won


async def test_two_processes_that_race_for_the_last_places_win_exactly_the_limit_together(redis_url: str) -> None:
    won = await race(redis_url, FloodLimits(5, 5), rounds=5, same_text=False)
    assert len(won) == 1000
    assert set(won.values()) == {5}


async def test_two_processes_that_race_with_the_same_text_win_once_together(redis_url: str) -> None:
    won = await race(redis_url, FloodLimits(5, 1), rounds=3, same_text=True)
    assert len(won) == 1000
    assert set(won.values()) == {1}


async def test_a_number_costs_little_memory_and_a_check_no_more_than_two_plain_commands(redis: Redis) -> None:
    """Ten texts an hour to each of 2,000 numbers, against GET and SET of each of them; figures with ``pytest -s``."""
    windows = FloodWindows(redis, FloodLimits(20, 20))
    numbers = [f"336{index:08}" for index in range(2_000)]
    checked = plain = 0.0
    for claim in range(10):
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            began = time.perf_counter()
            await windows.take(some, "Bonjour", f"c{claim}")
            between = time.perf_counter()
            async with redis.pipeline(transaction=False) as pipe:
                for number in some:
                    pipe.get(f"plain:{number}")
                    pipe.set(f"plain:{number}", claim)
                await pipe.execute()
            checked += between - began
            plain += time.perf_counter() - between
    keys = [key async for key in redis.scan_iter("flood:*")]
    each = sum([await redis.memory_usage(key) for key in keys]) / len(numbers)
    print(f"{each:.0f} bytes a number with ten texts, {checked / plain:.2f} x GET and SET")  # noqa: T201
    assert each < 300
    assert checked < 2 * plain
