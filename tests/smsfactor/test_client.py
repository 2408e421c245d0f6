"""Every endpoint: method, path and what is asked, as in the provider's reference; and what is read."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.smsfactor import Recipient, SMSFactor, SmsMessage, Unclear
from bot.smsfactor.models import Contact, NewAccount

OK = {"status": 1, "message": "OK"}
HELLO = SmsMessage("Bonjour")
ANA = Recipient("33611223344", "c7k2m9q-0")
START = datetime(2026, 3, 1, 23, tzinfo=UTC)
END = datetime(2026, 7, 1, 22, tzinfo=UTC)
PERIOD = {"date_start": "2026-03-02 00:00:00", "date_end": "2026-07-02 00:00:00"}
PAGE = {"totalRecords": 0, "totalDisplayRecords": 0}
CAMPAIGN = {"id": "20480001", "cost": "2", "status": "Sent"}
HOOK = {"webhook_id": "7", "type": "MO", "url": "https://x.example/mo", "signature": "s3cret"}
ACCOUNT = {"client_id": "4242", "credits": "640"}
TOKEN = {"api_token_id": 5, "name": "bot", "is_active": "1"}
GSM_WIRE = {"contacts": {"gsm": [{"value": "33611223344", "info1": "Ana"}]}}
MESSAGE_WIRE = {"text": "Bonjour", "pushtype": "alert", "unicode": 0}
CAMPAIGN_WIRE = {
    "sms": {
        "message": MESSAGE_WIRE,
        "recipients": {"gsm": [{"value": "33611223344", "gsmsmsid": "c7k2m9q-0"}]},
    }
}
LISTS_WIRE = {"sms": {"message": MESSAGE_WIRE, "lists": [{"value": "64b1"}]}}
CONTACT = Contact("33611223344", info1="Ana")

Ask = Callable[[SMSFactor], Awaitable[Any]]
Case = tuple[Ask, str, str, dict[str, str], Any, dict[str, Any]]

# What is called; method; path; query; body; the fields of the answer beside status and message.
SENDS: list[Case] = [
    (lambda s: s.send(HELLO, [ANA]), "POST", "/send", {}, CAMPAIGN_WIRE, {"ticket": "1"}),
    (lambda s: s.simulate(HELLO, [ANA]), "POST", "/send/simulate", {}, CAMPAIGN_WIRE, {"cost": 1}),
    (lambda s: s.send_to_lists(HELLO, ["64b1"]), "POST", "/send/lists", {}, LISTS_WIRE, {"ticket": "1"}),
    (lambda s: s.simulate_to_lists(HELLO, ["64b1"]), "POST", "/send/lists/simulate", {}, LISTS_WIRE, {}),
    (
        lambda s: s.send_one(HELLO, ANA),
        "GET",
        "/send",
        {"text": "Bonjour", "to": "33611223344", "pushtype": "alert", "gsmsmsid": "c7k2m9q-0"},
        None,
        {"ticket": "1"},
    ),
    (
        lambda s: s.simulate_one(HELLO, ANA),
        "GET",
        "/send/simulate",
        {"text": "Bonjour", "to": "33611223344", "gsmsmsid": "c7k2m9q-0"},
        None,
        {},
    ),
    (lambda s: s.cancel("20480001"), "DELETE", "/send/20480001", {}, None, {"credits": 642}),
]
HISTORY: list[Case] = [
    (
        lambda s: s.campaigns(text="salle B & C", date_start=START, sms_min=2, sort="-date"),
        "GET",
        "/campaigns",
        {
            "start": "0",
            "length": "100",
            "date_start": "2026-03-02 00:00:00",
            "sms_min": "2",
            "text": "salle B & C",
            "sort": "-date",
        },
        None,
        {"campaigns": [], **PAGE},
    ),
    (lambda s: s.campaign("20480001"), "GET", "/campaign/20480001", {}, None, {"campaign": [CAMPAIGN]}),
    (lambda s: s.campaign_stops("1"), "GET", "/campaign/1/blacklist", {}, None, {"stops": []}),
    (lambda s: s.campaign_npais("1"), "GET", "/campaign/1/npai", {}, None, {"npais": []}),
    (lambda s: s.campaign_replies("1"), "GET", "/campaign/1/mo", {}, None, {"replies": []}),
    (lambda s: s.retire_campaign_npais("1"), "PUT", "/campaign/1/npai", {}, None, {"NPAI": 2}),
    (
        lambda s: s.messages(START, END, destination="33611223344", type="messages-out", status="moderation"),
        "GET",
        "/messages",
        {
            **PERIOD,
            "destination": "33611223344",
            "type": "messages-out",
            "status": "moderation",
            "start": "0",
            "length": "100",
        },
        None,
        {"messages": [], **PAGE},
    ),
    (
        lambda s: s.replies(START, END, start=100, length=1000, sort="id"),
        "GET",
        "/messages/mo",
        {**PERIOD, "start": "100", "length": "1000", "sort": "id"},
        None,
        {"replies": []},
    ),
]
CONTACTS: list[Case] = [
    (
        lambda s: s.create_list("Equipe", [CONTACT]),
        "POST",
        "/list",
        {},
        {"list": {"name": "Equipe", **GSM_WIRE}},
        {"id": "64b1"},
    ),
    (
        lambda s: s.add_contacts("64b1", [CONTACT]),
        "POST",
        "/list",
        {},
        {"list": {"listId": "64b1", **GSM_WIRE}},
        {"id": "64b1"},
    ),
    (lambda s: s.lists(), "GET", "/lists", {}, None, {"lists": [{"id": "64b1", "count": "3"}]}),
    (
        lambda s: s.list_contacts("64b1", search="Ana"),
        "GET",
        "/list/64b1",
        {"search": "Ana", "start": "0", "length": "100"},
        None,
        {"list": [], "name": "Equipe", "contacts": "3"},
    ),
    (lambda s: s.delete_list("64b1"), "DELETE", "/list/64b1", {}, None, {}),
    (lambda s: s.deduplicate_list("64b1"), "PUT", "/list/deduplicate/64b1", {}, None, {"removed": 1}),
    (lambda s: s.clear_list_npais("64b1"), "PUT", "/list/64b1/npai/clear", {}, None, {"removed": 1}),
    (
        lambda s: s.update_contact("65c2", CONTACT),
        "PUT",
        "/list/contact/65c2",
        {},
        {"destination": "33611223344", "value": "33611223344", "info1": "Ana"},
        {},
    ),
    (lambda s: s.delete_contact("65c2"), "DELETE", "/list/contact/65c2", {}, None, {}),
    (lambda s: s.blacklist(), "GET", "/blacklist", {"start": "0", "length": "1000"}, None, {"list": []}),
    (
        lambda s: s.add_to_blacklist([CONTACT]),
        "POST",
        "/blacklist",
        {},
        {"blacklist": GSM_WIRE},
        {"added_contacts": 1},
    ),
    (lambda s: s.remove_from_blacklist("66d3"), "DELETE", "/blacklist/contact/66d3", {}, None, {}),
    (lambda s: s.npai(start=1000), "GET", "/npai", {"start": "1000", "length": "1000"}, None, {"list": []}),
    (lambda s: s.add_to_npai([CONTACT]), "POST", "/npai", {}, {"npai": GSM_WIRE}, {"added_contacts": 1}),
    (
        lambda s: s.look_up(["33611223344"]),
        "POST",
        "/lookup",
        {},
        {"lookup": {"to": ["33611223344"]}},
        {"response": {"lookup": []}},
    ),
]
HOOK_WIRE = {"webhook": {"type": "BALANCE_ALERT", "url": "https://x.example/b", "signature": "s3cret"}}
WEBHOOKS: list[Case] = [
    (lambda s: s.webhooks(), "GET", "/webhook", {}, None, {"webhooks": [HOOK]}),
    (lambda s: s.webhook("7"), "GET", "/webhook/7", {}, None, {"webhook": HOOK}),
    (
        lambda s: s.create_webhook("balance", "https://x.example/b", "s3cret"),
        "POST",
        "/webhook",
        {},
        HOOK_WIRE,
        {"webhook": HOOK},
    ),
    (
        lambda s: s.update_webhook("7", "balance", "https://x.example/b", "s3cret"),
        "PUT",
        "/webhook/7",
        {},
        HOOK_WIRE,
        {"webhook": HOOK},
    ),
    (
        lambda s: s.set_webhook_status("7", "paused"),
        "PUT",
        "/webhook/7/status",
        {},
        {"webhook": {"status": "paused"}},
        {"webhook": HOOK},
    ),
    (lambda s: s.delete_webhook("7"), "DELETE", "/webhook/7", {}, None, {"deleted_id": "7"}),
]
ALERT_WIRE = {"alert_trigger": "500", "alert_email": "1", "alert_gsm": "0", "email": "ops@example.org"}
NEW_ACCOUNT = NewAccount("a@example.org", "s3cret", is_child=True, unlimited=True, city="Lyon")
ACCOUNTS: list[Case] = [
    (lambda s: s.credits(), "GET", "/credits", {}, None, {"credits": "642"}),
    (lambda s: s.account(), "GET", "/account", {}, None, {"account": ACCOUNT}),
    (
        lambda s: s.create_account(NEW_ACCOUNT),
        "POST",
        "/account",
        {},
        {
            "account": {
                "email": "a@example.org",
                "password": "s3cret",
                "isChild": 1,
                "unlimited": 1,
                "city": "Lyon",
            }
        },
        {"id": 4343, "active": "1"},
    ),
    (lambda s: s.sub_accounts(), "GET", "/sub-accounts", {}, None, {"sub-accounts": [ACCOUNT]}),
    (lambda s: s.sub_account("4343"), "GET", "/sub-accounts/4343", {}, None, {"sub-account": ACCOUNT}),
    (lambda s: s.lock_account("4343"), "GET", "/account/4343/lock", {}, None, {"state": "locked"}),
    (lambda s: s.unlock_account("4343"), "GET", "/account/4343/unlock", {}, None, {"state": "unlocked"}),
    (
        lambda s: s.transfer_credits(4343, 100),
        "POST",
        "/account/transfer",
        {},
        {"transfer": {"to_account": 4343, "credits": 100}},
        {"credits": "542", "child_credits": "100"},
    ),
    (
        lambda s: s.balance_alert(),
        "GET",
        "/notification/balance",
        {},
        None,
        {"notification": {"alert_trigger": "500"}},
    ),
    (
        lambda s: s.set_balance_alert(500, by_email=True, email="ops@example.org"),
        "PUT",
        "/notification/balance",
        {},
        {"notification": ALERT_WIRE},
        {},
    ),
    (lambda s: s.retention(), "GET", "/retention", {}, None, {"data_retention": {"mts_retention": "6m"}}),
    (
        lambda s: s.set_retention(message="6m", mo="30d"),
        "PUT",
        "/retention",
        {},
        {"retention": {"message": "6m", "mo": "30d"}},
        {},
    ),
    (lambda s: s.invoices(), "GET", "/account/invoice", {}, None, {"invoices": [{"id": "9"}]}),
    (lambda s: s.invoice("9"), "GET", "/account/invoice/9", {}, None, {"invoice": {"id": "9"}}),
]
TOKENS: list[Case] = [
    (
        lambda s: s.create_token("bot", ttl=60, allowed_ips=["203.0.113.7"]),
        "POST",
        "/token",
        {},
        {"token": {"name": "bot", "ttl": 60, "allowed_ips": ["203.0.113.7"]}},
        {"token": "jwt", "token_id": "5"},
    ),
    (
        lambda s: s.create_account_token("4343", "bot"),
        "POST",
        "/token/account/4343",
        {},
        {"token": {"name": "bot"}},
        {"token": "jwt", "token_id": "5"},
    ),
    (lambda s: s.tokens(), "GET", "/token", {}, None, {"tokens": [TOKEN]}),
    (lambda s: s.token("5"), "GET", "/token/5", {}, None, {"token": TOKEN}),
    (lambda s: s.delete_token("5"), "DELETE", "/token/5", {}, None, {"deleted_token": "5"}),
]
CASES = SENDS + HISTORY + CONTACTS + WEBHOOKS + ACCOUNTS + TOKENS


@pytest.mark.parametrize("case", CASES, ids=[f"{case[1]} {case[2]}" for case in CASES])
async def test_every_endpoint_is_asked_as_the_reference_says(case: Case, sms: SMSFactor, provider: Any) -> None:
    ask, method, path, query, body, answer = case
    provider.says({**OK, **answer})

    await ask(sms)

    [asked] = provider.asked
    assert (asked.method, asked.path, asked.query) == (method, path, query)
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["Authorization"] == "Bearer t0ken"
    if body is None:
        assert asked.raw == b""
    else:
        assert asked.body == body
        assert asked.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_campaign_is_read_from_an_array_and_from_an_object(sms: SMSFactor, provider: Any) -> None:
    record = {
        "id": 20480001,
        "sender": None,
        "text": "Réunion",
        "creation_date": "2026-03-01 17:20:05",
        "date": "2026-07-02 09:00:00",
        "cost": "2",
        "lists": [{"id": "64b1"}],
        "status": 1,
        "delivery_rate": "97.5",
        "delivered": "2",
        "error": "1",
        "stop": "",
        "total": 4,
        "surprise": {},
    }
    provider.says({**OK, "campaign": [record]})
    provider.says({**OK, "campaign": record})

    first, second = await sms.campaign("20480001"), await sms.campaign("20480001")

    assert first == second
    assert (first.ticket, first.sender, first.status, first.cost) == ("20480001", "", "1", 2)
    assert (first.delivered, first.failed, first.stops, first.npai, first.total) == (2, 1, 0, 0, 4)
    assert first.delivery_rate == 97.5
    assert first.send_at == datetime(2026, 7, 2, 7, tzinfo=UTC)
    assert [used.id for used in first.lists] == ["64b1"]


async def test_our_message_id_and_the_providers_are_told_apart(sms: SMSFactor, provider: Any) -> None:
    record = {
        "campaign_id": 20480001,
        "client_message_id": "c7k2m9q-0",
        "contact_list_id": "",
        "message": "Oui",
        "destination": 33611223344,
        "message_id": 990001,
        "date": "2026-03-02 09:00:00",
        "status": "SENT",
    }
    provider.says({**OK, "messages": [record], "totalRecords": 7, "totalDisplayRecords": "1"})

    page = await sms.messages(START, END)

    [message] = page.messages
    assert (page.total, page.shown) == (7, 1)
    assert (message.message_id, message.provider_id, message.ticket) == ("c7k2m9q-0", "990001", "20480001")
    assert (message.number, message.status, message.list_id) == ("33611223344", "sent", None)
    assert message.receipt_at is None


async def test_replies_come_with_numbers_as_json_numbers(sms: SMSFactor, provider: Any) -> None:
    record = {"destination": 33611223344, "message": "Oui merci", "date": "2026-03-02 09:30:00"}
    provider.says({**OK, "replies": [record]})

    [reply] = (await sms.replies(START, END)).replies

    assert (reply.number, reply.text, reply.ticket) == ("33611223344", "Oui merci", None)
    assert reply.at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


async def test_a_reply_that_cannot_be_read_hides_no_other(sms: SMSFactor, provider: Any) -> None:
    good = {"destination": 33611223344, "message": "Oui merci", "date": "2026-03-02 09:30:00"}
    provider.says({**OK, "replies": [{"destination": "ACME", "message": "?"}, good, None, {}]})

    page = await sms.replies(START, END)

    assert [reply.text for reply in page.replies] == ["Oui merci"]
    assert page.unreadable == 3


async def test_blacklist_entries_by_hand_have_no_ticket(sms: SMSFactor, provider: Any) -> None:
    entries = [
        {"id": "66d3", "destination": "33611223344", "campaign_id": None, "info1": None},
        {"id": "66d4", "destination": "33655667788", "campaign_id": 20480001},
    ]
    provider.says({**OK, "list": entries, "totalRecords": 2})

    page = await sms.blacklist()

    assert [entry.ticket for entry in page.entries] == [None, "20480001"]
    assert page.total == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"credits": "642", "postpaid": "0", "postpaid_limit": False, "unlimited": False}, (642, None, True)),
        ({"credits": 642}, (642, None, True)),
        ({"credits": "-5", "postpaid": "1", "postpaid_limit": "1000"}, (-5, 1000, False)),
        ({"credits": "0", "unlimited": True}, (0, None, False)),
    ],
)
async def test_balance_is_read_in_all_its_forms(
    fields: dict[str, Any], expected: tuple[Any, ...], sms: SMSFactor, provider: Any
) -> None:
    provider.says({**OK, **fields})

    balance = await sms.credits()

    assert (balance.credits, balance.postpaid_limit, balance.can_run_out) == expected


async def test_webhook_knows_our_word_for_its_type_and_hides_its_secret(sms: SMSFactor, provider: Any) -> None:
    strange = {"webhook_id": 8, "type": "SURVEY"}
    provider.says({**OK, "webhooks": [{**HOOK, "status": "live", "last_http_code": 200}, strange]})

    known, unknown = await sms.webhooks()

    assert (known.kind, known.status, known.last_http_code) == ("mo", "live", 200)
    assert known.signature is not None
    assert known.signature.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(known)
    assert (unknown.id, unknown.kind, unknown.signature) == ("8", None, None)


async def test_low_balance_alert_reads_the_number_under_either_name(sms: SMSFactor, provider: Any) -> None:
    provider.says({**OK, "notification": {"alert_trigger": "500", "alert_gsm": "1", "gsm": "33611223344"}})
    provider.says({**OK, "notification": {"alert_trigger": 500, "phone_number": "33611223344"}})

    first, second = await sms.balance_alert(), await sms.balance_alert()

    assert first.number == second.number == "33611223344"
    assert (first.threshold, first.by_sms, first.by_email) == (500, True, False)


@pytest.mark.parametrize("write", ["cancel", "retire_campaign_npais", "lock_account", "delete_webhook"])
async def test_a_bare_ok_to_a_write_means_done(write: str, sms: SMSFactor, provider: Any) -> None:
    """What else the answer holds is known from client code only: without it, the thing is done all the same."""
    provider.says(OK)

    await getattr(sms, write)("20480001")


async def test_look_up_reads_networks_and_failures(sms: SMSFactor, provider: Any) -> None:
    found = {"to": "33611223344", "mccMnc": "20801", "originalNetwork": {"networkName": "N"}, "ported": True}
    lost = {"to": "33655667788", "error": {"id": 1, "description": "absent", "permanent": False}}
    provider.says({**OK, "cost": 2, "credits": 640, "response": {"lookup": [found, lost]}})

    answer = await sms.look_up(["33611223344", "33655667788"])

    first, second = answer.numbers
    assert first.network is not None
    assert (first.network.name, first.ported, first.error) == ("N", True, None)
    assert second.error is not None
    assert (second.error.id, second.error.permanent) == (1, False)


async def test_new_token_is_readable_once_and_never_printed(sms: SMSFactor, provider: Any) -> None:
    provider.says({**OK, "token": "jwt-secret", "token_id": 5})

    token = await sms.create_token("bot")

    assert token.token.get_secret_value() == "jwt-secret"
    assert "jwt-secret" not in repr(token)


async def test_contacts_that_land_in_another_list_are_an_unclear_outcome(sms: SMSFactor, provider: Any) -> None:
    """Without a recognised id the provider makes a new list of them."""
    provider.says({**OK, "id": "another", "contacts": 1})

    with pytest.raises(Unclear, match="another list"):
        await sms.add_contacts("64b1", [CONTACT])


async def test_retention_periods_are_checked_before_they_leave(sms: SMSFactor, provider: Any) -> None:
    with pytest.raises(ValueError, match="30d or 6m"):
        await sms.set_retention(message="six months")
    with pytest.raises(ValueError, match="30d or 6m"):
        await sms.set_retention()
    assert provider.asked == []


async def test_invoice_is_downloaded_as_bytes(sms: SMSFactor, provider: Any) -> None:
    provider.says(b"%PDF-1.7 ...")

    assert await sms.download_invoice("9") == b"%PDF-1.7 ..."
    assert provider.asked[0].path == "/account/invoice/9/download"
