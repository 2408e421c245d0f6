"""What time would do to the leases of a bot that was killed, done at once, so that no story waits for it."""

from collections import defaultdict
from typing import Any

from redis.asyncio import Redis

from tests.conftest import Town

JOBS = "desk:stream"  # docket's: the jobs that were handed to a worker
DUE_JOBS = "desk:queue"  # docket's: the jobs that are to be done later, by their time
LEASES_OF_JOBS = ("desk:leases:redelivery-sweep", "desk:perpetual:lock")
LONG_AGO = 3_600_000  # milliseconds


async def let_leases_run_out(town: Town) -> None:
    """Do to Redis, while no worker is up, what as many seconds without one do; the desk's clock moves with it.

    Only what ends with time is touched: who tends a partition, who drains a channel, who has a job, and when the next
    jobs and looks are due. What the dead worker had read and written stays as it left it.
    """
    services = town.desk.services
    tempo, redis = services.tempo, services.store.redis
    seconds = max(tempo.lease, tempo.job_lease, tempo.settle_grace, tempo.triage_again, tempo.sweep)
    await redis.delete(*LEASES_OF_JOBS, *[key async for key in redis.scan_iter("events:*:lease")])
    async for state in redis.scan_iter("posts:*:state"):
        if await redis.hexists(state, "held_until"):
            await redis.hset(state, "held_until", 0)
    await _leave_jobs_idle(redis)
    for job in await redis.zrange(DUE_JOBS, 0, -1):
        await redis.zincrby(DUE_JOBS, -seconds, job)
    services.wall.ahead += seconds


async def _leave_jobs_idle(redis: Redis) -> None:
    """The jobs that a worker holds have not been renewed for long."""
    if not await redis.exists(JOBS):
        return
    for group in await redis.xinfo_groups(JOBS):
        held: defaultdict[bytes, list[Any]] = defaultdict(list)
        for job in await redis.xpending_range(JOBS, group["name"], "-", "+", 1_000):
            held[job["consumer"]].append(job["message_id"])
        for worker, jobs in held.items():
            await redis.xclaim(JOBS, group["name"], worker, 0, jobs, idle=LONG_AGO, justid=True)
