"""What the snapshot shows of campaigns, phones, webhooks and deliveries."""

import asyncio
import json
from datetime import datetime, timedelta

import pytest

ANA, BEN, CLO = "33612345601", "33612345602", "33612345603"


def moment(text):
    at = datetime.fromisoformat(text)
    assert at.utcoffset() is not None
    return at


async def test_the_clock_says_how_far_it_is_ahead(provider, control):
    assert (await control.state())["ahead"] == 0
    await control.do("jump", seconds=3600)
    await control.do("jump", seconds=60)
    state = await control.state()
    assert state["ahead"] == 3660
    assert abs(moment(state["now"]) - provider.now()) < timedelta(seconds=5)


async def test_a_campaign_says_how_it_stands(api, bot, control):
    await api.hook("CLICKER", bot.url)
    links = ["https://example.org"]
    sent = await api.send("Voir <-short->", f"{ANA}=m-1", f"{BEN}=m-2", "12", sender="ACME", links=links)
    await control.do("receipt", message_id="m-1")
    await control.do("click", message_id="m-1")
    await control.do("click", message_id="m-1")
    await control.do("stop", number=BEN)
    (campaign,) = (await control.state())["campaigns"]
    assert abs(moment(campaign.pop("created")) - moment(campaign.pop("date"))) < timedelta(seconds=5)
    assert campaign == {
        "ticket": sent["ticket"],
        "state": "sent",
        "text": "Voir <-short->",
        "sender": "ACME",
        "cost": 2,
        "counts": {"total": 3, "sent": 2, "invalid": 1},
        "message_count": 2,
        "messages": {"delivered": 1, "sent": 1},
        "stops": 1,
        "clicks": 2,
    }


async def test_campaigns_come_newest_first_and_only_the_latest(api, provider, control):
    provider.rules.flood_per_hour = 100
    tickets = [(await api.send(f"Texte {index}", ANA))["ticket"] for index in range(52)]
    state = await control.state()
    assert [campaign["ticket"] for campaign in state["campaigns"]] == tickets[:1:-1]
    assert state["campaign_count"] == 52


