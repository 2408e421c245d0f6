"""The rooms, in the order in which /sms help lists them. A room is added by a line here."""

from collections.abc import Callable

from bot.doors import Doors
from bot.features import (
    answers,
    balance,
    campaigns,
    catchup,
    clicks,
    contact,
    help,  # noqa: A004 - it is the word that people type
    inbox,
    lost,
    moderation,
    optouts,
    receipts,
    replies,
    rights,
    send,
    settings,
    status,
    templates,
    threads,
    triage,
    waiting,
)

FEATURES: tuple[Callable[[Doors], None], ...] = (
    send.register,
    campaigns.register,
    moderation.register,
    inbox.register,
    replies.register,
    triage.register,
    answers.register,
    threads.register,
    waiting.register,
    lost.register,
    contact.register,
    templates.register,
    catchup.register,
    optouts.register,
    receipts.register,
    clicks.register,
    balance.register,
    settings.register,
    status.register,
    help.register,
    rights.register,
)
