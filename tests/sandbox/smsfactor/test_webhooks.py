"""Webhooks: how they are registered, and what they are sent, when, signed how."""

import asyncio
import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta

import pytest

from bot.sandbox.smsfactor import SMSFactorStandIn, courier

ANA, BEN = "33612345601", "33612345602"
SECRET = "long-random-secret"


def is_local_stamp(text):
    return re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text) is not None


async def test_receipts_come_after_their_time_one_for_each_message(api, provider, bot):
    provider.rules.receipt_after = 30
    await api.hook("DLR", bot.url + "/dlr", SECRET)
    await api.send("Bonjour", f"{ANA}=m-1", f"{BEN}=m-2")
    provider.phone(BEN).outcome = 12
    assert provider.on_the_way == 0
    provider.jump(31)
    await provider.until(lambda: len(provider.deliveries) == 2)
    payloads = {payload["message_id"]: payload for _, payload in bot.events}
    date = payloads["m-1"].pop("date")
    assert datetime.fromisoformat(date).utcoffset() is not None
    assert payloads["m-1"] == {
        "status": 3,
        "destination": ANA,
        "message_id": "m-1",
        "campaign_id": "20480001",
        "country_code": "FR",
    }
    assert payloads["m-2"]["status"] == 12
    assert [(record.kind, record.http_status) for record in provider.deliveries] == [("DLR", 200)] * 2
    assert provider.on_the_way == 0


async def test_receipts_come_by_themselves(api, provider, bot):
    provider.rules.receipt_after = 0.01
    await api.hook("DLR", bot.url + "/dlr")
    await api.send("Bonjour", f"{ANA}=m-1")
    await provider.until(lambda: bot.events and provider.deliveries)
    assert bot.events[0][1]["message_id"] == "m-1"


async def test_a_phone_without_outcome_never_reports(api, provider, bot):
    provider.rules.receipt_after = 1
    await api.hook("DLR", bot.url + "/dlr")
    provider.phone(ANA).outcome = None
    await api.send("Bonjour", f"{ANA}=m-1", f"{BEN}=m-2")
    provider.jump(2)
    await provider.until(lambda: provider.on_the_way == 0)
    assert [payload["message_id"] for _, payload in bot.events] == ["m-2"]


async def test_a_text_that_is_not_delivered_does_not_reach_the_phone(api, provider):
    provider.phone(ANA).outcome = 12
    await api.send("Bonjour", ANA, BEN)
    assert [len(provider.texts(number)) for number in (ANA, BEN)] == [0, 1]


async def test_a_receipt_on_demand_comes_back_with_the_bots_answer(api, provider, bot):
    bot.status = 503
    await api.hook("DLR", bot.url + "/dlr")
    await api.send("Bonjour", f"{ANA}=m-1")
    (record,) = await provider.receipt("m-1", 2)
    assert (record.http_status, record.payload["status"]) == (503, 2)
    bot.status = 200
    (record,) = await provider.receipt("m-1")
    assert (record.http_status, record.payload["status"]) == (200, 3)
    assert provider.deliveries[-1] is record


async def test_receipts_exist_only_for_messages_that_left(api, provider):
    with pytest.raises(LookupError, match="no message"):
        await provider.receipt("m-1")
    provider.hold()
    await api.send("Bonjour", f"{ANA}=m-1")
    with pytest.raises(ValueError, match="moderation"):
        await provider.receipt("m-1")


async def test_a_reply_carries_the_last_message_id_and_no_offset(api, provider, bot):
    await api.hook("MO", bot.url + "/mo", SECRET)
    await provider.reply(ANA, "Qui est là ?")
    await api.send("Bonjour", f"{ANA}=m-1")
    await provider.reply("+33 6 12 34 56 01", "Oui merci")
    (_, before), (_, after) = bot.events
    assert before["last_message_id"] is None
    assert datetime.fromisoformat(after.pop("date")).tzinfo is None
    assert after == {"message": "Oui merci", "from": ANA, "account_id": "4242", "last_message_id": "m-1"}


async def test_a_stop_blacklists_and_is_told(api, provider, bot):
    await api.hook("STOP", bot.url + "/stop")
    await api.hook("MO", bot.url + "/mo")
    ticket = (await api.send("Bonjour", f"{ANA}=m-1"))["ticket"]
    await provider.stop(ANA)
    ((path, payload),) = bot.events
    assert path == "/stop"
    assert datetime.fromisoformat(payload.pop("date")).tzinfo is not None
    assert payload == {"message": "Stop SMS", "from": ANA, "account_id": "4242", "last_message_id": "m-1"}
    assert provider.opted_out("+" + ANA)
    assert (await api.send("Bonsoir", ANA))["blacklisted"] == 1
    (entry,) = (await api("GET", "/blacklist"))["list"]
    assert (entry["destination"], entry["campaign_id"]) == (ANA, int(ticket))
    (stop,) = (await api("GET", f"/campaign/{ticket}/blacklist"))["stops"]
    assert stop["destination"] == ANA
    assert (await api("GET", f"/campaign/{ticket}"))["campaign"][0]["stop"] == "1"


