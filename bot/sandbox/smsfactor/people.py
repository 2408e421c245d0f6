"""What people do with their phones: get one, switch it off, answer, opt out, open a link."""

from collections.abc import Mapping

from bot.sandbox.smsfactor.clock import iso, stamp
from bot.sandbox.smsfactor.courier import Courier
from bot.sandbox.smsfactor.records import (
    DELIVERED,
    EXPIRED,
    INVALID_DESTINATION,
    Delivery,
    Entry,
    Json,
    Message,
    Phone,
    Power,
    Reply,
)
from bot.sandbox.smsfactor.state import ACCOUNT_ID, State

_OUTCOMES: Mapping[Power, int | None] = {
    "on": DELIVERED,
    "off": EXPIRED,
    "unassigned": INVALID_DESTINATION,
    "silent": None,
}


class People:
    """Whoever holds the phones. What is told to webhooks comes back with the deliveries that it caused."""

    def __init__(self, state: State, courier: Courier) -> None:
        self._state = state
        self._courier = courier

    def get_phone(self, number: str) -> Phone:
        """Somebody is given the phone of that number, before anything was sent to it."""
        phone = self._state.phone(number)
        phone.by_hand = True
        self._state.touch(phone)
        return phone

    def switch(self, phone: Phone, power: Power) -> None:
        """Switch a phone on or off, give its number up, or have it never report; new SMS meet that."""
        if power == "unassigned":
            self._state.unassigned.add(phone.number)
        else:
            self._state.unassigned.discard(phone.number)
        self.set_outcome(phone, _OUTCOMES[power])

    def set_outcome(self, phone: Phone, code: int | None) -> None:
        """Have the SMS to a phone reported with that code; None: never."""
        phone.outcome = code
        self._state.touch(phone)

    async def reply(self, phone: Phone, text: str) -> list[Delivery]:
        """Somebody answers; the MO webhooks are told."""
        return await self._arrive(phone, self._say(phone, text))

    async def stop(self, phone: Phone, text: str, *, also_mo: bool) -> list[Delivery]:
        """Somebody opts out: blacklisted, counted for the last campaign; STOP (and perhaps MO) is told."""
        state = self._state
        now = state.clock.now()
        last = phone.last
        words = self._say(phone, text, stop=True)
        entry = Entry(next(state.object_ids), phone.number, now)
        if last is not None:
            entry.info, entry.ticket = last.info, last.campaign.ticket
            last.campaign.stops.append(entry)
        state.blacklist.setdefault(phone.number, entry)
        state.changes.notify()
        deliveries = await self._courier.deliver("STOP", self._said(phone, text, iso(now)))
        if also_mo:
            deliveries += await self._arrive(phone, words)
        return deliveries

    async def click(self, message: Message, link_index: int) -> list[Delivery]:
        """Somebody opens a short link; LookupError if the message has no such link."""
        if not 0 <= link_index < len(message.links):
            raise LookupError(f"message {message.client_id!r} has no link {link_index}")
        link = message.links[link_index]
        link.clicks += 1
        self._state.touch(self._state.phone(message.number))
        info = dict(zip(("info1", "info2", "info3", "info4"), message.info, strict=True))
        payload = {
            "campaign_id": message.campaign.ticket,
            "gsmsid": message.client_id or None,
            "date": stamp(self._state.clock.now()),
            "long_url": link.url,
            "short_url": link.code,
            "brand": "Apple",
            "model": "iPhone",
            "os": "iOS",
            **info,
            "clicks_on_link": str(link.clicks),
        }
        return await self._courier.deliver("CLICKER", payload)

    def _say(self, phone: Phone, text: str, *, stop: bool = False) -> Reply:
        state = self._state
        reply = Reply(next(state.reply_ids), phone.number, text, state.clock.now(), phone.last, stop)
        phone.replies.append(reply)
        state.touch(phone)
        return reply

    async def _arrive(self, phone: Phone, reply: Reply) -> list[Delivery]:
        """The provider has it as a reply."""
        self._state.replies.append(reply)
        self._state.changes.notify()
        # The newest published sample of MO has no offset; STOP has one.
        return await self._courier.deliver("MO", self._said(phone, reply.text, iso(reply.at)[:19]))

    def _said(self, phone: Phone, text: str, date: str) -> Json:
        return {
            "date": date,
            "message": text,
            "from": phone.number,
            "account_id": str(ACCOUNT_ID),
            "last_message_id": (phone.last.client_id or None) if phone.last else None,
        }
