"""What is done in the provider's web interface: rules, blacklist, NPAI list."""

import pytest

ANA, BEN = "33612345601", "33612345602"


async def test_the_rules_are_shown(control):
    assert (await control.state())["rules"] == {
        "receipt_after": None,
        "moderation_after": None,
        "flood_per_hour": 5,
        "flood_same_text_per_hour": 1,
        "moderation_words": {},
        "stop_mention": " STOP 36035",
        "signature": "plain",
        "countries": ["FR"],
    }


async def test_changed_rules_hold_from_then_on(api, provider, control):
    changed = {
        "receipt_after": 2.5,
        "moderation_after": 60,
        "flood_per_hour": 3,
        "flood_same_text_per_hour": 3,
        "moderation_words": {"casino": "refuse"},
        "stop_mention": " STOP 36111",
        "signature": "hmac",
        "countries": ["CH", "FR"],
    }
    assert await control.do("rules", **changed) == {"rules": changed}
    assert (await control.state())["rules"] == changed
    assert (await api.send("Casino", ANA))["status"] == -8
    provider.jump(61)
    assert (await api.send("Soldes", ANA, "41791234567", pushtype="marketing"))["sent"] == 2
    assert provider.texts(ANA)[0].text == "Soldes STOP 36111"


async def test_rules_that_are_not_named_stay(control, provider):
    await control.do("rules", flood_per_hour=9)
    await control.do("rules", receipt_after=1)
    await control.do("rules", receipt_after=None, countries=None)
    rules = (await control.state())["rules"]
    assert (rules["flood_per_hour"], rules["receipt_after"], rules["countries"]) == (9, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"postage": 1},
        {"receipt_after": -1},
        {"receipt_after": "2"},
        {"receipt_after": True},
        {"moderation_after": 10**400},
        {"flood_per_hour": 0},
        {"flood_per_hour": 1.5},
        {"flood_same_text_per_hour": None},
        {"moderation_words": ["casino"]},
        {"moderation_words": {"casino": "perhaps"}},
        {"moderation_words": {"": "refuse"}},
        {"stop_mention": None},
        {"stop_mention": "x" * 41},
        {"signature": "none"},
        {"countries": "FR"},
        {"countries": ["France"]},
        {"countries": [["FR"]]},
    ],
)
async def test_a_wrong_rule_is_refused_and_changes_none(control, wrong):
    before = (await control.state())["rules"]
    status, answer = await control("rules", **{"flood_per_hour": 2, **wrong})
    assert status == 400
    assert next(iter(wrong)) in answer["error"]
    assert (await control.state())["rules"] == before


async def test_a_number_goes_on_the_blacklist_and_off_without_a_webhook(api, bot, control):
    await api.hook("STOP", bot.url + "/stop")
    entry = await control.do("blacklist", number="06 12 34 56 01")
    assert entry["number"] == ANA
    state = await control.state()
    assert (state["blacklist"], state["blacklist_count"]) == ([entry], 1)
    assert await control.do("blacklist", number=ANA) == entry
    assert (await api.send("Bonjour", ANA))["blacklisted"] == 1
    assert await control.do("unblacklist", number=ANA) == {"number": ANA}
    assert (await api.send("Bonjour", ANA))["sent"] == 1
    assert (await control.state())["blacklist"] == []
    assert bot.events == []


async def test_a_number_goes_on_the_npai_list_and_off(api, control):
    await control.do("phone", number=ANA)
    await control.do("npai", number=ANA)
    await control.do("npai", number=BEN)
    state = await control.state()
    assert ([entry["number"] for entry in state["npai"]], state["npai_count"]) == ([BEN, ANA], 2)
    assert (await control.phone(ANA))["npai"]
    assert (await api.send("Bonjour", ANA))["npai"] == 1
    await control.do("unnpai", number=ANA)
    assert not (await control.phone(ANA))["npai"]
    assert (await api.send("Bonjour", ANA))["sent"] == 1


async def test_only_the_latest_entries_are_shown(api, control):
    gsm = [{"value": str(33612000000 + index)} for index in range(60)]
    await api("POST", "/blacklist", {"blacklist": {"contacts": {"gsm": gsm}}})
    state = await control.state()
    assert (len(state["blacklist"]), state["blacklist_count"]) == (50, 60)
    assert state["blacklist"][0]["number"] == "33612000059"
