"""The only way an SMS leaves: guards, price, the send key, one request, and what became of it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.agenda import Agenda
from bot.campaign_ids import is_answer
from bot.errors import Refused
from bot.guards import Guards, Plan, compose
from bot.metrics import SENDS
from bot.poster import Poster
from bot.smsfactor.client import SMSFactor
from bot.smsfactor.errors import SMSFactorError, Unclear
from bot.smsfactor.models import Recipient, Sending
from bot.store import HalfDoneError, Store, StoreError
from bot.store.campaign import UNSENT, Campaign, CampaignState, MessageState, Order
from bot.store.drafts import Draft
from bot.store.posts import Urgency
from bot.tempo import Tempo
from bot.words import why_not_sent, word_of_unsent

SEND = "send_campaign"
DESK = "desk"  # the author, for the audit, of what nobody in Slack wrote
NO_MEMORY = "The desk's memory (Redis) failed before anything was sent."
_QUEUED = (CampaignState.QUEUED,)
_BEGUN = (CampaignState.SENDING, CampaignState.UNKNOWN)  # unknown: the sweep was quicker than a slow answer
LEFT = (MessageState.SENT, MessageState.DELIVERED, MessageState.EXPIRED, MessageState.UNDELIVERED)
_LOST = dict.fromkeys((MessageState.WAITING, MessageState.SENDING), MessageState.UNKNOWN)

log = structlog.get_logger(__name__)


class Outbox:
    """Checks a draft, prices it, takes it in, and sends it once."""

    def __init__(
        self,
        guards: Guards,
        sms: SMSFactor,
        store: Store,
        poster: Poster,
        agenda: Agenda,
        tempo: Tempo,
        now: Callable[[], datetime],
    ) -> None:
        self._guards = guards
        self._sms = sms
        self._store = store
        self._poster = poster
        self._agenda = agenda
        self._tempo = tempo
        self._now = now

    async def price(self, draft: Draft, plan: Plan) -> Sending:
        """Ask the provider what it would cost and whom it would reach. Raises ``SMSFactorError``."""
        return await self._sms.simulate(compose(draft.order), [Recipient(number=n) for n in plan.numbers])

    async def accept(self, draft: Draft) -> bool:
        """Take it in: it is stored, and will be sent once. False if this form was confirmed before.

        Raises ``Refused`` if a guard speaks against it, ``HalfDoneError`` if nobody knows whether it is stored.
        """
        if await self._store.campaigns.get(draft.id) is None:
            await self._guards.check(draft)
        order = replace(draft.order, created=self._now().timestamp())
        try:
            return await self._take_in(order, draft.numbers)
        except StoreError as error:
            raise HalfDoneError from error

    async def _take_in(self, order: Order, numbers: Sequence[str]) -> bool:
        created = await self._store.campaigns.create(order, numbers)
        if order.conversation:
            await self._say(order, numbers[0])
        await self._start(order)
        if created:
            await self._store.audit.record(order.author or DESK, "send", order.id)
        return created

    async def _start(self, order: Order) -> None:
        if order.due > self._now().timestamp():
            await self._agenda.add_at(datetime.fromtimestamp(order.due, UTC), SEND, order.id, key=f"{SEND}:{order.id}")
        else:
            await self._agenda.add(SEND, order.id, key=f"{SEND}:{order.id}")

    async def _say(self, order: Order, number: str) -> None:
        """The conversation knows that it was answered, before it is and whoever dies in between."""
        await self._store.conversations.say(number, order.id, order.author, order.text, order.seen)

    async def take_back(self, campaign_id: str) -> bool:
        """Cancel what has not left yet. False if it has, or may have."""
        campaign = await self._store.campaigns.get(campaign_id)
        if campaign is None:
            return False
        if campaign.state is CampaignState.QUEUED:  # as in ``_end_unsent``: if we die, a look does the rest
            await self._store.unknown.add(campaign_id, self._tempo.settle_grace)
        moves = {MessageState.WAITING: MessageState.NOT_SENT}
        if campaign.state is not CampaignState.CANCELLED and not await self._store.campaigns.settle(
            campaign_id, _QUEUED, CampaignState.CANCELLED, moves
        ):
            return False
        await self.tidy(campaign_id)
        await self._store.unknown.remove(campaign_id)
        await self._agenda.cancel(f"{SEND}:{campaign_id}")
        return True

    async def send(self, campaign_id: str) -> None:
        """Send a queued campaign. The request leaves at most once, whatever is killed and however often this runs."""
        campaign = await self._store.campaigns.get(campaign_id)
        if campaign is None:
            return
        await self.show(campaign, Urgency.NOTICE)
        if campaign.state is not CampaignState.QUEUED:
            return  # it was begun; if its worker died, the sweep finds it
        if campaign.order.due > self._now().timestamp():
            return  # it can still be taken back; the sweep brings it again
        numbers = await self._store.campaigns.numbers(campaign_id)
        if campaign.order.conversation:
            await self._say(campaign.order, numbers[0])
        try:
            opted_out = await self._look_again(campaign, numbers)
        except Refused as refused:
            await self._end_unsent(campaign, CampaignState.FAILED, _QUEUED, why=refused.text)
        except SMSFactorError as error:
            await self._end_unsent(campaign, CampaignState.FAILED, _QUEUED, why=why_not_sent(error))
        else:
            await self._send(campaign, numbers, opted_out)
        await self.show(campaign)

    async def _look_again(self, campaign: Campaign, numbers: list[str]) -> frozenset[str]:
        """The last look before the send: hours, opt-outs (ours and the provider's), the price."""
        order = campaign.order
        self._guards.check_hours(order.kind)
        opted_out = await self._store.optouts.among(numbers)
        wanted = [Recipient(number=n) for n in numbers if n not in opted_out]
        if wanted:
            simulated = await self._sms.simulate(compose(order), wanted)
            # The provider leaves them out by itself; that we know them too is for the card, so once a minute will do.
            if simulated.blacklisted and await self._store.notes.tell_once("blacklist read", 60):
                await self.learn_optouts()
        return await self._store.optouts.among(numbers)  # somebody may have said STOP while the provider was asked

    async def learn_optouts(self) -> None:
        """Take over the provider's blacklist. Raises ``SMSFactorError``."""
        seen: set[str] = set()
        # Its paging is not documented (SMSFactor docs, list/blacklist): a page with nothing new is the last.
        while True:
            page = await self._sms.blacklist(start=len(seen))
            new = {entry.id: entry.number for entry in page.entries if entry.id not in seen}
            if not new:
                return
            numbers = [self._guards.digits(number) for number in new.values()]
            learned = await self._store.optouts.learn(numbers, "provider")
            for about in await self._store.conversations.many(learned):  # a card must not offer to answer them
                await self._poster.card(about.channel, "conversation", about.subject)
            seen |= new.keys()

    async def _send(self, campaign: Campaign, numbers: list[str], opted_out: frozenset[str]) -> None:
        order = campaign.order
        if not await self._store.campaigns.begin(order.id, secrets.token_hex(8)):
            await self.tidy(order.id)  # another attempt was quicker, or it was taken back; else we are the only one
            return
        flooded = await self._store.flood.take([n for n in numbers if n not in opted_out], order.text, order.id)
        states = "".join(_first_state(n, opted_out, flooded) for n in numbers)
        recipients = [
            Recipient(number=n, message_id=f"{order.id}-{index}")
            for index, (n, state) in enumerate(zip(numbers, states, strict=True))
            if state == MessageState.SENDING
        ]
        if not await self._store.campaigns.write(order.id, states):
            return  # we were silent for so long that the sweep took us for dead: it is being looked up
        if not recipients:
            await self._end_unsent(campaign, CampaignState.FILTERED, _BEGUN, why="Nobody was left to text.")
            return
        try:
            sending = await self._sms.send(compose(order), recipients)
        except Unclear:
            await self._lose(order.id)
        except SMSFactorError as error:
            await self._end_unsent(campaign, CampaignState.FAILED, _BEGUN, why=why_not_sent(error))
        except StoreError:  # while we waited for our turn, so nothing was asked
            await self._end_unsent(campaign, CampaignState.FAILED, _BEGUN, why=NO_MEMORY)
        else:
            await self._sent(campaign, sending)

    async def _lose(self, campaign_id: str) -> None:
        """The answer was lost. A receipt that came before it was given up shows that the request was carried out."""
        await self._store.unknown.add(campaign_id, self._tempo.next_unknown_look(0))
        now = await self._store.campaigns.get(campaign_id)
        if now and now.count(*LEFT):
            await self._settle(campaign_id, CampaignState.ACCEPTED, _from_sending(MessageState.ACCEPTED))
        else:
            await self._settle(campaign_id, CampaignState.UNKNOWN, _LOST)
        log.warning("send_unclear", campaign=campaign_id)

    async def _sent(self, campaign: Campaign, sending: Sending) -> None:
        known = {
            "ticket": sending.ticket,
            "cost": sending.cost,
            "credits": sending.credits,
            "filtered": sending.left_out,
        }
        if not sending.sent and not sending.held and (sending.cost or sending.other):
            log.warning("send_contradictory", campaign=campaign.id, ticket=sending.ticket)
            await self._store.unknown.add(campaign.id, self._tempo.next_unknown_look(0))
            await self._settle(campaign.id, CampaignState.UNKNOWN, _LOST, **known)
        elif not sending.sent and not sending.held:
            await self._end_unsent(campaign, CampaignState.FILTERED, _BEGUN, **known)
        elif sending.held:
            await self._store.held.add(campaign.id, self._tempo.next_look(0))
            moves = _from_sending(MessageState.HELD)
            await self._settle(campaign.id, CampaignState.HELD, moves, was_held=True, **known)
        else:
            await self._settle(campaign.id, CampaignState.ACCEPTED, _from_sending(MessageState.ACCEPTED), **known)
        log.info("sent", campaign=campaign.id, ticket=sending.ticket, held=sending.held, sent=sending.sent)

    async def _settle(
        self,
        campaign_id: str,
        state: CampaignState,
        messages: Mapping[MessageState, MessageState],
        **fields: object,
    ) -> None:
        """What the provider's answer, or its absence, made of a campaign that was begun."""
        await self._store.campaigns.settle(campaign_id, _BEGUN, state, messages, **fields)
        SENDS.labels(state).inc()
        if state is not CampaignState.UNKNOWN:
            await self._store.unknown.remove(campaign_id)

    async def _end_unsent(
        self, campaign: Campaign, state: CampaignState, before: Sequence[CampaignState], **fields: object
    ) -> None:
        """Nobody was texted, for certain: write it down, give the places back, tell it on the card.

        If we die on the way, the look that is put down first finds it ended, and does the rest (``tidy``).
        """
        await self._store.unknown.add(campaign.id, self._tempo.settle_grace)
        moves = _from_sending(MessageState.NOT_SENT) | {MessageState.WAITING: MessageState.NOT_SENT}
        if await self._store.campaigns.settle(campaign.id, before, state, moves, **fields):
            SENDS.labels(state).inc()
            await self.tidy(campaign.id)
            await self._store.unknown.remove(campaign.id)
        log.warning("not_sent", campaign=campaign.id, state=state)

    async def tidy(self, campaign_id: str) -> None:
        """Free the places of a campaign that ended with nobody texted, and show its card. Safe to repeat."""
        campaign = await self._store.campaigns.get(campaign_id)
        if campaign is None:
            return
        if campaign.state in UNSENT:
            numbers = await self._store.campaigns.numbers(campaign_id)
            await self._store.flood.give_back(numbers, campaign_id)
            if campaign.order.conversation:
                undone = campaign.state is CampaignState.CANCELLED
                _, about = await self._store.conversations.unsay(numbers[0], campaign_id, taken_back=undone)
                if about and (word := word_of_unsent(campaign, about.anchor)):
                    await self._poster.put(about.channel, word)
        await self.show(campaign)

    async def sweep(self) -> None:
        """Take up what lost its worker: queued ones are sent, begun ones become unknown and are looked up."""
        now = self._now().timestamp()
        for campaign in await self._store.campaigns.unfinished():
            if campaign.state is CampaignState.QUEUED:
                await self._start(campaign.order)
            elif now - campaign.begun > self._tempo.settle_grace:
                await self._store.unknown.add(campaign.id, 0)
                await self._store.campaigns.settle(campaign.id, (CampaignState.SENDING,), CampaignState.UNKNOWN, _LOST)
                await self.show(campaign)

    async def show(self, campaign: Campaign, urgency: Urgency = Urgency.CARD) -> None:
        """Bring its card up to date: in the channel, or in the thread of the conversation that it answers."""
        order = campaign.order
        if not order.conversation:
            await self._poster.card(order.channel, "campaign", campaign.id, urgency)
        elif conversation := await self._store.conversations.get(order.conversation):
            await self._poster.card(order.channel, "answer", campaign.id, urgency, conversation.anchor)
            await self._poster.card(order.channel, "conversation", conversation.subject)
            await self._store.inbox.note(conversation)

    async def show_again(self, campaign_id: str) -> None:
        """The same for a campaign that was shown before, of which something new is known."""
        if not is_answer(campaign_id):
            await self._poster.again("campaign", campaign_id)
        elif campaign := await self._store.campaigns.get(campaign_id):
            await self.show(campaign)


def _first_state(number: str, opted_out: frozenset[str], flooded: Mapping[str, float]) -> MessageState:
    if number in opted_out:
        return MessageState.OPTED_OUT
    return MessageState.FLOODED if number in flooded else MessageState.SENDING


def _from_sending(state: MessageState) -> dict[MessageState, MessageState]:
    return {MessageState.SENDING: state, MessageState.UNKNOWN: state}
