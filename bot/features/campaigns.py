"""Campaigns: one living card each, a list of the last ones, and one in full."""

import asyncio
from datetime import UTC, tzinfo

from bot.doors import Answer, Command, Doors
from bot.errors import Refused
from bot.poster import Message
from bot.services import Services
from bot.slack.blocks import Block, context, header, message, quotation, section
from bot.slack.markup import escape, mention, when
from bot.smsfactor.errors import Declined, SMSFactorError
from bot.smsfactor.history import CampaignReport
from bot.smsfactor.sending import FILTERS
from bot.store.campaign import Campaign, CampaignState, MessageState
from bot.words import WORDS, Headline, headline, why

LISTED, SEARCHED = 10, 200
SHORT = 60  # characters of an SMS where it only has to be recognised
QUOTED = 1500  # characters of an SMS on its card, with its markup

_ACCEPTED = (MessageState.ACCEPTED, MessageState.SENT, MessageState.SENDING)
_NOT_TOLD_APART = (MessageState.ACCEPTED, MessageState.HELD, MessageState.REFUSED, MessageState.NOT_SENT)
_REPORTED = (MessageState.DELIVERED, MessageState.EXPIRED, MessageState.FAILED, MessageState.UNDELIVERED)


DONE = Headline(":checkered_flag:", "Done", ": SMSFactor has reported on every message.")


def register(doors: Doors) -> None:
    """Two commands and the card."""
    doors.command(
        "campaigns",
        show_last,
        usage="campaigns [words]",
        does="the last campaigns, or those with these words",
    )
    doors.command("campaign", show_one, usage="campaign <id or ticket>", does="one campaign, in full")
    doors.card("campaign", card)


async def card(services: Services, campaign_id: str) -> Message | None:
    """The card as it is now; None once the campaign is forgotten."""
    campaign = await services.store.campaigns.get(campaign_id)
    return None if campaign is None else render(campaign, services.settings.timezone)


async def show_last(services: Services, command: Command) -> Answer:
    """``/sms campaigns [words]``: newest first, to the one who asks."""
    found = await services.store.campaigns.newest(SEARCHED if command.words else LISTED)
    if command.words:
        wanted = " ".join(command.words.casefold().split())
        found = [campaign for campaign in found if wanted in _one_line(campaign).casefold()]
    if not found:
        return {"text": "No campaigns yet." if not command.words else "None of the last 200 campaigns has these words."}
    return render_list(found)


async def show_one(services: Services, command: Command) -> Answer:
    """``/sms campaign <id or ticket>``: ours as its card, any other as SMSFactor tells it."""
    wanted = command.words.strip("`# ")
    if not wanted:
        raise Refused("Which one? `/sms campaign c7k2m9q`, or the ticket; `/sms campaigns` lists the last ones.")
    ours = await services.store.campaigns.of_ticket(wanted) or wanted.lower()
    if campaign := await services.store.campaigns.get(ours):
        return render(campaign, services.settings.timezone)
    if not (wanted.isascii() and wanted.isalnum()):
        raise Refused(f"There is no campaign “{wanted[:40]}”. `/sms campaigns` lists the last ones.")
    try:
        async with asyncio.timeout(services.tempo.price_patience):
            return render_foreign(await services.sms.campaign(wanted))
    except Declined:
        raise Refused(f"Neither the desk nor SMSFactor knows a campaign “{wanted[:40]}”.") from None
    except (TimeoutError, SMSFactorError):
        raise Refused("The desk does not know it, and SMSFactor does not answer. Try again in a moment.") from None


# Views


def render(campaign: Campaign, zone: tzinfo = UTC) -> dict[str, object]:
    """The card: how it stands, what it says, what it cost, who sent it. ``zone``: the team's."""
    order = campaign.order
    stands = _headline(campaign)
    reason = why(campaign)
    blocks: list[Block] = [
        section(f"{stands.markup}\n{escape(reason)}" if reason else stands.markup),
        quotation(order.text, QUOTED),
        section(fields=_facts(campaign)),
        context(_origin(campaign, zone)),
    ]
    said = [f"Campaign {campaign.id}: {stands.words}", reason, f"Recipients: {', '.join(_counts(campaign))}."]
    shown = f"“{_shortened(_one_line(campaign))}”"
    return message(escape(" ".join([*filter(None, said), shown])), blocks)


