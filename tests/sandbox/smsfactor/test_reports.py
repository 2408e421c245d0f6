"""Campaigns, messages and replies as they are read back."""

from datetime import timedelta

import pytest

ANA, BEN, CLO = "33612345601", "33612345602", "33612345603"


def period(provider, hours=24):
    moment = "%Y-%m-%d %H:%M:%S"
    now = provider.now()
    return {
        "date_start": (now - timedelta(hours=hours)).strftime(moment),
        "date_end": (now + timedelta(hours=hours)).strftime(moment),
    }


async def test_a_campaign_is_an_array_of_one_with_numbers_as_strings(api, provider):
    ticket = (await api.send("Bonjour", *(f"{n}=m-{i}" for i, n in enumerate((ANA, BEN, CLO))), sender="ACME"))[
        "ticket"
    ]
    for message_id, code in (("m-0", 3), ("m-1", 12), ("m-2", 5)):
        await provider.receipt(message_id, code)
    answer = await api("GET", f"/campaign/{ticket}")
    (campaign,) = answer["campaign"]
    dates = campaign.pop("creation_date"), campaign.pop("date")
    assert dates[0] == dates[1] == provider.now().strftime("%Y-%m-%d ") + dates[0][11:]
    assert campaign == {
        "id": ticket,
        "sender": "ACME",
        "text": "Bonjour",
        "cost": "3",
        "lists": [],
        "status": "Sent",
        "delivery_rate": "33",
        "delivered": "1",
        "error": "0",
        "expired": "1",
        "network_error": "0",
        "stop": "0",
        "npai": "1",
        "total": "3",
    }
    assert (await api("GET", "/campaign/1"))["status"] == -5


async def test_campaigns_are_filtered_sorted_and_paged(api, provider):
    await api.send("Bonjour à tous", ANA, BEN)
    await api.send("Au revoir", ANA)
    await api.send("Bonsoir", CLO)

    async def texts(**query):
        answer = await api("GET", "/campaigns", **query)
        assert answer["totalRecords"] == 3
        return [campaign["text"] for campaign in answer["campaigns"]], answer["totalDisplayRecords"]

    assert await texts() == (["Bonjour à tous", "Au revoir", "Bonsoir"], 3)
    assert await texts(sort="-id", length=1, start=1) == (["Au revoir"], 3)
    assert await texts(sort="text") == (["Au revoir", "Bonjour à tous", "Bonsoir"], 3)
    assert await texts(text="Bon", destination="+" + CLO) == (["Bonsoir"], 1)
    assert await texts(sms_min=2) == (["Bonjour à tous"], 1)
    assert await texts(sms_max=1, sort="-text") == (["Bonsoir", "Au revoir"], 2)
    assert await texts(date_start="2020-01-01 00:00:00", date_end="2020-01-02 00:00:00") == ([], 0)
    assert (await api("GET", "/campaigns", sort="colour"))["status"] == -7
    assert (await api("GET", "/campaigns", start="x"))["status"] == -7
    assert (await api("GET", "/campaigns", date_start="yesterday"))["status"] == -7


async def test_messages_carry_both_ids_and_the_status(api, provider):
    await api.send("Bonjour", f"{ANA}=m-1", sender="ACME")
    answer = await api("GET", "/messages", **period(provider))
    (message,) = answer["messages"]
    assert message["date"]
    del message["date"]
    assert message == {
        "campaign_id": 20480001,
        "client_id": 4242,
        "client_message_id": "m-1",
        "contact_list_id": "",
        "message": "Bonjour",
        "message_length": 7,
        "cost": 1,
        "country": "FR",
        "destination": ANA,
        "message_id": 990001,
        "sender": "ACME",
        "dlr_date": "",
        "status": "SENT",
        "status_details": "SENT",
        "type": "sms_mt",
    }
    await provider.receipt("m-1", 9)
    (message,) = (await api("GET", "/messages", **period(provider)))["messages"]
    assert (message["status"], message["status_details"]) == ("UNDELIVERED", "REJECTED")
    assert message["dlr_date"]


