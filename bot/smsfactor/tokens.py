"""Keys to the account: API tokens, made, listed and revoked."""

from collections.abc import Sequence

from pydantic import Field, SecretStr

from bot.smsfactor.connection import Connection
from bot.smsfactor.wire import Acknowledged, Flag, Moment, Wire, Words


class NewToken(Wire):
    """A token that was just made: `token` is shown this once and never again."""

    id: str = Field(alias="token_id")
    token: SecretStr
    allowed_ips: tuple[str, ...] | None = None


class Token(Wire):
    """A token, without its secret.

    `ttl` in seconds; `expires_at`, `ttl` and `allowed_ips` are None without a limit.
    """

    id: str = Field(alias="api_token_id")
    name: Words = ""
    created_at: Moment = None
    expires_at: Moment = Field(None, alias="expired_at")
    ttl: int | None = None
    is_active: Flag = False
    allowed_ips: tuple[str, ...] | None = None


class _Tokens(Wire):
    tokens: tuple[Token, ...]


class _OneToken(Wire):
    token: Token


class Tokens(Connection):
    """`/token`."""

    async def create_token(self, name: str, *, ttl: int | None = None, allowed_ips: Sequence[str] = ()) -> NewToken:
        """POST /token; `ttl` in seconds, `allowed_ips` as IPv4, IPv6 or CIDR."""
        return await self._write(NewToken, "POST", "/token", body=_definition(name, ttl, allowed_ips))

    async def create_account_token(
        self, account_id: str, name: str, *, ttl: int | None = None, allowed_ips: Sequence[str] = ()
    ) -> NewToken:
        """POST /token/account/:id: for a sub-account."""
        body = _definition(name, ttl, allowed_ips)
        return await self._write(NewToken, "POST", "/token/account/:id", ident=account_id, body=body)

    async def tokens(self) -> tuple[Token, ...]:
        """GET /token."""
        return (await self._read(_Tokens, "/token")).tokens

    async def token(self, token_id: str) -> Token:
        """GET /token/:id."""
        return (await self._read(_OneToken, "/token/:id", ident=token_id)).token

    async def delete_token(self, token_id: str) -> None:
        """DELETE /token/:id: revoke."""
        await self._write(Acknowledged, "DELETE", "/token/:id", ident=token_id)


def _definition(name: str, ttl: int | None, allowed_ips: Sequence[str]) -> dict[str, object]:
    token: dict[str, object] = {"name": name}
    if ttl is not None:
        token["ttl"] = ttl
    if allowed_ips:
        token["allowed_ips"] = list(allowed_ips)
    return {"token": token}
