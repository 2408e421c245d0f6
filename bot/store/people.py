"""Who the people in Slack are, as Slack last said; so that rights are checked without asking Slack each time."""

import json
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

KEPT = 300  # seconds; the event user_change forgets a person sooner


@dataclass(frozen=True, slots=True)
class Person:
    """What rights and times depend on (Slack docs, users.info)."""

    id: str
    team: str
    full_member: bool
    admin: bool
    timezone: str


class People:
    """``person:{id}`` → JSON of ``Person``, kept ``KEPT`` seconds or until Slack says that it changed."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, user: str) -> Person | None:
        """What we were told in the last minutes."""
        entry = await self._redis.get(f"person:{{{user}}}")
        return None if entry is None else Person(**json.loads(entry))

    async def put(self, person: Person) -> None:
        """Remember for a while."""
        await self._redis.set(f"person:{{{person.id}}}", json.dumps(asdict(person)), ex=KEPT)

    async def forget(self, user: str) -> None:
        """Ask Slack again next time."""
        await self._redis.delete(f"person:{{{user}}}")
