"""R1: no SMS leaves twice. POST /send is asked once, whatever becomes of it; what is unclear is looked up."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from bot.campaign_ids import new_id
from bot.outbox import SEND
from bot.sandbox.slack import Result
from bot.smsfactor.contacts import Contact
from bot.store.campaign import Campaign, CampaignState, MessageState, Order
from bot.store.flood import FloodWindows
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, QUICK, Town, open_town
from tests.rules.gate import Gate

PATIENT = replace(QUICK, send_patience=0.4, looks=(3600.0,), unknown_looks=(3600.0,))
"""Nothing is looked up before the test says so."""

DONE_UNHEARD = ("timeout", "drop_after", "garbage")
NOT_DONE_UNHEARD = ("stall", "drop", 500, 429, 503)


@pytest.fixture
async def patient(redis_url: str) -> AsyncIterator[Town]:
    """A desk that looks things up when it is told to."""
    async with open_town(redis_url, tempo=PATIENT) as town:
        yield town


async def the_campaign(town: Town) -> Campaign:
    """The newest campaign, as the desk remembers it."""
    (campaign,) = await town.desk.services.store.campaigns.newest(1)
    return campaign


async def look_now(town: Town) -> None:
    """Have the look at an unknown send fall due, and wait until the provider was asked and the card drawn again."""
    campaign = await the_campaign(town)
    asked, drawn = asks(town), len(town.slack.called("chat.update"))
    await town.desk.services.store.unknown.add(campaign.id, 0)
    await town.provider.until(lambda: asks(town) > asked)
    await town.slack.until(lambda: len(town.slack.called("chat.update")) > drawn)


def asks(town: Town) -> int:
    """How often the provider's message list was asked for."""
    return sum((r.method, r.path) == ("GET", "/messages") for r in town.provider.requests)


@pytest.mark.parametrize("fault", DONE_UNHEARD)
async def test_a_send_that_was_done_but_not_heard_of_is_unknown_until_the_look_up_finds_it(
    patient: Town, fault: str
) -> None:
    patient.provider.fail("POST /send", fault)
    await patient.send(text="Rendez-vous demain")
    await patient.card_says("Unknown")
    assert (await the_campaign(patient)).state is CampaignState.UNKNOWN

    await look_now(patient)

    await patient.card_says("Accepted")
    campaign = await the_campaign(patient)
    (ticket,) = patient.provider.campaigns
    assert (campaign.ticket, campaign.messages) == (ticket, {MessageState.ACCEPTED: 1})
    assert len(patient.sends) == 1
    assert [text.text for text in patient.provider.texts(NUMBER)] == ["Rendez-vous demain"]


@pytest.mark.parametrize("fault", NOT_DONE_UNHEARD)
async def test_a_send_of_which_nothing_was_heard_and_nothing_is_found_stays_unknown(
    patient: Town, fault: int | str
) -> None:
    patient.provider.fail("POST /send", fault)
    await patient.send()
    await patient.card_says("Unknown")

    for _ in range(3):
        await look_now(patient)

    await patient.card_says("Unknown")
    assert (await the_campaign(patient)).messages == {MessageState.UNKNOWN: 1}
    assert len(patient.sends) == 1
    assert patient.provider.texts(NUMBER) == []


@pytest.mark.parametrize("status", [-1, -3, -7, -99])
async def test_a_send_that_the_provider_declines_is_not_sent_and_leaves_no_trace_in_the_flood_windows(
    patient: Town, status: int
) -> None:
    patient.provider.fail("POST /send", f"refuse:{status}")
    await patient.send()
    card = await patient.card_says("Not sent")
    assert f"status {status}" in str(card["blocks"])
    assert len(patient.sends) == 1

    await patient.send()  # the same text to the same number: its place is free again

    await patient.card_says("Accepted")
    assert len(patient.sends) == 2
    assert len(patient.provider.texts(NUMBER)) == 1


async def test_a_send_that_never_reached_the_provider_is_not_sent_for_certain(redis_url: str) -> None:
    """The connection is refused just when POST /send would leave."""
    async with (
        Gate(last="/send/simulate") as gate,
        open_town(redis_url, workers=0, serving=False, smsfactor_api_url=gate.url) as town,
    ):
        gate.upstream = town.provider.url
        services = town.desk.services
        order = Order(new_id(), ALICE, CHANNEL, "Bonjour")
        await services.store.campaigns.create(order, [NUMBER])

        await services.outbox.send(order.id)

        campaign = await the_campaign(town)
        assert (campaign.state, campaign.messages) == (CampaignState.FAILED, {MessageState.NOT_SENT: 1})
        assert "could not be reached" in campaign.why
        assert [r.path for r in town.provider.requests] == ["/send/simulate"]
        assert await services.store.flood.look([NUMBER], "Bonjour") == {}


