"""Sending: what each counter counts, what a text costs and how it arrives, delays and cancelling."""

import asyncio
from datetime import timedelta

import pytest

ANA, BEN, CLO = "33612345601", "33612345602", "33612345603"
COUNTERS = ("blacklisted", "duplicated", "npai", "invalid", "not_allowed", "flood", "country_limit")


def wire(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S")


async def test_a_send_answers_ticket_cost_credits_and_counters(api, provider):
    answer = await api.send("Réunion à 14h", f"{ANA}=m-1", f"{BEN}=m-2")
    assert answer == {
        "status": 1,
        "message": "OK",
        "ticket": "20480001",
        "cost": 2,
        "credits": 998,
        "total": 2,
        "sent": 2,
        **dict.fromkeys(COUNTERS, 0),
    }
    (text,) = provider.texts(ANA)
    assert (text.text, text.sender, text.message_id, text.segments) == ("Réunion à 14h", "", "m-1", 1)
    assert abs(text.at - provider.now().timestamp()) < 5
    assert [text.message_id for text in provider.texts(BEN)] == ["m-2"]


async def test_get_send_sends_one(api, provider):
    answer = await api("GET", "/send", text="Bonjour", to="+" + ANA, sender="ACME", gsmsmsid="m-9")
    assert (answer["sent"], answer["cost"]) == (1, 1)
    (text,) = provider.texts(ANA)
    assert (text.sender, text.message_id) == ("ACME", "m-9")


async def test_each_filter_has_its_counter_and_a_number_is_counted_once(api, provider):
    provider.rules.country_limits["RE"] = 0
    provider.rules.countries = frozenset({"FR", "RE"})
    provider.rules.flood_per_hour = 1
    blacklisted, npai, flooded = "33612345604", "33612345605", "33612345606"
    await api("POST", "/blacklist", {"blacklist": {"contacts": {"gsm": [{"value": blacklisted}]}}})
    await api("POST", "/npai", {"npai": {"contacts": {"gsm": [{"value": npai}]}}})
    await api.send("Bonjour", flooded)
    numbers = [ANA, ANA, blacklisted, npai, flooded, "0612345678", "12", "41791234567", "262692123456"]
    answer = await api.send("Encore", *numbers)
    assert {name: answer[name] for name in ("total", "sent", *COUNTERS)} == {
        "total": 9,
        "sent": 1,
        "blacklisted": 1,
        "duplicated": 1,
        "npai": 1,
        "invalid": 2,
        "not_allowed": 1,
        "flood": 1,
        "country_limit": 1,
    }
    assert answer["cost"] == 1


@pytest.mark.parametrize("number", ["0612345678", "3361234567", "99912345678", "+33 6 12 34 56 01", "hello", "36035"])
async def test_a_malformed_number_is_invalid(api, number):
    assert (await api.send("Bonjour", number))["invalid"] == 1


async def test_every_country_can_be_allowed(api, provider):
    provider.rules.countries = None
    assert (await api.send("Bonjour", "41791234567", "+12025550123"))["sent"] == 2


async def test_a_monthly_country_limit_counts_within_one_request_too(api, provider):
    provider.rules.country_limits["FR"] = 2
    answer = await api.send("Bonjour", ANA, BEN, CLO)
    assert (answer["sent"], answer["country_limit"]) == (2, 1)


async def test_status_1_with_nothing_sent_still_gives_a_ticket(api):
    answer = await api.send("Bonjour", "0612345678")
    assert (answer["status"], answer["sent"], answer["invalid"], answer["cost"]) == (1, 0, 1, 0)
    assert (await api("GET", f"/campaign/{answer['ticket']}"))["campaign"][0]["total"] == "1"


async def test_more_than_the_limit_per_hour_is_flood_until_an_hour_has_passed(api, provider):
    for index in range(5):
        assert (await api.send(f"Texte {index}", ANA))["sent"] == 1
    before = provider.credits
    assert (await api.send("Texte 5", ANA))["flood"] == 1
    assert provider.credits == before
    provider.jump(3601)
    assert (await api.send("Texte 5", ANA))["sent"] == 1


async def test_the_same_text_within_an_hour_is_flood(api, provider):
    assert (await api.send("Bonjour", ANA, BEN))["sent"] == 2
    again = await api.send("Bonjour", ANA, CLO)
    assert (again["sent"], again["flood"]) == (1, 1)
    assert (await api.send("Bonsoir", ANA))["sent"] == 1
    provider.jump(3601)
    assert (await api.send("Bonjour", ANA))["sent"] == 1


async def test_flood_limits_can_be_set(api, provider):
    provider.rules.flood_per_hour, provider.rules.flood_same_text_per_hour = 3, 2
    assert [(await api.send("Bonjour", ANA))["sent"] for _ in range(3)] == [1, 1, 0]
    assert [(await api.send(text, ANA))["sent"] for text in ("Un", "Deux")] == [1, 0]


@pytest.mark.parametrize(
    ("text", "unicode", "cost"),
    [
        ("a" * 160, 0, 1),
        ("a" * 161, 0, 2),
        ("a" * 306, 0, 2),
        ("a" * 307, 0, 3),
        ("€" * 80, 0, 1),
        ("€" * 81, 0, 2),
        ("a" * 152 + "€" + "a" * 151, 0, 2),
        ("a" * 152 + "€" + "a" * 152, 0, 3),
        ("é" * 70, 1, 1),
        ("é" * 71, 1, 2),
        ("🙂" * 35, 1, 1),
        ("🙂" * 67, 1, 3),
    ],
    ids=lambda value: f"{value[:3]}×{len(value)}" if isinstance(value, str) else str(value),
)
async def test_cost_counts_segments(api, text, unicode, cost):
    """A two-unit character is never cut: 152 septets, a euro, 152 more are 306 septets, yet three parts."""
    assert (await api.send(text, ANA, unicode=unicode))["cost"] == cost


async def test_a_character_outside_gsm_7_arrives_as_a_question_mark_without_unicode(api, provider):
    await api.send("forêt", ANA)
    await api.send("forêt", BEN, unicode=1)
    assert [provider.texts(number)[0].text for number in (ANA, BEN)] == ["for?t", "forêt"]


async def test_marketing_gets_a_stop_mention_that_is_paid(api, provider):
    answer = await api.send("a" * 150 + "  \n", ANA, pushtype="marketing")
    assert answer["cost"] == 2
    assert provider.texts(ANA)[0].text == "a" * 150 + " STOP 36035"


async def test_links_are_shortened_for_each_recipient(api, provider):
    text = "Voir <-short-> ou <-short->"
    links = ["https://example.org/a", "https://example.org/b"]
    await api.send(text, ANA, BEN, links=links, pushtype="alert")
    (to_ana,), (to_ben,) = provider.texts(ANA), provider.texts(BEN)
    addresses = to_ana.links + to_ben.links
    assert len(set(addresses)) == 4
    assert all(len(address) == 21 for address in addresses)
    assert to_ana.text == f"Voir {to_ana.links[0]} ou {to_ana.links[1]}"


async def test_links_without_placeholders_are_minus_7(api):
    assert (await api.send("Voir", ANA, links=["https://example.org"]))["status"] == -7
    assert (await api.send("Voir <-short->", BEN))["status"] == -7


async def test_the_same_text_with_links_counts_as_the_same_text(api):
    links = ["https://example.org/a"]
    assert (await api.send("Voir <-short->", ANA, links=links))["sent"] == 1
    assert (await api.send("Voir <-short->", ANA, links=links))["flood"] == 1


async def test_too_few_credits_is_minus_3_and_sends_nothing(api, provider):
    provider.credits = 1
    answer = await api.send("Bonjour", ANA, BEN)
    assert answer["status"] == -3
    assert answer["details"]
    assert (provider.credits, len(provider.campaigns), provider.texts(ANA)) == (1, 0, [])
    provider.rules.postpaid = True
    assert (await api.send("Bonjour", ANA, BEN))["sent"] == 2


@pytest.mark.parametrize("delay", ["tomorrow", "2020-01-01 09:00:00", "2031-3-2 9:0:0", "2031-03-30 02:30:00"])
async def test_a_delay_that_is_malformed_past_or_skipped_by_the_clock_change_is_minus_4(api, delay):
    assert (await api.send("Bonjour", ANA, delay=delay))["status"] == -4


@pytest.mark.parametrize(
    "sms",
    [
        {},
        {"message": {"text": "Hi"}},
        {"message": {}, "recipients": {"gsm": [{"value": ANA}]}},
        {"message": {"text": "  "}, "recipients": {"gsm": [{"value": ANA}]}},
        {"message": {"text": True}, "recipients": {"gsm": [{"value": ANA}]}},
        {"message": {"text": "Hi"}, "recipients": {"gsm": []}},
        {"message": {"text": "Hi"}, "recipients": {"gsm": [ANA]}},
        {"message": {"text": "Hi"}, "recipients": {"gsm": [{"gsmsmsid": "m-1"}]}},
        {"message": {"text": "Hi", "pushtype": "other"}, "recipients": {"gsm": [{"value": ANA}]}},
        {"message": {"text": "Hi", "unicode": 2}, "recipients": {"gsm": [{"value": ANA}]}},
        {"message": {"text": "Hi", "links": "x"}, "recipients": {"gsm": [{"value": ANA}]}},
    ],
)
async def test_what_is_missing_or_ill_typed_is_minus_7(api, provider, sms):
    assert (await api("POST", "/send", {"sms": sms}))["status"] == -7
    assert not provider.campaigns


async def test_simulating_prices_and_does_nothing(api, provider):
    answer = await api.send("a" * 161, ANA, BEN, path="/send/simulate")
    assert (answer["status"], answer["cost"], answer["sent"], answer["credits"]) == (1, 4, 2, 1000)
    assert "ticket" not in answer
    assert not provider.campaigns
    assert provider.texts(ANA) == []
    # It took no place in the flood window either.
    assert (await api.send("a" * 161, ANA))["sent"] == 1


async def test_a_scheduled_campaign_leaves_when_its_time_comes(api, provider):
    answer = await api.send("Bonjour", f"{ANA}=m-1", delay=wire(provider.now() + timedelta(hours=2)))
    assert (answer["status"], answer["credits"]) == (1, 999)
    assert provider.texts(ANA) == []
    provider.jump(7201)
    assert len(provider.texts(ANA)) == 1


async def test_a_scheduled_campaign_leaves_by_itself(api, provider):
    """The clock's own task does it, not only a jump."""
    delay = provider.now() + timedelta(seconds=60)
    await api.send("Bonjour", ANA, delay=wire(delay))
    provider.jump((delay.replace(microsecond=0) - provider.now()).total_seconds() - 0.05)
    assert await provider.until(lambda: provider.texts(ANA))


async def test_cancelling_gives_credits_and_flood_place_back(api, provider):
    ticket = (await api.send("Bonjour", ANA, delay=wire(provider.now() + timedelta(minutes=10))))["ticket"]
    assert await api("DELETE", f"/send/{ticket}") == {"status": 1, "message": "OK", "credits": 1000}
    provider.jump(3600)
    assert provider.texts(ANA) == []
    assert (await api("DELETE", f"/send/{ticket}"))["status"] == -5
    assert (await api("DELETE", "/send/999"))["status"] == -5


async def test_a_sent_campaign_cannot_be_cancelled(api):
    ticket = (await api.send("Bonjour", ANA))["ticket"]
    assert (await api("DELETE", f"/send/{ticket}"))["status"] == -5


async def test_sending_to_lists_fills_in_the_contacts_fields(api, provider):
    gsm = [{"value": ANA, "info1": "Ana"}, {"value": BEN}]
    list_id = (await api("POST", "/list", {"list": {"name": "Equipe", "contacts": {"gsm": gsm}}}))["id"]
    body = {"sms": {"message": {"text": "Bonjour [info1]!"}, "lists": [{"value": list_id}]}}
    simulated = await api("POST", "/send/lists/simulate", body)
    assert (simulated["sent"], simulated["credits"]) == (2, 1000)
    answer = await api("POST", "/send/lists", body)
    assert (answer["sent"], answer["cost"]) == (2, 2)
    assert [provider.texts(number)[0].text for number in (ANA, BEN)] == ["Bonjour Ana!", "Bonjour !"]
    (campaign,) = (await api("GET", "/campaigns"))["campaigns"]
    assert campaign["lists"] == [{"id": list_id}]


async def test_an_unknown_list_is_minus_5(api):
    body = {"sms": {"message": {"text": "Bonjour"}, "lists": [{"value": "nope"}]}}
    assert (await api("POST", "/send/lists", body))["status"] == -5


async def test_two_sends_at_once_share_one_flood_window(api, provider):
    answers = await asyncio.gather(*(api.send("Bonjour", ANA) for _ in range(10)))
    assert sum(answer["sent"] for answer in answers) == 1
    assert len(provider.texts(ANA)) == 1
