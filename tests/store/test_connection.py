"""Connecting to every kind of Redis: against real servers, each started for its test."""

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from docket._redis import RedisConnection
from docket._redis_sentinel import parse_sentinel_url as parse_as_docket
from redis._parsers import _AsyncHiredisParser
from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.store.connection import connect, parse_sentinel_url
from bot.store.embedded import EmbeddedServer, find_binary


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def valkey(*arguments: str, cwd: Path) -> AsyncIterator[int]:
    """A real Valkey on a TCP port of its own; yields the port once it answers."""
    port = free_port()
    process = subprocess.Popen(  # noqa: ASYNC220
        [find_binary(), *arguments, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
    )
    try:
        async with Redis(port=port) as client, asyncio.timeout(10):
            await until_answered(client, "PING")
        yield port
    finally:
        process.terminate()
        process.wait()


async def until_answered(client: Redis | RedisCluster, *command: str, answer: bytes = b"") -> None:
    """Asks until an answer contains `answer`: a foreign process does not tell when it is ready."""
    while True:
        with contextlib.suppress(RedisError):
            if answer in str(await client.execute_command(*command)).encode():  # type: ignore[no-untyped-call]
                return
        await asyncio.sleep(0.01)


async def take_all_slots(port: int) -> None:
    """Makes the node of a Cluster a whole one."""
    async with Redis(port=port) as node, asyncio.timeout(10):
        await until_answered(node, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        await until_answered(node, "CLUSTER", "INFO", answer=b"cluster_state:ok")


async def test_tcp_url_connects_to_its_database(tmp_path: Path) -> None:
    async with valkey(cwd=tmp_path) as port, connect(f"redis://127.0.0.1:{port}/3") as client:
        await client.set("key", "value")
        assert await client.get("key") == b"value"
        assert "db3" in await client.info("keyspace")


async def test_unix_url_connects_to_the_embedded_server(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path / "data dir") as server, connect(server.url) as client:
        await client.set("key", "value")
        assert await client.get("key") == b"value"


async def test_sentinel_url_connects_to_the_master(tmp_path: Path) -> None:
    async with valkey(cwd=tmp_path) as port:
        config = tmp_path / "sentinel.conf"
        config.write_text(f"sentinel monitor desk 127.0.0.1 {port} 1\n")
        dead = free_port()
        async with valkey(str(config), "--sentinel", cwd=tmp_path) as sentinel:
            # The first Sentinel of the list is down: the next one is asked.
            client = connect(f"redis+sentinel://127.0.0.1:{dead},127.0.0.1:{sentinel}/desk/2")
            async with client, asyncio.timeout(10):
                await until_answered(client, "PING")
                await client.set("key", "value")
                assert await client.get("key") == b"value"
                assert (await client.info("server"))["tcp_port"] == port
                assert "db2" in await client.info("keyspace")


async def test_cluster_url_connects_through_one_node(tmp_path: Path) -> None:
    async with valkey("--cluster-enabled", "yes", cwd=tmp_path) as port:
        await take_all_slots(port)
        async with connect(f"redis+cluster://127.0.0.1:{port}") as client:
            assert isinstance(client, RedisCluster)
            await client.set("key", "value")
            assert await client.get("key") == b"value"


@pytest.mark.parametrize("kind", ["tcp", "unix", "cluster"])
async def test_answers_are_read_by_the_parser_in_c(tmp_path: Path, kind: str) -> None:
    """redis-py takes it by itself where hiredis is installed; no option of ours may take another one."""
    arguments = {
        "tcp": (),
        "unix": ("--unixsocket", str(tmp_path / "valkey.sock")),
        "cluster": ("--cluster-enabled", "yes"),
    }
    async with valkey(*arguments[kind], cwd=tmp_path) as port:
        url = {"unix": f"unix://{tmp_path}/valkey.sock", "cluster": f"redis+cluster://127.0.0.1:{port}"}
        if kind == "cluster":
            await take_all_slots(port)
        async with connect(url.get(kind, f"redis://127.0.0.1:{port}")) as client:
            await client.set("key", "value")
            if isinstance(client, RedisCluster):
                connection = client.get_default_node().acquire_connection()
            else:
                connection = await client.connection_pool.get_connection()
            assert connection.is_connected
            assert isinstance(connection._parser, _AsyncHiredisParser)
            await connection.disconnect()


async def test_command_is_sent_again_when_its_connection_broke(tmp_path: Path) -> None:
    async with valkey(cwd=tmp_path) as port, connect(f"redis://127.0.0.1:{port}") as client:
        await client.set("key", "value")
        async with Redis(port=port) as other:
            await other.client_kill_filter(_type="normal", skipme=True)
        assert await client.get("key") == b"value"


async def test_server_that_is_not_there_is_an_error_within_a_second() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}") as client, asyncio.timeout(1):
        with pytest.raises(RedisConnectionError):
            await client.ping()


async def test_silent_server_is_a_time_out_that_is_not_retried() -> None:
    """A server that accepts and never answers costs one read time-out, not four."""
    connected = 0

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected
        connected += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"redis://127.0.0.1:{port}", read_timeout=0.05) as client:
            with pytest.raises(RedisTimeoutError):
                await client.ping()
    assert connected == 1


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://10.0.0.1/desk",
        "redis+sentinel://10.0.0.1:5000,10.0.0.2:5001,sentinel.example.org/desk/4",
        "redis+sentinel://[::1]:5000,[fe80::1]/desk",
        "redis+sentinel://user:w%40rd%2F@10.0.0.1,10.0.0.2/desk/0",
        "redis+sentinel://:word@10.0.0.1/desk?sentinel_username=su&sentinel_password=s%26p",
        "redis+sentinel://10.0.0.1/desk?socket_timeout=2.5&health_check_interval=7&db=5&password=no",
        "rediss+sentinel://10.0.0.1/desk?ssl_ca_certs=%2Fetc%2Fca.pem&max_connections=9&sentinel_password=sp",
        "rediss+sentinel://:word@10.0.0.1/desk",
    ],
)
def test_sentinel_url_is_read_as_docket_reads_it(url: str) -> None:
    ours, theirs = parse_sentinel_url(url), parse_as_docket(url)
    assert ours.sentinels == theirs.sentinels
    assert ours.service == theirs.service_name
    assert ours.options.pop("db") == theirs.db
    assert ours.options == theirs.connection_kwargs
    assert ours.sentinel_options == theirs.sentinel_kwargs


