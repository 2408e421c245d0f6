"""The account itself: balance, details, sub-accounts, the low-balance alert and how long data is kept."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from bot.smsfactor.connection import Connection
from bot.smsfactor.wire import Acknowledged, Count, Flag, Ident, Moment, Private, Whole, Wire, Words

# Fields of a new account that are left out when they are not given.
_OPTIONAL = (
    *("country_code", "type", "company", "firstname", "lastname", "phone"),
    *("address1", "address2", "zip", "city", "sender"),
)
_RETENTION = re.compile(r"[1-9][0-9]*[dm]")


def _limit(value: object) -> object:
    return None if value is False or value == "" else value


class Credits(Wire):
    """The balance, in credits."""

    credits: Whole
    postpaid: Flag = False
    postpaid_limit: Annotated[Whole | None, BeforeValidator(_limit)] = None
    unlimited: Flag = False

    @property
    def can_run_out(self) -> bool:
        """False if the account pays later or draws on its parent: `credits` may mean nothing then."""
        return not self.postpaid and not self.unlimited


class Account(Wire):
    """The details of an account, as the provider has them; all text unless it can only be something else."""

    id: str = Field(alias="client_id")
    parent_id: Ident = Field(None, alias="parent_client_id")
    email: Private = ""
    firstname: Private = ""
    lastname: Private = ""
    company: Words = ""
    type: Words = ""
    phone: Private = ""
    address1: Private = ""
    address2: Private = ""
    zip: Private = ""
    city: Private = ""
    country: Words = ""
    country_code: Words = ""
    lang: Words = ""
    credits: Count = 0
    unlimited: Flag = False
    description: Words = ""
    sender: Words = Field("", alias="senderid")
    status: Words = ""
    time_zone: Words = ""
    has_verified_email: Flag = False
    whitelabel_id: Ident = None
    terms_accepted_at: Moment = Field(None, alias="last_accept_gcs")


class SubAccount(Account):
    """A sub-account; its consumption is in credits."""

    current_month_consumption: Count = 0
    previous_month_consumption: Count = 0


class _OneAccount(Wire):
    account: Account


class _SubAccounts(Wire):
    accounts: tuple[SubAccount, ...] = Field(alias="sub-accounts")


class _OneSubAccount(Wire):
    account: SubAccount = Field(alias="sub-account")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to create.

    `password` has 6–25 characters. `country_code` (alpha-2) is required for a main account. A sub-account
    (`is_child`) either uses its parent's credits (`unlimited`) or is given some by transfer.
    """

    email: str = field(repr=False)
    password: str = field(repr=False)
    is_child: bool = False
    unlimited: bool = False
    country_code: str | None = None
    type: Literal["company", "association", "administration", "private"] | None = None
    company: str | None = None
    firstname: str | None = field(default=None, repr=False)
    lastname: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address1: str | None = field(default=None, repr=False)
    address2: str | None = field(default=None, repr=False)
    zip: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    sender: str | None = None

    def on_wire(self) -> dict[str, object]:
        """The `account` object of a request."""
        always = {"email": self.email, "password": self.password, "isChild": int(self.is_child)}
        given = {name: value for name in _OPTIONAL if (value := getattr(self, name)) is not None}
        credit = {"unlimited": int(self.unlimited)} if self.is_child else {}
        return {**always, **credit, **given}


class CreatedAccount(Wire):
    """A new account's id, and whether it may be used already."""

    id: str
    active: Flag = False


class Transfer(Wire):
    """Balances after a transfer, in credits: ours and the sub-account's; None if they were not said."""

    credits: Whole | None = None
    child_credits: Whole | None = None


class BalanceAlertSettings(Wire):
    """Below `threshold` credits the provider warns, by e-mail, by SMS, and by the BALANCE_ALERT webhook."""

    threshold: Count = Field(alias="alert_trigger")
    by_email: Flag = Field(False, alias="alert_email")
    by_sms: Flag = Field(False, alias="alert_gsm")
    email: Private = ""
    number: Private = Field("", alias="phone_number")

    @model_validator(mode="before")
    @classmethod
    def _either_name(cls, fields: dict[str, object]) -> dict[str, object]:
        """The page's answer calls the number `gsm`, its request `phone_number`."""
        return {"phone_number": fields.get("gsm"), **fields}


