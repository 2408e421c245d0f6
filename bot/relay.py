"""Worker: reads webhooks from the stream, drops repeats, hands them to the rooms in order, and acknowledges."""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog

from bot.conversation import route
from bot.doors import Doors, Heard
from bot.metrics import EVENTS
from bot.services import Services
from bot.smsfactor.events import parse
from bot.store import StoreError
from bot.store.aside import MARK
from bot.store.events import PARTITIONS, StoredEvent
from bot.store.posts import Post, Urgency

BATCH = 500
LOOK_BACK = 5.0  # seconds; a read whose answer was lost leaves events that are handed out and known to nobody
DELIVERIES = 12  # of an event that never came to an end: it may be what kills the workers

# The kinds of events in people's words.
WHAT = {
    "mo": "a reply",
    "stop": "a STOP",
    "dlr": "a delivery receipt",
    "clicker": "a click on a link",
    "balance": "a balance alert",
}

log = structlog.get_logger(__name__)


class _Parsed(NamedTuple):
    stored: StoredEvent
    heard: Heard


class Relay:
    """Tends every partition whose lease it gets: one worker a partition, so a number's events stay in order."""

    def __init__(self, services: Services, doors: Doors) -> None:
        self._services = services
        self._doors = doors
        self._events = services.store.events
        self._holder = secrets.token_hex(8)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the batches at hand, then end."""
        self._stopping.set()

    async def run(self) -> None:
        """Tend partitions until ``stop``."""
        async with asyncio.TaskGroup() as tasks:
            stopped = tasks.create_task(self._stopping.wait())
            for partition in range(PARTITIONS):
                tasks.create_task(self._tend(partition, stopped))

    async def _tend(self, partition: int, stopped: asyncio.Task[Any]) -> None:
        lease = self._services.tempo.lease
        while not self._stopping.is_set():
            try:
                if await self._events.take_lease(partition, self._holder, lease):
                    await self._tend_with_lease(partition, stopped)
                    await self._events.free_lease(partition, self._holder)
                else:
                    await self._pause(lease / 4)
            except StoreError as error:
                log.warning("relay_store", partition=partition, error=type(error).__name__)
                await self._pause(1.0)

    async def _tend_with_lease(self, partition: int, stopped: asyncio.Task[Any]) -> None:
        """Until we stop or lose it. What an earlier holder left unacknowledged comes first."""
        lease = self._services.tempo.lease
        await self._events.open([partition])
        look_back = 0.0
        while not self._stopping.is_set():
            events: Sequence[StoredEvent] = ()
            if time.monotonic() >= look_back:
                events = await self._events.left(partition, BATCH)
                look_back = 0.0 if events else time.monotonic() + LOOK_BACK
            if not events:
                events = await self._read(partition, stopped)
            if not await self._events.renew_lease(partition, self._holder, lease):
                return  # its successor begins with what we were handed
            if events and not await self._work(partition, events):
                look_back = 0.0

    async def _read(self, partition: int, stopped: asyncio.Task[Any]) -> Sequence[StoredEvent]:
        """The next events; none once we are told to stop, which ends the wait for them at once.

        What Redis hands out in that very moment is found by the next holder, as what a dead worker left.
        """
        tempo = self._services.tempo
        wait = min(tempo.read_wait, tempo.lease / 4)
        reading = asyncio.create_task(self._events.read(partition, BATCH, wait))
        try:
            await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not reading.done():
                reading.cancel()  # which redis-py may lose under Python 3.11: then the read ends by itself
                await asyncio.wait({reading})
        return () if reading.cancelled() else reading.result()

    async def _work(self, partition: int, events: Sequence[StoredEvent]) -> bool:
        """Do a batch while the lease is renewed beside it. False if something is left to be tried again."""
        try:
            async with asyncio.timeout(None) as limit:
                finished = asyncio.Event()
                renewing = asyncio.create_task(self._renew(partition, limit, finished))
                try:
                    return await self._batch(partition, events)
                finally:
                    finished.set()  # under Python 3.11 a cancellation may be lost inside redis-py
                    renewing.cancel()
        except TimeoutError:
            log.warning("lease_lost", partition=partition)
            return False

    async def _renew(self, partition: int, limit: asyncio.Timeout, finished: asyncio.Event) -> None:
        """Keep the lease; stop the work (it will be taken up again) when it cannot be kept."""
        lease = self._services.tempo.lease
        until = time.monotonic() + lease
        while not finished.is_set():
            await asyncio.sleep(lease / 4)
            try:
                kept = await self._events.renew_lease(partition, self._holder, lease)
            except StoreError:
                kept = time.monotonic() < until
            else:
                until = time.monotonic() + lease
            if not kept and not finished.is_set():
                limit.reschedule(asyncio.get_running_loop().time())
                return

    async def _batch(self, partition: int, events: Sequence[StoredEvent]) -> bool:
        fresh = await self._events.unseen(partition, events)
        new, begun = {event.id for event in fresh}, {event.fingerprint for event in fresh}
        repeats = [event for event in events if event.id not in new]
        await self._events.done(partition, [event for event in repeats if event.fingerprint not in begun])
        parsed = [p for event in fresh if (p := await self._parse(partition, event))]
        for kind, run in itertools.groupby(parsed, key=lambda p: type(p.heard.event)):
            if not await self._run(partition, kind, list(run)):
                return False
        # Not sooner: done marks the fingerprint, and the first of its like would be taken for a repeat after a crash.
        await self._events.done(partition, [event for event in repeats if event.fingerprint in begun])
        return True

    async def _parse(self, partition: int, event: StoredEvent) -> _Parsed | None:
        """None if it is set aside: its kind promises something else, or it came to no end too often."""
        if event.deliveries > DELIVERIES:
            await self._set_aside(partition, event, f"the desk began with it {DELIVERIES} times and never finished")
            return None
        try:
            return _Parsed(event, Heard(parse(event.kind, json.loads(event.body.decode())), event.fingerprint))
        except (ValueError, RecursionError):
            await self._set_aside(partition, event, "the desk cannot read what is in it")
            return None

    async def _run(self, partition: int, kind: type, run: Sequence[_Parsed]) -> bool:
        """Events of one kind in a row: together, and one by one if that fails. False if one waits for a next try."""
        error = await self._attempt(kind, run)
        if error and len(run) > 1:
            for one in run:
                if not await self._run(partition, kind, [one]):
                    return False
            return True
        for tried, wait in enumerate(self._services.tempo.relay_retry, start=1):
            if error is None:
                break
            log.warning("event_failed", mark=run[0].stored.fingerprint, tried=tried, exc_info=error)
            await self._pause(wait)
            if self._stopping.is_set():
                return False
            error = await self._attempt(kind, run)
        if error:
            await self._set_aside(partition, run[0].stored, f"an error in the desk ({type(error).__name__})")
        else:
            await self._events.done(partition, [one.stored for one in run])
            EVENTS.labels(run[0].stored.kind, "done").inc(len(run))
        return True

    async def _attempt(self, kind: type, run: Sequence[_Parsed]) -> Exception | None:
        """Hand them to their room; what goes wrong in it (but for Redis, which is no fault of theirs) is the answer."""
        try:
            await self._doors.relays[kind](self._services, [one.heard for one in run])
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - an entry door: one event must not stop the others
            return error
        return None

    async def _set_aside(self, partition: int, event: StoredEvent, reason: str) -> None:
        """Keep it for a person and tell the team once; a repeat of it is known and not told."""
        what = WHAT.get(event.kind, "of an unknown kind")
        text = (
            f"An event of SMSFactor ({what}) could not be handled: {reason}. It is kept, not lost, and so is every"
            " other one like it, without another word here. In `/sms status` an admin can try them again, or drop"
            f" them; this one is marked `{event.fingerprint[:MARK]}` there."
        )
        post = Post(f"aside:{event.kind}:{reason}", Urgency.NOTICE, text=text)
        channel = route(self._services, await self._services.store.team.settings(), "alerts")
        await self._services.poster.put(channel, post)
        await self._events.set_aside(partition, event, reason)
        EVENTS.labels(event.kind, "aside").inc()
        log.error("event_set_aside", kind=event.kind, mark=event.fingerprint, reason=reason)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
