"""The case beside our worker: a consumer that takes one receipt at a time and awaits each command.

``python -m tests.bench.one_by_one <redis url>``: empties the streams, then ends. It does what ours does to a receipt:
was it seen, its byte, both counters, acknowledge, delete.
"""

import json
import sys
from typing import Any

import uvloop
from redis.asyncio import Redis


async def main(url: str) -> None:
    """All partitions, one after the other."""
    async with Redis.from_url(url) as redis:
        sys.stderr.write('{"event": "working"}\n')
        sys.stderr.flush()
        for partition in range(8):
            stream = f"events:{{{partition}}}"
            while await _take_one(redis, stream):
                pass


async def _take_one(redis: Redis, stream: str) -> bool:
    answer: Any = await redis.xreadgroup("relay", "holder", {stream: ">"}, count=1)
    if not answer:
        return False
    rows = next(iter(answer.values()))[0] if isinstance(answer, dict) else answer[0][1]
    event, fields = rows[0]
    if await redis.sadd(f"{stream}:seen", fields[b"print"]):
        receipt = json.loads(fields[b"body"])
        campaign, _, index = receipt["message_id"].rpartition("-")
        states, counts = f"campaign:{{{campaign}}}:state", f"campaign:{{{campaign}}}:count"
        old: Any = await redis.getrange(states, int(index), int(index))
        if old != b"d":
            await redis.setrange(states, int(index), "d")
            await redis.hincrby(counts, old, -1)
            await redis.hincrby(counts, "d", 1)
    await redis.xack(stream, "relay", event)
    await redis.xdel(stream, event)
    return True


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
