"""What may be sent to whom, now: the guards of a draft, which a campaign meets again when it leaves."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import phone
from bot.errors import Refused
from bot.settings import Settings
from bot.smsfactor.hours import next_open, rule
from bot.smsfactor.sending import SmsMessage
from bot.smsfactor.text import SHORT_LINK, Measure, measure
from bot.store import Store
from bot.store.campaign import Order
from bot.store.drafts import Draft

MAX_RECIPIENTS = 500  # of one request (SMSFactor publishes no limit; others use 200 to 1,000)
UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"  # fillers, which are letters or signs to Unicode, and drawn as nothing
MAX_SEGMENTS = 10
_URL = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]'\"’»]")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who will be texted and who will not, as it stands now. ``flooded``: number → free again at (epoch seconds)."""

    numbers: tuple[str, ...]
    opted_out: frozenset[str]
    flooded: Mapping[str, float]
    measure: Measure

    @property
    def estimate(self) -> int:
        """Credits by our own count."""
        return len(self.numbers) * self.measure.segments


def compose(order: Order) -> SmsMessage:
    """The SMS of an order: links made short if asked for, Unicode only if it must be."""
    links = tuple(_URL.findall(order.text)) if order.links else ()
    text = (_URL.sub(SHORT_LINK, order.text) if links else order.text).rstrip()
    return SmsMessage(
        text=text,
        kind="marketing" if order.kind == "marketing" else "alert",
        sender=order.sender,
        unicode=measure(text).alphabet == "Unicode",
        links=links,
    )


class Guards:
    """Size, approval, legal hours, opt-outs, flood windows: asked of our own memory alone, so it is quick."""

    def __init__(self, settings: Settings, store: Store, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._now = now

    def digits(self, number: str) -> str:
        """A number as the provider writes it, as we know it: it may come in national form."""
        return phone.digits(number, self._settings.default_region)

    async def check(self, draft: Draft) -> Plan:
        """Hold a draft against every guard, without asking the provider.

        Raises ``Refused`` (with the field that can mend it) when nobody could be texted.
        """
        _check_text(draft.order.text)
        sms = compose(draft.order)
        size = measure(sms.text, marketing=sms.kind == "marketing")
        self._check_size(draft, size)
        self.check_hours(sms.kind)
        opted_out = await self._store.optouts.among(draft.numbers)
        wanted = [number for number in draft.numbers if number not in opted_out]
        flooded = await self._store.flood.look(wanted, draft.order.text)
        plan = Plan(tuple(n for n in wanted if n not in flooded), opted_out, flooded, size)
        if not plan.numbers:
            raise Refused(self._nobody(plan), field="to")
        return plan

    def _check_size(self, draft: Draft, size: Measure) -> None:
        if size.segments > MAX_SEGMENTS:
            words = (
                f"This text takes {size.segments} SMS for each person; {MAX_SEGMENTS} is the most. Nothing was sent."
                " Shorten it."
            )
            raise Refused(words, field="text")
        recipients, limit = len(draft.numbers), self._settings.approval_over
        if recipients > MAX_RECIPIENTS:
            words = (
                f"{recipients} recipients are too many at once: {MAX_RECIPIENTS} is the most. Nothing was sent. Send in"
                " parts."
            )
            raise Refused(words, field="to")
        if limit >= 0 and recipients > limit:
            remedy = (
                f"Send in parts of {limit}." if limit else "Only a higher APPROVAL_OVER in the desk's settings helps."
            )
            words = (
                f"{recipients} recipients are above what one person may send alone here ({limit}), and approval by a"
                f" second person is not available yet. Nothing was sent. {remedy}"
            )
            raise Refused(words, field="to")

    def check_hours(self, kind: str) -> None:
        """Raises ``Refused`` for marketing outside of the legal hours: whose rule it is, and when they open."""
        opens = next_open(self._now()) if kind == "marketing" else None
        if opens:
            words = (
                f"Marketing may not go out now: {rule('smsfactor')}. Nothing was sent. It may go out again from"
                f" {opens:%A %d %B, %H:%M} (Paris)."
            )
            raise Refused(words, field="kind")

    def _nobody(self, plan: Plan) -> str:
        if not plan.flooded:
            which = "These numbers" if len(plan.opted_out) > 1 else "This number"
            return f"{which} opted out and cannot be texted. Nothing was sent."
        free = datetime.fromtimestamp(min(plan.flooded.values()), self._settings.timezone)
        most, same = self._settings.flood_per_hour, self._settings.flood_same_text_per_hour
        words = (
            f"Texted enough in the last hour (at most {most}, and the same text at most {same}). Nothing was sent;"
            f" free again at {free:%H:%M}."
        )
        return words + (" The other numbers opted out and cannot be texted." if plan.opted_out else "")


def _check_text(text: str) -> None:
    if not any(map(_is_seen, text)):
        raise Refused("Write the text of the SMS.", field="text")
    if "<-" in text:
        raise Refused("“<-” has a meaning for SMSFactor and cannot be sent. Write it in another way.", field="text")


def _is_seen(letter: str) -> bool:
    """Not a space, and not one of what only says how others are shown: an SMS of these would be paid and empty."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Zs", "Zl", "Zp") and letter not in UNSEEN
