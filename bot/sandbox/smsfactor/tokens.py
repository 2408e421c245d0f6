"""API tokens: the one that the stand-in was started with and those made through it.

SMSFactor docs: token/create, token/list. The stand-in serves one account: a sub-account's token is made and
listed but opens nothing.
"""

import ipaddress
import secrets
from dataclasses import dataclass

from bot.sandbox.smsfactor.asking import AnswerError, Call, Endpoints, found, required, section, whole
from bot.sandbox.smsfactor.clock import stamp
from bot.sandbox.smsfactor.records import Json
from bot.sandbox.smsfactor.state import State


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept about a token beside its secret."""

    id: int
    name: str
    created: float
    ttl: int | None = None
    allowed_ips: tuple[str, ...] | None = None
    account: str = ""
    """The sub-account it is for; empty for our own."""


class Tokens:
    """Says which secrets open the API, and serves the five token endpoints."""

    def __init__(self, state: State, secret: str) -> None:
        self._state = state
        self._by_secret = {secret: Token(1, "sandbox", state.clock.now())}
        self._made = 1

    def endpoints(self) -> Endpoints:
        return {
            "POST /token": self._create,
            "POST /token/account/:id": self._create,
            "GET /token": lambda _call: {"tokens": [self._view(token) for token in self._by_secret.values()]},
            "GET /token/:id": lambda call: {"token": self._view(found(self._by_id(), call.id)[1])},
            "DELETE /token/:id": self._revoke,
        }

    def accepts(self, secret: str, peer: str) -> bool:
        """Whether this secret, used from that address, opens the account."""
        token = self._by_secret.get(secret)
        return (
            token is not None
            and not token.account
            and self._is_live(token)
            and (token.allowed_ips is None or any(_covers(network, peer) for network in token.allowed_ips))
        )

    def _create(self, call: Call) -> Json:
        fields = section(call.body, "token")
        ips = fields.get("allowed_ips")
        if ips is not None and not (isinstance(ips, list) and all(_is_network(ip) for ip in ips)):
            raise AnswerError(-7, "Champ invalide : allowed_ips")
        self._made += 1
        secret = secrets.token_urlsafe(32)
        self._by_secret[secret] = Token(
            self._made,
            required(fields, "name"),
            self._state.clock.now(),
            whole(fields, "ttl", 0) or None,
            tuple(ips) if ips else None,
            call.id,
        )
        return {"token": secret, "token_id": str(self._made), "allowed_ips": ips}

    def _revoke(self, call: Call) -> Json:
        secret, _ = found(self._by_id(), call.id)
        del self._by_secret[secret]
        return {"deleted_token": call.id}

    def _by_id(self) -> dict[str, tuple[str, Token]]:
        return {str(token.id): (secret, token) for secret, token in self._by_secret.items()}

    def _is_live(self, token: Token) -> bool:
        return token.ttl is None or self._state.clock.now() < token.created + token.ttl

    def _view(self, token: Token) -> Json:
        return {
            "name": token.name,
            "api_token_id": token.id,
            "created_at": stamp(token.created),
            "expired_at": stamp(token.created + token.ttl) if token.ttl else None,
            "ttl": token.ttl,
            "is_active": "1" if self._is_live(token) else "0",
            "allowed_ips": list(token.allowed_ips) if token.allowed_ips else None,
        }


def _is_network(written: object) -> bool:
    try:
        return isinstance(written, str) and bool(ipaddress.ip_network(written, strict=False))
    except ValueError:
        return False


def _covers(network: str, peer: str) -> bool:
    return ipaddress.ip_address(peer) in ipaddress.ip_network(network, strict=False)
