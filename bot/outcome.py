"""What became of a send that is held, or whose answer was lost: looked up at the provider, never sent again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from bot.outbox import Outbox
from bot.poster import Poster
from bot.smsfactor.client import SMSFactor
from bot.smsfactor.errors import SMSFactorError
from bot.store import Store
from bot.store.campaign import Campaign, CampaignState, MessageState
from bot.store.looks import Looks
from bot.tempo import Tempo
from bot.words import GIVEN_UP_LOOKING, word_of_held, word_of_unknown

log = structlog.get_logger(__name__)

_OPEN = (CampaignState.HELD, CampaignState.UNKNOWN, CampaignState.SENDING)
_IN_QUESTION = (MessageState.HELD, MessageState.UNKNOWN, MessageState.SENDING)
_PROBES = 5  # recipients that one look asks for


@dataclass(frozen=True, slots=True)
class Found:
    """What the provider's message list says of a campaign."""

    state: CampaignState
    ticket: str | None


class Outcomes:
    """Looks at held and unknown campaigns when their time has come, and settles those that have come to an end."""

    def __init__(
        self,
        sms: SMSFactor,
        store: Store,
        outbox: Outbox,
        poster: Poster,
        tempo: Tempo,
        now: Callable[[], datetime],
    ) -> None:
        self._sms = sms
        self._poster = poster
        self._store = store
        self._outbox = outbox
        self._tempo = tempo
        self._now = now

    async def look_at_held(self) -> None:
        """Moderation has no webhook, so the message list is asked at growing intervals (SMSFactor docs, messages)."""
        for campaign_id in await self._store.held.claim(again=self._tempo.settle_grace):
            await self._look(campaign_id, self._store.held)

    async def look_at_unknown(self) -> None:
        """A send whose answer was lost shows in the message list under our own message ids, if it was carried out."""
        for campaign_id in await self._store.unknown.claim(again=self._tempo.settle_grace):
            await self._look(campaign_id, self._store.unknown)

    async def _look(self, campaign_id: str, looks: Looks) -> None:
        campaign = await self._store.campaigns.get(campaign_id)
        if campaign is None or campaign.state not in _OPEN:
            await self._outbox.tidy(campaign_id)  # whoever ended it may have died before this was done
            await looks.remove(campaign_id)
            return
        try:
            found = await self._find(campaign)
        except SMSFactorError as error:
            log.warning("look_failed", campaign=campaign_id, error=str(error))
            found = None
        if found and found.state is not campaign.state:
            await self.settle(campaign, found)
        else:
            await self._look_later(campaign, looks)

    async def _find(self, campaign: Campaign) -> Found | None:
        """One message tells of all; but a filter may have taken out just that one, so a look asks for several."""
        numbers = await self._store.campaigns.numbers(campaign.id)
        begun = datetime.fromtimestamp(campaign.begun or campaign.order.created, UTC)
        for index in _probes(await self._store.campaigns.asked_for(campaign.id), campaign.tried):
            page = await self._sms.messages(
                begun - timedelta(days=1),  # the zone of this list's dates is not documented
                self._now() + timedelta(days=1),
                destination=numbers[index],
                type="messages-out",
                length=1000,
            )
            mine = [m for m in page.messages if m.message_id == f"{campaign.id}-{index}"]
            if mine:
                return _found([m.status for m in mine], mine[-1].ticket)
        return None

    async def settle(self, campaign: Campaign, found: Found) -> bool:
        """Write down how it ended (or that it is held after all), and tell it on the card. Safe to repeat."""
        state, ticket = found.state, found.ticket or campaign.ticket
        if state is CampaignState.HELD:
            await self._store.held.add(campaign.id, self._tempo.next_look(0))
        byte = {
            CampaignState.ACCEPTED: MessageState.ACCEPTED,
            CampaignState.HELD: MessageState.HELD,
            CampaignState.REFUSED: MessageState.REFUSED,
        }[state]
        held = campaign.was_held or state in (CampaignState.HELD, CampaignState.REFUSED)
        moves = dict.fromkeys(_IN_QUESTION, byte)
        known = {"ticket": ticket, "was_held": held, "tried": 0, "why": ""}
        moved = await self._store.campaigns.settle(campaign.id, _OPEN, state, moves, **known)
        await self._outbox.tidy(campaign.id)
        await self._store.unknown.remove(campaign.id)  # last: until then, the next look takes up what is left to do
        if state is not CampaignState.HELD:
            await self._store.held.remove(campaign.id)
        log.info("settled", campaign=campaign.id, state=state, ticket=ticket)
        return moved

    async def _look_later(self, campaign: Campaign, looks: Looks) -> None:
        held = campaign.state is CampaignState.HELD
        limit = self._tempo.looks_for if held else self._tempo.unknown_looks_for
        age = self._now().timestamp() - (campaign.begun or campaign.order.created)
        if age > limit:
            await looks.remove(campaign.id)
            words = GIVEN_UP_LOOKING
            if campaign.order.conversation:
                await self._give_up_answer(campaign, held=held)
        else:
            await looks.add(campaign.id, self._wait(campaign))
            words = ""
        await self._store.campaigns.settle(
            campaign.id, (campaign.state,), campaign.state, tried=campaign.tried + 1, why=words
        )
        await self._outbox.show(campaign)

    async def _give_up_answer(self, campaign: Campaign, *, held: bool) -> None:
        """Whoever wrote it hears of it. Of one that is unknown, most likely not sent, whoever waited waits again; one
        that is held can still go out, so nobody shall be reminded to write it again."""
        number = (await self._store.campaigns.numbers(campaign.id))[0]
        if held:
            about, word_of = await self._store.conversations.of(number), word_of_held
        else:
            (_, about), word_of = await self._store.conversations.unsay(number, campaign.id), word_of_unknown
        if about and (word := word_of(campaign, about.anchor)):
            await self._poster.put(about.channel, word)

    def _wait(self, campaign: Campaign) -> float:
        if campaign.state is CampaignState.HELD:
            return self._tempo.next_look(campaign.tried + 1)
        return self._tempo.next_unknown_look(campaign.tried + 1)


def _probes(indices: Sequence[int], tried: int) -> list[int]:
    """A few of the messages, from all over the campaign, and others at each look."""
    step = -(-len(indices) // _PROBES)
    return list(indices[tried % step :: step]) if indices else []


def _found(statuses: Sequence[str], ticket: str | None) -> Found:
    """Of the statuses only ``SENT`` was ever shown; these two are filter words (SMSFactor docs, messages)."""
    if "moderation" in statuses:
        return Found(CampaignState.HELD, ticket)
    if "denied" in statuses:
        return Found(CampaignState.REFUSED, ticket)
    return Found(CampaignState.ACCEPTED, ticket)
