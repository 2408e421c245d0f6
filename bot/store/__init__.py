"""What we remember: one class per record, and the only place that speaks Redis."""

from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.store.audit import Audit
from bot.store.campaigns import Campaigns
from bot.store.conversations import Conversations
from bot.store.drafts import Drafts
from bot.store.events import EventStream
from bot.store.flood import FloodLimits, FloodWindows
from bot.store.looks import Looks
from bot.store.notes import Notes
from bot.store.optouts import OptOuts
from bot.store.pace import Pace
from bot.store.people import People
from bot.store.posts import Anchors, Posts
from bot.wallclock import WallClock

StoreError = RedisError
StoreAway = (RedisConnectionError, RedisTimeoutError)

__all__ = ["Store", "StoreAway", "StoreError", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """Every record of the bot."""

    redis: Redis
    anchors: Anchors
    audit: Audit
    campaigns: Campaigns
    conversations: Conversations
    drafts: Drafts
    events: EventStream
    flood: FloodWindows
    held: Looks
    notes: Notes
    optouts: OptOuts
    people: People
    posts: Posts
    provider_pace: Pace
    unknown: Looks

    async def ping(self) -> None:
        """Raises one of ``StoreAway`` when Redis cannot be reached."""
        await self.redis.ping()


def open_store(
    client: Redis | RedisCluster,
    *,
    flood: FloodLimits,
    retention_days: int,
    provider_pace: float,
    wall: WallClock | None = None,
) -> Store:
    """All records on one connection pool. ``provider_pace``: seconds between two requests to the provider."""
    wall = wall or WallClock()
    redis = cast("Redis", client)  # the Cluster client has the same commands
    retention = retention_days * 86_400
    return Store(
        redis=redis,
        anchors=Anchors(redis, retention),
        audit=Audit(redis),
        campaigns=Campaigns(redis, retention, wall.seconds),
        conversations=Conversations(redis, retention, wall.seconds),
        drafts=Drafts(redis),
        events=EventStream(redis),
        flood=FloodWindows(redis, flood, lambda: wall.ahead),
        held=Looks(redis, "held", wall.seconds),
        notes=Notes(redis),
        optouts=OptOuts(redis, wall.seconds),
        people=People(redis),
        posts=Posts(redis),
        provider_pace=Pace(redis, "smsfactor", provider_pace),
        unknown=Looks(redis, "unknown", wall.seconds),
    )
