"""The control side under /_/: a snapshot, and the verbs over HTTP."""

import json

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.smsfactor import as_handler

ANA = "33612345601"


async def test_the_snapshot_shows_credits_campaigns_phones_and_webhooks(api, provider, bot, control):
    await api.hook("MO", bot.url + "/mo", "a-secret")
    await api.send("Voir <-short->", f"{ANA}=m-1", links=["https://example.org"])
    await control("reply", number=ANA, text="Oui")
    status, _, text = await api.raw("GET", "/_/state", headers={})
    state = json.loads(text)
    assert (status, state["credits"], state["delivery_count"], state["on_the_way"]) == (200, 999, 1, 0)
    (campaign,) = state["campaigns"]
    assert (campaign["state"], campaign["messages"]) == ("sent", {"sent": 1})
    (phone,) = state["phones"]
    assert (phone["number"], phone["blacklisted"], phone["texts"][0]["message_id"]) == (ANA, False, "m-1")
    assert phone["replies"][0]["text"] == "Oui"
    (hook,) = state["webhooks"]
    assert (hook["type"], hook["last_http_code"]) == ("MO", 200)
    assert "a-secret" not in text
    assert "tok-1" not in text


async def test_replies_stops_clicks_and_receipts_reach_the_bot(api, provider, bot, control):
    for kind in ("MO", "STOP", "CLICKER", "DLR", "BALANCE_ALERT"):
        await api.hook(kind, f"{bot.url}/{kind}")
    await api.send("Voir <-short->", f"{ANA}=m-1", links=["https://example.org"])
    for verb, fields in (
        ("receipt", {"message_id": "m-1", "code": 3}),
        ("click", {"message_id": "m-1"}),
        ("reply", {"number": ANA, "text": "Oui"}),
        ("stop", {"number": ANA}),
        ("balance-alert", {}),
    ):
        status, answer = await control(verb, **fields)
        assert (status, answer["deliveries"][0]["http_status"]) == (200, 200)
    assert [path for path, _ in bot.events] == ["/DLR", "/CLICKER", "/MO", "/STOP", "/BALANCE_ALERT"]


async def test_moderation_is_driven_from_outside(api, provider, control):
    await control("hold", verdict="release", times=2)
    first = (await api.send("Un", ANA))["ticket"]
    second = (await api.send("Deux", ANA))["ticket"]
    assert (await control("release", ticket=first))[1]["state"] == "sent"
    assert (await control("refuse", ticket=second))[1]["state"] == "denied"
    assert (await control("refuse", ticket=second))[0] == 400
    assert (await control("release", ticket="1"))[0] == 404


async def test_credits_clock_outcomes_and_faults_are_set_from_outside(api, provider, control):
    assert (await control("credits", add=50))[1] == {"credits": 1050}
    before = provider.now()
    await control("jump", seconds=3600)
    assert (provider.now() - before).total_seconds() >= 3600
    await control("outcome", number=ANA, code=12)
    assert provider.phone(ANA).outcome == 12
    await control("outcome", number=ANA, code=None)
    assert provider.phone(ANA).outcome is None
    await control("fault", path="/credits", how="refuse:-99")
    assert (await api("GET", "/credits"))["status"] == -99


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("reply", {"number": ANA}, 400),
        ("reply", {"number": 5, "text": "x"}, 400),
        ("click", {"message_id": "m-1"}, 404),
        ("receipt", {"message_id": "m-1"}, 404),
        ("hold", {"verdict": "perhaps"}, 400),
        ("fault", {"path": "/send", "how": "explode"}, 400),
        ("jump", {"seconds": -1}, 400),
        ("jump", {"seconds": "soon"}, 400),
        ("jump", {"seconds": 1e12}, 400),
        ("jump", {"seconds": float("nan")}, 400),
        ("hold", {"times": 10**9}, 400),
        ("stop", {"number": ANA, "text": None}, 400),
        ("reply", {"number": "Ana", "text": "x"}, 400),
        ("phone", {}, 400),
        ("phone", {"number": "06 12"}, 400),
        ("power", {"number": ANA, "state": "asleep"}, 400),
        ("power", {"number": ANA}, 400),
        ("credits", {}, 400),
        ("credits", {"add": "50"}, 400),
        ("credits", {"add": True}, 400),
        ("credits", {"add": -1001}, 400),
        ("credits", {"set": -1}, 400),
        ("trigger", {"balance": -1}, 400),
        ("redeliver", {"id": "1"}, 404),
        ("redeliver", {"id": 1}, 400),
        ("outage", {"how": "sometimes"}, 400),
        ("outage", {"how": "delays", "seconds": 0}, 400),
        ("outage", {"how": "delays", "seconds": 601}, 400),
        ("unblacklist", {"number": ANA}, 404),
        ("unnpai", {"number": ANA}, 404),
        ("dance", {}, 404),
    ],
)
async def test_nonsense_is_refused_in_words(control, verb, fields, status):
    answered, body = await control(verb, **fields)
    assert answered == status
    assert body["error"]


