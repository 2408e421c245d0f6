"""The account: balance, details, sub-accounts, alert settings, retention, invoices and number look-ups.

SMSFactor docs: account/credits, account/get, account/create, account/sub-accounts, account/unlock,
notification/get, account/get-retention, hlr. Invoices and transfers are known from client libraries only.
"""

import itertools
import re

from bot.sandbox.smsfactor import numbers
from bot.sandbox.smsfactor.asking import (
    AnswerError,
    Call,
    Endpoints,
    choice,
    found,
    optional,
    required,
    section,
    whole,
)
from bot.sandbox.smsfactor.records import Json
from bot.sandbox.smsfactor.state import ACCOUNT_ID, State
from bot.sandbox.smsfactor.traffic import Traffic

_RETENTION = {
    # field of PUT → (field of GET, value at first)
    "message": ("mts_retention", "6m"),
    "list": ("lists_retention", "14m"),
    "survey": ("surveys_retention", "26m"),
    "mo": ("mos_retention", "6m"),
    "campaign": ("campaigns_retention", "26m"),
    "lookup": ("lookups_retention", "14m"),
}

_INVOICE: Json = {
    "id": "801",
    "name": "F-2026-0801",
    "creation": "2026-01-05 10:00:00",
    "validation": "2026-01-05 10:02:00",
    "price": "45.00",
    "vat": "9.00",
    "total": "54.00",
    "currency": "EUR",
    "status": "paid",
    "payment_type": "card",
    "products": [{"description": "1000 SMS", "unit_price": "0.045", "quantities": "1000", "price": "45.00"}],
}
_INVOICE_FILE = b"%PDF-1.4\n% an invoice of the sandbox\n%%EOF\n"