async def test_messages_that_did_not_leave_are_not_sent(api, provider):
    delay = (provider.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    ticket = (await api.send("Bonjour", ANA, delay=delay))["ticket"]
    await api("DELETE", f"/send/{ticket}")
    await api.send("Bonsoir", f"{BEN}=m-1")
    await provider.receipt("m-1", 0)
    messages = (await api("GET", "/messages", **period(provider), status="not_sent"))["messages"]
    assert [message["destination"] for message in messages] == [ANA, BEN]


async def test_messages_are_filtered_sorted_and_paged(api, provider):
    await api.send("Bonjour", f"{ANA}=m-1", f"{BEN}=m-2")
    await provider.receipt("m-1", 3)
    await provider.reply(CLO, "Bonsoir")

    async def destinations(**query):
        answer = await api("GET", "/messages", **period(provider), **query)
        assert answer["totalRecords"] == 3
        return [message["destination"] for message in answer["messages"]]

    assert await destinations() == [ANA, BEN, CLO]
    assert await destinations(sort="-destination", length=2) == [CLO, BEN]
    assert await destinations(type="messages-in") == [CLO]
    assert await destinations(type="messages-out", start=1) == [BEN]
    assert await destinations(status="delivered") == [ANA]
    assert await destinations(status="sent") == [BEN]
    assert await destinations(message="soir") == [CLO]
    assert await destinations(destination=BEN) == [BEN]
    assert await destinations(country="CH") == []


async def test_messages_outside_the_period_are_not_shown(api, provider):
    await api.send("Bonjour", ANA)
    provider.jump(3 * 3600)
    assert (await api("GET", "/messages", **period(provider, hours=1)))["messages"] == []


async def test_a_length_over_1000_is_cut(api, provider):
    provider.rules.flood_per_hour = provider.rules.flood_same_text_per_hour = 2000
    provider.credits = 2000
    for start in (0, 500, 1000):
        await api.send("Bonjour", *(f"3361{index:07d}" for index in range(start, start + 500)))
    answer = await api("GET", "/messages", **period(provider), length=5000)
    assert (len(answer["messages"]), answer["totalDisplayRecords"]) == (1000, 1500)


async def test_a_period_that_ends_now_holds_what_was_sent_this_second(api, provider):
    await api.send("Bonjour", ANA)
    await provider.reply(ANA, "Oui")
    (message,) = (await api("GET", "/messages", **period(provider), type="messages-out"))["messages"]
    (reply,) = (await api("GET", "/messages/mo", **period(provider)))["replies"]
    for path, shown, date in (
        ("/messages", "messages", message["date"]),
        ("/messages/mo", "replies", reply["date"]),
    ):
        assert (await api("GET", path, date_start=date, date_end=date))[shown]


@pytest.mark.parametrize("path", ["/messages", "/messages/mo"])
async def test_a_period_is_required(api, path):
    assert (await api("GET", path))["status"] == -7
    assert (await api("GET", path, date_start="2026-01-01 00:00:00"))["status"] == -7


async def test_replies_have_the_number_as_a_number(api, provider):
    ticket = (await api.send("Bonjour", f"{ANA}=m-1"))["ticket"]
    await provider.reply(ANA, "Oui merci")
    await provider.reply(BEN, "Allô ?")
    first, second = (await api("GET", "/messages/mo", **period(provider)))["replies"]
    assert (first["message_id"], first["campaign_id"], first["destination"]) == ("7001", ticket, int(ANA))
    assert (first["message"], second["campaign_id"]) == ("Oui merci", "")
    (last,) = (await api("GET", "/messages/mo", **period(provider), sort="-id", length=1))["replies"]
    assert last["message"] == "Allô ?"
    (reply,) = (await api("GET", f"/campaign/{ticket}/mo"))["replies"]
    assert reply["destination"] == int(ANA)
    assert "message" not in reply


async def test_unassigned_numbers_of_a_campaign_can_be_put_on_the_npai_list(api, provider):
    ticket = (await api.send("Bonjour", f"{ANA}=m-1", f"{BEN}=m-2"))["ticket"]
    await provider.receipt("m-1", 5)
    (npai,) = (await api("GET", f"/campaign/{ticket}/npai"))["npais"]
    assert npai["destination"] == ANA
    assert await api("PUT", f"/campaign/{ticket}/npai") == {"status": 1, "message": "OK", "NPAI": 1}
    assert (await api.send("Bonsoir", ANA, BEN))["npai"] == 1
