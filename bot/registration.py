"""The five webhooks at SMSFactor: are they registered as they should be, and made so.

A webhook is ours if its address begins with ours (``PUBLIC_URL/smsfactor/``). Those of other programs are never
touched. Everything here may be repeated: it looks first, and changes only what is not right.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import ClientSession

from bot.settings import Settings
from bot.smsfactor.client import SMSFactor
from bot.smsfactor.errors import Declined, SMSFactorError
from bot.smsfactor.events import KINDS, Kind
from bot.smsfactor.webhooks import Webhook
from bot.tempo import Tempo

NO_ADDRESS = (
    "PUBLIC_URL is missing: it is the address under which SMSFactor reaches this bot, e.g. https://sms.example.org"
)
REPAIR = "run `python -m bot webhooks`"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report: what was looked at, how it stands, and what to do about it if it is not right."""

    ok: bool
    subject: str
    words: str
    advice: str = ""

    @property
    def line(self) -> str:
        """As it is printed."""
        advice = f" → {self.advice}" if self.advice and not self.ok else ""
        return f"{'✓' if self.ok else '✗'} {self.subject}: {self.words}{advice}"


@asynccontextmanager
async def open_provider(settings: Settings, tempo: Tempo) -> AsyncIterator[SMSFactor]:
    """A client that keeps its own pace, for commands that have to do without Redis."""
    async with ClientSession() as session:
        yield SMSFactor(
            session,
            settings.smsfactor_token.get_secret_value(),
            settings.smsfactor_api_url,
            pace=partial(asyncio.sleep, tempo.provider_pace),
        )


async def review(settings: Settings, tempo: Tempo | None = None) -> AsyncGenerator[Finding, None]:
    """How the five stand, one finding each; a single one if they cannot be looked at."""
    if not settings.public_url:
        yield Finding(False, "Webhooks", NO_ADDRESS, "set it, then " + REPAIR)
        return
    async with open_provider(settings, tempo or Tempo()) as sms:
        try:
            ours = _ours(settings, await sms.webhooks())
        except SMSFactorError as error:
            yield not_told(error)
            return
    for kind in KINDS:
        yield _review(settings, kind, ours[kind])


async def repair(settings: Settings, tempo: Tempo | None = None) -> AsyncGenerator[Finding, None]:
    """Make the five right, one finding each that says what was done; a single one if SMSFactor does not answer.

    PUBLIC_URL has to be set.
    """
    async with open_provider(settings, tempo or Tempo()) as sms:
        try:
            ours = _ours(settings, await sms.webhooks())
        except SMSFactorError as error:
            yield not_told(error)
            return
        for kind in KINDS:
            done: list[str] = []
            try:
                async for step in _repair(sms, settings, kind, ours[kind]):
                    done.append(step)  # noqa: PERF401 - what was done before an error is told as well
            except SMSFactorError as error:
                words = ", ".join([*done, f"then it failed: {_why(error)}"])
                yield Finding(False, _subject(kind), words, "run this again")
            else:
                yield Finding(True, _subject(kind), ", ".join(done) or "in order, nothing to do")


def not_told(error: SMSFactorError) -> Finding:
    """SMSFactor cannot be asked."""
    advice = "create a token at SMSFactor, and set SMSFACTOR_TOKEN" if _is_token(error) else "try again in a moment"
    return Finding(False, "SMSFactor", _why(error), advice)


def _is_token(error: SMSFactorError) -> bool:
    return isinstance(error, Declined) and error.status == -1


def _why(error: SMSFactorError) -> str:
    if isinstance(error, Declined) and not _is_token(error):
        return f"{error} ({error.details or error.message or 'it gave no reason'})"
    return "it refuses the token" if _is_token(error) else str(error)


def _subject(kind: Kind) -> str:
    return f"Webhook {kind}"


def _address(settings: Settings, kind: str = "") -> str:
    return f"{settings.public_url}/smsfactor/{kind}"


def _ours(settings: Settings, webhooks: Sequence[Webhook]) -> dict[Kind, list[Webhook]]:
    """Our webhooks by their kind, the one to keep first."""
    ours: dict[Kind, list[Webhook]] = defaultdict(list)
    for webhook in webhooks:
        if webhook.kind and webhook.url.startswith(_address(settings)):
            ours[webhook.kind].append(webhook)
    for kind, some in ours.items():
        some.sort(key=lambda webhook: (webhook.url != _address(settings, kind), webhook.status == "paused"))
    return ours


def _has_our_secret(settings: Settings, webhook: Webhook) -> bool | None:
    """None if SMSFactor does not say which secret it has."""
    return None if webhook.signature is None else webhook.signature == settings.smsfactor_webhook_secret


# Looking


def _review(settings: Settings, kind: Kind, ours: Sequence[Webhook]) -> Finding:
    wrong = partial(Finding, False, _subject(kind))
    if not ours:
        return wrong(f"not registered at {_address(settings, kind)}", REPAIR)
    webhook, *more = ours
    if webhook.url != _address(settings, kind):
        return wrong(f"goes to {webhook.url} instead of {_address(settings, kind)}", REPAIR)
    if _has_our_secret(settings, webhook) is False:
        return wrong("has another secret than SMSFACTOR_WEBHOOK_SECRET", REPAIR)
    if webhook.status == "paused":
        return wrong("is paused", REPAIR)
    if more:
        return wrong(f"is registered {len(ours)} times", REPAIR)
    return _review_last(kind, webhook.last_http_code)


def _review_last(kind: Kind, code: int | None) -> Finding:
    """What our server answered the last time; None: it was not asked yet."""
    last = "" if code is None else f", our last answer was {code}"
    ok = code is None or 200 <= code < 300
    match code:
        case 401:
            advice = "SMSFactor may sign in another way: set SMSFACTOR_SIGNATURE=auto, and see what the log says"
        case 404 | 405:
            advice = "something else answers at PUBLIC_URL; check where it leads"
        case _:
            advice = "see the bot's log; this line clears with the next webhook that is taken"
    return Finding(ok, _subject(kind), f"registered{last}", advice)


# Mending


async def _repair(sms: SMSFactor, settings: Settings, kind: Kind, ours: Sequence[Webhook]) -> AsyncIterator[str]:
    """Yields each step in words once it is done. Raises ``SMSFactorError``."""
    url, secret = _address(settings, kind), settings.smsfactor_webhook_secret.get_secret_value()
    if not ours:
        await sms.create_webhook(kind, url, secret)
        yield "registered"
        return
    webhook, *doubles = ours
    differs = webhook.url != url or not _has_our_secret(settings, webhook)
    if differs and kind == "balance":  # SMSFactor docs, webhook/update: this type cannot be changed
        await sms.delete_webhook(webhook.id)
        yield "deleted"
        await sms.create_webhook(kind, url, secret)
        yield "registered anew"
    else:
        if differs:
            await sms.update_webhook(webhook.id, kind, url, secret)
            yield "address and secret renewed"
        if webhook.status == "paused":
            await sms.set_webhook_status(webhook.id, "live")
            yield "resumed"
    for double in doubles:
        await sms.delete_webhook(double.id)
        yield "a double removed"
