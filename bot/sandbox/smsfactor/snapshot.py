"""What a person may look at, as short plain JSON: the account, its campaigns, the phones, the webhooks.

Times are ISO 8601 in Paris, by the stand-in's clock.
"""

import heapq
import math
from collections import Counter
from collections.abc import Mapping
from itertools import islice

from bot.sandbox.smsfactor.clock import HOUR, iso, local
from bot.sandbox.smsfactor.outage import Outage
from bot.sandbox.smsfactor.records import (
    DELIVERED,
    EXPIRED,
    INVALID_DESTINATION,
    SENT,
    Campaign,
    Delivery,
    Entry,
    Json,
    Phone,
    Power,
    Rules,
    Text,
    Webhook,
)
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.text import SHORT_HOST

LATEST = 50
"""How many campaigns, phones, texts and replies per phone, and entries per list are shown."""
LATEST_DELIVERIES = 20

_POWERS: Mapping[int | None, Power] = {
    DELIVERED: "on",
    SENT: "on",
    EXPIRED: "off",
    INVALID_DESTINATION: "unassigned",
    None: "silent",
}


def snapshot(state: State, on_the_way: int, outage: Outage) -> Json:
    """Everything at this moment. Newest first, but for texts and replies, which stand as they came.

    Campaigns, phones, deliveries and list entries are the latest ones only, with how many there are beside
    them; of the phones also those that were added by hand.
    """
    phones = [phone for phone in state.phones.values() if phone.last_event]
    return {
        "changes": state.changes.count,
        "now": iso(state.clock.now()),
        "ahead": round(state.clock.ahead),
        "credits": state.credits,
        "alert_trigger": int(state.notification["alert_trigger"]),
        "rules": rules_view(state.rules),
        "outage": outage.view(),
        "holds": list(state.holds),
        "campaigns": [campaign_view(each) for each in islice(reversed(state.campaigns.values()), LATEST)],
        "campaign_count": len(state.campaigns),
        "phones": [phone_view(phone, state) for phone in _shown(phones)],
        "phone_count": len(phones),
        "blacklist": _list_view(state.blacklist),
        "blacklist_count": len(state.blacklist),
        "npai": _list_view(state.npai),
        "npai_count": len(state.npai),
        "webhooks": [_webhook_view(hook) for hook in state.webhooks.values()],
        "deliveries": [delivery_view(each) for each in reversed(state.deliveries[-LATEST_DELIVERIES:])],
        "delivery_count": len(state.deliveries),
        "on_the_way": on_the_way,
    }


def rules_view(rules: Rules) -> Json:
    """The rules that a person may change; `countries` is null for all."""
    return {
        "receipt_after": rules.receipt_after,
        "moderation_after": rules.moderation_after,
        "flood_per_hour": rules.flood_per_hour,
        "flood_same_text_per_hour": rules.flood_same_text_per_hour,
        "moderation_words": rules.moderation_words,
        "stop_mention": rules.stop_mention,
        "signature": rules.signature,
        "countries": None if rules.countries is None else sorted(rules.countries),
    }


def campaign_view(campaign: Campaign) -> Json:
    """`counts` as the answer to the send gave them; `messages`: how many stand at each status now."""
    return {
        "ticket": campaign.ticket,
        "state": campaign.state,
        "text": campaign.text,
        "sender": campaign.sender,
        "cost": campaign.cost,
        "created": iso(campaign.created),
        "date": iso(campaign.date),
        "counts": campaign.counts,
        "message_count": len(campaign.messages),
        "messages": Counter(message.status for message in campaign.messages),
        "stops": len(campaign.stops),
        "clicks": sum(link.clicks for message in campaign.messages for link in message.links),
    }


def phone_view(phone: Phone, state: State) -> Json:
    """A phone: what becomes of SMS to it, those that it got, and what was said on it."""
    return {
        "number": phone.number,
        "state": _POWERS.get(phone.outcome, "failing"),
        "outcome": phone.outcome,
        "blacklisted": phone.number in state.blacklist,
        "npai": phone.number in state.npai,
        "missed": phone.missed,
        "texts": [_text_view(text) for text in phone.texts[-LATEST:]],
        "replies": [
            {"text": reply.text, "at": _exact(reply.at), "stop": reply.stop} for reply in phone.replies[-LATEST:]
        ],
        "flood": _flood_view(phone, state.rules.flood_per_hour, state.clock.now()),
    }


def delivery_view(delivery: Delivery) -> Json:
    """One attempt to tell a webhook something."""
    return {"id": delivery.id, "webhook_id": delivery.webhook_id, "url": delivery.url, **_outcome_view(delivery)}


def _shown(phones: list[Phone]) -> list[Phone]:
    latest = heapq.nlargest(LATEST, phones, key=_last_event)
    by_hand = [phone for phone in phones if phone.by_hand and phone not in latest]
    return latest + sorted(by_hand, key=_last_event, reverse=True)


def _last_event(phone: Phone) -> int:
    return phone.last_event


def _text_view(text: Text) -> Json:
    message = text.message
    return {
        "text": text.text,
        "sender": text.sender,
        "message_id": text.message_id,
        "ticket": message.campaign.ticket,
        "segments": text.segments,
        "at": _exact(text.at),
        "links": [{"url": SHORT_HOST + link.code, "target": link.url, "clicks": link.clicks} for link in message.links],
        "stop_mention": message.campaign.stop_mention,
        "receipt": message.code,
    }


def _exact(at: float) -> str:
    """With milliseconds, by which what was said in one second is put in order."""
    return local(at).isoformat(timespec="milliseconds")


def _flood_view(phone: Phone, limit: int, now: float) -> Json:
    """How many sends of the last hour count now, and when there is room again (null: there is)."""
    counted = sorted(place[0] for place in phone.flood if now - HOUR < place[0] <= now)
    over = len(counted) - limit
    free_at = iso(math.ceil(counted[over] + HOUR)) if 0 <= over < len(counted) else None
    return {"hour": len(counted), "limit": limit, "free_at": free_at}


def _list_view(shelf: Mapping[str, Entry]) -> list[Json]:
    latest = list(shelf.values())[-LATEST:]
    return [{"number": entry.number, "at": iso(entry.at)} for entry in reversed(latest)]


def _webhook_view(hook: Webhook) -> Json:
    return {
        "webhook_id": hook.id,
        "type": hook.kind,
        "url": hook.url,
        "status": "paused" if hook.paused else "live",
        "last_http_code": hook.last_http_code,
        "delivered": hook.delivered,
        "failed": hook.failed,
        "last": None if hook.last is None else _outcome_view(hook.last),
    }


def _outcome_view(delivery: Delivery) -> Json:
    return {
        "kind": delivery.kind,
        "at": iso(delivery.at),
        "http_status": delivery.http_status,
        "error": delivery.error,
    }