async def test_a_body_that_is_no_object_is_refused(api):
    for body in (b"[]", b"{"):
        assert (await api.raw("POST", "/_/reply", data=body, headers={}))[0] == 400
        as_json = {"Content-Type": "application/json"}
        assert (await api.raw("POST", "/_/reply", data=body, headers=as_json))[0] == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_what_a_foreign_page_could_send_is_refused(api, provider, kind):
    """Browsers let any page post these types anywhere; JSON they ask about first."""
    status, _, text = await api.raw("POST", "/_/credits", data=b'{"add": 1}', headers={"Content-Type": kind})
    assert status == 400
    assert "application/json" in text
    assert provider.credits == 1000


async def test_credits_are_added_or_set(provider, control):
    assert await control.do("credits", add=-400) == {"credits": 600}
    assert await control.do("credits", set=50) == {"credits": 50}
    assert provider.credits == 50


async def test_credits_that_sink_below_the_trigger_are_told(api, bot, provider, control):
    await api.hook("BALANCE_ALERT", bot.url + "/balance")
    assert await control.do("trigger", balance=500) == {"alert_trigger": 500}
    assert (await control.state())["alert_trigger"] == 500
    assert (await api("GET", "/notification/balance"))["notification"]["alert_trigger"] == "500"
    await control.do("credits", set=499)
    await provider.until(lambda: provider.deliveries)
    assert bot.events[0][1]["balance"] == "499"


async def test_a_delivery_is_sent_again_byte_for_byte(api, bot, control):
    await api.hook("MO", bot.url + "/mo", "a-secret")
    bot.status = 503
    (first,) = (await control.do("reply", number=ANA, text="Déjà vu"))["deliveries"]
    bot.status = 200
    (again,) = (await control.do("redeliver", id=first["id"]))["deliveries"]
    assert (first["http_status"], again["http_status"]) == (503, 200)
    assert bot.bodies[0] == bot.bodies[1]
    assert bot.headers[0]["X-SMSFactor-Signature"] == bot.headers[1]["X-SMSFactor-Signature"]
    assert first["id"] != again["id"]


async def test_the_verbs_can_be_put_under_another_address(provider, bot):
    """As a page's server in the same process does."""
    app = web.Application()
    for name, verb in provider.control.verbs.items():
        app.router.add_post(f"/provider/{name}", as_handler(verb))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    elsewhere = f"http://127.0.0.1:{runner.addresses[0][1]}/provider/"
    async with aiohttp.ClientSession() as session, session.post(elsewhere + "credits", json={"set": 7}) as answer:
        assert (answer.status, await answer.json()) == (200, {"credits": 7})
    await runner.cleanup()
    assert provider.control.snapshot()["credits"] == 7


async def test_control_requests_are_not_recorded(control, provider):
    await control("credits", add=1)
    assert provider.requests == []
