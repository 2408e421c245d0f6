"""Receipts: what became of each message, folded into its campaign's card."""

from collections import defaultdict
from collections.abc import Sequence

from bot import conversation
from bot.campaign_ids import is_answer, message_of
from bot.doors import Doors, Heard
from bot.metrics import UNKNOWN_RECEIPTS
from bot.outcome import Found
from bot.services import Services
from bot.slack.markup import mention
from bot.smsfactor.events import Receipt
from bot.store.campaign import CampaignState, MessageState
from bot.words import FAILED as DID_NOT_ARRIVE
from bot.words import FAILURES

UNKNOWN = "receipts of campaigns that are not ours"

STATES = {
    1: MessageState.SENT,
    2: MessageState.UNDELIVERED,
    3: MessageState.DELIVERED,
    12: MessageState.EXPIRED,
    **dict.fromkeys((4, 5, 6, 7, 9, 11), MessageState.FAILED),
}
FAILED = (MessageState.UNDELIVERED, MessageState.FAILED)
LEFT = frozenset({1, 2, 3, 12})  # codes of a message that has left the provider, so moderation has let it go


def register(doors: Doors) -> None:
    """The webhook DLR."""
    doors.relay(Receipt, note)


async def note(services: Services, heard: Sequence[Heard]) -> None:
    """Many at once: one call per campaign, one edit of each card. Saying the same twice changes nothing."""
    by_campaign: dict[str, list[tuple[int, Receipt]]] = defaultdict(list)
    unknown = 0
    for one in heard:
        receipt: Receipt = one.event
        place = message_of(receipt.message_id)
        if place:
            by_campaign[place[0]].append((place[1], receipt))
        else:
            unknown += 1
    for campaign_id, receipts in by_campaign.items():
        changes = [(index, STATES[r.status]) for index, r in receipts if r.status in STATES]
        state = await services.store.campaigns.receive(campaign_id, changes)
        if state is None:
            unknown += len(receipts)
            continue
        if is_answer(campaign_id):
            await _note_failure(services, campaign_id, receipts)
            await _note_arrival(services, campaign_id, receipts)
        await _release(services, campaign_id, state, [r for _, r in receipts])
        await services.outbox.show_again(campaign_id)
    if unknown:
        UNKNOWN_RECEIPTS.inc(unknown)
        await services.store.notes.count(UNKNOWN, unknown)


async def _note_failure(services: Services, campaign_id: str, receipts: Sequence[tuple[int, Receipt]]) -> None:
    """Why an answer did not arrive, for its card. An answer is one message, so its receipts are few."""
    for index, receipt in receipts:
        if index == 0 and STATES.get(receipt.status) in FAILED:
            await services.store.campaigns.note_failure(campaign_id, receipt.status)
            await _tell_author(services, campaign_id)


async def _tell_author(services: Services, campaign_id: str) -> None:
    """An answer that did not arrive answers nobody: whoever waited waits again, and whoever wrote it hears of it."""
    campaign = await services.store.campaigns.get(campaign_id)
    if campaign is None or not campaign.count(*FAILED):
        return
    number = (await services.store.campaigns.numbers(campaign_id))[0]
    _, about = await services.store.conversations.unsay(number, campaign_id)
    if about and campaign.order.author:
        why = FAILURES.get(campaign.failure or 0, DID_NOT_ARRIVE)
        text = f":x: {mention(campaign.order.author)}, this answer did not arrive: {why}."
        await conversation.remark(services, about, f"failed:{campaign_id}", text)
        await conversation.show(services, about)


async def _note_arrival(services: Services, campaign_id: str, receipts: Sequence[tuple[int, Receipt]]) -> None:
    """One that counted as lost left all the same: who waited for it waits no more, and nobody shall write it again."""
    if not any(receipt.status in LEFT for _, receipt in receipts):
        return
    campaign = await services.store.campaigns.get(campaign_id)
    if campaign is None or not campaign.count(MessageState.SENT, MessageState.DELIVERED):
        return
    number = (await services.store.campaigns.numbers(campaign_id))[0]
    done, about = await services.store.conversations.say_after_all(number, campaign_id)
    if about and done == "done":
        words = "this answer left after all: its card says how it stands. Do not write it again."
        text = f":incoming_envelope: {mention(campaign.order.author)}, {words}"
        await conversation.remark(services, about, f"left:{campaign_id}", text)
        await conversation.show(services, about)


async def _release(services: Services, campaign_id: str, state: str, receipts: Sequence[Receipt]) -> None:
    """A receipt shows that a held or lost campaign went out; the codes of a refusal show nothing."""
    left = [r for r in receipts if r.status in LEFT]
    if not left or state not in (CampaignState.HELD, CampaignState.UNKNOWN):
        return
    campaign = await services.store.campaigns.get(campaign_id)
    if campaign:
        await services.outcomes.settle(campaign, Found(CampaignState.ACCEPTED, left[0].ticket))
