"""Clicks on tracked links, counted on their campaign's card."""

from collections.abc import Sequence

from bot.campaign_ids import message_of
from bot.doors import Doors, Heard
from bot.services import Services
from bot.smsfactor.events import Click


def register(doors: Doors) -> None:
    """The webhook CLICKER."""
    doors.relay(Click, note)


async def note(services: Services, heard: Sequence[Heard]) -> None:
    """Each click once; and how many people clicked, where the click says whose it was."""
    campaigns = services.store.campaigns
    for one in heard:
        click: Click = one.event
        place = message_of(click.message_id)
        campaign_id = place[0] if place else await campaigns.of_ticket(click.ticket)
        if campaign_id is None:
            continue
        await campaigns.count_once(campaign_id, "clicks", one.fingerprint, click.message_id or "")
        await services.outbox.show_again(campaign_id)
