"""The reading endpoints: campaigns with their counters, messages of a period, replies.

SMSFactor docs: campaigns/history, campaigns/details, campaigns/stops, messages, messages/mo. Numbers come as
strings or as numbers from one endpoint to the next, as published. Periods count whole
seconds, both ends included.
"""

from bot.sandbox.smsfactor import numbers
from bot.sandbox.smsfactor.asking import (
    Call,
    Endpoints,
    choice,
    found,
    moment,
    optional,
    page,
    required,
    sort_by,
    whole,
)
from bot.sandbox.smsfactor.clock import stamp
from bot.sandbox.smsfactor.records import (
    DELIVERED,
    EXPIRED,
    INVALID_DESTINATION,
    NETWORK_ERROR,
    RECEIPT_NAMES,
    Campaign,
    Entry,
    Info,
    Json,
    Message,
    Reply,
)
from bot.sandbox.smsfactor.state import ACCOUNT_ID, State

FOREVER = float("inf")
ANY_STATUS = ("", "delivered", "sent", "waiting", "moderation", "denied", "not_sent", "undelivered")

# "Sent" is the only text ever published; the others are made up, in its manner.
CAMPAIGN_STATUS = {
    "sent": "Sent",
    "scheduled": "Waiting",
    "moderation": "Moderation",
    "denied": "Denied",
    "cancelled": "Canceled",
}

CAMPAIGN_ORDER = {
    "id": lambda campaign: int(campaign.ticket),
    "date": lambda campaign: campaign.date,
    "text": lambda campaign: campaign.text,
    "cost": lambda campaign: campaign.cost,
    "status": lambda campaign: CAMPAIGN_STATUS[campaign.state],
}
MESSAGE_ORDER = {name: lambda view, name=name: view[name] for name in ("date", "destination", "sender", "status")}
REPLY_ORDER = {
    "id": lambda reply: reply.id,
    "date": lambda reply: reply.at,
    "text": lambda reply: reply.text,
}


class Reports:
    """Reads the state and changes nothing, but for PUT /campaign/:id/npai."""

    def __init__(self, state: State) -> None:
        self._state = state

    def endpoints(self) -> Endpoints:
        return {
            "GET /campaigns": self._campaigns,
            "GET /campaign/:id": self._campaign,
            "GET /campaign/:id/blacklist": self._stops,
            "GET /campaign/:id/npai": self._npais,
            "GET /campaign/:id/mo": self._replies_of_campaign,
            "PUT /campaign/:id/npai": self._keep_npais,
            "GET /messages": self._messages,
            "GET /messages/mo": self._replies,
        }

    def _campaigns(self, call: Call) -> Json:
        query = call.query
        start, end = moment(query, "date_start", -FOREVER), moment(query, "date_end", FOREVER)
        fewest, most = whole(query, "sms_min", 0), whole(query, "sms_max", 10**9)
        text, destination = optional(query, "text"), numbers.digits(optional(query, "destination"))
        wanted = [
            campaign
            for campaign in self._state.campaigns.values()
            if start <= int(campaign.date) <= end
            and fewest <= campaign.counts["total"] <= most
            and text in campaign.text
            and (not destination or any(message.number == destination for message in campaign.messages))
        ]
        shown = page(sort_by(wanted, query, CAMPAIGN_ORDER), query)
        return {
            "campaigns": [_campaign_view(campaign) for campaign in shown],
            "totalRecords": len(self._state.campaigns),
            "totalDisplayRecords": len(wanted),
        }

    def _campaign(self, call: Call) -> Json:
        return {"campaign": [_campaign_view(found(self._state.campaigns, call.id))]}

    def _stops(self, call: Call) -> Json:
        stops = found(self._state.campaigns, call.id).stops
        return {"stops": [_person(entry.number, entry.info, entry.at) for entry in stops]}

    def _npais(self, call: Call) -> Json:
        npais = _unassigned(found(self._state.campaigns, call.id))
        return {"npais": [_person(message.number, message.info, message.reported_at) for message in npais]}

    def _replies_of_campaign(self, call: Call) -> Json:
        campaign = found(self._state.campaigns, call.id)
        replies = [reply for reply in self._state.replies if reply.last and reply.last.campaign is campaign]
        return {"replies": [{**_who(reply), "date": stamp(reply.at)} for reply in replies]}

    def _keep_npais(self, call: Call) -> Json:
        state = self._state
        npais = _unassigned(found(state.campaigns, call.id))
        for message in npais:
            entry = Entry(
                next(state.object_ids),
                message.number,
                state.clock.now(),
                message.info,
                message.campaign.ticket,
            )
            state.npai.setdefault(message.number, entry)
        state.changes.notify()
        return {"NPAI": len(npais)}

    def _messages(self, call: Call) -> Json:
        query = call.query
        required(query, "date_start")
        required(query, "date_end")
        start, end = moment(query, "date_start"), moment(query, "date_end")
        kind = choice(query, "type", ("", "messages-in", "messages-out"))
        status = choice(query, "status", ANY_STATUS)
        text, country = optional(query, "message"), optional(query, "country")
        destination = numbers.digits(optional(query, "destination"))
        out = [_sent_view(m) for m in self._state.messages if start <= int(m.campaign.date) <= end]
        back = [_received_view(reply) for reply in self._state.replies if start <= int(reply.at) <= end]
        views = (out if kind != "messages-in" else []) + (back if kind != "messages-out" else [])
        wanted = [
            view
            for view in views
            if status in ("", view["status"].lower())
            and text in view["message"]
            and country in ("", view["country"])
            and destination in ("", view["destination"])
        ]
        return {
            "totalRecords": len(out) + len(back),
            "totalDisplayRecords": len(wanted),
            "messages": page(sort_by(wanted, query, MESSAGE_ORDER), query),
        }

    def _replies(self, call: Call) -> Json:
        required(call.query, "date_start")
        required(call.query, "date_end")
        start, end = moment(call.query, "date_start"), moment(call.query, "date_end")
        wanted = [reply for reply in self._state.replies if start <= int(reply.at) <= end]
        shown = page(sort_by(wanted, call.query, REPLY_ORDER), call.query)
        return {"replies": [_reply_view(reply) for reply in shown]}


