"""What somebody is about to send: kept between the form and the confirmation, for Slack's forms hold too little."""

import json
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from bot.store.campaign import Order

KEPT = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled form: the order that it may become, and its recipients (digits with country code)."""

    order: Order
    numbers: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id of the campaign that it may become."""
        return self.order.id


class Drafts:
    """``draft:{campaign id}`` → JSON of ``Draft``; expires after a day."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(self, draft: Draft) -> None:
        """Keep it; an earlier one of the same form is replaced."""
        await self._redis.set(_key(draft.id), json.dumps(asdict(draft)), ex=KEPT)

    async def get(self, campaign: str) -> Draft | None:
        """The draft, unless it is too old."""
        entry = await self._redis.get(_key(campaign))
        if entry is None:
            return None
        fields = json.loads(entry)
        return Draft(Order(**fields["order"]), tuple(fields["numbers"]))


def _key(campaign: str) -> str:
    return f"draft:{{{campaign}}}"