@pytest.mark.parametrize("scheme", ["redis+cluster", "rediss+cluster"])
async def test_cluster_url_is_read_as_docket_reads_it(scheme: str) -> None:
    url = f"{scheme}://user:word@10.0.0.1:7000"
    theirs = RedisCluster.from_url(RedisConnection(url)._normalized_url())
    ours = connect(url)
    assert isinstance(ours, RedisCluster)
    assert [node.name for node in ours.nodes_manager.startup_nodes.values()] == ["10.0.0.1:7000"]
    for name in ("username", "password", "connection_class"):
        assert ours.connection_kwargs[name] == theirs.connection_kwargs[name]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "10.0.0.1:6379",
        "memory://",
        "memcached://10.0.0.1",
        "unix+sentinel:///run/sentinel.sock/desk",
        "redis+sentinel://:hunter2@10.0.0.1:5000",
        "redis+sentinel://:hunter2@/desk",
        "redis+sentinel://:hunter2@10.0.0.1:port/desk",
        "redis+sentinel://:hunter2@10.0.0.1,:5000/desk",
        "redis+sentinel://:hunter2@10.0.0.1/desk/first",
    ],
)
def test_url_of_no_known_form_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="REDIS_URL") as refused:
        connect(url)
    assert "hunter2" not in str(refused.value)
