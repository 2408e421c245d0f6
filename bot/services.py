"""What every room is handed."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.access import Access
from bot.agenda import Agenda
from bot.guards import Guards
from bot.outbox import Outbox
from bot.outcome import Outcomes
from bot.poster import Poster
from bot.settings import Settings
from bot.smsfactor.client import SMSFactor
from bot.store import Store
from bot.tempo import Tempo
from bot.wallclock import WallClock


@dataclass(frozen=True, slots=True)
class Services:
    """One of each; made by ``app``, closed by it."""

    settings: Settings
    tempo: Tempo
    wall: WallClock
    slack: AsyncWebClient
    sms: SMSFactor
    store: Store
    agenda: Agenda
    access: Access
    poster: Poster
    guards: Guards
    outbox: Outbox
    outcomes: Outcomes
