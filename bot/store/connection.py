"""The way to Redis: one client from REDIS_URL, whether it names a server, a socket, Sentinels or a Cluster.

The forms are those that docket reads, because the clock is handed the same URL:

* `redis://[user:word@]host[:port][/db]`, `rediss://…` with TLS, `unix:///path/to/socket[?db=1]`;
* `redis+sentinel://[user:word@]host[:port],host[:port]/service[/db]`, where the user is the one of the data
  nodes and `?sentinel_username=…&sentinel_password=…` the one of the Sentinels;
* `redis+cluster://[user:word@]host[:port]`, one node through which the others are found;
* `rediss+sentinel://…` and `rediss+cluster://…` with TLS everywhere.

Options of redis-py may follow as a query, e.g. `?ssl_ca_certs=/etc/ca.pem`; they win over ours.
"""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

Client = Redis | RedisCluster

TIMEOUT = 5.0  # seconds, to connect and to read an answer
RETRIES = 3  # after 50, 100 and 200 ms
SENTINEL_PORT = 26379  # Redis docs, "High availability with Redis Sentinel"


class SentinelAddress(NamedTuple):
    """What a `redis+sentinel://` URL says."""

    sentinels: list[tuple[str, int]]
    service: str
    options: dict[str, Any]
    """For the connections to the data nodes, as redis-py takes them."""
    sentinel_options: dict[str, Any]
    """For those to the Sentinels."""


def connect(url: str, *, read_timeout: float = TIMEOUT) -> Client:
    """A client for `url` that has not connected yet; close it with `aclose()`. Answers are bytes.

    A command whose connection broke is sent again, up to `RETRIES` times, although it may have been done
    already: every script and command of the store must bear being repeated. `read_timeout` is in seconds; a
    client for blocking reads needs more than they may block.

    Under Python 3.11 a task that is cancelled in the very moment in which a command is written may not notice
    (`asyncio.wait_for` of that version, used by redis-py): whoever ends such a task cancels it until it is done.

    Raises `ValueError`, without the URL in it, for a URL of no known form.
    """
    options: dict[str, Any] = {
        "decode_responses": False,
        "socket_timeout": read_timeout,
        "socket_connect_timeout": TIMEOUT,
        "health_check_interval": 15,
        "driver_info": None,  # nobody asks the server who its clients are, and to tell it costs two round trips
        # A time-out is not retried: its command has waited long enough, and whoever asked decides. (redis-py's
        # client for a Cluster retries it all the same.)
        "retry": Retry(ExponentialBackoff(base=0.025, cap=1), RETRIES, (RedisConnectionError,)),
    }
    kind, _, rest = url.partition("://")
    match kind.split("+"):
        case ["redis" | "rediss" | "unix"]:
            return Redis.from_url(url, **options)
        case ["redis" | "rediss" as scheme, "cluster"]:
            return RedisCluster.from_url(f"{scheme}://{rest}", **options)
        case ["redis" | "rediss", "sentinel"]:
            return _master(parse_sentinel_url(url), options)
        case _:
            raise ValueError("REDIS_URL begins with no known scheme")


class _MasterPool(SentinelConnectionPool):
    """Closes the clients of the Sentinels with itself; redis-py leaves them to whoever made them."""

    async def aclose(self) -> None:
        await super().aclose()
        await self.sentinel_manager.aclose()


def _master(address: SentinelAddress, options: dict[str, Any]) -> Redis:
    """A client that asks the Sentinels for the master whenever it connects."""
    sentinel_options = {
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        # Where one Sentinel does not answer the next one is asked, which is quicker than to insist.
        "retry": Retry(ExponentialBackoff(), 0, (RedisConnectionError,)),
        **address.sentinel_options,
    }
    sentinel = Sentinel(address.sentinels, sentinel_kwargs=sentinel_options)  # type: ignore[no-untyped-call]
    master: Redis = sentinel.master_for(
        address.service, connection_pool_class=_MasterPool, **{**options, **address.options}
    )
    return master


def parse_sentinel_url(url: str) -> SentinelAddress:
    """Reads a `redis+sentinel://` or `rediss+sentinel://` URL. Raises `ValueError` saying what it lacks."""
    scheme, _, rest = url.partition("://")
    authority, _, tail = rest.partition("/")
    user, _, hosts = authority.rpartition("@")
    path, _, query = tail.partition("?")
    service, _, database = path.strip("/").partition("/")
    if not service:
        raise ValueError("REDIS_URL names no Sentinel service")
    if database and not database.isdecimal():
        raise ValueError("REDIS_URL has a database that is no number")

    # The database and the user have their places in the URL; docket too overlooks them here.
    settings = {name: value for name, value in parse_qsl(query) if name not in ("db", "username", "password")}
    sentinel_options: dict[str, Any] = {
        name: settings.pop(f"sentinel_{name}") for name in ("username", "password") if f"sentinel_{name}" in settings
    }
    # The rest is what a plain URL may say of the master, so redis-py reads it as one.
    options: dict[str, Any] = dict(parse_url(f"redis://{user}@/{database or 0}?{urlencode(settings)}"))
    if scheme.startswith("rediss"):
        tls = {name: value for name, value in options.items() if name.startswith("ssl_")} | {"ssl": True}
        options |= tls
        sentinel_options |= tls
    return SentinelAddress(_hosts(hosts), service, options, sentinel_options)


def _hosts(listed: str) -> list[tuple[str, int]]:
    hosts = []
    for member in filter(None, map(str.strip, listed.split(","))):
        try:
            parts = urlsplit(f"//{member}")
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError("REDIS_URL has a Sentinel whose address cannot be read") from None
        if not host:
            raise ValueError("REDIS_URL has a Sentinel without a host")
        hosts.append((host, port or SENTINEL_PORT))
    if not hosts:
        raise ValueError("REDIS_URL names no Sentinel")
    return hosts
