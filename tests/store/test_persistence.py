"""What a server says of its own persistence, asked of real ones."""

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ReadOnlyError

from bot.store.connection import connect
from bot.store.persistence import Persistence, look, probe
from tests.store.test_connection import free_port, until_answered, valkey

APPENDING = Persistence(appends=True, snapshots=False, failing=False, policy="noeviction")


async def test_an_append_only_server_keeps_its_data(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        assert await look(redis) == [APPENDING]


async def test_every_server_of_a_cluster_that_takes_writes_is_asked(tmp_path: Path) -> None:
    async with valkey("--cluster-enabled", "yes", "--appendonly", "yes", cwd=tmp_path) as port:
        async with Redis(port=port) as node, asyncio.timeout(10):
            await until_answered(node, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            await until_answered(node, "CLUSTER", "INFO", answer=b"cluster_state:ok")
        async with connect(f"redis+cluster://127.0.0.1:{port}") as cluster:
            await probe(cluster)
            assert await look(cluster) == [APPENDING]


async def test_a_host_that_forbids_config_is_judged_by_the_snapshots_it_took(redis_url: str) -> None:
    """Hosted servers often do."""
    async with connect(redis_url) as admin, asyncio.timeout(10):
        await admin.execute_command("ACL", "SETUSER", "tenant", "on", ">word", "~*", "&*", "+@all", "-config")
        async with connect(f"{redis_url}?username=tenant&password=word") as redis:
            assert [server.snapshots for server in await look(redis)] == [False]
            await admin.bgsave()
            while not (await admin.info("persistence"))["rdb_saves"]:
                await admin.ping()
            assert [server.snapshots for server in await look(redis)] == [True]


async def test_the_probe_leaves_nothing_and_fails_where_nothing_can_be_written(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        await probe(redis)
        assert await redis.keys("*") == []
        await redis.execute_command("REPLICAOF", "127.0.0.1", free_port())
        with pytest.raises(ReadOnlyError):
            await probe(redis)
        await redis.execute_command("REPLICAOF", "NO", "ONE")