async def test_a_provider_that_is_away_before_the_send_leaves_it_not_sent_and_the_form_free_again(
    patient: Town,
) -> None:
    await patient.fill()
    patient.provider.fail("POST /send/simulate", 500, times=3)  # the bot asks a read three times
    await patient.person().submit({})
    await patient.card_says("Not sent")
    assert patient.sends == []
    await patient.send()
    await patient.card_says("Accepted")


async def test_three_submissions_of_one_review_at_once_send_one_sms(town: Town) -> None:
    await town.fill()
    review = town.person().view
    results = await asyncio.gather(*(town.person().submit({}, view=review) for _ in range(3)))
    assert sorted(str(result.action) for result in results) == ["clear", "update", "update"]
    await town.card_says("Accepted")
    assert len(town.sends) == 1


async def test_three_submissions_of_one_review_in_turn_send_one_sms_and_the_later_ones_are_told(town: Town) -> None:
    await town.fill()
    review = town.person().view
    first = await town.person().submit({}, view=review)
    assert first.action == "clear"
    await town.card_says("Accepted")
    for _ in range(2):
        later = await town.person().submit({}, view=review)
        assert "not sent twice" in answer(later)
    assert len(town.sends) == 1


async def test_a_submission_whose_answer_slack_lost_and_repeats_sends_one_sms(town: Town) -> None:
    await town.fill()
    first = await town.person().submit({})
    assert first.delivery
    await town.slack.deliver_again(first.delivery)
    await town.card_says("Accepted")
    await town.slack.deliver_again(first.delivery)
    assert len(town.sends) == 1
    assert len(town.provider.texts(NUMBER)) == 1


async def test_two_people_cannot_send_one_form_but_two_forms_are_two_sends(town: Town) -> None:
    await town.send(text="Premier", who=ALICE)
    await town.send(text="Second", who=BRUNO)
    await town.provider.until(lambda: len(town.sends) == 2)
    ids = {send.json["sms"]["recipients"]["gsm"][0]["gsmsmsid"] for send in town.sends}
    assert len(ids) == 2


async def test_a_form_changed_after_its_review_cannot_be_sent_with_the_old_review(town: Town) -> None:
    await town.fill(text="Ancien texte")
    old_review = town.person().view
    await town.person().close()
    filled = await town.person().submit({"text": "Nouveau texte"})
    assert filled.action == "push"

    refused = await town.person().submit({}, view=old_review)

    assert "was changed" in answer(refused)
    assert town.sends == []
    await town.person().submit({})
    await town.card_says("Accepted")
    assert [text.text for text in town.provider.texts(NUMBER)] == ["Nouveau texte"]


async def test_two_workers_send_each_of_twenty_campaigns_once(redis_url: str) -> None:
    async with open_town(redis_url, workers=2) as town:
        campaigns = town.desk.services.store.campaigns
        orders = [Order(new_id(), ALICE, CHANNEL, f"Message {index}") for index in range(20)]
        for index, order in enumerate(orders):
            await campaigns.create(order, [f"336120000{index:02}"])
        for desk in town.desks:
            for order in orders:
                await desk.services.agenda.add(SEND, order.id, key=f"{SEND}:{order.id}")
        await town.provider.until(lambda: len(town.sends) >= 20)
        await asyncio.gather(*(desk.services.outbox.send(order.id) for desk in town.desks for order in orders))
        ids = [send.json["sms"]["recipients"]["gsm"][0]["gsmsmsid"] for send in town.sends]
        assert sorted(ids) == sorted(f"{order.id}-0" for order in orders)


