"""The control side under /_/: a snapshot, and the verbs over HTTP."""

import json

import pytest

ANA = "33612345601"


@pytest.fixture
def control(api):
    async def ask(verb, /, **fields):
        status, _, text = await api.raw("POST", f"/_/{verb}", json=fields, headers={})
        return status, json.loads(text)

    return ask


async def test_the_snapshot_shows_credits_campaigns_phones_and_webhooks(api, provider, bot, control):
    await api.hook("MO", bot.url + "/mo", "a-secret")
    await api.send("Voir <-short->", f"{ANA}=m-1", links=["https://example.org"])
    await control("reply", number=ANA, text="Oui")
    status, _, text = await api.raw("GET", "/_/state", headers={})
    state = json.loads(text)
    assert (status, state["credits"], state["deliveries"], state["on_the_way"]) == (200, 999, 1, 0)
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


async def test_control_requests_are_not_recorded(control, provider):
    await control("credits", add=1)
    assert provider.requests == []
