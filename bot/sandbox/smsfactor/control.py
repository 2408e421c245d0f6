"""The control side under `/_/`: the stand-in's verbs over HTTP, for the demo and a browser page.

GET /_/state; POST a JSON object to the verbs. Answers: 200 with a JSON object, 400 with `error` for what is
missing or makes no sense, 404 for a message or campaign that does not exist.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.smsfactor.clock import iso
from bot.sandbox.smsfactor.records import Campaign, Delivery, Json, Phone, Webhook

if TYPE_CHECKING:
    from bot.sandbox.smsfactor.server import SMSFactorStandIn

LATEST = 50
"""Campaigns, and texts per phone, that a snapshot shows."""

Verb = Callable[[Json], Awaitable[Json]]


class Control:
    """Thin over the stand-in's own methods."""

    def __init__(self, provider: "SMSFactorStandIn") -> None:
        self._provider = provider

    def open(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/_/state", self._state)
        verbs: dict[str, Verb] = {
            "reply": self._reply,
            "stop": self._stop,
            "click": self._click,
            "receipt": self._receipt,
            "hold": self._hold,
            "release": self._release,
            "refuse": self._refuse,
            "balance-alert": self._balance_alert,
            "credits": self._credits,
            "outcome": self._outcome,
            "fault": self._fault,
            "jump": self._jump,
        }
        for name, verb in verbs.items():
            app.router.add_post(f"/_/{name}", _over_http(verb))

    async def _state(self, _request: web.Request) -> web.Response:
        provider = self._provider
        campaigns = list(provider.campaigns.values())[-LATEST:]
        return web.json_response(
            {
                "now": provider.now().isoformat(timespec="seconds"),
                "credits": provider.credits,
                "campaigns": [_campaign_view(campaign) for campaign in campaigns],
                "phones": [
                    _phone_view(phone, blacklisted=provider.opted_out(phone.number)) for phone in provider.phones
                ],
                "webhooks": [_webhook_view(hook) for hook in provider.webhooks],
                "deliveries": len(provider.deliveries),
                "on_the_way": provider.on_the_way,
            }
        )

    async def _reply(self, ask: Json) -> Json:
        return _told(await self._provider.reply(_word(ask, "number"), _word(ask, "text")))

    async def _stop(self, ask: Json) -> Json:
        text, also_mo = str(ask.get("text", "Stop SMS")), ask.get("also_mo") is True
        return _told(await self._provider.stop(_word(ask, "number"), text, also_mo=also_mo))

    async def _click(self, ask: Json) -> Json:
        return _told(await self._provider.click(_word(ask, "message_id"), int(ask.get("link_index", 0))))

    async def _receipt(self, ask: Json) -> Json:
        return _told(await self._provider.receipt(_word(ask, "message_id"), int(ask.get("code", 3))))

    async def _hold(self, ask: Json) -> Json:
        self._provider.hold(ask.get("verdict", "release"), int(ask.get("times", 1)))
        return {}

    async def _release(self, ask: Json) -> Json:
        return _campaign_view(await self._provider.release(_word(ask, "ticket")))

    async def _refuse(self, ask: Json) -> Json:
        return _campaign_view(await self._provider.refuse(_word(ask, "ticket")))

    async def _balance_alert(self, _ask: Json) -> Json:
        return _told(await self._provider.balance_alert())

    async def _credits(self, ask: Json) -> Json:
        self._provider.credits += int(ask["add"])
        return {"credits": self._provider.credits}

    async def _outcome(self, ask: Json) -> Json:
        code = ask["code"]
        self._provider.phone(_word(ask, "number")).outcome = None if code is None else int(code)
        return {}

    async def _fault(self, ask: Json) -> Json:
        self._provider.fail(
            _word(ask, "path"),
            ask["how"],
            int(ask.get("times", 1)),
            retry_after=float(ask.get("retry_after", 1)),
        )
        return {}

    async def _jump(self, ask: Json) -> Json:
        self._provider.jump(float(ask["seconds"]))
        return {"now": self._provider.now().isoformat(timespec="seconds")}


def _over_http(verb: Verb) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            ask = _object(await request.json() if request.can_read_body else {})
            return web.json_response(await verb(ask))
        except KeyError as error:
            return web.json_response({"error": f"missing: {error.args[0]}"}, status=400)
        except LookupError as error:
            return web.json_response({"error": str(error)}, status=404)
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return serve


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value


def _word(ask: Json, name: str) -> str:
    value = ask[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"not a text: {name}")
    return value


def _told(deliveries: list[Delivery]) -> Json:
    return {
        "deliveries": [
            {"kind": each.kind, "url": each.url, "http_status": each.http_status, "error": each.error}
            for each in deliveries
        ]
    }


def _campaign_view(campaign: Campaign) -> Json:
    return {
        "ticket": campaign.ticket,
        "state": campaign.state,
        "text": campaign.text,
        "sender": campaign.sender,
        "cost": campaign.cost,
        "date": iso(campaign.date),
        "counts": campaign.counts,
        "messages": Counter(message.status for message in campaign.messages),
    }


def _phone_view(phone: Phone, *, blacklisted: bool) -> Json:
    return {
        "number": phone.number,
        "outcome": phone.outcome,
        "blacklisted": blacklisted,
        "texts": [
            {
                "text": text.text,
                "sender": text.sender,
                "message_id": text.message_id,
                "segments": text.segments,
                "links": text.links,
                "at": iso(text.at),
            }
            for text in phone.texts[-LATEST:]
        ],
        "replies": [{"text": reply.text, "at": iso(reply.at)} for reply in phone.replies[-LATEST:]],
    }


def _webhook_view(hook: Webhook) -> Json:
    return {
        "webhook_id": hook.id,
        "type": hook.kind,
        "url": hook.url,
        "status": "paused" if hook.paused else "live",
        "last_http_code": hook.last_http_code,
    }
