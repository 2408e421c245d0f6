"""Balance, account, sub-accounts, alert settings, retention, tokens, invoices, look-ups."""

import pytest

ANA, BEN = "33612345601", "33612345602"


async def test_credits_are_a_string(api, provider):
    answer = await api("GET", "/credits")
    assert answer == {
        "status": 1,
        "message": "OK",
        "credits": "1000",
        "postpaid": "0",
        "postpaid_limit": False,
        "unlimited": False,
    }
    provider.credits = 7
    provider.rules.postpaid = True
    answer = await api("GET", "/credits")
    assert (answer["credits"], answer["postpaid"]) == ("7", "1")


async def test_the_account_describes_itself(api):
    account = (await api("GET", "/account"))["account"]
    assert (account["client_id"], account["credits"], account["time_zone"]) == (
        "4242",
        "1000",
        "Europe/Paris",
    )


async def test_sub_accounts_are_made_locked_and_given_credits(api, provider):
    body = {"account": {"email": "a@example.org", "password": "secret-1", "isChild": 1, "unlimited": 0}}
    child = (await api("POST", "/account", body))["id"]
    (listed,) = (await api("GET", "/sub-accounts"))["sub-accounts"]
    assert (listed["client_id"], listed["current_month_consumption"]) == (child, 0)
    assert (await api("GET", f"/account/{child}/lock"))["state"] == "locked"
    assert (await api("GET", f"/account/{child}/unlock"))["state"] == "unlocked"
    answer = await api("POST", "/account/transfer", {"transfer": {"to_account": int(child), "credits": 100}})
    assert (answer["credits"], answer["child_credits"]) == ("900", "100")
    assert (await api("GET", f"/sub-accounts/{child}"))["sub-account"]["credits"] == "100"
    assert provider.credits == 900
    too_much = {"transfer": {"to_account": child, "credits": 901}}
    assert (await api("POST", "/account/transfer", too_much))["status"] == -3
    assert (await api("POST", "/account/transfer", {"transfer": {"to_account": 1, "credits": 1}}))["status"] == -5
    assert (await api("GET", "/account/1/lock"))["status"] == -5


async def test_a_main_account_can_be_made_but_is_no_sub_account(api):
    body = {"account": {"email": "a@example.org", "password": "secret-1", "country_code": "FR"}}
    assert (await api("POST", "/account", body))["active"] == "1"
    assert (await api("GET", "/sub-accounts"))["sub-accounts"] == []


async def test_a_password_that_is_too_short_is_minus_7(api):
    body = {"account": {"email": "a@example.org", "password": "short", "country_code": "FR"}}
    assert (await api("POST", "/account", body))["status"] == -7


@pytest.mark.parametrize("missing", ["email", "password", "unlimited"])
async def test_an_incomplete_sub_account_is_minus_7(api, missing):
    account = {"email": "a@example.org", "password": "secret-1", "isChild": 1, "unlimited": 0}
    del account[missing]
    assert (await api("POST", "/account", {"account": account}))["status"] == -7


async def test_alert_settings_call_the_number_gsm_when_read(api):
    body = {"notification": {"alert_trigger": 500, "alert_email": "1", "phone_number": ANA}}
    assert (await api("PUT", "/notification/balance", body))["notification"]["phone_number"] == ANA
    settings = (await api("GET", "/notification/balance"))["notification"]
    assert settings == {"alert_trigger": "500", "alert_email": "1", "alert_gsm": "0", "email": "", "gsm": ANA}
    assert (await api("PUT", "/notification/balance", {"notification": {"alert_email": "1"}}))["status"] == -7


async def test_retention_is_read_and_changed(api):
    assert (await api("GET", "/retention"))["data_retention"]["mts_retention"] == "6m"
    assert (await api("PUT", "/retention", {"retention": {"message": "30d"}}))["status"] == 1
    assert (await api("GET", "/retention"))["data_retention"]["mts_retention"] == "30d"
    assert (await api("PUT", "/retention", {"retention": {"message": "long"}}))["status"] == -7


async def test_a_new_token_opens_the_api_until_it_is_revoked(api):
    made = await api("POST", "/token", {"token": {"name": "bot"}})
    shown = (await api("GET", f"/token/{made['token_id']}"))["token"]
    assert (shown["api_token_id"], shown["name"], shown["ttl"]) == (int(made["token_id"]), "bot", None)
    assert "token" not in shown
    assert len((await api("GET", "/token"))["tokens"]) == 2
    api.headers["Authorization"] = f"Bearer {made['token']}"
    assert (await api("GET", "/credits"))["status"] == 1
    assert (await api("DELETE", f"/token/{made['token_id']}"))["deleted_token"] == made["token_id"]
    assert (await api("GET", "/credits"))["status"] == -1


async def test_a_token_expires(api, provider):
    made = await api("POST", "/token", {"token": {"name": "bot", "ttl": 60}})
    api.headers["Authorization"] = f"Bearer {made['token']}"
    assert (await api("GET", "/credits"))["status"] == 1
    provider.jump(61)
    assert (await api("GET", "/credits"))["status"] == -1


@pytest.mark.parametrize(("ips", "status"), [(["127.0.0.0/8"], 1), (["203.0.113.7", "::1"], -1)])
async def test_a_token_may_be_tied_to_addresses(api, ips, status):
    made = await api("POST", "/token", {"token": {"name": "bot", "allowed_ips": ips}})
    assert made["allowed_ips"] == ips
    api.headers["Authorization"] = f"Bearer {made['token']}"
    assert (await api("GET", "/credits"))["status"] == status


async def test_bad_tokens_are_minus_7(api):
    for token in ({}, {"name": "x", "allowed_ips": ["here"]}, {"name": "x", "ttl": "long"}):
        assert (await api("POST", "/token", {"token": token}))["status"] == -7


async def test_a_sub_accounts_token_does_not_open_ours(api):
    made = await api("POST", "/token/account/4343", {"token": {"name": "child"}})
    api.headers["Authorization"] = f"Bearer {made['token']}"
    assert (await api("GET", "/credits"))["status"] == -1


async def test_invoices_are_read_and_downloaded(api):
    (invoice,) = (await api("GET", "/account/invoice"))["invoices"]
    assert (await api("GET", f"/account/invoice/{invoice['id']}"))["invoice"] == invoice
    status, kind, text = await api.raw("GET", f"/account/invoice/{invoice['id']}/download")
    assert (status, kind, text[:5]) == (200, "application/pdf", "%PDF-")
    # On download an error comes as JSON.
    assert (await api("GET", "/account/invoice/1/download"))["status"] == -5


async def test_a_look_up_costs_a_credit_per_number_and_finds_the_dead(api, provider):
    await api.send("Bonjour", f"{BEN}=m-1")
    await provider.receipt("m-1", 5)
    answer = await api("POST", "/lookup", {"lookup": {"to": [ANA, BEN]}})
    assert (answer["cost"], answer["credits"]) == (2, 997)
    alive, dead = answer["response"]["lookup"]
    assert (alive["to"], alive["error"]["permanent"]) == (ANA, False)
    assert dead["error"]["permanent"] is True
    assert (await api("POST", "/lookup", {"lookup": {"to": []}}))["status"] == -7
    provider.credits = 0
    assert (await api("POST", "/lookup", {"lookup": {"to": [ANA]}}))["status"] == -3
