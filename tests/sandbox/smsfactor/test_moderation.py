"""Held campaigns: status −8, release, refusal with refund, and how the outcome can be read."""

from datetime import timedelta

import pytest

ANA, BEN = "33612345601", "33612345602"


async def statuses(api, provider, **query):
    moment = "%Y-%m-%d %H:%M:%S"
    start, end = provider.now() - timedelta(days=1), provider.now() + timedelta(days=1)
    period = {"date_start": start.strftime(moment), "date_end": end.strftime(moment)}
    answer = await api("GET", "/messages", **period, **query)
    return [message["status"] for message in answer["messages"]]


async def test_a_held_send_has_the_fields_of_a_success(api, provider):
    provider.moderate_next = "release"
    answer = await api.send("Bonjour", f"{ANA}=m-1")
    assert (answer["status"], answer["ticket"], answer["cost"], answer["credits"]) == (-8, "20480001", 1, 999)
    assert (answer["total"], answer["sent"]) == (1, 1)
    assert answer["message"] != "OK"
    assert provider.texts(ANA) == []
    assert await statuses(api, provider, status="moderation") == ["MODERATION"]
    assert provider.moderate_next is None
    assert (await api.send("Bonsoir", ANA))["status"] == 1


async def test_a_released_campaign_is_sent_once(api, provider):
    provider.hold()
    ticket = (await api.send("Bonjour", ANA, BEN))["ticket"]
    campaign = await provider.release(ticket)
    assert campaign.state == "sent"
    assert [len(provider.texts(number)) for number in (ANA, BEN)] == [1, 1]
    assert provider.credits == 998
    assert await statuses(api, provider) == ["SENT", "SENT"]
    with pytest.raises(ValueError, match="not moderation"):
        await provider.release(ticket)


async def test_a_refused_campaign_is_refunded_and_never_sent(api, provider):
    provider.hold()
    ticket = (await api.send("Bonjour", ANA))["ticket"]
    campaign = await provider.refuse(ticket)
    assert campaign.state == "denied"
    assert provider.credits == 1000
    assert provider.texts(ANA) == []
    assert await statuses(api, provider, status="denied") == ["DENIED"]
    # Its place in the flood window is free again.
    assert (await api.send("Bonjour", ANA))["sent"] == 1


@pytest.mark.parametrize(("verdict", "texts", "credit"), [("release", 1, 999), ("refuse", 0, 1000)])
async def test_moderation_ends_by_itself_after_its_time(api, provider, verdict, texts, credit):
    provider.rules.moderation_after = 600
    provider.moderate_next = verdict
    await api.send("Bonjour", ANA)
    provider.jump(599)
    assert await statuses(api, provider) == ["MODERATION"]
    provider.jump(2)
    assert (len(provider.texts(ANA)), provider.credits) == (texts, credit)


async def test_moderation_that_a_person_ended_is_not_ended_again(api, provider):
    provider.rules.moderation_after = 600
    provider.hold("refuse")
    ticket = (await api.send("Bonjour", ANA))["ticket"]
    await provider.release(ticket)
    provider.jump(700)
    assert (provider.campaigns[ticket].state, provider.credits) == ("sent", 999)


async def test_a_trigger_word_holds_whatever_its_case(api, provider):
    provider.rules.moderation_words["loterie"] = "refuse"
    provider.rules.moderation_after = 5
    assert (await api.send("Grande LOTERIE", ANA))["status"] == -8
    assert (await api.send("Grande soirée", ANA))["status"] == 1
    provider.jump(6)
    assert [text.text for text in provider.texts(ANA)] == ["Grande soirée"]


async def test_several_sends_in_a_row_can_be_held(api, provider):
    provider.hold("release", times=2)
    assert [(await api.send(f"Texte {index}", ANA))["status"] for index in range(3)] == [-8, -8, 1]


async def test_holding_can_be_taken_back(api, provider):
    provider.moderate_next = "refuse"
    provider.moderate_next = None
    assert (await api.send("Bonjour", ANA))["status"] == 1


async def test_simulating_is_never_held(api, provider):
    provider.moderate_next = "release"
    assert (await api.send("Bonjour", ANA, path="/send/simulate"))["status"] == 1
    assert provider.moderate_next == "release"


async def test_a_held_campaign_cannot_be_cancelled(api, provider):
    provider.hold()
    ticket = (await api.send("Bonjour", ANA))["ticket"]
    assert (await api("DELETE", f"/send/{ticket}"))["status"] == -5


async def test_a_released_campaign_with_a_delay_waits_for_its_time(api, provider):
    provider.hold()
    delay = (provider.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    ticket = (await api.send("Bonjour", ANA, delay=delay))["ticket"]
    assert (await provider.release(ticket)).state == "scheduled"
    assert await statuses(api, provider) == ["WAITING"]
    provider.jump(3601)
    assert len(provider.texts(ANA)) == 1


async def test_unknown_tickets_and_verdicts_are_refused(provider):
    with pytest.raises(LookupError, match="no campaign"):
        await provider.release("1")
    with pytest.raises(ValueError, match="verdict"):
        provider.hold("perhaps")