async def test_the_true_state_of_a_held_and_of_a_scheduled_campaign_is_shown(api, provider, control):
    await control.do("hold", verdict="refuse")
    assert (await control.state())["holds"] == ["refuse"]
    await api.send("Un", ANA)
    await api.send("Deux", ANA, delay=(provider.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"))
    state = await control.state()
    assert [campaign["state"] for campaign in state["campaigns"]] == ["scheduled", "moderation"]
    assert state["holds"] == []


# Phones


async def test_a_phone_added_by_hand_is_there_before_any_sms(control):
    added = await control.do("phone", number="06 12 34 56 01")
    assert added == {
        "number": ANA,
        "state": "on",
        "outcome": 3,
        "blacklisted": False,
        "npai": False,
        "missed": 0,
        "texts": [],
        "replies": [],
        "flood": {"hour": 0, "limit": 5, "free_at": None},
    }
    state = await control.state()
    assert (state["phones"], state["phone_count"]) == ([added], 1)


async def test_a_number_whose_price_was_asked_is_no_phone(api, control):
    await api.send("Bonjour", ANA, path="/send/simulate")
    state = await control.state()
    assert (state["phones"], state["phone_count"]) == ([], 0)


async def test_a_text_shows_its_links_its_mention_and_its_last_receipt(api, control):
    sent = await api.send(
        "Voir <-short-> ", f"{ANA}=m-1", sender="ACME", links=["https://example.org/a"], pushtype="marketing"
    )
    await control.do("click", message_id="m-1")
    (text,) = (await control.phone(ANA))["texts"]
    (link,) = text.pop("links")
    assert link["url"] in text["text"]
    assert (link["target"], link["clicks"]) == ("https://example.org/a", 1)
    moment(text.pop("at"))
    assert text == {
        "text": f"Voir {link['url']} STOP 36035",
        "sender": "ACME",
        "message_id": "m-1",
        "ticket": sent["ticket"],
        "segments": 1,
        "stop_mention": " STOP 36035",
        "receipt": None,
    }
    await control.do("receipt", message_id="m-1", code=2)
    assert (await control.phone(ANA))["texts"][0]["receipt"] == 2


@pytest.mark.parametrize("unicode", [0, 1])
async def test_the_mention_is_shown_as_it_stands_in_the_text(api, provider, control, unicode):
    provider.rules.stop_mention = " ✋ STOP"
    await api.send("Soldes", ANA, pushtype="marketing", unicode=unicode)
    provider.rules.stop_mention = " STOP 36035"
    (text,) = (await control.phone(ANA))["texts"]
    assert text["stop_mention"] == (" ✋ STOP" if unicode else " ? STOP")
    assert text["text"] == "Soldes" + text["stop_mention"]


async def test_an_alert_has_no_mention(api, control):
    await api.send("Bonjour", ANA)
    assert (await control.phone(ANA))["texts"][0]["stop_mention"] == ""


@pytest.mark.parametrize(
    ("power", "outcome", "arrives", "receipt"),
    [("on", 3, 1, 3), ("off", 12, 0, 12), ("unassigned", 5, 0, 5), ("silent", None, 1, None)],
)
async def test_the_power_of_a_phone_decides_what_becomes_of_its_sms(
    api, provider, bot, control, power, outcome, arrives, receipt
):
    provider.rules.receipt_after = 2
    await api.hook("DLR", bot.url)
    shown = await control.do("power", number=ANA, state=power)
    assert (shown["state"], shown["outcome"]) == (power, outcome)
    await api.send("Bonjour", f"{ANA}=m-1", f"{BEN}=m-2")
    provider.jump(3)
    await provider.until(lambda: provider.on_the_way == 0)
    phone = await control.phone(ANA)
    assert (len(phone["texts"]), phone["missed"]) == (arrives, 1 - arrives)
    told = {payload["message_id"]: payload["status"] for _, payload in bot.events}
    assert told == {"m-2": 3} | ({"m-1": receipt} if receipt else {})


async def test_switching_a_phone_on_again_does_not_bring_back_what_it_missed(api, provider, bot, control):
    provider.rules.receipt_after = 2
    await api.hook("DLR", bot.url)
    await control.do("power", number=ANA, state="off")
    await api.send("Bonjour", f"{ANA}=m-1")
    await control.do("power", number=ANA, state="on")
    provider.jump(3)
    await provider.until(lambda: bot.events)
    assert bot.events[0][1]["status"] == 12
    phone = await control.phone(ANA)
    assert (phone["state"], phone["texts"], phone["missed"]) == ("on", [], 1)


async def test_look_ups_notice_that_a_number_was_given_up_and_taken_again(api, control):
    async def status():
        answer = await api("POST", "/lookup", {"lookup": {"to": [ANA]}})
        return answer["response"]["lookup"][0]["status"]["name"]

    await control.do("power", number=ANA, state="unassigned")
    assert await status() == "UNDELIVERABLE"
    await control.do("power", number=ANA, state="on")
    assert await status() == "DELIVERED"


@pytest.mark.parametrize(("code", "state"), [(2, "failing"), (11, "failing"), (1, "on")])
async def test_any_outcome_has_a_name(control, code, state):
    await control.do("outcome", number=ANA, code=code)
    assert (await control.phone(ANA))["state"] == state


async def test_replies_and_the_opting_out_stand_in_their_order(control):
    await control.do("reply", number=ANA, text="Oui")
    await control.do("stop", number=ANA, text="STOP merci")
    phone = await control.phone(ANA)
    assert [(reply["text"], reply["stop"]) for reply in phone["replies"]] == [("Oui", False), ("STOP merci", True)]
    assert phone["blacklisted"]


async def test_an_opting_out_that_is_a_reply_too_was_said_once(provider, control):
    await control.do("stop", number=ANA, text="STOP", also_mo=True)
    assert [reply["stop"] for reply in (await control.phone(ANA))["replies"]] == [True]


async def test_a_reply_that_says_stop_is_a_reply_and_no_more(control):
    await control.do("reply", number=ANA, text="STOP")
    phone = await control.phone(ANA)
    assert (phone["replies"][0]["stop"], phone["blacklisted"]) == (False, False)


async def test_the_flood_window_says_when_there_is_room_again(api, provider, control):
    provider.rules.flood_per_hour = 2
    await api.send("Un", ANA)
    assert (await control.phone(ANA))["flood"] == {"hour": 1, "limit": 2, "free_at": None}
    provider.jump(600)
    await api.send("Deux", ANA)
    flood = (await control.phone(ANA))["flood"]
    assert (flood["hour"], flood["limit"]) == (2, 2)
    wait = moment(flood["free_at"]) - provider.now()
    assert timedelta(seconds=2990) < wait <= timedelta(seconds=3001)
    assert (await api.send("Trois", ANA))["flood"] == 1
    provider.jump(wait.total_seconds())
    assert (await control.phone(ANA))["flood"] == {"hour": 1, "limit": 2, "free_at": None}
    assert (await api.send("Trois", ANA))["sent"] == 1


async def test_the_latest_phones_are_shown_and_those_added_by_hand(api, control):
    await control.do("phone", number=CLO)
    numbers = [str(33612000000 + index) for index in range(55)]
    await api.send("Bonjour", *numbers)
    await control.do("reply", number=numbers[54], text="Oui")
    state = await control.state()
    shown = [phone["number"] for phone in state["phones"]]
    assert (len(shown), state["phone_count"]) == (51, 56)
    assert (shown[0], shown[-1]) == (numbers[54], CLO)
    assert numbers[0] not in shown


# Webhooks


async def test_a_webhook_shows_its_last_delivery_and_counts(api, bot, control, unused_port):
    await api.hook("MO", bot.url + "/mo")
    await api.hook("STOP", f"http://127.0.0.1:{unused_port}/stop")
    await api.hook("DLR", bot.url + "/dlr")
    await control.do("reply", number=ANA, text="Un")
    bot.status = 503
    await control.do("reply", number=ANA, text="Deux")
    await control.do("stop", number=ANA)
    replies, stops, receipts = (await control.state())["webhooks"]
    assert (replies["delivered"], replies["failed"]) == (1, 1)
    assert (replies["last"]["kind"], replies["last"]["http_status"], replies["last"]["error"]) == ("MO", 503, "")
    moment(replies["last"]["at"])
    assert (stops["delivered"], stops["failed"]) == (0, 1)
    assert (stops["last"]["http_status"], stops["last"]["error"]) == (None, "ClientConnectorError")
    assert (receipts["delivered"], receipts["failed"], receipts["last"]) == (0, 0, None)


async def test_the_latest_deliveries_are_shown_newest_first(api, bot, control):
    hook = await api.hook("MO", bot.url + "/mo")
    for index in range(22):
        await control.do("reply", number=ANA, text=f"Texte {index}")
    state = await control.state()
    assert (len(state["deliveries"]), state["delivery_count"]) == (20, 22)
    assert [int(delivery["id"]) for delivery in state["deliveries"]] == list(range(22, 2, -1))
    newest = state["deliveries"][0]
    moment(newest.pop("at"))
    assert newest == {
        "id": "22",
        "kind": "MO",
        "webhook_id": hook,
        "url": bot.url + "/mo",
        "http_status": 200,
        "error": "",
    }


async def test_taking_it_changes_nothing_and_needs_no_waiting(api, provider, control):
    await api.send("Bonjour", ANA)
    before = provider.changes.count
    tasks = len(asyncio.all_tasks())
    first, second = provider.control.snapshot(), provider.control.snapshot()
    assert json.loads(json.dumps(first))["phones"] == second["phones"]
    assert (provider.changes.count, len(asyncio.all_tasks())) == (before, tasks)