async def test_a_stop_may_arrive_as_a_reply_too(api, provider, bot):
    await api.hook("STOP", bot.url + "/stop")
    await api.hook("MO", bot.url + "/mo")
    records = await provider.stop(ANA, "STOP", also_mo=True)
    assert [record.kind for record in records] == ["STOP", "MO"]
    assert [payload["message"] for _, payload in bot.events] == ["STOP", "STOP"]


async def test_a_click_names_the_link_and_counts(api, provider, bot):
    await api.hook("CLICKER", bot.url + "/clicker")
    await api.send("Voir <-short->", f"{ANA}=m-1", links=["https://example.org/form"])
    await provider.click("m-1")
    await provider.click("m-1")
    first, second = (payload for _, payload in bot.events)
    assert provider.texts(ANA)[0].links == ("https://smsf.st/" + first["short_url"],)
    assert is_local_stamp(first["date"])
    assert (first["campaign_id"], first["gsmsid"], first["long_url"]) == (
        "20480001",
        "m-1",
        "https://example.org/form",
    )
    assert set(first) == {
        *("campaign_id", "gsmsid", "date", "long_url", "short_url", "brand", "model", "os"),
        *("info1", "info2", "info3", "info4", "clicks_on_link"),
    }
    assert (first["clicks_on_link"], second["clicks_on_link"]) == ("1", "2")
    with pytest.raises(LookupError, match="no link"):
        await provider.click("m-1", 1)


async def test_a_balance_alert_fires_once_when_the_trigger_is_crossed(api, provider, bot):
    await api.hook("BALANCE_ALERT", bot.url + "/balance")
    await api("PUT", "/notification/balance", {"notification": {"alert_trigger": "999"}})
    await api.send("Un", ANA)
    assert provider.on_the_way == 0
    await api.send("Deux", ANA)
    await api.send("Trois", ANA)
    await provider.until(lambda: provider.deliveries)
    ((_, payload),) = bot.events
    assert is_local_stamp(payload.pop("date"))
    assert payload == {"balance": "998", "trigger": "999"}


async def test_a_balance_alert_on_demand(api, provider, bot):
    await api.hook("BALANCE_ALERT", bot.url + "/balance")
    (record,) = await provider.balance_alert()
    assert (record.http_status, record.payload["balance"], record.payload["trigger"]) == (200, "1000", "0")


async def test_the_plain_signature_is_the_secret(api, provider, bot):
    await api.hook("MO", bot.url + "/mo", SECRET)
    await provider.reply(ANA, "Bonjour")
    assert bot.headers[0]["X-SMSFactor-Signature"] == SECRET
    assert bot.headers[0]["Content-Type"] == "application/json"


async def test_the_hmac_signature_is_of_the_raw_body(api, provider, bot):
    provider.rules.signature = "hmac"
    await api.hook("MO", bot.url + "/mo", SECRET)
    await provider.reply(ANA, "Ça va ?")
    expected = hmac.new(SECRET.encode(), bot.bodies[0], hashlib.sha256).hexdigest()
    assert bot.headers[0]["X-SMSFactor-Signature"] == expected


async def test_without_a_secret_there_is_no_signature(api, provider, bot):
    await api.hook("MO", bot.url + "/mo")
    await provider.reply(ANA, "Bonjour")
    assert "X-SMSFactor-Signature" not in bot.headers[0]


async def test_redelivering_sends_the_same_bytes(api, provider, bot):
    await api.hook("MO", bot.url + "/mo", SECRET)
    (record,) = await provider.reply(ANA, "Bonjour")
    provider.jump(60)
    again = await provider.redeliver(record)
    assert bot.bodies[0] == bot.bodies[1] == record.body
    assert bot.headers[0]["X-SMSFactor-Signature"] == bot.headers[1]["X-SMSFactor-Signature"]
    assert provider.deliveries == [record, again]


async def test_redelivering_survives_its_webhook(api, provider, bot):
    hook = await api.hook("MO", bot.url + "/mo")
    (record,) = await provider.reply(ANA, "Bonjour")
    await api("DELETE", f"/webhook/{hook}")
    assert (await provider.redeliver(record)).http_status == 200


async def test_a_secret_that_cannot_stand_in_a_header_is_recorded(api, provider, bot):
    await api.hook("MO", bot.url + "/mo", "two\nlines")
    (record,) = await provider.reply(ANA, "Bonjour")
    assert (record.http_status, record.error) == (None, "ValueError")


async def test_a_webhook_that_does_not_answer_in_time_is_given_up(api, monkeypatch):
    """The limit is 10 s; here it is shortened for a server of its own."""
    monkeypatch.setattr(courier, "TIME_LIMIT", 0.05)
    never = asyncio.Event()

    async def listen(_reader, writer):
        await never.wait()
        writer.close()

    async with SMSFactorStandIn(token="tok-1") as slow, await asyncio.start_server(listen, "127.0.0.1") as deaf:
        api.url = slow.url
        await api.hook("MO", f"http://127.0.0.1:{deaf.sockets[0].getsockname()[1]}/mo")
        (record,) = await slow.reply(ANA, "Bonjour")
        never.set()
    assert (record.http_status, record.error) == (None, "TimeoutError")


