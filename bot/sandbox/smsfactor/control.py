"""The control side under `/_/`: the stand-in's verbs over HTTP, for the demo and a browser page.

GET /_/state; POST a JSON object to the verbs. Answers: 200 with a JSON object, 400 with `error` for what is
missing or makes no sense, 404 for a message or campaign that does not exist. A server in the same process may
put `snapshot` and, with `as_handler`, the `verbs` under an address of its own.
"""

from typing import TYPE_CHECKING, get_args

from aiohttp import web

from bot.sandbox.smsfactor import verbs
from bot.sandbox.smsfactor.office import Office
from bot.sandbox.smsfactor.outage import DELAY, HOWS, LONGEST_DELAY, Outage
from bot.sandbox.smsfactor.people import People
from bot.sandbox.smsfactor.records import Delivery, Json, Power
from bot.sandbox.smsfactor.snapshot import campaign_view, delivery_view, phone_view, snapshot
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.verbs import Verb, as_handler

if TYPE_CHECKING:
    from bot.sandbox.smsfactor.server import SMSFactorStandIn


class Control:
    """What can be looked at (`snapshot`) and done (`verbs`, by name); thin over the stand-in's own rooms."""

    def __init__(self, provider: "SMSFactorStandIn", state: State, people: People, outage: Outage) -> None:
        self._provider = provider
        self._state = state
        self._people = people
        self._outage = outage
        self.verbs: dict[str, Verb] = {
            "reply": self._reply,
            "stop": self._stop,
            "click": self._click,
            "phone": self._phone,
            "power": self._power,
            "outcome": self._outcome,
            "receipt": self._receipt,
            "hold": self._hold,
            "release": self._release,
            "refuse": self._refuse,
            "balance-alert": self._balance_alert,
            "credits": self._credits,
            "redeliver": self._redeliver,
            "fault": self._fault,
            "outage": self._switch_outage,
            "jump": self._jump,
            **Office(state).verbs(),
        }

    def snapshot(self) -> Json:
        """All that a person may look at, as it is now; see `bot.sandbox.smsfactor.snapshot`."""
        return snapshot(self._state, self._provider.on_the_way, self._outage)

    def open(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/_/state", self._serve_snapshot)
        for name, verb in self.verbs.items():
            app.router.add_post(f"/_/{name}", as_handler(verb))

    async def _serve_snapshot(self, _request: web.Request) -> web.Response:
        return web.json_response(self.snapshot())

    # Phones and the people who hold them

    async def _reply(self, ask: Json) -> Json:
        return _told(await self._provider.reply(verbs.number(ask), verbs.word(ask, "text")))

    async def _stop(self, ask: Json) -> Json:
        text, also_mo = verbs.word({"text": "Stop SMS", **ask}, "text"), ask.get("also_mo") is True
        return _told(await self._provider.stop(verbs.number(ask), text, also_mo=also_mo))

    async def _click(self, ask: Json) -> Json:
        return _told(await self._provider.click(verbs.word(ask, "message_id"), verbs.whole(ask, "link_index", 0)))

    async def _phone(self, ask: Json) -> Json:
        return phone_view(self._people.get_phone(verbs.number(ask)), self._state)

    async def _power(self, ask: Json) -> Json:
        power = verbs.one_of(ask, "state", get_args(Power))
        phone = self._state.phone(verbs.number(ask))
        self._people.switch(phone, power)
        return phone_view(phone, self._state)

    async def _outcome(self, ask: Json) -> Json:
        code = None if ask["code"] is None else verbs.whole(ask, "code")
        self._people.set_outcome(self._state.phone(verbs.number(ask)), code)
        return {}

    async def _receipt(self, ask: Json) -> Json:
        return _told(await self._provider.receipt(verbs.word(ask, "message_id"), verbs.whole(ask, "code", 3)))

    # Moderation, credits, webhooks

    async def _hold(self, ask: Json) -> Json:
        self._provider.hold(ask.get("verdict", "release"), verbs.times(ask))
        return {}

    async def _release(self, ask: Json) -> Json:
        return campaign_view(await self._provider.release(verbs.word(ask, "ticket")))

    async def _refuse(self, ask: Json) -> Json:
        return campaign_view(await self._provider.refuse(verbs.word(ask, "ticket")))

    async def _balance_alert(self, _ask: Json) -> Json:
        return _told(await self._provider.balance_alert())

    async def _credits(self, ask: Json) -> Json:
        if "set" in ask:
            balance = verbs.whole(ask, "set")
        else:
            balance = self._provider.credits + verbs.whole(ask, "add", least=None)
        if balance < 0:
            raise ValueError(f"that would leave {balance} credits")
        self._provider.credits = balance
        return {"credits": balance}

    async def _redeliver(self, ask: Json) -> Json:
        return _told([await self._provider.redeliver(self._state.delivery(verbs.word(ask, "id")))])

    # Trouble and time

    async def _fault(self, ask: Json) -> Json:
        self._provider.fail(
            verbs.word(ask, "path"),
            ask["how"],
            verbs.times(ask),
            retry_after=verbs.seconds(ask, "retry_after", 1),
        )
        return {}

    async def _switch_outage(self, ask: Json) -> Json:
        delay = verbs.seconds(ask, "seconds", DELAY, most=LONGEST_DELAY)
        self._outage.switch(verbs.one_of(ask, "how", HOWS), delay)
        return {"outage": self._outage.view()}

    async def _jump(self, ask: Json) -> Json:
        self._provider.jump(verbs.seconds(ask, "seconds"))
        return {"now": self._provider.now().isoformat(timespec="seconds")}


def _told(deliveries: list[Delivery]) -> Json:
    return {"deliveries": [delivery_view(each) for each in deliveries]}
