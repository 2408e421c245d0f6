"""Who did what: sends, reveals, settings. Ids only, never a number or a text."""

import time

from redis.asyncio import Redis

from bot.store.answers import as_text

KEPT_DAYS = 365


class Audit:
    """``audit`` → stream of (who, what, subject); entries leave it after ``KEPT_DAYS`` days."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def record(self, who: str, what: str, subject: str) -> None:
        """``who`` is a Slack user id, ``subject`` the id of a campaign or conversation."""
        oldest = int((time.time() - KEPT_DAYS * 86_400) * 1000)
        entry: dict[bytes | str, str] = {"who": who, "what": what, "subject": subject}
        await self._redis.xadd("audit", entry, minid=str(oldest), approximate=True)  # type: ignore[arg-type]  # dict is invariant

    async def last(self, count: int) -> list[dict[str, str]]:
        """The newest entries, newest first."""
        rows = await self._redis.xrevrange("audit", count=count)
        return [{as_text(k): as_text(v) for k, v in (fields or {}).items()} for _, fields in rows or ()]