async def test_a_webhook_that_is_not_there_is_recorded_and_harms_nothing(api, provider, unused_port):
    hook = await api.hook("MO", f"http://127.0.0.1:{unused_port}/mo")
    (record,) = await provider.reply(ANA, "Bonjour")
    assert (record.http_status, record.error) == (None, "ClientConnectorError")
    assert (await api("GET", f"/webhook/{hook}"))["webhook"]["last_http_code"] is None


async def test_paused_webhooks_are_skipped(api, provider, bot):
    hook = await api.hook("MO", bot.url + "/mo")
    answer = await api("PUT", f"/webhook/{hook}/status", {"webhook": {"status": "paused"}})
    assert answer["webhook"]["status"] == "paused"
    assert await provider.reply(ANA, "Un") == []
    await api("PUT", f"/webhook/{hook}/status", {"webhook": {"status": "live"}})
    assert len(await provider.reply(ANA, "Deux")) == 1
    assert (await api("PUT", f"/webhook/{hook}/status", {"webhook": {"status": "off"}}))["status"] == -7


async def test_the_life_of_a_webhook(api, provider, bot):
    created = await api("POST", "/webhook", {"webhook": {"type": "MO", "url": bot.url, "signature": SECRET}})
    hook = created["webhook"]["webhook_id"]
    assert created["webhook"] == {"webhook_id": hook, "type": "MO", "url": bot.url, "signature": SECRET}
    await provider.reply(ANA, "Bonjour")
    (seen,) = (await api("GET", "/webhook"))["webhooks"]
    assert (seen["last_http_code"], seen["status"]) == (200, "live")
    changed = await api("PUT", f"/webhook/{hook}", {"webhook": {"type": "DLR", "url": bot.url + "/dlr"}})
    assert (changed["webhook"]["type"], changed["webhook"]["signature"]) == ("DLR", "")
    assert (await api("DELETE", f"/webhook/{hook}"))["deleted_id"] == hook
    assert (await api("GET", "/webhook"))["webhooks"] == []
    for method in ("GET", "DELETE"):
        assert (await api(method, f"/webhook/{hook}"))["status"] == -5


@pytest.mark.parametrize(
    "webhook",
    [
        {},
        {"type": "MO"},
        {"url": "https://x"},
        {"type": "OTHER", "url": "https://x"},
        {"type": "MO", "url": "x"},
    ],
)
async def test_a_webhook_that_makes_no_sense_is_minus_7(api, webhook):
    assert (await api("POST", "/webhook", {"webhook": webhook}))["status"] == -7


async def test_a_balance_alert_webhook_cannot_be_changed(api, bot):
    """Its type is missing from that page: it has to be deleted and made again."""
    hook = await api.hook("BALANCE_ALERT", bot.url)
    body = {"webhook": {"type": "BALANCE_ALERT", "url": bot.url}}
    assert (await api("PUT", f"/webhook/{hook}", body))["status"] == -7


async def test_many_receipts_need_no_task_each(api, provider, bot):
    provider.rules.receipt_after = 1
    await api.hook("DLR", bot.url + "/dlr")
    await api.send("Bonjour", *(f"3361{index:07d}=m-{index}" for index in range(300)))
    tasks = len(asyncio.all_tasks())
    provider.jump(2)
    assert len(asyncio.all_tasks()) == tasks
    await provider.until(lambda: provider.on_the_way == 0)
    assert {payload["message_id"] for _, payload in bot.events} == {f"m-{index}" for index in range(300)}


async def test_a_long_jump_keeps_everything_at_its_own_time(api, provider):
    """Released after 10 s and reported 20 s later, although the clock went a day ahead at once."""
    provider.rules.moderation_after, provider.rules.receipt_after = 10, 20
    provider.hold()
    sent = provider.now()
    ticket = (await api.send("Bonjour", f"{ANA}=m-1"))["ticket"]
    provider.jump(86400)
    campaign = provider.campaigns[ticket]
    released = datetime.fromtimestamp(campaign.date, sent.tzinfo)
    reported = datetime.fromtimestamp(campaign.messages[0].reported_at, sent.tzinfo)
    assert timedelta(seconds=9) < released - sent < timedelta(seconds=15)
    assert timedelta(seconds=19) < reported - released < timedelta(seconds=21)
    with pytest.raises(ValueError, match="forward"):
        provider.jump(-1)


async def test_until_gives_up_with_words(provider):
    with pytest.raises(TimeoutError, match="did not get there"):
        await provider.until(lambda: provider.deliveries, timeout=0.01)


async def test_payload_text_is_sent_as_utf_8(api, provider, bot):
    await api.hook("MO", bot.url)
    await provider.reply(ANA, "Déjà 🙂")
    assert "Déjà 🙂".encode() in bot.bodies[0]
    assert json.loads(bot.bodies[0])["message"] == "Déjà 🙂"
