"""Campaigns: what was asked for, and what became of it."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis

from bot.store.answers import as_bytes, as_text, as_texts
from bot.store.campaign import Campaign, CampaignState, MessageState, Order
from bot.store.script import Script

DISK_PATIENCE = 2_000  # milliseconds
_PACKED = 8  # bytes of one recipient: an E.164 number has at most 15 digits


class Campaigns:
    """``campaign:{id}`` → hash: order (JSON), state, ticket, cost, … ; ``:to`` → packed recipients;
    ``:state`` → a byte per message; ``:count`` → hash of those bytes and of clicks, replies, stops;
    ``:people`` → set of what was counted once (a click's fingerprint, a clicker).

    ``ticket:{t}`` → campaign id.  ``campaigns`` → sorted set of ids by creation, without answers in conversations;
    ``campaigns:open`` → of all those that are not known to have left.
    All live for ``retention`` seconds after the last change, so nobody deletes them.
    """

    def __init__(self, redis: Redis, retention: int, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._retention = retention
        self._now = now
        self._create = Script(redis, "campaign_create")
        self._move = Script(redis, "campaign_move")
        self._receipts = Script(redis, "campaign_receipts")
        self._once = Script(redis, "campaign_once")

    async def create(self, order: Order, numbers: Sequence[str]) -> bool:
        """Store it as queued. False if this id was stored before: the same click came again, and nothing changes."""
        packed = b"".join(int(number).to_bytes(_PACKED, "big") for number in numbers)
        args = [json.dumps(asdict(order)), packed, len(numbers), self._retention]
        # Listed first: a campaign that is stored is always found by `unfinished`, whoever dies in between.
        if not order.conversation:  # an answer is listed in its conversation
            await self._redis.zadd("campaigns", {order.id: order.created}, nx=True)
        await self._redis.zadd("campaigns:open", {order.id: order.created}, nx=True)
        return bool(await self._create(_keys(order.id), args))

    async def get(self, campaign: str) -> Campaign | None:
        """All about it but its recipients."""
        hash_key, _, _, count_key, _ = _keys(campaign)
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(hash_key)
            pipe.hgetall(count_key)
            fields, counts = await pipe.execute()
        return _campaign(fields, counts) if fields else None

    async def numbers(self, campaign: str) -> list[str]:
        """Its recipients in the order of their index."""
        packed = as_bytes(await self._redis.get(_keys(campaign)[1]) or b"")
        return [str(int.from_bytes(packed[at : at + _PACKED], "big")) for at in range(0, len(packed), _PACKED)]

    async def number(self, campaign: str, index: int) -> str | None:
        """The recipient of one message."""
        packed = await self._redis.getrange(_keys(campaign)[1], index * _PACKED, (index + 1) * _PACKED - 1)
        return str(int.from_bytes(as_bytes(packed), "big")) if packed else None

    async def asked_for(self, campaign: str) -> list[int]:
        """The indices of the messages that the provider was asked to send: all but those that we left out."""
        states = as_text(await self._redis.get(_keys(campaign)[2]) or b"")
        left_out = (MessageState.OPTED_OUT, MessageState.FLOODED)
        return [index for index, state in enumerate(states) if state not in left_out]

    async def begin(self, campaign: str, holder: str) -> bool:
        """Claim the one right to send it: queued → sending. False if another holder did.

        A lost answer makes redis-py ask again; ``holder`` (unique to this attempt) tells that we were the first.
        """
        fields: dict[str, object] = {"begun": self._now(), "holder": holder}
        if await self._moved(campaign, (CampaignState.QUEUED,), CampaignState.SENDING, fields):
            return True
        held_by, state = await self._redis.hmget(_keys(campaign)[0], ["holder", "state"])
        return bool(held_by == json.dumps(holder).encode() and state == CampaignState.SENDING.encode())

    async def write(self, campaign: str, states: str) -> bool:
        """The byte of each message, before they leave, on disk. False if it is not being sent any more.

        Redis writes to its disk once a second. If the power failed in between, it would come back with the campaign
        still queued, and the SMS would leave twice; so this one write is waited for (a later one covers it too).
        """
        written = await self._moved(campaign, (CampaignState.SENDING,), CampaignState.SENDING, {}, states=states)
        if written and not self._move.on_cluster:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(_keys(campaign)[0], "begun", json.dumps(self._now()))
                pipe.execute_command("WAITAOF", 1, 0, DISK_PATIENCE)
                await pipe.execute(raise_on_error=False)  # an error: no append-only file, which `doctor` reports
        return written

    async def settle(
        self,
        campaign: str,
        came_from: Sequence[CampaignState],
        state: CampaignState,
        messages: Mapping[MessageState, MessageState] | None = None,
        **fields: object,
    ) -> bool:
        """Move it to ``state`` if it is in one of ``came_from``, and its messages as ``messages`` says, in one step.

        ``fields`` are attributes of ``Campaign`` to set with it. False if it was not there any more.
        """
        ticket = fields.get("ticket")
        if ticket:
            await self._redis.set(_ticket_key(str(ticket)), campaign, ex=self._retention)
        return await self._moved(campaign, came_from, state, fields, messages=messages)

    async def _moved(
        self,
        campaign: str,
        came_from: Sequence[CampaignState],
        state: CampaignState,
        fields: Mapping[str, object],
        *,
        messages: Mapping[MessageState, MessageState] | None = None,
        states: str = "",
    ) -> bool:
        moves = "".join(f"{old}{new}" for old, new in (messages or {}).items())
        args: list[Any] = [self._retention, state, ",".join(came_from), states, moves]
        for name, value in fields.items():
            args += [name, json.dumps(value)]
        return bool(await self._move(_keys(campaign), args))

    async def receive(self, campaign: str, changes: Sequence[tuple[int, MessageState]]) -> str | None:
        """Receipts: message index → state, never back from a final one. Repeats change nothing.

        Returns the campaign's state word, or None if we do not know it.
        """
        args: list[Any] = [self._retention]
        for index, state in changes:
            args += [index, state]
        answer = await self._receipts(_keys(campaign), args)
        return None if answer is None else as_text(answer)

    async def note_failure(self, campaign: str, code: int) -> None:
        """Why a message did not arrive: the code of its first receipt that says so. Only of a campaign that we know."""
        await self._redis.hsetnx(_keys(campaign)[0], "failure", json.dumps(code))

    async def count_once(self, campaign: str, what: str, mark: str, person: str = "") -> bool:
        """Add one to ``what`` (clicks, replies, stops) once per ``mark``, and to ``<what>-people`` once per person.

        False if the campaign is not known or the mark was counted before.
        """
        return bool(await self._once(_keys(campaign), [self._retention, what, mark, person]))

    async def of_ticket(self, ticket: str) -> str | None:
        """The campaign that a ticket belongs to."""
        campaign = await self._redis.get(_ticket_key(ticket))
        return None if campaign is None else as_text(campaign)

    async def newest(self, count: int) -> list[Campaign]:
        """The last ones, newest first."""
        ids = as_texts(await self._redis.zrevrange("campaigns", 0, count - 1))
        return await self._get_all(ids)

    async def unfinished(self) -> list[Campaign]:
        """Those that are queued or being sent. What is neither any more, or never came to be, leaves the list."""
        ids = as_texts(await self._redis.zrange("campaigns:open", 0, -1))
        found = await self._get_all(ids)
        open_ones = [campaign for campaign in found if campaign.state in (CampaignState.QUEUED, CampaignState.SENDING)]
        ended = {campaign.id for campaign in found} - {campaign.id for campaign in open_ones}
        if ended:
            await self._redis.zrem("campaigns:open", *ended)
        await self._redis.zremrangebyscore("campaigns:open", "-inf", self._now() - self._retention)
        await self._redis.zremrangebyscore("campaigns", "-inf", self._now() - self._retention)
        return open_ones

    async def _get_all(self, ids: Sequence[str]) -> list[Campaign]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for campaign in ids:
                pipe.hgetall(_keys(campaign)[0])
                pipe.hgetall(_keys(campaign)[3])
            answers = await pipe.execute()
        return [_campaign(fields, counts) for fields, counts in zip(answers[::2], answers[1::2], strict=True) if fields]


def _keys(campaign: str) -> list[str]:
    key = f"campaign:{{{campaign}}}"
    return [key, f"{key}:to", f"{key}:state", f"{key}:count", f"{key}:people"]


def _ticket_key(ticket: str) -> str:
    return f"ticket:{{{ticket}}}"


def _campaign(fields: dict[bytes, bytes], counts: dict[bytes, bytes]) -> Campaign:
    order = Order(**json.loads(fields.pop(b"order")))
    state = CampaignState(fields.pop(b"state").decode())
    size = int(fields.pop(b"size"))
    totals = {name.decode(): int(value) for name, value in counts.items()}
    return Campaign(
        order=order,
        state=state,
        size=size,
        messages={s: totals[s.value] for s in MessageState if totals.get(s.value)},
        clicks=totals.get("clicks", 0),
        clickers=totals.get("clicks-people", 0),
        replies=totals.get("replies", 0),
        stops=totals.get("stops", 0),
        **{name.decode(): json.loads(value) for name, value in fields.items()},
    )