def _unassigned(campaign: Campaign) -> list[Message]:
    return [message for message in campaign.messages if message.code == INVALID_DESTINATION]


def _campaign_view(campaign: Campaign) -> Json:
    codes = [message.code for message in campaign.messages]
    delivered, expired = codes.count(DELIVERED), codes.count(EXPIRED)
    network, npai = codes.count(NETWORK_ERROR), codes.count(INVALID_DESTINATION)
    reported = sum(code not in (None, 0, 1) for code in codes)
    return {
        "id": campaign.ticket,
        "sender": campaign.sender,
        "text": campaign.text,
        "creation_date": stamp(campaign.created),
        "date": stamp(campaign.date),
        "cost": str(campaign.cost),
        "lists": [{"id": list_id} for list_id in campaign.lists],
        "status": CAMPAIGN_STATUS[campaign.state],
        "delivery_rate": str(round(100 * delivered / len(codes)) if codes else 0),
        "delivered": str(delivered),
        "error": str(reported - delivered - expired - network - npai),
        "expired": str(expired),
        "network_error": str(network),
        "stop": str(len(campaign.stops)),
        "npai": str(npai),
        "total": str(campaign.counts["total"]),
    }


def _person(number: str, info: Info, at: float | None) -> Json:
    fields = {f"info{index}": value or None for index, value in enumerate(info, start=1)}
    return {"destination": number, **fields, "date": stamp(at)}


def _sent_view(message: Message) -> Json:
    status = message.status.upper()
    return {
        "campaign_id": int(message.campaign.ticket),
        "client_id": ACCOUNT_ID,
        "client_message_id": message.client_id,
        "contact_list_id": message.list_id,
        "message": message.text,
        "message_length": len(message.text),
        "cost": message.segments,
        "country": message.country,
        "destination": message.number,
        "message_id": message.id,
        "sender": message.campaign.sender,
        "date": stamp(message.campaign.date),
        "dlr_date": stamp(message.reported_at),
        "status": status,
        "status_details": status if message.code is None else RECEIPT_NAMES.get(message.code, status),
        "type": "sms_mt",
    }


def _received_view(reply: Reply) -> Json:
    read = numbers.read(reply.number)
    return {
        "campaign_id": int(reply.last.campaign.ticket) if reply.last else 0,
        "client_id": ACCOUNT_ID,
        "client_message_id": "",
        "contact_list_id": "",
        "message": reply.text,
        "message_length": len(reply.text),
        "cost": 0,
        "country": read[1] if read else "",
        "destination": reply.number,
        "message_id": reply.id,
        "sender": "",
        "date": stamp(reply.at),
        "dlr_date": "",
        "status": "RECEIVED",
        "status_details": "RECEIVED",
        "type": "sms_mo",
    }


def _who(reply: Reply) -> Json:
    info = reply.last.info if reply.last else ("", "")
    return {"destination": int(reply.number), "info1": info[0], "info2": info[1]}


def _reply_view(reply: Reply) -> Json:
    return {
        "message_id": str(reply.id),
        "campaign_id": reply.last.campaign.ticket if reply.last else "",
        **_who(reply),
        "message": reply.text,
        "date": stamp(reply.at),
    }
