"""What we remember: one class per record, and the only place that speaks Redis."""

from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.store.aside import Aside
from bot.store.audit import Audit
from bot.store.campaigns import Campaigns
from bot.store.catchup import CatchUp
from bot.store.contacts import Contacts
from bot.store.conversations import Conversations
from bot.store.drafts import Drafts
from bot.store.events import EventStream
from bot.store.flood import FloodLimits, FloodWindows
from bot.store.inbox import Inbox
from bot.store.looks import Looks
from bot.store.lost import LostChannels
from bot.store.notes import Notes
from bot.store.optouts import OptOuts
from bot.store.pace import Pace
from bot.store.people import People
from bot.store.posts import Anchors, Posts
from bot.store.team import Team
from bot.store.templates import Templates
from bot.wallclock import WallClock

StoreError = RedisError
StoreAway = (RedisConnectionError, RedisTimeoutError)

__all__ = ["HalfDoneError", "Store", "StoreAway", "StoreError", "open_store"]


class HalfDoneError(StoreError):
    """Redis failed in the middle: what was asked for is written, or is not, or in part."""


@dataclass(frozen=True, slots=True)
class Store:
    """Every record of the bot."""

    redis: Redis
    anchors: Anchors
    aside: Aside
    audit: Audit
    campaigns: Campaigns
    catchup: CatchUp
    contacts: Contacts
    conversations: Conversations
    drafts: Drafts
    events: EventStream
    flood: FloodWindows
    held: Looks
    inbox: Inbox
    lost: LostChannels
    notes: Notes
    optouts: OptOuts
    people: People
    posts: Posts
    provider_pace: Pace
    team: Team
    templates: Templates
    unknown: Looks
    unlisted: Looks

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
        aside=Aside(redis),
        audit=Audit(redis),
        campaigns=Campaigns(redis, retention, wall.seconds),
        catchup=CatchUp(redis),
        contacts=Contacts(redis, retention),
        conversations=Conversations(redis, retention, wall.seconds),
        drafts=Drafts(redis),
        events=EventStream(redis),
        flood=FloodWindows(redis, flood, lambda: wall.ahead),
        held=Looks(redis, "held", wall.seconds),
        inbox=Inbox(redis, wall.seconds),
        lost=LostChannels(redis, wall.seconds),
        notes=Notes(redis),
        optouts=OptOuts(redis, wall.seconds),
        people=People(redis),
        posts=Posts(redis),
        provider_pace=Pace(redis, "smsfactor", provider_pace),
        team=Team(redis),
        templates=Templates(redis),
        unknown=Looks(redis, "unknown", wall.seconds),
        unlisted=Looks(redis, "optouts:unlisted", wall.seconds),
    )
