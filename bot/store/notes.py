"""Small facts that all processes share: figures for /sms status, what was told already, which events came."""

import secrets

from redis.asyncio import Redis

from bot.store.answers import as_text


class Notes:
    """``figures`` → hash of counters, kept for good.  ``told:{what}`` → 1, until its time is over;
    ``spell:{what}`` → a random word; ``untell`` deletes both.  ``newest:{what}`` → sorted set of one member by the time
    of the latest act; as long as its last ``newest`` said."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, what: str, by: int = 1) -> None:
        """Add to a figure."""
        await self._redis.hincrby("figures", what, by)

    async def figures(self) -> dict[str, int]:
        """All figures."""
        return {as_text(k): int(v) for k, v in (await self._redis.hgetall("figures")).items()}

    async def tell_once(self, what: str, seconds: int) -> bool:
        """True for the first who asks within ``seconds``."""
        return bool(await self._redis.set(f"told:{{{what}}}", 1, nx=True, ex=seconds))

    async def newest(self, what: str, at: float, seconds: int) -> bool:
        """Note an act at ``at``, for so many seconds; False if a later one was noted before."""
        key = f"newest:{{{what}}}"
        await self._redis.zadd(key, {"act": at}, gt=True)
        await self._redis.expire(key, seconds)
        latest = await self._redis.zscore(key, "act")
        return latest is None or float(latest) <= at

    async def told(self, what: str) -> bool:
        """Whether it was told."""
        return bool(await self._redis.exists(f"told:{{{what}}}"))

    async def spell(self, what: str) -> str:
        """A word for the present spell of ``what``: the same until ``untell``, so that telling it twice is one post."""
        key = f"spell:{{{what}}}"
        await self._redis.set(key, secrets.token_hex(6), nx=True)
        return as_text(await self._redis.get(key))

    async def untell(self, what: str) -> None:
        """It is over, or was not told after all: it may be told again."""
        for key in (f"told:{{{what}}}", f"spell:{{{what}}}"):
            await self._redis.delete(key)
