"""The rooms, in the order in which /sms help lists them. A room is added by a line here."""

from collections.abc import Callable

from bot.doors import Doors
from bot.features import (
    balance,
    campaigns,
    clicks,
    help,  # noqa: A004 - it is the word that people type
    moderation,
    optouts,
    receipts,
    replies,
    rights,
    send,
    status,
)

FEATURES: tuple[Callable[[Doors], None], ...] = (
    send.register,
    campaigns.register,
    moderation.register,
    replies.register,
    optouts.register,
    receipts.register,
    clicks.register,
    balance.register,
    status.register,
    help.register,
    rights.register,
)
