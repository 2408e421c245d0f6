"""The door of the provider: exactly the answers that are promised, and nothing answered 200 that is not kept."""

import asyncio
import hashlib
import hmac
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession
from redis.asyncio import Redis

from bot.smsfactor.events import KINDS
from bot.store.embedded import EmbeddedServer
from bot.store.events import PARTITIONS, partition_of
from tests.conftest import NUMBER, SECRET, Town, open_town
from tests.rules.webhooks import post, receipt, reply, saying, says

SAMPLES = {kind: (Path(__file__).parent / "samples" / f"{kind}.json").read_bytes() for kind in KINDS}
SIGNED = {"X-SMSFactor-Signature": SECRET}


@pytest.fixture
async def door(redis_url: str) -> AsyncIterator[Town]:
    """A desk that takes webhooks and has no worker, so that what is stored stays to be looked at."""
    async with open_town(redis_url, workers=0) as town:
        yield town


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as one:
        yield one


async def stored(town: Town) -> list[dict[str, Any]]:
    """The payloads that wait in Redis."""
    async with Redis.from_url(town.redis_url) as redis:
        rows = [row for p in range(PARTITIONS) for row in await redis.xrange(f"events:{{{p}}}")]
    return [json.loads(fields[b"body"]) for _, fields in sorted(rows)]


async def send(session: ClientSession, town: Town, kind: str, body: Any, headers: Mapping[str, str] = SIGNED) -> int:
    async with session.post(f"{town.url}/smsfactor/{kind}", data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("kind", KINDS)
async def test_webhook_is_in_redis_when_it_is_answered_200(door: Town, session: ClientSession, kind: str) -> None:
    assert await send(session, door, kind, SAMPLES[kind]) == 200
    assert await stored(door) == [json.loads(SAMPLES[kind])]


@pytest.mark.parametrize("header", [None, "", "wrong", SECRET[:-1], SECRET + "x", "sha256=" + "0" * 64, "é"])
async def test_wrong_signature_is_answered_401_and_not_kept(
    door: Town, session: ClientSession, header: str | None
) -> None:
    headers = {} if header is None else {"X-SMSFactor-Signature": header}
    assert await send(session, door, "mo", SAMPLES["mo"], headers) == 401
    assert await stored(door) == []


@pytest.mark.parametrize("mode", ["plain", "hmac", "auto"])
async def test_each_signature_mode_takes_its_own(redis_url: str, session: ClientSession, mode: str) -> None:
    digest = hmac.new(SECRET.encode(), SAMPLES["mo"], hashlib.sha256).hexdigest()
    async with open_town(redis_url, workers=0, smsfactor_signature=mode) as town:
        answers = [
            await send(session, town, "mo", SAMPLES["mo"], {"X-SMSFactor-Signature": header})
            for header in (SECRET, digest, f"sha256={digest}", "nonsense")
        ]
    assert (
        answers
        == {
            "plain": [200, 401, 401, 401],
            "hmac": [401, 200, 200, 401],
            "auto": [200, 200, 200, 401],
        }[mode]
    )


async def test_signed_digest_of_another_body_is_refused(redis_url: str, session: ClientSession) -> None:
    digest = hmac.new(SECRET.encode(), b"another body", hashlib.sha256).hexdigest()
    async with open_town(redis_url, workers=0, smsfactor_signature="hmac") as town:
        assert await send(session, town, "mo", SAMPLES["mo"], {"X-SMSFactor-Signature": digest}) == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"42",
        b'"text"',
        b"[]",
        b"[{}]",
        b"from=1",
        b"\xff\xfe\xfa",
        b"{'a': 1}",
        b'{"a":' + b"[" * 20_000,
    ],
)
async def test_what_is_no_json_object_is_answered_400(door: Town, session: ClientSession, body: bytes) -> None:
    headers = {**SIGNED, "Content-Type": "application/json"}
    assert await send(session, door, "mo", body, headers) == 400
    assert await stored(door) == []


