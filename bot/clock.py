"""Everything with a clock: work to do now or at a time, and checks every n seconds, on one worker at a time (pydocket).

Of nine engines that were killed in the middle of their work, pydocket lost and doubled nothing; it renews leases, knows
unique keys, and runs on Sentinel and Cluster. Its arguments are pickled: only ids and words are passed, and whoever can
write to Redis owns the worker (see README, Security).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from docket import Docket, Perpetual, Worker

from bot.metrics import CHECK_SECONDS
from bot.store import StoreError
from bot.tempo import Tempo
from bot.wallclock import WallClock

Job = Callable[..., Awaitable[None]]

CONCURRENCY = 64  # jobs of one worker at once; a channel's drain is one
# How soon a worker sees that the time of some work has come or, once all its places were taken, that one is free again.
# For work to be done now it does not wait: Redis tells of it.
CHECK_INTERVAL = timedelta(milliseconds=50)
RECONNECT = timedelta(seconds=1)

log = structlog.get_logger(__name__)


class _Check(Perpetual):
    """Docket starts it by itself: ``first`` after a worker has started, and then ``every`` so often."""

    def __init__(self, first: timedelta, every: timedelta) -> None:
        super().__init__(every=every, automatic=True)
        self._first = first

    @property
    def initial_when(self) -> datetime | None:
        return datetime.now(UTC) + self._first if self._first else None


class Clock:
    """The five verbs: ``add``, ``add_at``, ``cancel``, ``every`` and ``run``. All lives under ``desk`` in Redis."""

    def __init__(self, url: str, tempo: Tempo, wall: WallClock) -> None:
        self._wall = wall
        beat = timedelta(seconds=min(2.0, tempo.job_lease / 5))
        self._docket = Docket(name="desk", url=url, heartbeat_interval=beat, execution_ttl=timedelta(minutes=1))
        self._lease = timedelta(seconds=tempo.job_lease)
        self._drain = tempo.drain
        self._first = timedelta(seconds=tempo.first_checks)

    async def __aenter__(self) -> "Clock":
        await self._docket.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._docket.__aexit__(None, None, None)

    def jobs(self, jobs: Mapping[str, Job]) -> None:
        """What each name means; the same in every process."""
        for name, job in jobs.items():
            self._docket.register(job, names=[name])

    async def add(self, job: str, *args: str, key: str) -> None:
        """Do ``job`` as soon as a worker is free; a second add of a key that still waits changes nothing."""
        await self._docket.add(job, key=key)(*args)

    async def add_at(self, when: datetime, job: str, *args: str, key: str) -> None:
        """Do ``job`` at ``when`` (aware); a second add of the key changes nothing."""
        await self._docket.add(job, when=when - timedelta(seconds=self._wall.ahead), key=key)(*args)

    async def cancel(self, key: str) -> None:
        """Forget the work under ``key``, unless it has begun."""
        await self._docket.cancel(key)

    def every(self, name: str, seconds: float, check: Callable[[], Awaitable[None]]) -> None:
        """Run ``check`` now and then every so many seconds, on one worker at a time; a failure is logged."""

        async def run(perpetual: Perpetual = _Check(self._first, timedelta(seconds=seconds))) -> None:  # noqa: B008 - docket's way
            started = time.perf_counter()
            try:
                await check()
            except StoreError as error:  # no fault of its own; while Redis is away all checks say so, and often
                log.warning("check_failed", check=name, error=type(error).__name__)
            except Exception:
                log.exception("check_failed", check=name)
            CHECK_SECONDS.labels(name).observe(time.perf_counter() - started)

        run.__name__ = f"every_{name}"
        self._docket.register(run)

    async def _unlock_checks(self) -> None:
        """A worker that is killed while it starts leaves docket's lock behind, and only some of the checks under way.

        The next one would find the lock taken, and start none of the others for a minute. Two workers that start a
        check at the same time start it once, by its key.
        """
        with suppress(StoreError):  # docket itself waits until Redis is there
            async with self._docket.redis() as redis:
                await redis.delete(self._docket.key("perpetual:lock"))

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping``; what is at hand then has ``drain`` seconds to end, else it is taken up elsewhere."""
        await self._unlock_checks()
        async with Worker(
            self._docket,
            concurrency=CONCURRENCY,
            minimum_check_interval=CHECK_INTERVAL,
            scheduling_resolution=CHECK_INTERVAL,
            redelivery_timeout=self._lease,
            reconnection_delay=RECONNECT,
        ) as worker:
            working = asyncio.create_task(worker.run_forever())
            stop = asyncio.create_task(stopping.wait())
            await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if working.done():
                await working  # it never ends by itself: this raises
            working.cancel()
            await asyncio.wait({working}, timeout=self._drain)
            while not working.done():  # again and again: under Python 3.11 redis-py may lose a cancellation
                log.warning("jobs_cut_off")
                working.cancel()
                await asyncio.wait({working}, timeout=1.0)
