"""Tell SMSFactor where to post what happens, and see whether it still does."""

from typing import Literal

from pydantic import Field, SecretStr

from bot.smsfactor.connection import Connection
from bot.smsfactor.events import Kind
from bot.smsfactor.wire import Acknowledged, Wire, Words

WebhookStatus = Literal["live", "paused"]

TYPES: dict[Kind, str] = {
    "mo": "MO",
    "stop": "STOP",
    "dlr": "DLR",
    "clicker": "CLICKER",
    "balance": "BALANCE_ALERT",
}
"""Our word for a kind of webhook → SMSFactor's."""

_KINDS: dict[str, Kind] = {wire_type: kind for kind, wire_type in TYPES.items()}


class Webhook(Wire):
    """A registered webhook. `status` is "live" or "paused", empty in older editions.

    `signature` is the secret that it posts with, which the provider echoes in clear; None if it did not say.
    `last_http_code` is the last HTTP status that our server gave it.
    """

    id: str = Field(alias="webhook_id")
    type: str
    url: Words = ""
    status: Words = ""
    signature: SecretStr | None = None
    last_http_code: int | None = None

    @property
    def kind(self) -> Kind | None:
        """Our word for `type`; None for a type that we do not know."""
        return _KINDS.get(self.type.upper())


class _Webhooks(Wire):
    webhooks: tuple[Webhook, ...]


class _OneWebhook(Wire):
    webhook: Webhook


class Webhooks(Connection):
    """`/webhook`. `kind` is one of `bot.smsfactor.events.KINDS`."""

    async def webhooks(self) -> tuple[Webhook, ...]:
        """GET /webhook."""
        return (await self._read(_Webhooks, "/webhook")).webhooks

    async def webhook(self, webhook_id: str) -> Webhook:
        """GET /webhook/:id."""
        return (await self._read(_OneWebhook, "/webhook/:id", ident=webhook_id)).webhook

    async def create_webhook(self, kind: Kind, url: str, signature: str) -> Webhook:
        """POST /webhook."""
        body = _definition(kind, url, signature)
        return (await self._write(_OneWebhook, "POST", "/webhook", body=body)).webhook

    async def update_webhook(self, webhook_id: str, kind: Kind, url: str, signature: str) -> Webhook:
        """PUT /webhook/:id.

        All three are always sent, because leaving the signature out may clear it. The page's list of types
        lacks BALANCE_ALERT: delete and create that one (SMSFactor docs, webhook/update).
        """
        body = _definition(kind, url, signature)
        return (await self._write(_OneWebhook, "PUT", "/webhook/:id", ident=webhook_id, body=body)).webhook

    async def set_webhook_status(self, webhook_id: str, status: WebhookStatus) -> None:
        """PUT /webhook/:id/status: pause or resume."""
        body = {"webhook": {"status": status}}
        await self._write(Acknowledged, "PUT", "/webhook/:id/status", ident=webhook_id, body=body)

    async def delete_webhook(self, webhook_id: str) -> None:
        """DELETE /webhook/:id."""
        await self._write(Acknowledged, "DELETE", "/webhook/:id", ident=webhook_id)


def _definition(kind: Kind, url: str, signature: str) -> dict[str, object]:
    return {"webhook": {"type": TYPES[kind], "url": url, "signature": signature}}
