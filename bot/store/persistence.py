"""Whether Redis keeps what it is told: can it be written, does it write to disk, does it forget when it is full."""

from dataclasses import dataclass
from typing import Any

from redis.asyncio import RedisCluster
from redis.exceptions import ResponseError

from bot.store.connection import Client

PROBE = "doctor"
PROBE_KEPT = 10  # seconds, should we be gone before it is deleted


@dataclass(frozen=True, slots=True)
class Persistence:
    """How one server keeps its data (Redis docs, commands/info).

    ``appends``: it has an append-only file. ``snapshots``: it saves a snapshot now and then. ``failing``: the last
    try at one of them went wrong. ``policy``: its ``maxmemory-policy``, empty if it does not say.
    """

    appends: bool
    snapshots: bool
    failing: bool
    policy: str


async def probe(redis: Client) -> None:
    """Write and delete a key of our own. Raises ``StoreError`` where that is not allowed or not possible."""
    await redis.set(PROBE, 1, ex=PROBE_KEPT)
    await redis.delete(PROBE)


async def look(redis: Client) -> list[Persistence]:
    """One entry for each server that takes writes. Raises ``StoreError``."""
    if not isinstance(redis, RedisCluster):
        return [await _look(redis)]
    await redis.initialize()
    return [await _look(redis, target_nodes=node) for node in redis.get_primaries()]


async def _look(redis: Any, **where: Any) -> Persistence:
    about = await redis.info("persistence", **where)
    memory = await redis.info("memory", **where)
    states = (about.get("aof_last_write_status"), about.get("rdb_last_bgsave_status"))
    return Persistence(
        appends=bool(about.get("aof_enabled")),
        snapshots=await _has_snapshots(redis, about, where),
        failing=any(state not in (None, "ok") for state in states),
        policy=str(memory.get("maxmemory_policy", "")),
    )


async def _has_snapshots(redis: Any, about: dict[str, Any], where: dict[str, Any]) -> bool:
    """By its rules or, at a host that forbids CONFIG, by whether it has taken one since its start."""
    try:
        rules = await redis.config_get("save", **where)
    except ResponseError:
        return bool(about.get("rdb_saves"))
    return any(rules.values())