class Accounts:
    """One account with sub-accounts that can be made, locked and given credits."""

    def __init__(self, state: State, traffic: Traffic) -> None:
        self._state = state
        self._traffic = traffic
        self._children: dict[str, Json] = {}
        self._child_ids = (str(number) for number in itertools.count(ACCOUNT_ID + 101))
        self._retention = dict(_RETENTION.values())

    def endpoints(self) -> Endpoints:
        return {
            "GET /credits": self._credits,
            "GET /account": lambda _call: {"account": self._own()},
            "POST /account": self._create,
            "GET /sub-accounts": lambda _call: {"sub-accounts": list(self._children.values())},
            "GET /sub-accounts/:id": lambda call: {"sub-account": found(self._children, call.id)},
            "GET /account/:id/lock": lambda call: self._set_state(call, "locked"),
            "GET /account/:id/unlock": lambda call: self._set_state(call, "unlocked"),
            "POST /account/transfer": self._transfer,
            "GET /notification/balance": self._notification,
            "PUT /notification/balance": self._set_notification,
            "GET /retention": lambda _call: {"data_retention": self._retention},
            "PUT /retention": self._set_retention,
            "GET /account/invoice": lambda _call: {"invoices": [_INVOICE]},
            "GET /account/invoice/:id": lambda call: {"invoice": _invoice(call)},
            "GET /account/invoice/:id/download": lambda call: _INVOICE_FILE if _invoice(call) else {},
            "POST /lookup": self._lookup,
        }

    def _credits(self, _call: Call) -> Json:
        return {
            "credits": str(self._state.credits),
            "postpaid": "1" if self._state.rules.postpaid else "0",
            "postpaid_limit": False,
            "unlimited": False,
        }

    def _own(self) -> Json:
        return {
            **_person("desk@example.org", "Ada", "Martin", "FR"),
            "client_id": str(ACCOUNT_ID),
            "parent_client_id": None,
            "company": "Sandbox",
            "type": "company",
            "credits": str(self._state.credits),
            "unlimited": "0",
            "senderid": "",
            "status": "1",
            "time_zone": "Europe/Paris",
            "has_verified_email": True,
            "whitelabel_id": "1",
            "last_accept_gcs": "2026-01-05 09:00:00",
        }

    # Sub-accounts

    def _create(self, call: Call) -> Json:
        fields = section(call.body, "account")
        email = required(fields, "email")
        if not 6 <= len(required(fields, "password")) <= 25:
            raise AnswerError(-7, "Champ invalide : password")
        is_child = whole(fields, "isChild", 0) == 1
        required(fields, "unlimited" if is_child else "country_code")
        account_id = next(self._child_ids)
        if is_child:
            self._children[account_id] = {
                **_person(
                    email,
                    optional(fields, "firstname"),
                    optional(fields, "lastname"),
                    optional(fields, "country_code") or "FR",
                ),
                "client_id": account_id,
                "parent_client_id": str(ACCOUNT_ID),
                "company": optional(fields, "company"),
                "type": choice(fields, "type", ("company", "association", "administration", "private")),
                "credits": "0",
                "unlimited": str(whole(fields, "unlimited")),
                "senderid": optional(fields, "sender"),
                "status": "1",
                "time_zone": "Europe/Paris",
                "current_month_consumption": 0,
                "previous_month_consumption": 0,
            }
        return {"id": account_id, "active": "1"}

    def _set_state(self, call: Call, state: str) -> Json:
        found(self._children, call.id)["status"] = "1" if state == "unlocked" else "0"
        return {"state": state}

    def _transfer(self, call: Call) -> Json:
        fields = section(call.body, "transfer")
        child = found(self._children, required(fields, "to_account"))
        amount = whole(fields, "credits")
        if amount > self._state.credits:
            raise AnswerError(-3, "Vous n'avez pas assez de crédits pour ce transfert")
        self._traffic.charge(amount)
        child["credits"] = str(int(child["credits"]) + amount)
        return {"credits": str(self._state.credits), "child_credits": child["credits"]}

    # Settings

    def _notification(self, _call: Call) -> Json:
        # What PUT calls phone_number, GET calls gsm.
        settings = {("gsm" if name == "phone_number" else name): v for name, v in self._state.notification.items()}
        return {"notification": settings}

    def _set_notification(self, call: Call) -> Json:
        fields = section(call.body, "notification")
        changed = {"alert_trigger": str(whole(fields, "alert_trigger"))}
        for name in ("alert_email", "alert_gsm"):
            if name in fields:
                changed[name] = choice(fields, name, ("0", "1"))
        for name in ("email", "phone_number"):
            if name in fields:
                changed[name] = optional(fields, name)
        self._state.notification.update(changed)
        self._state.changes.notify()
        return {"notification": self._state.notification}

    def _set_retention(self, call: Call) -> Json:
        fields = section(call.body, "retention")
        for name in fields:
            if name not in _RETENTION or not re.fullmatch(r"[1-9][0-9]*[dm]", required(fields, name)):
                raise AnswerError(-7, f"Champ invalide : {name}")
        self._retention.update({_RETENTION[name][0]: str(value) for name, value in fields.items()})
        return {}

    # Look-ups

    def _lookup(self, call: Call) -> Json:
        wanted = section(call.body, "lookup").get("to")
        if not isinstance(wanted, list) or not wanted:
            raise AnswerError(-7, "Champ manquant : to")
        if len(wanted) > self._state.credits:
            raise AnswerError(-3, "Vous n'avez pas assez de crédits pour cette recherche")
        found_numbers = [self._look_up(str(number)) for number in wanted]
        self._traffic.charge(len(wanted))
        return {"cost": len(wanted), "credits": self._state.credits, "response": {"lookup": found_numbers}}

    def _look_up(self, written: str) -> Json:
        read = numbers.read(written)
        alive = read is not None and read[0] not in self._state.npai and read[0] not in self._state.unassigned
        return {
            "to": written,
            "mccMnc": "20801" if alive else "",
            "originalNetwork": {
                "networkName": "Sandbox Mobile",
                "networkPrefix": written[2:5],
                "countryName": read[1] if read else "",
                "countryPrefix": written[:2],
            },
            "ported": False,
            "roaming": False,
            "status": {
                "name": "DELIVERED" if alive else "UNDELIVERABLE",
                "description": "",
                "detailed": "",
            },
            "error": {
                "id": 0 if alive else 1,
                "description": "No Error" if alive else "Unknown Subscriber",
                "permanent": not alive,
            },
        }


def _invoice(call: Call) -> Json:
    return found({_INVOICE["id"]: _INVOICE}, call.id)


def _person(email: str, firstname: str, lastname: str, country_code: str) -> Json:
    return {
        "email": email,
        "firstname": firstname,
        "lastname": lastname,
        "city": "",
        "phone": "",
        "address1": "",
        "address2": None,
        "zip": "",
        "country": "France" if country_code == "FR" else "",
        "country_code": country_code,
        "lang": "fr",
        "description": "",
    }
