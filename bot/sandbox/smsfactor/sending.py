"""The send endpoints: check the request, sift its recipients, price it, and hand it to the traffic.

SMSFactor docs: send/single, send/campaign, send/list, send/simulate, send/short-url.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.smsfactor import clock, numbers
from bot.sandbox.smsfactor.asking import (
    HELD,
    MESSAGES,
    AnswerError,
    Call,
    Endpoints,
    choice,
    found,
    objects,
    optional,
    required,
    section,
    whole,
)
from bot.sandbox.smsfactor.records import (
    COUNTERS,
    NO_INFO,
    Campaign,
    Info,
    Json,
    Link,
    Message,
    Phone,
    Verdict,
)
from bot.sandbox.smsfactor.state import State
from bot.sandbox.smsfactor.text import PLACEHOLDER, gsm, segments, short_code, with_links
from bot.sandbox.smsfactor.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Recipient:
    """One number as the caller wrote it, or one contact of a list."""

    written: str
    client_id: str = ""
    info: Info = NO_INFO
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that is well formed."""

    text: str
    marketing: bool
    sender: str
    unicode: bool
    date: float
    links: tuple[str, ...]
    recipients: Sequence[Recipient]
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A recipient that passed every filter, with the text it gets (placeholders of links still in it)."""

    recipient: Recipient
    number: str
    country: str
    text: str
    segments: int


class Sending:
    """Eight endpoints over one path: draft → sift → refuse, simulate or accept."""

    def __init__(self, state: State, traffic: Traffic) -> None:
        self._state = state
        self._traffic = traffic

    def endpoints(self) -> Endpoints:
        return {
            "GET /send": lambda call: self._send(self._single(call)),
            "POST /send": lambda call: self._send(self._campaign(call)),
            "POST /send/lists": lambda call: self._send(self._to_lists(call)),
            "GET /send/simulate": lambda call: self._simulate(self._single(call)),
            "POST /send/simulate": lambda call: self._simulate(self._campaign(call)),
            "POST /send/lists/simulate": lambda call: self._simulate(self._to_lists(call)),
            "DELETE /send/:id": self._cancel,
        }

    # Reading a request

    def _single(self, call: Call) -> Draft:
        recipient = Recipient(required(call.query, "to"), optional(call.query, "gsmsmsid"))
        # `unicode` and `links` are not listed for this form: it ignores them.
        listed = ("text", "pushtype", "delay", "sender")
        return self._draft({name: call.query.get(name) for name in listed}, [recipient])

    def _campaign(self, call: Call) -> Draft:
        message = section(call.body, "sms", "message")
        recipients = [
            Recipient(required(item, "value"), optional(item, "gsmsmsid"))
            for item in objects(section(call.body, "sms", "recipients"), "gsm")
        ]
        return self._draft(message, recipients)

    def _to_lists(self, call: Call) -> Draft:
        message = section(call.body, "sms", "message")
        ids = [required(item, "value") for item in objects(section(call.body, "sms"), "lists")]
        recipients = [
            Recipient(contact.number, info=contact.info, list_id=list_id)
            for list_id in ids
            for contact in found(self._state.lists, list_id).contacts
        ]
        return self._draft(message, recipients, tuple(ids))

    def _draft(self, fields: Mapping[str, Any], recipients: Sequence[Recipient], lists: tuple[str, ...] = ()) -> Draft:
        text = required(fields, "text")
        links = fields.get("links") or []
        if not isinstance(links, list) or not all(isinstance(link, str) and link for link in links):
            raise AnswerError(-7, "Champ invalide : links")
        if len(links) != text.count(PLACEHOLDER):
            # Not documented; refusing is what makes a caller's mistake visible.
            raise AnswerError(-7, "Le nombre de liens ne correspond pas au texte")
        unicode = whole(fields, "unicode", 0)
        if unicode not in (0, 1):
            raise AnswerError(-7, "Champ invalide : unicode")
        marketing = choice(fields, "pushtype", ("alert", "marketing")) == "marketing"
        date = self._date(optional(fields, "delay"))
        return Draft(text, marketing, optional(fields, "sender"), unicode == 1, date, tuple(links), recipients, lists)

    def _date(self, delay: str) -> float:
        now = self._state.clock.now()
        if not delay:
            return now
        try:
            date = clock.parse(delay)
        except ValueError:
            raise AnswerError(-4, "Le format de la date est incorrect") from None
        if date <= now:
            raise AnswerError(-4, "La date est passée")
        return date

    # Filters and price

    def _sift(self, draft: Draft) -> tuple[list[Outgoing], Counter[str]]:
        counts: Counter[str] = Counter(total=len(draft.recipients))
        outgoing: list[Outgoing] = []
        seen: set[str] = set()
        month: Counter[str] = Counter()
        for recipient in draft.recipients:
            read = numbers.read(recipient.written)
            if read is None:
                counts["invalid"] += 1
                continue
            number, country = read
            text = self._personal(draft, recipient)
            obstacle = "duplicated" if number in seen else self._obstacle(number, country, text, draft.date, month)
            seen.add(number)
            if obstacle:
                counts[obstacle] += 1
                continue
            month[country] += 1
            # Every short link is of one length, so one sample prices them all.
            parts = segments(with_links(text, [short_code(0)] * len(draft.links)), unicode=draft.unicode)
            outgoing.append(Outgoing(recipient, number, country, text, parts))
        counts["sent"] = len(outgoing)
        return outgoing, counts

    def _personal(self, draft: Draft, recipient: Recipient) -> str:
        text = draft.text
        if draft.lists:
            for index, value in enumerate(recipient.info, start=1):
                text = text.replace(f"[info{index}]", value)
        if draft.marketing:
            # Seen in production: trailing white space goes, the mention is glued on.
            text = text.rstrip()
        return (text if draft.unicode else gsm(text)) + self._mention(draft)

    def _mention(self, draft: Draft) -> str:
        mention = self._state.rules.stop_mention if draft.marketing else ""
        return mention if draft.unicode else gsm(mention)

    def _obstacle(self, number: str, country: str, text: str, date: float, month: Counter[str]) -> str:
        state = self._state
        limit = state.rules.country_limits.get(country)
        if state.rules.countries is not None and country not in state.rules.countries:
            return "not_allowed"
        if number in state.blacklist:
            return "blacklisted"
        if number in state.npai:
            return "npai"
        if self._flooded(state.phone(number), hash(text), date):
            return "flood"
        if limit is not None and state.sent_in_month[state.month(country, date)] + month[country] >= limit:
            return "country_limit"
        return ""

    def _flooded(self, phone: Phone, text_hash: int, at: float) -> bool:
        """Whether one more text at that time would pass one of the two limits per number.

        Both are sliding hours over accepted sends: the provider says "per hour" and no more.
        """
        rules = self._state.rules
        oldest = self._state.clock.now() - clock.HOUR
        phone.flood = [place for place in phone.flood if place[0] > oldest]
        recent = [place for place in phone.flood if at - clock.HOUR < place[0] <= at]
        same = sum(place[1] == text_hash for place in recent)
        return len(recent) >= rules.flood_per_hour or same >= rules.flood_same_text_per_hour

    # Answers

    def _simulate(self, draft: Draft) -> Json:
        outgoing, counts = self._sift(draft)
        return self._answer(sum(out.segments for out in outgoing), counts)

    def _send(self, draft: Draft) -> Json:
        state = self._state
        outgoing, counts = self._sift(draft)
        cost = sum(out.segments for out in outgoing)
        if cost > state.credits and not state.rules.postpaid:
            raise AnswerError(-3, "Vous n'avez pas assez de crédits pour cet envoi")
        campaign = Campaign(
            next(state.tickets),
            draft.text,
            draft.sender,
            state.clock.now(),
            draft.date,
            cost,
            counts,
            draft.lists,
            self._mention(draft),
        )
        campaign.messages = [self._message(campaign, draft, out) for out in outgoing]
        verdict = self._verdict(draft.text) if outgoing else None
        self._traffic.accept(campaign, verdict)
        answer = {"ticket": campaign.ticket, **self._answer(cost, counts)}
        return answer if verdict is None else {"status": HELD, "message": MESSAGES[HELD], **answer}

    def _verdict(self, text: str) -> Verdict | None:
        if self._state.holds:
            return self._state.holds.popleft()
        words = self._state.rules.moderation_words
        return next((words[word] for word in words if word.casefold() in text.casefold()), None)

    def _message(self, campaign: Campaign, draft: Draft, out: Outgoing) -> Message:
        links = tuple(Link(short_code(next(self._state.link_numbers)), url) for url in draft.links)
        return Message(
            id=next(self._state.message_ids),
            campaign=campaign,
            number=out.number,
            text=with_links(out.text, [link.code for link in links]),
            segments=out.segments,
            country=out.country,
            text_hash=hash(out.text),
            client_id=out.recipient.client_id,
            links=links,
            info=out.recipient.info,
            list_id=out.recipient.list_id,
        )

    def _answer(self, cost: int, counts: Counter[str]) -> Json:
        figures = {name: counts[name] for name in ("total", "sent", *COUNTERS)}
        return {"cost": cost, "credits": self._state.credits, **figures}

    def _cancel(self, call: Call) -> Json:
        campaign = found(self._state.campaigns, call.id)
        try:
            self._traffic.cancel(campaign)
        except ValueError:
            # Whether a held campaign can be cancelled is not published: here it cannot.
            raise AnswerError(-5, "Cette campagne n'est pas programmée") from None
        return {"credits": self._state.credits}
