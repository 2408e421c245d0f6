"""The load: a process that keeps some connections busy for some seconds, and writes down what came back.

``python -m tests.bench.generator '<JSON of Order>' <file for the JSON of Load>``. It says ``{"event": "serving"}`` on
stderr when the first requests leave, so that two of them can run at the same time. An ``asyncio.Protocol``, because an
HTTP client in Python would need more time than the servers that it is to measure.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import uvloop

from tests.bench.figures import median, percentile

DISTINCT = 20_000  # bodies that are prepared; then they are sent once more


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where: ``kind`` is "receipts" or "commands"; ``pause`` is seconds between two of a connection."""

    kind: str
    port: int
    path: str
    secret: str
    connections: int = 1
    seconds: float = 1.0
    pause: float = 0.0
    warm_up: float = 0.2


@dataclass(frozen=True, slots=True)
class Load:
    """What came back after the warm-up; latencies in seconds."""

    rate: float
    median: float
    p99: float
    statuses: dict[str, int]
    bodies: list[int]  # the lengths of the answers, each once


class _Connection(asyncio.Protocol):
    """One request at a time, the next one as soon as the answer is there."""

    def __init__(self, requests: Iterator[bytes], pause: float, seen: list[tuple[float, float, bytes, int]]) -> None:
        self._requests = requests
        self._pause = pause
        self._seen = seen
        self._answer = b""
        self._sent = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is not derived from it
        self._send()

    def _send(self) -> None:
        if not self._transport.is_closing():
            self._sent = time.perf_counter()
            self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        now = time.perf_counter()
        self._seen.append((now, now - self._sent, head[9:12], length))
        self._answer = b""
        if self._pause:
            asyncio.get_running_loop().call_later(self._pause, self._send)
        else:
            self._send()

    def close(self) -> None:
        self._transport.close()


async def _run(order: Order) -> Load:
    requests = itertools.cycle(_receipts(order) if order.kind == "receipts" else _commands(order))
    seen: list[tuple[float, float, bytes, int]] = []
    loop = asyncio.get_running_loop()
    connections = []
    sys.stderr.write('{"event": "serving"}\n')
    sys.stderr.flush()
    for _ in range(order.connections):
        _, connection = await loop.create_connection(
            lambda: _Connection(requests, order.pause, seen), "127.0.0.1", order.port
        )
        connections.append(connection)
    await asyncio.sleep(order.warm_up)
    began = time.perf_counter()
    await asyncio.sleep(order.seconds)
    ended = time.perf_counter()
    for connection in connections:
        connection.close()
    counted = [answer for answer in seen if began <= answer[0] <= ended]
    if not counted:
        raise RuntimeError("no answer at all")
    times = [took for _, took, _, _ in counted]
    return Load(
        rate=len(counted) / (ended - began),
        median=median(times),
        p99=percentile(times, 0.99),
        statuses=dict(Counter(status.decode() for _, _, status, _ in seen)),
        bodies=sorted({length for *_, length in seen}),
    )


def _receipts(order: Order) -> list[bytes]:
    headers = f"X-SMSFactor-Signature: {order.secret}\r\nContent-Type: application/json"
    return [_request(order.path, headers, json.dumps(receipt(n)).encode()) for n in range(DISTINCT)]


def receipt(n: int, campaign: str = "cbench", index: int | None = None) -> dict[str, object]:
    """The n-th delivery report, as SMSFactor posts it (SMSFactor docs, webhook/dlr)."""
    return {
        "date": "2026-03-02T09:00:09+01:00",
        "status": 3,
        "destination": f"336{n:08}",
        "message_id": f"{campaign}-{n if index is None else index}",
        "campaign_id": "20480001",
        "country_code": "FR",
    }


def _commands(order: Order) -> list[bytes]:
    """Signed slash commands, as Slack posts them (Slack docs, interactivity/slash-commands)."""
    moment = str(int(time.time()))
    requests = []
    for n in range(1_000):
        fields = {
            "token": "of-old",
            "team_id": "T0DESK",
            "team_domain": "desk",
            "channel_id": "C0SMS",
            "channel_name": "sms",
            "user_id": "U0ALICE",
            "user_name": "alice",
            "command": "/sms",
            "text": "help",
            "api_app_id": "A0DESK",
            "is_enterprise_install": "false",
            "response_url": f"http://127.0.0.1:9/{n}",
            "trigger_id": f"{n}.1.f",
        }
        body = urlencode(fields).encode()
        base = b"v0:" + moment.encode() + b":" + body
        signature = "v0=" + hmac.new(order.secret.encode(), base, hashlib.sha256).hexdigest()
        headers = (
            f"X-Slack-Request-Timestamp: {moment}\r\nX-Slack-Signature: {signature}\r\n"
            "Content-Type: application/x-www-form-urlencoded"
        )
        requests.append(_request(order.path, headers, body))
    return requests


def _request(path: str, headers: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    found = uvloop.run(_run(Order(**json.loads(sys.argv[1]))))
    Path(sys.argv[2]).write_text(json.dumps(asdict(found)), encoding="ascii")