def render_list(found: list[Campaign]) -> dict[str, object]:
    """The first ``LISTED`` of them, a paragraph each."""
    blocks = [header("Campaigns"), *(section(_entry(campaign)) for campaign in found[:LISTED])]
    if len(found) > LISTED:
        blocks.append(context(f"{len(found) - LISTED} more; add words to narrow it down."))
    said = ", ".join(f"{campaign.id} {_headline(campaign).word.lower()}" for campaign in found[:LISTED])
    return message(f"Campaigns: {said}", blocks)


def render_foreign(report: CampaignReport) -> dict[str, object]:
    """A campaign that another program made: only what the provider tells."""
    counts = [
        f"{count} {word}"
        for word, count in (
            ("delivered", report.delivered),
            ("failed", report.failed + report.network_error),
            ("expired", report.expired),
            ("dead: not assigned to anybody", report.npai),
            ("said STOP", report.stops),
        )
        if count
    ]
    recipients = "\n".join([f"{report.total} in all", *counts])
    blocks = [
        section(f":outbox_tray: *Campaign of another program*  ·  ticket `{escape(report.ticket)}`"),
        quotation(report.text, QUOTED),
        section(fields=[f"*Recipients*\n{recipients}", f"*Cost*\n{_many(report.cost, 'credit')}"]),
        context(
            f"Not sent from this desk. SMSFactor's word for it: {escape(report.status) or 'none'}; figures by it too."
        ),
    ]
    said = f"Campaign of another program, ticket {report.ticket}: {', '.join([f'{report.total} in all', *counts])}."
    return message(escape(said), blocks)


def _headline(campaign: Campaign) -> Headline:
    reported = campaign.state is CampaignState.ACCEPTED and campaign.count(*_REPORTED)
    if reported and campaign.count(*_ACCEPTED) <= sum(campaign.filtered.values()):
        return DONE
    return headline(campaign)


def _facts(campaign: Campaign) -> list[str]:
    facts = ["*Recipients*\n" + "\n".join(_counts(campaign))]
    if campaign.filtered:
        reasons = "\n".join(f"{count} {FILTERS.get(name, name)}" for name, count in campaign.filtered.items())
        facts.append(f"*Filtered by SMSFactor*\n{reasons}")
    if campaign.cost:
        back = ", given back" if campaign.state is CampaignState.REFUSED else ""
        facts.append(f"*Cost*\n{_many(campaign.cost, 'credit')}{back}")
    if campaign.replies or campaign.stops:
        facts.append(f"*Answers*\n{_many(campaign.replies, 'reply', 'replies')}, {campaign.stops} STOP")
    if campaign.order.links:
        by = f" by {_many(campaign.clickers, 'person', 'people')}" if campaign.clickers else ""
        facts.append(f"*Clicks*\n{_many(campaign.clicks, 'click')}{by}")
    return facts


def _counts(campaign: Campaign) -> list[str]:
    """Such as ``3 delivered``. The provider says how many it filtered, not which: they are not counted as accepted."""
    counts = dict.fromkeys([*WORDS.values(), "filtered"], 0)
    filtered = sum(campaign.filtered.values())
    for state, word in WORDS.items():
        count = campaign.messages.get(state, 0)
        taken = min(count, filtered) if state in _NOT_TOLD_APART else 0
        filtered -= taken
        counts["filtered"] += taken
        counts[word] += count - taken
    return [f"{count} {word}" for word, count in counts.items() if count]


def _origin(campaign: Campaign, zone: tzinfo) -> str:
    order = campaign.order
    pieces = [
        f"`{campaign.id}`",
        f"{mention(order.author)}, {when(order.created, zone)}",
        "marketing" if order.kind == "marketing" else "information",
    ]
    if order.sender:
        pieces.append(f"from {escape(order.sender)}")
    if campaign.ticket:
        pieces.append(f"ticket {escape(campaign.ticket)}")
    return " · ".join(pieces)


def _entry(campaign: Campaign) -> str:
    counts = ", ".join(_counts(campaign))
    return f"`{campaign.id}` *{_headline(campaign).word}* · {counts}\n{escape(_shortened(_one_line(campaign)))}"


def _one_line(campaign: Campaign) -> str:
    return " ".join(campaign.order.text.split())


def _shortened(text: str) -> str:
    return text[:SHORT] + ("…" if len(text) > SHORT else "")


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
