"""A stand-in for SMSFactor: the whole API on loopback, with phones, moderation and webhooks, all in memory.

It is written from the provider's documentation and shares no code with the bot's client, so that each checks
the other. What the provider does not publish is strict or neutral here, and says so where it happens.
"""

from bot.sandbox.smsfactor.control import Control
from bot.sandbox.smsfactor.records import (
    Campaign,
    Delivery,
    Link,
    Message,
    Phone,
    Reply,
    Request,
    Rules,
    Text,
    Verdict,
    Webhook,
)
from bot.sandbox.smsfactor.server import SMSFactorStandIn
from bot.sandbox.smsfactor.verbs import Verb, as_handler

__all__ = [
    "Campaign",
    "Control",
    "Delivery",
    "Link",
    "Message",
    "Phone",
    "Reply",
    "Request",
    "Rules",
    "SMSFactorStandIn",
    "Text",
    "Verb",
    "Verdict",
    "Webhook",
    "as_handler",
]
