"""What is asked of campaigns: the last ones, those with some words, and one in full."""

import time
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack import show
from bot.smsfactor.sending import Recipient, SmsMessage
from bot.store.campaign import Order
from tests.conftest import ALICE, CHANNEL, NUMBER, OTHER, Town, open_town


async def asked(town: Town, words: str) -> str:
    """The answer to a command, as Alice reads it."""
    result = await town.person().command("/sms", words)
    assert result.answer
    return show(result.answer).replace("*", "")


async def sent(town: Town, text: str, to: str = NUMBER) -> str:
    """Send it, and give the campaign's id."""
    before = len(town.cards())
    await town.send(to, text)
    await town.slack.until(lambda: len(town.cards()) > before)
    await town.card_says("Accepted")
    return str(town.sends[-1].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]).rpartition("-")[0]


@pytest.fixture
async def quiet(redis_url: str) -> AsyncIterator[Town]:
    """A desk without a worker, so that what is stored stays as it is."""
    async with open_town(redis_url, workers=0) as opened:
        yield opened


async def stored(town: Town, text: str, index: int) -> str:
    """A campaign that waits; the higher the index, the newer."""
    order = Order(f"c{1000 + index}", ALICE, CHANNEL, text, created=time.time() + index)
    await town.desk.services.store.campaigns.create(order, [NUMBER])
    return order.id


async def test_without_any_campaign_the_list_says_so(town: Town) -> None:
    assert await asked(town, "campaigns") == "No campaigns yet."


async def test_the_list_has_the_last_ones_first_with_their_state(town: Town) -> None:
    first, second = await sent(town, "Premier"), await sent(town, "Second <!channel>\nligne deux", OTHER)
    text = await asked(town, "campaigns")
    assert text.index(second) < text.index(first)
    assert f"`{second}` Accepted · 1 accepted\nSecond <!channel> ligne deux" in text


async def test_the_list_ends_after_ten(quiet: Town) -> None:
    ids = [await stored(quiet, "Bonjour", index) for index in range(14)]
    text = await asked(quiet, "campaigns")
    assert [one for one in ids if one in text] == ids[4:]


async def test_campaigns_are_found_by_their_words_whatever_the_case(quiet: Town) -> None:
    wanted = await stored(quiet, "Vente d'ÉTÉ :\n  moins 20 %", 0)
    other = await stored(quiet, "Rappel de rendez-vous", 1)
    for words in ("été", "ÉTÉ : moins", "20 %"):
        text = await asked(quiet, f"campaigns {words}")
        assert wanted in text
        assert other not in text
    assert await asked(quiet, "campaigns zèbre") == "None of the last 200 campaigns has these words."


async def test_of_many_found_ten_are_shown_and_the_rest_counted(quiet: Town) -> None:
    for index in range(13):
        await stored(quiet, "Vente", index)
    assert "3 more; add words to narrow it down" in await asked(quiet, "campaigns vente")


async def test_a_campaign_is_shown_by_its_id_and_by_its_ticket(town: Town) -> None:
    campaign = await sent(town, "Bonjour")
    ticket = next(iter(town.provider.campaigns))
    for name in (campaign, campaign.upper(), f"`{campaign}`", ticket, f"#{ticket}"):
        text = await asked(town, f"campaign {name}")
        assert campaign in text
        assert ticket in text
        assert "1 accepted" in text


async def test_a_campaign_of_another_program_is_shown_as_the_provider_tells_it(town: Town) -> None:
    await town.desk.services.sms.send_one(SmsMessage("D'ailleurs"), Recipient(NUMBER))
    ticket = next(iter(town.provider.campaigns))
    text = await asked(town, f"campaign {ticket}")
    for words in ("Campaign of another program", ticket, "> D'ailleurs", "1 in all", "1 credit", "Not sent from this"):
        assert words in text


async def test_a_campaign_that_nobody_knows_is_said_to_be_unknown(town: Town) -> None:
    assert "Neither the desk nor SMSFactor knows a campaign “99999999”" in await asked(town, "campaign 99999999")


async def test_rubbish_for_a_campaign_is_answered_without_asking_the_provider(town: Town) -> None:
    for rubbish in ("<b>", "../credits", "c7k2 m9q", "é", "٣", "x" * 5000 + "!"):
        assert "There is no campaign “" in await asked(town, f"campaign {rubbish}")
    assert not [r for r in town.provider.requests if r.path.startswith("/campaign")]


async def test_without_a_name_the_command_says_how_to_ask(town: Town) -> None:
    assert "Which one?" in await asked(town, "campaign")
    assert "Which one?" in await asked(town, "campaign ``")


async def test_when_the_provider_is_away_a_foreign_ticket_cannot_be_shown_and_ours_can(town: Town) -> None:
    campaign = await sent(town, "Bonjour")
    town.provider.fail("*", 500, times=20)
    assert "SMSFactor does not answer" in await asked(town, "campaign 99999999")
    assert campaign in await asked(town, f"campaign {campaign}")


async def test_what_is_asked_for_is_shown_to_the_one_who_asks_alone(town: Town) -> None:
    await sent(town, "Bonjour")
    before = len(town.roots())
    await asked(town, "campaigns")
    assert len(town.roots()) == before
    assert town.person().ephemerals