async def test_ten_attempts_at_one_campaign_at_the_same_moment_are_one_request(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        order = Order(new_id(), ALICE, CHANNEL, "Bonjour")
        await town.desk.services.store.campaigns.create(order, [NUMBER, OTHER])
        await asyncio.gather(*(town.desk.services.outbox.send(order.id) for _ in range(10)))
        assert len(town.sends) == 1


async def test_a_send_that_was_given_up_for_dead_before_its_request_left_does_not_leave_any_more(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker claimed it and was slow; the sweep took it for dead, so it is being looked up already."""
    tempo = replace(PATIENT, settle_grace=0.0)
    async with open_town(redis_url, tempo=tempo, workers=0, serving=False) as town:
        services = town.desk.services
        take = FloodWindows.take

        async def slow(windows: FloodWindows, numbers: Sequence[str], text: str, claim: str) -> dict[str, float]:
            refused = await take(windows, numbers, text, claim)
            await services.outbox.sweep()
            return refused

        monkeypatch.setattr(FloodWindows, "take", slow)
        order = Order(new_id(), ALICE, CHANNEL, "Bonjour")
        await services.store.campaigns.create(order, [NUMBER])

        await services.outbox.send(order.id)

        assert town.sends == []
        campaign = await the_campaign(town)
        assert (campaign.state, campaign.messages) == (CampaignState.UNKNOWN, {MessageState.UNKNOWN: 1})


async def test_a_held_send_is_not_repeated_however_often_it_is_looked_at_and_a_look_releases_it(town: Town) -> None:
    town.provider.hold()
    await town.send()
    await town.card_says("Held")
    await town.provider.until(lambda: asks(town) >= 3)
    assert len(town.sends) == 1
    (ticket,) = town.provider.campaigns

    await town.provider.release(ticket)

    await town.card_says("Accepted")
    assert len(town.sends) == 1
    assert len(town.provider.texts(NUMBER)) == 1


async def test_a_receipt_releases_a_held_send_before_any_look(patient: Town) -> None:
    patient.provider.hold()
    await patient.send()
    await patient.card_says("Held")
    (ticket,) = patient.provider.campaigns
    await patient.provider.release(ticket)
    (message,) = patient.provider.campaigns[ticket].messages

    await patient.provider.receipt(message.client_id, 3)

    await patient.card_says("1 delivered")
    assert (await the_campaign(patient)).state is CampaignState.ACCEPTED
    assert asks(patient) == 0
    assert await patient.desk.services.store.held.count() == 0


async def test_a_receipt_settles_an_unknown_send_before_any_look(patient: Town) -> None:
    patient.provider.fail("POST /send", "drop_after")
    await patient.send()
    await patient.card_says("Unknown")
    (message,) = next(iter(patient.provider.campaigns.values())).messages

    await patient.provider.receipt(message.client_id, 3)

    await patient.card_says("1 delivered")
    assert (await the_campaign(patient)).state is CampaignState.ACCEPTED
    assert await patient.desk.services.store.unknown.count() == 0


async def test_a_send_whose_answer_was_lost_and_that_is_held_is_found_held(patient: Town) -> None:
    patient.provider.hold()
    patient.provider.fail("POST /send", "drop_after")
    await patient.send()
    await patient.card_says("Unknown")
    await look_now(patient)
    await patient.card_says("Held")
    assert len(patient.sends) == 1
    assert await patient.desk.services.store.held.count() == 1


async def test_moderation_that_refuses_gives_back_credits_and_flood_places_and_the_card_says_so(town: Town) -> None:
    before = town.provider.credits
    town.provider.hold("refuse")
    await town.send()
    await town.card_says("Held")
    (ticket,) = town.provider.campaigns

    await town.provider.refuse(ticket)

    await town.card_says("Refused")
    await town.card_says("the credits came back")
    assert town.provider.credits == before
    assert len(town.sends) == 1
    await town.send()  # the same text to the same number again
    await town.card_says("Accepted")


async def test_a_lost_answer_is_found_though_the_first_recipients_were_filtered(patient: Town) -> None:
    """The look must not draw its conclusion from one number that the provider never texted."""
    patient.provider.fail("POST /send", "drop_after")
    await patient.send(to="+44 7911 123456, 06 12 34 56 78")
    await patient.card_says("Unknown")
    await look_now(patient)
    await patient.card_says("Accepted")
    assert len(patient.sends) == 1


async def test_a_campaign_of_which_nobody_is_left_is_filtered_and_asks_nothing(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        services = town.desk.services
        order = Order(new_id(), ALICE, CHANNEL, "Bonjour")
        await services.store.campaigns.create(order, [NUMBER])
        await services.sms.add_to_blacklist([Contact(NUMBER)])
        await services.outbox.send(order.id)
        campaign = await the_campaign(town)
        assert campaign.state is CampaignState.FILTERED
        assert campaign.messages == {MessageState.OPTED_OUT: 1}
        assert town.sends == []


def answer(result: Result) -> str:
    """The form that took the submitted one's place, as text."""
    assert result.delivery
    return str(result.delivery.answer)
