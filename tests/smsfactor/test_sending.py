"""What is refused before it leaves, what is sent, and how the counters are read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.smsfactor import Recipient, Sending, SMSFactor, SmsMessage
from bot.smsfactor.wire import PARIS

ANA = Recipient("33611223344", "c7k2m9q-0")


def test_a_full_message_on_the_wire() -> None:
    message = SmsMessage(
        "Promo <-short-> et <-short->",
        kind="marketing",
        sender="ACME",
        unicode=True,
        delay=datetime(2026, 7, 2, 7, 0, tzinfo=UTC),
        links=("https://a.example", "https://b.example"),
    )

    assert message.on_wire() == {
        "text": "Promo <-short-> et <-short->",
        "pushtype": "marketing",
        "sender": "ACME",
        "unicode": 1,
        "delay": "2026-07-02 09:00:00",
        "links": ["https://a.example", "https://b.example"],
    }


@pytest.mark.parametrize(("text", "links"), [("a <-short->", ()), ("a", ("https://a.example",))])
def test_links_that_do_not_pair_with_placeholders_are_refused(text: str, links: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="links"):
        SmsMessage(text, links=links)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_blank_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        SmsMessage(text)


@pytest.mark.parametrize(
    "delay",
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 02:30 in Paris for the first time
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # and for the second
        datetime(2026, 3, 29, 2, 30, tzinfo=PARIS),  # no clock in Paris shows it
    ],
)
def test_delays_in_the_hours_of_a_clock_change_are_refused(delay: datetime) -> None:
    with pytest.raises(ValueError, match="clocks"):
        SmsMessage("a", delay=delay)


def test_delays_need_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SmsMessage("a", delay=datetime(2026, 3, 2, 9))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("delay", "wire"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2026-03-29 01:59:00"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29 03:00:00"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2026-10-25 03:00:00"),
        (datetime(2026, 7, 2, 9, tzinfo=timezone(timedelta(hours=-4))), "2026-07-02 15:00:00"),
    ],
)
def test_delays_leave_in_paris_time(delay: datetime, wire: str) -> None:
    assert SmsMessage("a", delay=delay).on_wire()["delay"] == wire


@pytest.mark.parametrize("number", ["", "+33611223344", "06 11", "3361122334a", "٣٣", "1" * 21, "336\n"])
def test_recipients_must_be_digits(number: str) -> None:
    with pytest.raises(ValueError, match="digits") as caught:
        Recipient(number)
    assert not number or number not in str(caught.value)


@pytest.mark.parametrize("message_id", ["", "a" * 33, "c7_0", "é", "a\n"])
def test_message_ids_keep_to_what_is_known_to_pass(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        Recipient("33611223344", message_id)


def test_a_recipient_may_go_without_an_id() -> None:
    assert Recipient("33611223344").on_wire() == {"value": "33611223344"}


@pytest.mark.parametrize("count", [0, 501])
async def test_a_request_takes_one_to_five_hundred_recipients(count: int, sms: SMSFactor, provider: Any) -> None:
    for ask in (sms.send, sms.simulate):
        with pytest.raises(ValueError, match="1 to 500"):
            await ask(SmsMessage("a"), [ANA] * count)
    assert provider.asked == []


async def test_five_hundred_recipients_leave_in_one_request(sms: SMSFactor, provider: Any) -> None:
    provider.says({"status": 1, "total": 500, "sent": 500})

    recipients = [Recipient(str(33600000000 + i), f"c7k2m9q-{i}") for i in range(500)]
    await sms.send(SmsMessage("Réunion à 14h 🙂"), recipients)

    gsm = provider.asked[0].body["sms"]["recipients"]["gsm"]
    assert len(gsm) == 500
    assert gsm[499] == {"value": "33600000499", "gsmsmsid": "c7k2m9q-499"}
    assert provider.asked[0].body["sms"]["message"]["text"] == "Réunion à 14h 🙂"


async def test_a_send_to_no_list_is_refused(sms: SMSFactor) -> None:
    with pytest.raises(ValueError, match="list"):
        await sms.send_to_lists(SmsMessage("a"), [])


async def test_get_cannot_carry_unicode_or_links(sms: SMSFactor, provider: Any) -> None:
    for message in (SmsMessage("a", unicode=True), SmsMessage("<-short->", links=("https://a.example",))):
        with pytest.raises(ValueError, match="POST"):
            await sms.send_one(message, ANA)
        with pytest.raises(ValueError, match="POST"):
            await sms.simulate_one(message, ANA)
    assert provider.asked == []


async def test_get_escapes_the_text(sms: SMSFactor, provider: Any) -> None:
    provider.says({"status": 1})
    text = "50% & plus = 1+1 ? é #fin"

    await sms.send_one(SmsMessage(text, sender="ACME", delay=datetime(2026, 7, 2, 7, tzinfo=UTC)), ANA)

    assert provider.asked[0].query["text"] == text
    assert provider.asked[0].query["delay"] == "2026-07-02 09:00:00"
    assert provider.asked[0].query["sender"] == "ACME"


def test_missing_counters_are_zero() -> None:
    """The answer of the 2023 edition."""
    old = {"status": 1, "message": "OK", "ticket": "1", "cost": 0, "credits": 640, "total": 1, "sent": 0}
    sending = Sending.model_validate({**old, "blacklisted": 0, "duplicated": 0, "npai": 0, "invalid": 1})

    assert (sending.not_allowed, sending.flood, sending.country_limit) == (0, 0, 0)
    assert sending.filtered == {"invalid": 1}
    assert sending.other == 0
    assert not sending.held


def test_a_simulation_has_no_ticket() -> None:
    assert Sending.model_validate({"status": 1, "cost": "2"}).ticket is None


def test_a_cost_in_fractions_is_never_understated() -> None:
    assert Sending.model_validate({"status": 1, "cost": 1.2, "credits": "639.5"}).cost == 2


@pytest.mark.parametrize("cost", ["a lot", [], float("inf"), "9" * 5000])
def test_a_cost_that_is_no_number_is_not_taken_for_one(cost: object) -> None:
    with pytest.raises(ValueError, match="cost"):
        Sending.model_validate({"status": 1, "cost": cost})


@given(
    st.dictionaries(
        st.sampled_from(["total", "sent", "blacklisted", "duplicated", "npai", "invalid", "not_allowed", "flood"]),
        st.integers(0, 1000).flatmap(lambda n: st.sampled_from([n, str(n), None])),
    )
)
def test_counters_always_explain_the_total(fields: dict[str, object]) -> None:
    sending = Sending.model_validate({"status": "1", **fields})

    explained = sending.sent + sum(sending.filtered.values()) + sending.other
    assert sending.other >= 0
    assert explained >= sending.total
    assert explained == sending.total or sending.other == 0
    assert all(sending.filtered.values())


def test_nothing_private_shows_when_printed() -> None:
    message = SmsMessage("Code 4711 <-short->", links=("https://a.example/ana",))

    printed = repr((message, ANA))

    assert not any(private in printed for private in ("4711", "33611223344", "a.example"))