class _Notification(Wire):
    notification: BalanceAlertSettings


class Retention(Wire):
    """How long the provider keeps things, as `30d` or `6m`."""

    messages: Words = Field("", alias="mts_retention")
    replies: Words = Field("", alias="mos_retention")
    lists: Words = Field("", alias="lists_retention")
    surveys: Words = Field("", alias="surveys_retention")
    campaigns: Words = Field("", alias="campaigns_retention")
    lookups: Words = Field("", alias="lookups_retention")


class _DataRetention(Wire):
    data_retention: Retention


class Accounts(Connection):
    """`/credits`, `/account`, `/sub-accounts`, `/notification/balance` and `/retention`."""

    async def credits(self) -> Credits:
        """GET /credits."""
        return await self._read(Credits, "/credits")

    async def account(self) -> Account:
        """GET /account."""
        return (await self._read(_OneAccount, "/account")).account

    async def create_account(self, account: NewAccount) -> CreatedAccount:
        """POST /account: a main account or a sub-account of ours."""
        return await self._write(CreatedAccount, "POST", "/account", body={"account": account.on_wire()})

    async def sub_accounts(self) -> tuple[SubAccount, ...]:
        """GET /sub-accounts."""
        return (await self._read(_SubAccounts, "/sub-accounts")).accounts

    async def sub_account(self, account_id: str) -> SubAccount:
        """GET /sub-accounts/:id."""
        return (await self._read(_OneSubAccount, "/sub-accounts/:id", ident=account_id)).account

    async def lock_account(self, account_id: str) -> None:
        """GET /account/:id/lock, which does lock it: asked once, although a GET."""
        await self._write(Acknowledged, "GET", "/account/:id/lock", ident=account_id)

    async def unlock_account(self, account_id: str) -> None:
        """GET /account/:id/unlock; as `lock_account`."""
        await self._write(Acknowledged, "GET", "/account/:id/unlock", ident=account_id)

    async def transfer_credits(self, account_id: int, amount: int) -> Transfer:
        """POST /account/transfer: give credits to a sub-account."""
        body = {"transfer": {"to_account": account_id, "credits": amount}}
        return await self._write(Transfer, "POST", "/account/transfer", body=body)

    async def balance_alert(self) -> BalanceAlertSettings:
        """GET /notification/balance."""
        return (await self._read(_Notification, "/notification/balance")).notification

    async def set_balance_alert(
        self,
        threshold: int,
        *,
        by_email: bool = False,
        by_sms: bool = False,
        email: str | None = None,
        number: str | None = None,
    ) -> None:
        """PUT /notification/balance; `threshold` in credits."""
        settings = {
            "alert_trigger": str(threshold),
            "alert_email": str(int(by_email)),
            "alert_gsm": str(int(by_sms)),
            "email": email,
            "phone_number": number,
        }
        given = {name: value for name, value in settings.items() if value is not None}
        await self._write(Acknowledged, "PUT", "/notification/balance", body={"notification": given})

    async def retention(self) -> Retention:
        """GET /retention."""
        return (await self._read(_DataRetention, "/retention")).data_retention

    async def set_retention(
        self,
        *,
        message: str | None = None,
        mo: str | None = None,
        list: str | None = None,  # noqa: A002 - the provider's word, like its neighbours
        survey: str | None = None,
        campaign: str | None = None,
        lookup: str | None = None,
    ) -> None:
        """PUT /retention, each as `30d` or `6m` (else ValueError); what is left out stays."""
        periods = {
            "message": message,
            "mo": mo,
            "list": list,
            "survey": survey,
            "campaign": campaign,
            "lookup": lookup,
        }
        given = {name: period for name, period in periods.items() if period is not None}
        if not given or not all(_RETENTION.fullmatch(period) for period in given.values()):
            raise ValueError("a retention period is a number of days or months, like 30d or 6m")
        await self._write(Acknowledged, "PUT", "/retention", body={"retention": given})