async def test_no_depth_of_nesting_is_a_crash(door: Town, session: ClientSession) -> None:
    """Around Python's recursion limit there are depths that can be read and not be written."""
    answers = {
        depth: await send(session, door, "mo", b'{"a":' + b"[" * depth + b"]" * depth + b"}")
        for depth in range(780, 1000, 3)
    }
    assert set(answers.values()) <= {200, 400}
    assert len(await stored(door)) == list(answers.values()).count(200)


async def test_form_with_the_same_fields_is_taken(door: Town, session: ClientSession) -> None:
    fields = {"from": NUMBER, "message": "Oui & merci é", "last_message_id": ""}
    headers = {**SIGNED, "Content-Type": "application/x-www-form-urlencoded"}
    assert await send(session, door, "mo", urlencode(fields), headers) == 200
    assert await stored(door) == [fields]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense", ""])
async def test_json_with_a_wrong_content_type_is_taken(door: Town, session: ClientSession, content_type: str) -> None:
    headers = {**SIGNED, "Content-Type": content_type}
    assert await send(session, door, "mo", SAMPLES["mo"], headers) == 200
    assert await stored(door) == [json.loads(SAMPLES["mo"])]


@pytest.mark.parametrize("kind", ["moo", "MO", "mo%20", "x" * 500])
async def test_unknown_kind_is_answered_404(door: Town, session: ClientSession, kind: str) -> None:
    assert await send(session, door, kind, SAMPLES["mo"]) == 404


async def test_body_over_64_kib_is_answered_413(door: Town, session: ClientSession) -> None:
    fits = b'{"message": "' + b"x" * (64 * 1024 - 15) + b'"}'
    assert len(fits) == 64 * 1024
    assert await send(session, door, "mo", fits) == 200
    assert await send(session, door, "mo", fits + b" ") == 413
    assert len(await stored(door)) == 1


