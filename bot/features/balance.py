"""The credit balance: asked for, and told in time when it runs low."""

import asyncio
from collections.abc import Sequence

from bot.conversation import route
from bot.doors import Answer, Command, Doors, Heard
from bot.errors import Refused
from bot.services import Services
from bot.smsfactor.account import Credits
from bot.smsfactor.errors import SMSFactorError
from bot.smsfactor.events import BalanceAlert
from bot.store.posts import Post, Urgency

TOLD = "low balance"
TOLD_FOR = 7 * 86_400  # seconds; told again after a week, if it is still low


def register(doors: Doors) -> None:
    """A command, the webhook BALANCE_ALERT, and a check of our own."""
    doors.command("balance", show, usage="balance", does="how many credits are left")
    doors.relay(BalanceAlert, tell)
    doors.every(doors.tempo.balance, "balance", check)


async def show(services: Services, command: Command) -> Answer:
    """``/sms balance``, to the one who asks."""
    try:
        async with asyncio.timeout(services.tempo.price_patience):
            balance = await services.sms.credits()
    except (TimeoutError, SMSFactorError):
        raise Refused(
            "SMSFactor did not tell the balance. Nothing was sent or charged. Try again in a moment."
        ) from None
    return {"text": _words(balance, services.settings.balance_alert)}


def _words(balance: Credits, alert: int) -> str:
    if not balance.can_run_out:
        kind = "the credits of the parent account" if balance.unlimited else "an account that is billed monthly"
        return f":moneybag: This desk uses {kind}; there is no balance that could run out."
    low = f" That is below the alert at {alert}." if balance.credits < alert else ""
    return f":moneybag: {_left(balance.credits)}.{low}"


def _left(credits_left: int) -> str:
    return "*1 credit* is left" if credits_left == 1 else f"*{credits_left} credits* are left"


async def tell(services: Services, heard: Sequence[Heard]) -> None:
    """The provider says that the balance fell below its own threshold."""
    for one in heard:
        alert: BalanceAlert = one.event
        below = f"SMSFactor warns below {alert.trigger}"
        text = f":warning: *Low balance*: {_left(alert.balance)} ({below}). Top up soon."
        post = Post(f"balance:{one.fingerprint}", Urgency.NOTICE, text=text)
        await services.poster.put(route(services, await services.store.team.settings(), "alerts"), post)
        await services.store.notes.tell_once(TOLD, TOLD_FOR)


async def check(services: Services) -> None:
    """Our own threshold, in case no webhook comes: told once, and again after it was above in between."""
    limit = services.settings.balance_alert
    balance = await services.sms.credits()
    if balance.credits >= limit or not balance.can_run_out:
        await services.store.notes.untell(TOLD)
        return
    if await services.store.notes.told(TOLD):
        return
    text = f":warning: *Low balance*: {_left(balance.credits)} (this desk warns below {limit}). Top up soon."
    spell = await services.store.notes.spell(TOLD)
    channel = route(services, await services.store.team.settings(), "alerts")
    await services.poster.put(channel, Post(f"balance:{spell}", Urgency.NOTICE, text=text))
    await services.store.notes.tell_once(TOLD, TOLD_FOR)
