"""The durable queue of webhooks: a stream per partition, all events of one number in one partition, in order."""

import asyncio
import hashlib
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.store.answers import as_bytes, as_text
from bot.store.script import Script

GROUP = "relay"
CONSUMER = "holder"  # whoever holds the partition's lease; one name, so that a successor finds what was left
PARTITIONS = 8
Webhook = tuple[str, bytes, str]  # kind, body, fingerprint
SEEN_DAYS = 3  # today and two days back: a repeat within 48 h is always known
_APPEND = (Path(__file__).parent / "events_append.lua").read_text()
_LENGTHS = struct.Struct(">4I")
ASKED = 500  # fingerprints asked for in one step
SUSPECT = 3  # handed out so often without an end, events come one at a time, to find the one that kills its workers


class StoredEvent(NamedTuple):
    """One webhook as it was taken in: its raw body, and how often it has been handed out."""

    id: str
    kind: str
    body: bytes
    fingerprint: str
    deliveries: int = 1


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How much waits, and how long the oldest has waited (seconds)."""

    waiting: int
    oldest: float
    aside: int


def partition_of(number: str) -> int:
    """The partition of a number (or of any other word that keeps events together)."""
    word = number.encode(errors="surrogatepass")  # JSON can say half a character
    return int.from_bytes(hashlib.blake2b(word, digest_size=2).digest(), "big") % PARTITIONS


class EventStream:
    """``events:{p}`` → stream of (kind, body, fingerprint); an entry is deleted once its effect is done.

    ``events:{p}:seen:<day>`` → set of fingerprints done on that day, kept ``SEEN_DAYS`` days.
    ``events:{p}:lease`` → the worker that tends the partition, kept as long as it renews.
    ``events:{p}:aside`` → stream of (kind, body, fingerprint, reason): what could not be done, until a person decides.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = Script(redis, "events_take")
        self._seen = Script(redis, "events_seen")
        self._done = Script(redis, "events_done")
        self._renew = Script(redis, "lease_renew")
        self._free = Script(redis, "lease_free")
        self._waiting: list[tuple[int, Webhook, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def open(self, partitions: Iterable[int] = range(PARTITIONS)) -> None:
        """Create the consumer groups; safe to repeat."""
        for partition in partitions:
            try:
                await self._redis.xgroup_create(stream_key(partition), GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def append(self, kind: str, body: bytes, fingerprint: str, number: str) -> None:
        """Store one webhook; returns once Redis has it. Concurrent appends share one round trip."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((partition_of(number), (kind, body, fingerprint), stored))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await stored

    async def _flush(self) -> None:
        """One call a partition for all that waits: an XADD each would cost this process up to three times as much.

        By EVAL, because a pipeline of EVALSHA asks first whether the script is there, which is a round trip more.
        """
        while self._waiting:
            batch, self._waiting = self._waiting, []
            columns: dict[int, list[str | bytes]] = {}
            for partition, webhook, _ in batch:
                columns.setdefault(partition, []).extend(webhook)
            error: BaseException | None = None
            try:
                async with self._redis.pipeline(transaction=False) as pipe:
                    for partition, webhooks in columns.items():
                        pipe.eval(_APPEND, 1, stream_key(partition), *webhooks)
                    await pipe.execute()
            except BaseException as failure:
                error = failure
                if not isinstance(failure, Exception):
                    raise
            finally:
                _tell([stored for _, _, stored in batch], error)

    async def read(self, partition: int, count: int, wait: float) -> list[StoredEvent]:
        """The next events, oldest first; waits up to ``wait`` seconds for one."""
        packed = as_bytes(await self._take([stream_key(partition)], [GROUP, CONSUMER, count]))
        if packed == b"left" and (left := await self.left(partition, count)):
            return left
        if packed not in (b"", b"left"):
            return list(_unpack(packed))
        events = await self._read(partition, ">", count, wait)
        if events and len(await self._pending(partition, len(events) + 1)) > len(events):
            return await self.left(partition, count)  # the first answer was lost, and redis-py asked again
        return events

    async def left(self, partition: int, count: int) -> list[StoredEvent]:
        """What was handed out and never acknowledged: by us, or by a worker that died."""
        pending = await self._pending(partition, count)
        if not pending:
            return []
        times = {as_text(row["message_id"]): int(row["times_delivered"]) + 1 for row in pending}
        alone = pending[0]["times_delivered"] >= SUSPECT
        events = await self._read(partition, "0", 1 if alone else count, None)
        return [StoredEvent(e.id, e.kind, e.body, e.fingerprint, times.get(e.id, 1)) for e in events]

    async def _pending(self, partition: int, count: int) -> list[dict[str, Any]]:
        stream = stream_key(partition)
        rows: list[dict[str, Any]] = await self._redis.xpending_range(stream, GROUP, "-", "+", count, CONSUMER)
        return rows

    async def _read(self, partition: int, start: str, count: int, wait: float | None) -> list[StoredEvent]:
        block = None if wait is None else max(1, int(wait * 1000))
        answer: Any = await self._redis.xreadgroup(
            GROUP, CONSUMER, {stream_key(partition): start}, count=count, block=block
        )
        if not answer:
            return []
        rows = next(iter(answer.values()))[0] if isinstance(answer, dict) else answer[0][1]
        if deleted := [row_id for row_id, fields in rows if not fields]:  # by hand: nobody else does that
            await self._redis.xack(stream_key(partition), GROUP, *deleted)
        return [_event(row_id, fields) for row_id, fields in rows if fields]

    async def unseen(self, partition: int, events: Sequence[StoredEvent]) -> list[StoredEvent]:
        """Those whose like was not done before, each fingerprint once."""
        places = await self._seen(seen_keys(partition), [" ".join(e.fingerprint for e in events)])
        known = {events[place].fingerprint for place in places}
        fresh: list[StoredEvent] = []
        for event in events:
            if event.fingerprint not in known:
                known.add(event.fingerprint)
                fresh.append(event)
        return fresh

    async def done(self, partition: int, events: Sequence[StoredEvent]) -> None:
        """Their effect is complete: remember the fingerprints, acknowledge and delete, in one step."""
        await self._finish(partition, events, "")

    async def set_aside(self, partition: int, event: StoredEvent, reason: str) -> None:
        """It cannot be done: keep it with its reason for a person, and go on with the next."""
        await self._finish(partition, [event], reason)

    async def finished(self, numbers: Mapping[str, str]) -> set[str]:
        """Of these fingerprints, each with the number that it was appended under, those that are done or set aside."""
        columns: dict[int, list[str]] = {}
        for fingerprint, number in numbers.items():
            columns.setdefault(partition_of(number), []).append(fingerprint)
        found: set[str] = set()
        for partition, prints in columns.items():
            for start in range(0, len(prints), ASKED):
                some = prints[start : start + ASKED]
                found.update(some[place] for place in await self._seen(seen_keys(partition), [" ".join(some)]))
        return found

    async def _finish(self, partition: int, events: Sequence[StoredEvent], reason: str) -> None:
        if not events:
            return
        stream = stream_key(partition)
        marks = " ".join(f"{event.id} {event.fingerprint}" for event in events)
        keys = [stream, f"{stream}:aside", seen_keys(partition)[0]]
        await self._done(keys, [GROUP, SEEN_DAYS * 86_400, reason, marks])

    async def take_lease(self, partition: int, holder: str, seconds: float) -> bool:
        """Become the one who tends ``partition``; also true if we are already."""
        key = f"{stream_key(partition)}:lease"
        if await self._redis.set(key, holder, nx=True, px=int(seconds * 1000)):
            return True
        return await self.renew_lease(partition, holder, seconds)

    async def renew_lease(self, partition: int, holder: str, seconds: float) -> bool:
        """Stay it; false when the lease went to somebody else."""
        return bool(await self._renew([f"{stream_key(partition)}:lease"], [holder, int(seconds * 1000)]))

    async def free_lease(self, partition: int, holder: str) -> None:
        """Let another have it at once."""
        await self._free([f"{stream_key(partition)}:lease"], [holder])

    async def depth(self) -> QueueDepth:
        """What waits over all partitions."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for partition in range(PARTITIONS):
                pipe.xlen(stream_key(partition))
                pipe.xrange(stream_key(partition), count=1)
                pipe.xlen(f"{stream_key(partition)}:aside")
            answers = await pipe.execute()
        firsts = [rows[0][0].decode() for rows in answers[1::3] if rows]
        oldest = min((int(first.partition("-")[0]) / 1000 for first in firsts), default=None)
        age = 0.0 if oldest is None else max(0.0, time.time() - oldest)
        return QueueDepth(sum(answers[0::3]), age, sum(answers[2::3]))


def _tell(waiting: Sequence[asyncio.Future[None]], error: BaseException | None) -> None:
    """If one call failed, all are told so: what is stored already and comes again is known as a repeat."""
    for stored in waiting:
        if stored.done():  # the request was given up meanwhile
            continue
        if error is None:
            stored.set_result(None)
        elif isinstance(error, Exception):
            stored.set_exception(error)
        else:
            stored.cancel()


def stream_key(partition: int) -> str:
    """The stream of a partition; its other keys begin with it."""
    return f"events:{{{partition}}}"


def seen_keys(partition: int) -> list[str]:
    """The sets of fingerprints that were done: today, yesterday, the day before."""
    today = int(time.time() // 86_400)
    return [f"{stream_key(partition)}:seen:{today - back}" for back in range(SEEN_DAYS)]


def _unpack(packed: bytes) -> Iterator[StoredEvent]:
    """What ``events_take.lua`` packed: four lengths, then id, kind, fingerprint and body, again and again."""
    at = 0
    while at < len(packed):
        id_length, kind_length, print_length, body_length = _LENGTHS.unpack_from(packed, at)
        kind = at + _LENGTHS.size + id_length
        fingerprint = kind + kind_length
        body = fingerprint + print_length
        end = body + body_length
        yield StoredEvent(
            packed[kind - id_length : kind].decode(),
            packed[kind:fingerprint].decode(),
            packed[body:end],
            packed[fingerprint:body].decode(),
        )
        at = end


def _event(row_id: bytes, fields: dict[bytes, bytes]) -> StoredEvent:
    return StoredEvent(row_id.decode(), fields[b"kind"].decode(), fields[b"body"], fields[b"print"].decode())