async def test_chunked_body_over_64_kib_is_answered_413(door: Town, session: ClientSession) -> None:
    """Nothing in front says how long it will be, so the bot has to stop reading by itself."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(33):
            yield b" " * 2048

    assert await send(session, door, "mo", chunks()) == 413
    assert await stored(door) == []


async def test_a_body_that_never_ends_is_answered_413_once_it_is_too_long(door: Town, session: ClientSession) -> None:
    """It comes in pieces, and the rest of it only after the answer: whoever waits for its end waits in vain."""
    answered = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(33):
            yield b" " * 2048
        await answered.wait()

    try:
        assert await send(session, door, "mo", pieces()) == 413
    finally:
        answered.set()
    assert await stored(door) == []


async def test_a_number_with_a_plus_sign_and_without_it_stands_in_one_partition(
    door: Town, session: ClientSession
) -> None:
    """Else two events of one person could overtake each other."""
    assert partition_of(f"+{NUMBER}") != partition_of(NUMBER), "of this number the test would show nothing"
    for kind, field, number in (
        ("mo", "from", f"+{NUMBER}"),
        ("mo", "from", NUMBER),
        ("dlr", "destination", f"+{NUMBER}"),
        ("dlr", "destination", NUMBER),
    ):
        assert await send(session, door, kind, json.dumps({field: number, "message": "Oui"})) == 200
    async with Redis.from_url(door.redis_url) as redis:
        lengths = {p: length for p in range(PARTITIONS) if (length := await redis.xlen(f"events:{{{p}}}"))}
    assert lengths == {partition_of(NUMBER): 4}


@pytest.mark.parametrize("number", [None, "", 0, "+33612345678", ["33612345678"], {"a": 1}, "\ud800", "é", 1e400])
async def test_odd_number_is_stored_all_the_same(door: Town, session: ClientSession, number: object) -> None:
    assert await send(session, door, "mo", json.dumps({"from": number, "message": "hi"})) == 200
    assert len(await stored(door)) == 1


async def test_webhook_that_cannot_be_stored_is_answered_503_with_retry_after(
    tmp_path: Path, session: ClientSession
) -> None:
    async with EmbeddedServer(tmp_path) as server, open_town(server.url, workers=0) as town:
        os.kill(server.pid, signal.SIGKILL)
        url = f"{town.url}/smsfactor/mo"
        async with session.post(url, data=SAMPLES["mo"], headers=SIGNED) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("mo", {"message": "no number"}),
        ("mo", {"from": {"a": "b"}, "message": "x"}),
        ("dlr", {"destination": NUMBER, "status": "soon"}),
        ("stop", {}),
        ("clicker", {"long_url": "https://example.org"}),
        ("balance", {"balance": None}),
    ],
)
async def test_payload_that_is_not_what_its_kind_promises_is_set_aside_and_told_once(
    town: Town, kind: str, body: dict[str, Any]
) -> None:
    for _ in range(3):
        assert await post(town, kind, body) == 200
    await says(town, "could not be handled")
    assert await post(town, "mo", reply("still alive")) == 200
    await says(town, "still alive")
    assert len(saying(town, "could not be handled")) == 1
    depth = await town.desk.services.store.events.depth()
    assert (depth.waiting, depth.aside) == (0, 1)


async def test_reply_with_half_a_character_is_shown(town: Town) -> None:
    """JSON can say it, UTF-8 cannot."""
    assert await post(town, "mo", reply("half a character \ud800")) == 200
    await says(town, "half a character")


async def test_set_aside_webhook_is_kept_whole(town: Town) -> None:
    await post(town, "dlr", {"status": "soon", "destination": NUMBER})
    await says(town, "could not be handled")
    async with Redis.from_url(town.redis_url) as redis:
        rows = [row for p in range(PARTITIONS) for row in await redis.xrange(f"events:{{{p}}}:aside")]
    (_, fields), *more = rows
    assert not more
    assert json.loads(fields[b"body"]) == {"status": "soon", "destination": NUMBER}
    assert fields[b"kind"] == b"dlr"
    assert fields[b"reason"]


async def test_only_post_is_answered(door: Town, session: ClientSession) -> None:
    async with session.get(f"{door.url}/smsfactor/mo") as answer:
        assert answer.status == 405


async def test_health_says_that_the_process_lives_without_asking_anybody(
    tmp_path: Path, session: ClientSession
) -> None:
    async with EmbeddedServer(tmp_path) as server, open_town(server.url, workers=0) as town:
        os.kill(server.pid, signal.SIGKILL)
        async with session.get(f"{town.url}/health") as answer:
            assert answer.status == 200


async def test_ready_when_all_three_can_be_reached(door: Town, session: ClientSession) -> None:
    async with session.get(f"{door.url}/ready") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ready", "problems": []})


@pytest.mark.parametrize("who", ["Redis", "Slack", "SMSFactor"])
async def test_not_ready_names_the_one_that_cannot_be_reached(tmp_path: Path, session: ClientSession, who: str) -> None:
    async with EmbeddedServer(tmp_path) as server, open_town(server.url, workers=0) as town:
        if who == "Redis":
            os.kill(server.pid, signal.SIGKILL)
        elif who == "Slack":
            town.slack.fail("auth.test", "invalid_auth", 5)
        else:
            town.provider.fail("*", 500, 10)
        async with session.get(f"{town.url}/ready") as answer:
            body = await answer.json()
        assert answer.status == 503
        assert [problem for problem in body["problems"] if problem.startswith(f"{who}: ")]
        if who == "Slack":
            assert body["problems"] == ["Slack: invalid_auth"]


async def test_metrics_count_and_tell_no_number_and_no_text(town: Town, session: ClientSession) -> None:
    await town.send(text="A text for nobody else")
    await town.card_says("Accepted")
    await post(town, "mo", reply("An answer for nobody else"))
    await says(town, "An answer")
    await post(town, "dlr", receipt("not-ours-1"))
    async with session.get(f"{town.url}/metrics") as answer:
        text = await answer.text()
    assert 'sms_desk_webhooks_total{kind="mo",status="200"}' in text
    assert "sms_desk_events_waiting" in text
    for secret in (NUMBER, NUMBER[2:], "nobody else"):
        assert secret not in text
