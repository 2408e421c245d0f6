"""What the provider posts, as its reference shows it and as it may look instead."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.smsfactor.events import (
    KINDS,
    BalanceAlert,
    Click,
    Receipt,
    Reply,
    Stop,
    fingerprint,
    parse,
)

SAMPLES = Path(__file__).parents[1] / "samples"
NUMBER = "33611223344"


def sample(kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((SAMPLES / f"{kind}.json").read_text())
    return fields


def receipt(**fields: object) -> Receipt:
    event = parse("dlr", {**sample("dlr"), **fields})
    assert isinstance(event, Receipt)
    return event


def reply(**fields: object) -> Reply:
    event = parse("mo", {**sample("mo"), **fields})
    assert isinstance(event, Reply)
    return event


def click(**fields: object) -> Click:
    event = parse("clicker", {**sample("clicker"), **fields})
    assert isinstance(event, Click)
    return event


def test_receipt_of_the_reference() -> None:
    event = receipt()
    assert (event.number, event.status, event.message_id, event.ticket, event.country) == (
        *(NUMBER, 3, "c7k2m9q-0"),
        *("20480001", "FR"),
    )
    assert event.at == datetime(2026, 3, 2, 8, 0, 9, tzinfo=UTC)
    assert (event.state, event.final, event.reason) == ("delivered", True, "delivered")


def test_reply_of_the_reference() -> None:
    event = reply()
    assert (event.number, event.text, event.message_id, event.account) == (
        *(NUMBER, "Oui merci"),
        *("c7k2m9q-0", "4242"),
    )
    assert event.at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def test_stop_of_the_reference() -> None:
    event = parse("stop", sample("stop"))
    assert isinstance(event, Stop)
    assert (event.number, event.text, event.message_id) == (NUMBER, "Stop SMS", "c7k2m9q-0")
    assert event.at == datetime(2026, 3, 2, 9, 11, 12, tzinfo=UTC)


def test_click_of_the_reference() -> None:
    event = click()
    assert (event.ticket, event.message_id, event.clicks) == ("20480001", "c7k2m9q-0", 1)
    assert (event.link, event.code, event.device) == ("https://example.org/form", "3k9Q", "Apple iPhone, iOS")
    assert event.at == datetime(2026, 3, 2, 8, 45, 10, tzinfo=UTC)


def test_balance_alert_of_the_reference() -> None:
    event = parse("balance", sample("balance"))
    assert isinstance(event, BalanceAlert)
    assert (event.balance, event.trigger) == (98, 100)


@pytest.mark.parametrize(
    ("code", "state", "final"),
    [
        *[(0, "accepted", False), (1, "sent", False), (2, "failed", True), (3, "delivered", True)],
        *[(4, "failed", True), (5, "failed", True), (6, "failed", True), (7, "failed", True)],
        *[(9, "failed", True), (11, "failed", True), (12, "expired", True)],
    ],
)
def test_each_receipt_code_has_a_state_and_words(code: int, state: str, final: bool) -> None:
    event = receipt(status=str(code))
    assert (event.state, event.final) == (state, final)
    assert "unknown" not in event.reason


@pytest.mark.parametrize("code", [8, 10, 13, -1, 999])
def test_unknown_receipt_codes_are_not_final(code: int) -> None:
    event = receipt(status=code)
    assert (event.state, event.final, event.reason) == ("unknown", False, f"unknown code {code}")


@pytest.mark.parametrize("absent", [{"last_message_id": None}, {"last_message_id": ""}, {}])
def test_a_reply_may_come_without_a_message_id(absent: dict[str, object]) -> None:
    fields = {name: value for name, value in sample("mo").items() if name != "last_message_id"}
    event = parse("mo", {**fields, **absent})
    assert isinstance(event, Reply)
    assert event.message_id is None


@pytest.mark.parametrize("number", [33611223344, "+33611223344", "+33 6 11 22 33 44", "0033611223344"])
def test_numbers_are_normalised_to_digits(number: object) -> None:
    assert reply(**{"from": number}).number == NUMBER


def test_a_reply_of_the_list_says_that_it_was_read_there() -> None:
    event = reply(caught_up=True, campaign_id="20480001")
    assert (event.caught_up, event.ticket) == (True, "20480001")
    assert not reply().caught_up


def test_a_reply_may_be_a_bare_number_or_empty() -> None:
    assert reply(message=1).text == "1"
    assert reply(message=None).text == ""


def test_a_stop_needs_only_its_number() -> None:
    event = parse("stop", {"from": NUMBER})
    assert isinstance(event, Stop)
    assert (event.number, event.text, event.message_id, event.at) == (NUMBER, "", None, None)


def test_a_receipt_without_ids_is_still_a_receipt() -> None:
    """Sends to lists have no message id; what the field holds then is not documented."""
    event = receipt(message_id=None, campaign_id="", date=None, country_code=None)
    assert (event.message_id, event.ticket, event.at, event.country) == (None, None, None, "")


@pytest.mark.parametrize(
    ("fields", "message_id"),
    [
        ({"gsmsid": "a-1"}, "a-1"),
        ({"gsmsmsid": "a-1", "gsmsid": None}, "a-1"),
        ({"gsmsid": None}, None),
        ({"gsmsid": ""}, None),
    ],
)
def test_a_click_reads_either_spelling(fields: dict[str, object], message_id: str | None) -> None:
    assert click(**fields).message_id == message_id


@pytest.mark.parametrize(
    ("brand", "model", "os", "device"),
    [
        (None, None, None, ""),
        ("", "", "Android", "Android"),
        ("Apple", "", "", "Apple"),
        ("", "Pixel", "A", "Pixel, A"),
    ],
)
def test_the_device_is_put_in_words(brand: str | None, model: str | None, os: str | None, device: str) -> None:
    assert click(brand=brand, model=model, os=os).device == device


def test_unreadable_dates_are_none_and_no_error() -> None:
    assert receipt(date="hier soir").at is None


def test_unknown_fields_pass_by() -> None:
    assert receipt(surprise={"a": [1]}) == receipt()


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("dlr", {}),
        ("dlr", {"destination": NUMBER}),
        ("dlr", {"destination": NUMBER, "status": "delivered"}),
        ("dlr", {"destination": NUMBER, "status": None}),
        ("dlr", {"destination": NUMBER, "status": [3]}),
        ("dlr", {"destination": 33611223344.0, "status": 3}),
        ("mo", {"from": NUMBER}),
        ("mo", {"message": "Oui"}),
        ("mo", {"from": "anonymous", "message": "Oui"}),
        ("mo", {"from": True, "message": "Oui"}),
        ("mo", {"from": "1" * 21, "message": "Oui"}),
        ("mo", {"from": NUMBER, "message": {"a": 1}}),
        ("stop", {"message": "STOP"}),
        ("clicker", {"gsmsid": "a-1"}),
        ("clicker", {"campaign_id": None}),
        ("balance", {"balance": "98"}),
        ("balance", {"balance": "", "trigger": ""}),
    ],
)
def test_payloads_that_are_not_what_their_kind_promises(kind: str, payload: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        parse(kind, payload)


def test_what_is_wrong_with_a_payload_is_told_without_quoting_it() -> None:
    with pytest.raises(ValidationError) as caught:
        parse("mo", {"from": "x", "message": {"Code 4711": NUMBER}})
    assert not any(private in str(caught.value) for private in ("4711", NUMBER))


def test_nothing_private_shows_when_an_event_is_printed() -> None:
    printed = repr([parse(kind, sample(kind)) for kind in KINDS])
    assert not any(private in printed for private in (NUMBER, "Oui merci", "Stop SMS"))


@pytest.mark.parametrize("kind", ["", "MO", "sms", "../mo"])
def test_unknown_kinds_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        parse(kind, {})


@given(st.sampled_from(KINDS), st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
def test_rubbish_is_a_validation_error_or_an_event(kind: str, payload: dict[str, object]) -> None:
    with contextlib.suppress(ValidationError):
        assert parse(kind, payload) == parse(kind, dict(payload))


@pytest.mark.parametrize("kind", KINDS)
def test_fingerprint_does_not_depend_on_the_order_of_fields(kind: str) -> None:
    fields = sample(kind)
    turned = dict(reversed(fields.items()))
    assert fingerprint(kind, fields) == fingerprint(kind, turned)
    assert len(fingerprint(kind, fields)) == 32
    assert int(fingerprint(kind, fields), 16)


def test_fingerprint_is_pinned() -> None:
    """It is a key in Redis: another value after an upgrade would let repeats through."""
    assert fingerprint("dlr", {"status": 3, "destination": "é"}) == "9a5696a2be47938c09acdcee88c8c68e"


def test_fingerprint_tells_kinds_and_fields_apart() -> None:
    fields = sample("mo")
    prints = {
        fingerprint("mo", fields),
        fingerprint("stop", fields),
        *(fingerprint("mo", {**fields, name: f"{value}x"}) for name, value in fields.items()),
        *(fingerprint("mo", {n: v for n, v in fields.items() if n != name}) for name in fields),
    }
    assert len(prints) == 2 + 2 * len(fields)


def test_fingerprint_takes_half_a_surrogate_pair() -> None:
    assert fingerprint("mo", {"message": "\ud83d"}) != fingerprint("mo", {"message": "\ude00"})
