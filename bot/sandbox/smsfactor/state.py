"""Everything the stand-in remembers, in memory, in one object that all its rooms share."""

import itertools
from collections import Counter, deque
from collections.abc import Iterator

from bot.sandbox.smsfactor.changes import Changes
from bot.sandbox.smsfactor.clock import Clock, local
from bot.sandbox.smsfactor.numbers import digits
from bot.sandbox.smsfactor.records import (
    Campaign,
    ContactList,
    Delivery,
    Entry,
    Json,
    Message,
    Phone,
    Reply,
    Request,
    Rules,
    Verdict,
    Webhook,
)

ACCOUNT_ID = 4242


class State:
    """The account's world. Rooms change it and call `changes.notify()`."""

    def __init__(self, rules: Rules, credit: int) -> None:
        self.rules = rules
        self.clock = Clock()
        self.changes = Changes()
        self.credits = credit
        self.holds: deque[Verdict] = deque()
        self.phones: dict[str, Phone] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.messages: list[Message] = []
        self.by_client_id: dict[str, Message] = {}
        self.replies: list[Reply] = []
        self.blacklist: dict[str, Entry] = {}
        self.npai: dict[str, Entry] = {}
        self.unassigned: set[str] = set()
        self.lists: dict[str, ContactList] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.requests: list[Request] = []
        self.deliveries: list[Delivery] = []
        self.notification: Json = {
            "alert_trigger": "0",
            "alert_email": "0",
            "alert_gsm": "0",
            "email": "",
            "phone_number": "",
        }
        self.sent_in_month: Counter[tuple[str, str]] = Counter()
        self.tickets = (str(number) for number in itertools.count(20480001))
        self.message_ids = itertools.count(990001)
        self.reply_ids = itertools.count(7001)
        self.link_numbers = itertools.count(1)
        self.delivery_ids = (str(number) for number in itertools.count(1))
        self.phone_events = itertools.count(1)
        self.webhook_ids = (str(number) for number in itertools.count(301))
        self.object_ids: Iterator[str] = (f"64b1f0c2{number:016x}" for number in itertools.count(1))

    def phone(self, number: str) -> Phone:
        """The phone of that number; made on first use."""
        number = digits(number)
        return self.phones.setdefault(number, Phone(number))

    def message(self, client_id: str) -> Message:
        """The last message sent with that gsmsmsid; LookupError if there is none."""
        if client_id not in self.by_client_id:
            raise LookupError(f"no message {client_id!r}")
        return self.by_client_id[client_id]

    def campaign(self, ticket: str) -> Campaign:
        """The campaign of that ticket; LookupError if there is none."""
        if ticket not in self.campaigns:
            raise LookupError(f"no campaign {ticket!r}")
        return self.campaigns[ticket]

    def delivery(self, delivery_id: str) -> Delivery:
        """The delivery of that id; LookupError if there is none."""
        for delivery in reversed(self.deliveries):
            if delivery.id == delivery_id:
                return delivery
        raise LookupError(f"no delivery {delivery_id!r}")

    def touch(self, phone: Phone) -> None:
        """Something happened on a phone: it is the latest one, and whoever waits looks again."""
        phone.last_event = next(self.phone_events)
        self.changes.notify()

    def month(self, country: str, at: float) -> tuple[str, str]:
        """The key under which SMS to a country are counted against its monthly limit."""
        return country, local(at).strftime("%Y-%m")
