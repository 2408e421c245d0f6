"""The envelope: tokens, XML, unreadable bodies, unknown paths, and what is recorded of a request."""

import json

import pytest

from bot.sandbox.smsfactor import Delivery, SMSFactorStandIn

ANA = "33612345601"


async def test_a_wrong_token_is_answered_200_with_minus_1(api):
    api.headers["Authorization"] = "Bearer wrong"
    answer = await api("GET", "/credits")
    assert answer["status"] == -1
    assert answer["details"] == "Token invalide"


async def test_no_token_is_answered_with_minus_1(api):
    del api.headers["Authorization"]
    assert (await api("GET", "/credits"))["status"] == -1


async def test_the_token_may_be_a_query_parameter_of_get_send_only(api, provider):
    del api.headers["Authorization"]
    assert (await api("GET", "/send", token="tok-1", text="Hi", to=ANA))["sent"] == 1
    assert (await api("GET", "/send/simulate", token="tok-1", text="Hi", to="33612345602"))["sent"] == 1
    assert (await api("GET", "/credits", token="tok-1"))["status"] == -1
    assert all("token" not in request.query for request in provider.requests)


async def test_xml_is_answered_unless_json_is_asked_for(api, provider):
    """A client that forgets its Accept header finds out, and nothing is sent."""
    headers = {"Authorization": "Bearer tok-1"}
    body = {"sms": {"message": {"text": "Hi"}, "recipients": {"gsm": [{"value": ANA}]}}}
    status, kind, text = await api.raw("POST", "/send", json=body, headers=headers)
    assert (status, kind) == (200, "application/xml")
    assert "<status>-2</status>" in text
    assert provider.texts(ANA) == []


async def test_xml_in_the_body_is_minus_2(api):
    headers = {**api.headers, "Content-Type": "application/xml"}
    _, _, text = await api.raw("POST", "/send", data="<sms/>", headers=headers)
    assert json.loads(text)["status"] == -2


@pytest.mark.parametrize("body", [b'{"sms": ', b"\xff\xfe", b"hello"])
async def test_a_body_that_is_not_json_is_minus_6(api, body):
    _, _, text = await api.raw("POST", "/send", data=body, headers=api.headers)
    assert json.loads(text)["status"] == -6


@pytest.mark.parametrize("body", [b"[]", b"3", b""])
async def test_a_body_without_an_object_is_minus_7(api, body):
    _, _, text = await api.raw("POST", "/send", data=body, headers=api.headers)
    assert json.loads(text)["status"] == -7


async def test_the_legacy_form_field_data_is_still_read(api):
    body = {"sms": {"message": {"text": "Hi"}, "recipients": {"gsm": [{"value": ANA}]}}}
    _, _, text = await api.raw("POST", "/send", data={"data": json.dumps(body)}, headers=api.headers)
    assert json.loads(text)["sent"] == 1


async def test_an_unknown_path_is_an_error_without_status(api):
    assert await api("GET", "/nothing/here", http_status=404) == {"error": "Not Found"}
    assert await api("PATCH", "/send", http_status=404) == {"error": "Not Found"}


async def test_requests_are_recorded_without_the_token(api, provider):
    await api("GET", "/campaigns", start=3)
    await api.send("Hi", ANA)
    read, sent = provider.requests
    assert (read.method, read.path, read.query, read.json) == ("GET", "/campaigns", {"start": "3"}, None)
    assert sent.json["sms"]["message"] == {"text": "Hi"}
    assert "tok-1" not in str(sent.headers)
    assert sent.headers["Accept"] == "application/json"


async def test_two_clients_see_the_same(api, provider):
    await api.send("Hi", ANA)
    assert (await api("GET", "/campaigns"))["totalRecords"] == 1
    assert len(provider.campaigns) == 1


async def test_a_server_that_was_never_started_can_be_closed_and_says_what_is_wrong():
    provider = SMSFactorStandIn(token="x")
    record = Delivery("MO", "http://127.0.0.1:1/mo", {}, b"{}", {}, "301")
    with pytest.raises(RuntimeError, match="not running"):
        await provider.redeliver(record)
    await provider.close()


async def test_a_port_that_is_taken_is_an_error(provider):
    second = SMSFactorStandIn(token="x", port=int(provider.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="in use"):
        await second.start()
