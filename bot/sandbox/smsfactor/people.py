"""What people do with their phones: answer, opt out, open a link; the webhooks are told."""

from bot.sandbox.smsfactor.clock import iso, stamp
from bot.sandbox.smsfactor.courier import Courier
from bot.sandbox.smsfactor.records import Delivery, Entry, Json, Message, Phone, Reply
from bot.sandbox.smsfactor.state import ACCOUNT_ID, State


class People:
    """Whoever holds the phones. Each verb comes back with the deliveries that it caused."""

    def __init__(self, state: State, courier: Courier) -> None:
        self._state = state
        self._courier = courier

    async def reply(self, phone: Phone, text: str) -> list[Delivery]:
        """Somebody answers; the MO webhooks are told."""
        state = self._state
        reply = Reply(next(state.reply_ids), phone.number, text, state.clock.now(), phone.last)
        phone.replies.append(reply)
        state.replies.append(reply)
        state.changes.notify()
        # The newest published sample of MO has no offset; STOP has one.
        return await self._courier.deliver("MO", self._said(phone, text, iso(reply.at)[:19]))

    async def stop(self, phone: Phone, text: str, *, also_mo: bool) -> list[Delivery]:
        """Somebody opts out: blacklisted, counted for the last campaign; STOP (and perhaps MO) is told."""
        state = self._state
        now = state.clock.now()
        last = phone.last
        entry = Entry(next(state.object_ids), phone.number, now)
        if last is not None:
            entry.info, entry.ticket = last.info, last.campaign.ticket
            last.campaign.stops.append(entry)
        state.blacklist.setdefault(phone.number, entry)
        state.changes.notify()
        deliveries = await self._courier.deliver("STOP", self._said(phone, text, iso(now)))
        if also_mo:
            deliveries += await self.reply(phone, text)
        return deliveries

    async def click(self, message: Message, link_index: int) -> list[Delivery]:
        """Somebody opens a short link; LookupError if the message has no such link."""
        if not 0 <= link_index < len(message.links):
            raise LookupError(f"message {message.client_id!r} has no link {link_index}")
        link = message.links[link_index]
        link.clicks += 1
        self._state.changes.notify()
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

    def _said(self, phone: Phone, text: str, date: str) -> Json:
        return {
            "date": date,
            "message": text,
            "from": phone.number,
            "account_id": str(ACCOUNT_ID),
            "last_message_id": (phone.last.client_id or None) if phone.last else None,
        }
