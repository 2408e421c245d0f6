"""The stand-in as one object: the server, and the provider's staff, networks and phones behind it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from bot.sandbox.smsfactor.accounts import Accounts
from bot.sandbox.smsfactor.clock import local
from bot.sandbox.smsfactor.contacts import Contacts
from bot.sandbox.smsfactor.control import Control
from bot.sandbox.smsfactor.courier import Courier
from bot.sandbox.smsfactor.door import Door
from bot.sandbox.smsfactor.faults import Faults
from bot.sandbox.smsfactor.numbers import digits
from bot.sandbox.smsfactor.outage import Outage
from bot.sandbox.smsfactor.people import People
from bot.sandbox.smsfactor.records import (
    DELIVERED,
    Campaign,
    Delivery,
    Kind,
    Phone,
    Request,
    Rules,
    Signature,
    Text,
    Verdict,
    Webhook,
)
from bot.sandbox.smsfactor.reports import Reports
from bot.sandbox.smsfactor.sending import Sending
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.tokens import Tokens
from bot.sandbox.smsfactor.traffic import Traffic
from bot.sandbox.smsfactor.webhooks import Webhooks

T = TypeVar("T")

MAX_BODY = 32 * 1024 * 1024


class SMSFactorStandIn:
    """A real HTTP server on loopback that behaves like SMSFactor as far as its documentation goes.

    `async with SMSFactorStandIn(token="…") as provider:` serves the API at `provider.url`; `start` and
    `close` do the same for a server that lives long. Times are seconds of the stand-in's own clock, which
    `jump` moves; None means "only when told". How it behaves can be changed at any time through `rules`;
    `control` is what a page shows of it and does to it, `changes` tells when to look again.
    """

    def __init__(
        self,
        *,
        token: str,
        port: int = 0,
        credits: int = 1000,  # noqa: A002 (the provider's word)
        receipt_after: float | None = None,
        moderation_after: float | None = None,
        flood_per_hour: int = 5,
        flood_same_text_per_hour: int = 1,
        countries: frozenset[str] | None = frozenset({"FR"}),
        country_limits: Mapping[str, int] | None = None,
        moderation_words: Mapping[str, Verdict] | None = None,
        signature: Signature = "plain",
    ) -> None:
        self.token = token
        self.rules = Rules(
            receipt_after=receipt_after,
            moderation_after=moderation_after,
            flood_per_hour=flood_per_hour,
            flood_same_text_per_hour=flood_same_text_per_hour,
            countries=countries,
            country_limits=dict(country_limits or {}),
            moderation_words=dict(moderation_words or {}),
            signature=signature,
        )
        self._port = port
        self._state = State(self.rules, credits)
        self.changes = self._state.changes
        self._courier = Courier(self._state)
        self._traffic = Traffic(self._state, self._courier)
        self._people = People(self._state, self._courier)
        self._faults = Faults()
        self._outage = Outage(self.changes)
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None
        tokens = Tokens(self._state, token)
        self._door = Door(self._state, tokens, self._faults, self._outage)
        self.control = Control(self, self._state, self._people, self._outage)
        self._webhooks = Webhooks(self._state)
        self._app = self._application(tokens)

    def _application(self, tokens: Tokens) -> web.Application:
        """What a person may do by the page, and all endpoints."""
        app = web.Application(client_max_size=MAX_BODY)
        self.control.open(app)
        self._door.open(
            app,
            Sending(self._state, self._traffic).endpoints(),
            Reports(self._state).endpoints(),
            Contacts(self._state).endpoints(),
            self._webhooks.endpoints(),
            Accounts(self._state, self._traffic).endpoints(),
            tokens.endpoints(),
        )
        return app

    # Life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Listen on 127.0.0.1; OSError if the port is taken."""
        # A handler that holds an answer back ends with its caller, and with the server.
        self._runner = web.AppRunner(self._app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        await self._courier.start()
        self._ticking = asyncio.create_task(self._state.clock.run(), name="sandbox clock")

    async def close(self) -> None:
        """Stop serving; what was on its way to a webhook is given up."""
        self._door.closing.set()
        self._outage.switch("off")
        if self._runner is not None:
            await self._runner.cleanup()
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        await self._courier.close()

    @property
    def url(self) -> str:
        """Base address of the API, without a slash at its end."""
        return f"http://127.0.0.1:{self._port}"

    # What can be seen

    @property
    def requests(self) -> list[Request]:
        """What callers asked, in order, without their tokens."""
        return self._state.requests

    @property
    def deliveries(self) -> list[Delivery]:
        """Attempts to hand events to webhooks, each added once it is answered or has failed."""
        return self._state.deliveries

    @property
    def on_the_way(self) -> int:
        """Deliveries that are not yet answered."""
        return self._courier.on_the_way

    @property
    def campaigns(self) -> Mapping[str, Campaign]:
        """Ticket → campaign with its true state, oldest first."""
        return self._state.campaigns

    @property
    def phones(self) -> list[Phone]:
        """Every phone that was written to, or spoken of."""
        return list(self._state.phones.values())

    @property
    def webhooks(self) -> list[Webhook]:
        """The registered webhooks."""
        return list(self._state.webhooks.values())

    def register_webhook(self, kind: Kind, url: str, secret: str) -> None:
        """As POST /webhook does, without a request."""
        self._webhooks.register(kind, url, secret)

    def phone(self, number: str) -> Phone:
        """The phone of that number: set its `outcome` to have its SMS delivered (3), expired (12) …"""
        return self._state.phone(number)

    def texts(self, number: str) -> list[Text]:
        """The SMS that this phone received, in order, as they arrived."""
        return self._state.phone(number).texts

    def opted_out(self, number: str) -> bool:
        """Whether the number is on the blacklist."""
        return digits(number) in self._state.blacklist

    async def until(self, predicate: Callable[[], T], timeout: float = 20.0) -> T:
        """Wait until `predicate()` is true, looking at every change; TimeoutError after `timeout` seconds."""
        return await self._state.changes.until(predicate, timeout)

    # Clock and credits

    def now(self) -> datetime:
        """The stand-in's time, in Paris."""
        return local(self._state.clock.now())

    def jump(self, seconds: float) -> None:
        """Let time pass: moderation, schedules and receipts that fall due have happened when this returns."""
        self._state.clock.jump(seconds)
        self.changes.notify()

    @property
    def credits(self) -> int:
        """The balance; setting it below the alert trigger tells the BALANCE_ALERT webhooks."""
        return self._state.credits

    @credits.setter  # noqa: A003 (the provider's word)
    def credits(self, value: int) -> None:
        self._traffic.charge(self._state.credits - value)

    async def balance_alert(self) -> list[Delivery]:
        """Tell the BALANCE_ALERT webhooks the balance as it is."""
        return await self._traffic.balance_alert()

    # Moderation

    @property
    def moderate_next(self) -> Verdict | None:
        """How moderation of the next send ends; None if it is not held."""
        return self._state.holds[0] if self._state.holds else None

    @moderate_next.setter
    def moderate_next(self, verdict: Verdict | None) -> None:
        self._state.holds.clear()
        if verdict is not None:
            self.hold(verdict)

    def hold(self, verdict: Verdict = "release", times: int = 1) -> None:
        """Hold the next `times` sends, to end so after `rules.moderation_after` or when told."""
        if verdict not in ("release", "refuse"):
            raise ValueError("a verdict is 'release' or 'refuse'")
        self._state.holds.extend([verdict] * times)
        self.changes.notify()

    async def release(self, ticket: str) -> Campaign:
        """Let a held campaign go; LookupError if there is none, ValueError if it is not held."""
        campaign = self._state.campaign(ticket)
        self._traffic.release(campaign)
        return campaign

    async def refuse(self, ticket: str) -> Campaign:
        """Refuse a held campaign and refund it; errors as for `release`."""
        campaign = self._state.campaign(ticket)
        self._traffic.refuse(campaign)
        return campaign

    # Networks and people; each comes back with the deliveries that it caused

    async def receipt(self, message_id: str, code: int = DELIVERED) -> list[Delivery]:
        """Report on a message now; LookupError if there is none, ValueError if it has not left."""
        return await self._traffic.receipt(self._state.message(message_id), code)

    async def reply(self, number: str, text: str) -> list[Delivery]:
        """The person at that number answers; an MO and nothing else, even if the text says STOP."""
        return await self._people.reply(self._state.phone(number), text)

    async def stop(self, number: str, text: str = "Stop SMS", *, also_mo: bool = False) -> list[Delivery]:
        """The person at that number opts out; `also_mo` has an MO follow, which nobody has ruled out."""
        return await self._people.stop(self._state.phone(number), text, also_mo=also_mo)

    async def click(self, message_id: str, link_index: int = 0) -> list[Delivery]:
        """The recipient opens a short link; LookupError if the message or the link does not exist."""
        return await self._people.click(self._state.message(message_id), link_index)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same bytes again, as a provider that repeats itself would."""
        return await self._courier.redeliver(delivery)

    # Faults

    def fail(self, path: str, how: int | str, times: int = 1, *, retry_after: float = 1) -> None:
        """Have the next `times` requests to a path go wrong; ValueError for an unknown `how`.

        `path`: `/campaign/20480001`, `/campaign/:id`, either with its method in front, or `*`. `how`: an HTTP
        status (429 and 503 carry `retry_after` seconds); `refuse:-3`; `drop` (connection closed), `stall` (no
        answer): nothing was done; `drop_after`, `timeout` (no answer until the caller gives up), `garbage`
        (HTML): the request was carried out.
        """
        self._faults.add(path, how, times, retry_after)
