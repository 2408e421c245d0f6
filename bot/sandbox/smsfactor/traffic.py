"""What becomes of a campaign: paid, held or not, sent, reported on."""

from collections.abc import Callable
from functools import partial

from bot.sandbox.smsfactor.clock import iso, stamp
from bot.sandbox.smsfactor.courier import Courier
from bot.sandbox.smsfactor.records import (
    DELIVERED,
    INVALID_DESTINATION,
    SENT,
    Campaign,
    Delivery,
    Json,
    Message,
    Phone,
    Text,
    Verdict,
)
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.text import SHORT_HOST

_ARRIVES = frozenset({None, SENT, DELIVERED})


class Traffic:
    """The life of campaigns and messages after the checks; every change of it goes through here."""

    def __init__(self, state: State, courier: Courier) -> None:
        self._state = state
        self._courier = courier

    # Credits

    def charge(self, cost: int) -> None:
        """Take credits (or give back, when negative); sinking below the trigger tells the webhooks."""
        before = self._state.credits
        self._state.credits = before - cost
        if before >= self._trigger > self._state.credits:
            self._courier.post("BALANCE_ALERT", self._balance())
        self._state.changes.notify()

    async def balance_alert(self) -> list[Delivery]:
        """Tell the BALANCE_ALERT webhooks what the balance is now."""
        return await self._courier.deliver("BALANCE_ALERT", self._balance())

    @property
    def _trigger(self) -> int:
        return int(self._state.notification["alert_trigger"])

    def _balance(self) -> Json:
        return {
            "balance": str(self._state.credits),
            "trigger": str(self._trigger),
            "date": stamp(self._state.clock.now()),
        }

    # Campaigns

    def accept(self, campaign: Campaign, verdict: Verdict | None) -> None:
        """Take the credits and either hold the campaign, keep it for its date, or send it."""
        state = self._state
        state.campaigns[campaign.ticket] = campaign
        for message in campaign.messages:
            state.messages.append(message)
            state.sent_in_month[state.month(message.country, campaign.date)] += 1
            state.phone(message.number).flood.append((campaign.date, message.text_hash, campaign.ticket))
            if message.client_id:
                state.by_client_id[message.client_id] = message
        self.charge(campaign.cost)
        if verdict is None:
            self._go_on(campaign)
            return
        campaign.state = "moderation"
        if state.rules.moderation_after is not None:
            end = self.release if verdict == "release" else self.refuse
            due = state.clock.now() + state.rules.moderation_after
            state.clock.at(due, partial(self._end_moderation, campaign, end))

    def release(self, campaign: Campaign) -> None:
        """Moderation lets it go; ValueError if it is not held."""
        self._expect(campaign, "moderation")
        self._go_on(campaign)

    def refuse(self, campaign: Campaign) -> None:
        """Moderation refuses it: nothing is sent and the credits come back; ValueError if it is not held."""
        self._expect(campaign, "moderation")
        campaign.state = "denied"
        self._give_back(campaign)

    def cancel(self, campaign: Campaign) -> None:
        """Its owner takes it back before its date; ValueError if it is not scheduled."""
        self._expect(campaign, "scheduled")
        campaign.state = "cancelled"
        self._give_back(campaign)

    def _expect(self, campaign: Campaign, wanted: str) -> None:
        if campaign.state != wanted:
            raise ValueError(f"campaign {campaign.ticket} is {campaign.state}, not {wanted}")

    def _end_moderation(self, campaign: Campaign, end: Callable[[Campaign], None]) -> None:
        if campaign.state == "moderation":
            end(campaign)

    def _go_on(self, campaign: Campaign) -> None:
        clock = self._state.clock
        if campaign.date > clock.now():
            campaign.state = "scheduled"
            clock.at(campaign.date, partial(self._due, campaign))
            self._state.changes.notify()
        else:
            self._leave(campaign)

    def _due(self, campaign: Campaign) -> None:
        if campaign.state == "scheduled":
            self._leave(campaign)

    def _leave(self, campaign: Campaign) -> None:
        state = self._state
        campaign.state = "sent"
        campaign.date = now = state.clock.now()
        for message in campaign.messages:
            self._reach(state.phone(message.number), message, now)
        if state.rules.receipt_after is not None:
            state.clock.at(now + state.rules.receipt_after, partial(self._report_all, campaign))
        state.changes.notify()

    def _reach(self, phone: Phone, message: Message, at: float) -> None:
        """The network hands an SMS to its phone, or finds that it cannot."""
        phone.last = message
        if phone.outcome in _ARRIVES:
            links = tuple(SHORT_HOST + link.code for link in message.links)
            sender, parts = message.campaign.sender, message.segments
            phone.texts.append(Text(message.text, sender, message.client_id, parts, at, links, message))
        else:
            phone.missed += 1
            message.fate = phone.outcome
        self._state.touch(phone)

    def _give_back(self, campaign: Campaign) -> None:
        state = self._state
        for message in campaign.messages:
            state.sent_in_month[state.month(message.country, campaign.date)] -= 1
            phone = state.phone(message.number)
            phone.flood = [place for place in phone.flood if place[2] != campaign.ticket]
        self.charge(-campaign.cost)

    # Receipts

    async def receipt(self, message: Message, code: int) -> list[Delivery]:
        """Report on one message now, whatever was reported before; ValueError if it never left."""
        self._expect(message.campaign, "sent")
        return await self._courier.deliver("DLR", self._reported(message, code))

    def _report_all(self, campaign: Campaign) -> None:
        for message in campaign.messages:
            # A phone that is switched on again does not get what it missed.
            outcome = self._state.phone(message.number).outcome if message.fate is None else message.fate
            if outcome is not None and message.code is None:
                self._courier.post("DLR", self._reported(message, outcome))

    def _reported(self, message: Message, code: int) -> Json:
        message.code = code
        message.reported_at = self._state.clock.now()
        if code == INVALID_DESTINATION:
            self._state.unassigned.add(message.number)
        self._state.changes.notify()
        return {
            "date": iso(message.reported_at),
            "status": code,
            "destination": message.number,
            "message_id": message.client_id,
            "campaign_id": message.campaign.ticket,
            "country_code": message.country,
        }
