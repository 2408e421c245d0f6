"""The command ``webhooks``: looking at the five, and making them right."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.registration import Finding, repair, review
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn, Webhook
from bot.settings import Settings
from bot.smsfactor.client import SMSFactor
from bot.smsfactor.events import KINDS
from tests.conftest import QUICK, SECRET, settings_for

ADDRESS = "https://sms.example.org"
TYPES = {"mo": "MO", "stop": "STOP", "dlr": "DLR", "clicker": "CLICKER", "balance": "BALANCE_ALERT"}


@pytest.fixture
async def provider() -> AsyncIterator[SMSFactorStandIn]:
    """SMSFactor, with no webhook yet."""
    async with SMSFactorStandIn(token="sandbox-token") as opened:
        yield opened


@pytest.fixture
def settings(provider: SMSFactorStandIn) -> Settings:
    """Settings with a public address; Slack is not asked for anything here."""
    return settings_for(SlackStandIn(), provider, slack_api_url="http://127.0.0.1:9/api/", public_url=ADDRESS)


@pytest.fixture
async def api(provider: SMSFactorStandIn) -> AsyncIterator[SMSFactor]:
    """Somebody who changes webhooks behind our back."""
    async with ClientSession() as session:
        yield SMSFactor(session, provider.token, provider.url)


async def mended(settings: Settings) -> list[str]:
    """The lines of ``webhooks``."""
    return [finding.line for finding in [one async for one in repair(settings, QUICK)]]


async def seen(settings: Settings) -> list[Finding]:
    """The findings of ``webhooks --check``."""
    return [finding async for finding in review(settings, QUICK)]


async def all_is_right(settings: Settings) -> bool:
    return [finding.ok for finding in await seen(settings)] == [True] * 5


def registered(provider: SMSFactorStandIn) -> dict[str, Webhook]:
    """Our webhooks by type; each is there once."""
    ours = [webhook for webhook in provider.webhooks if webhook.url.startswith(ADDRESS + "/")]
    assert len(ours) == len({webhook.kind for webhook in ours})
    return {webhook.kind: webhook for webhook in ours}


def changes(provider: SMSFactorStandIn) -> list[str]:
    """What was asked of SMSFactor besides looking."""
    return [f"{request.method} {request.path}" for request in provider.requests if request.method != "GET"]


async def test_nothing_registered_becomes_five_with_our_addresses_and_secret(
    provider: SMSFactorStandIn, settings: Settings
) -> None:
    assert [finding.ok for finding in await seen(settings)] == [False] * 5
    assert await mended(settings) == [f"✓ Webhook {kind}: registered" for kind in KINDS]
    ours = registered(provider)
    for kind in KINDS:
        webhook = ours[TYPES[kind]]
        assert (webhook.url, webhook.secret, webhook.paused) == (f"{ADDRESS}/smsfactor/{kind}", SECRET, False)
    assert await all_is_right(settings)


async def test_a_second_run_changes_nothing(provider: SMSFactorStandIn, settings: Settings) -> None:
    await mended(settings)
    before = changes(provider)
    assert await mended(settings) == [f"✓ Webhook {kind}: in order, nothing to do" for kind in KINDS]
    assert changes(provider) == before


async def test_checking_changes_nothing(provider: SMSFactorStandIn, settings: Settings) -> None:
    findings = await seen(settings)
    assert findings[0].line == (
        f"✗ Webhook mo: not registered at {ADDRESS}/smsfactor/mo → run `python -m bot webhooks`"
    )
    assert changes(provider) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_another_secret_is_replaced(
    provider: SMSFactorStandIn, settings: Settings, api: SMSFactor, kind: Any
) -> None:
    """BALANCE_ALERT cannot be changed in place, so it is made anew."""
    await mended(settings)
    old = registered(provider)[TYPES[kind]]
    await api.delete_webhook(str(old.id))
    await api.create_webhook(kind, old.url, "an-older-secret")
    [wrong] = [finding for finding in await seen(settings) if not finding.ok]
    assert "has another secret than SMSFACTOR_WEBHOOK_SECRET" in wrong.line
    lines = await mended(settings)
    words = "deleted, registered anew" if kind == "balance" else "address and secret renewed"
    assert lines[KINDS.index(kind)] == f"✓ Webhook {kind}: {words}"
    assert registered(provider)[TYPES[kind]].secret == SECRET
    assert await all_is_right(settings)


async def test_a_wrong_path_below_our_address_is_corrected(
    provider: SMSFactorStandIn, settings: Settings, api: SMSFactor
) -> None:
    await api.create_webhook("dlr", f"{ADDRESS}/smsfactor/receipts", SECRET)
    await mended(settings)
    assert registered(provider)["DLR"].url == f"{ADDRESS}/smsfactor/dlr"
    assert await all_is_right(settings)


async def test_a_paused_one_is_resumed(provider: SMSFactorStandIn, settings: Settings, api: SMSFactor) -> None:
    await mended(settings)
    await api.set_webhook_status(str(registered(provider)["STOP"].id), "paused")
    [wrong] = [finding for finding in await seen(settings) if not finding.ok]
    assert wrong.line.startswith("✗ Webhook stop: is paused")
    assert "✓ Webhook stop: resumed" in await mended(settings)
    assert not registered(provider)["STOP"].paused


async def test_doubles_of_ours_are_removed_and_the_living_one_is_kept(
    provider: SMSFactorStandIn, settings: Settings, api: SMSFactor
) -> None:
    url = f"{ADDRESS}/smsfactor/mo"
    paused = await api.create_webhook("mo", url, SECRET)
    await api.set_webhook_status(paused.id, "paused")
    kept = await api.create_webhook("mo", url, SECRET)
    await api.create_webhook("mo", f"{ADDRESS}/smsfactor/elsewhere", SECRET)
    assert "is registered 3 times" in (await seen(settings))[0].line
    assert (await mended(settings))[0] == "✓ Webhook mo: a double removed, a double removed"
    assert str(registered(provider)["MO"].id) == kept.id


async def test_webhooks_of_other_programs_are_left_alone(
    provider: SMSFactorStandIn, settings: Settings, api: SMSFactor
) -> None:
    """Also those whose address only looks like ours."""
    foreign = [
        "https://crm.example.com/hooks/dlr",
        f"{ADDRESS}.evil.example/smsfactor/dlr",
        f"{ADDRESS}/other/dlr",
    ]
    for url in foreign:
        webhook = await api.create_webhook("dlr", url, "theirs")
        await api.set_webhook_status(webhook.id, "paused")
    await mended(settings)
    theirs = [webhook for webhook in provider.webhooks if webhook.secret == "theirs"]
    assert [(webhook.url, webhook.paused) for webhook in theirs] == [(url, True) for url in foreign]
    assert await all_is_right(settings)


@pytest.mark.parametrize(
    ("code", "ok", "words"),
    [
        (200, True, "our last answer was 200"),
        (401, False, "SMSFACTOR_SIGNATURE=auto"),
        (404, False, "check where it leads"),
        (503, False, "clears with the next webhook"),
    ],
)
async def test_the_last_answer_of_our_server_is_judged(
    provider: SMSFactorStandIn, settings: Settings, code: int, ok: bool, words: str
) -> None:
    await mended(settings)
    registered(provider)["DLR"].last_http_code = code
    finding = (await seen(settings))[KINDS.index("dlr")]
    assert finding.ok is ok
    assert words in finding.line


async def test_a_failure_in_the_middle_is_told_and_the_others_go_on(
    provider: SMSFactorStandIn, settings: Settings
) -> None:
    provider.fail("POST /webhook", 500)
    lines = await mended(settings)
    assert lines[0].startswith("✗ Webhook mo: then it failed: POST /webhook: HTTP 500")
    assert lines[1:] == [f"✓ Webhook {kind}: registered" for kind in KINDS[1:]]
    assert (await mended(settings))[0] == "✓ Webhook mo: registered"


async def test_a_balance_webhook_that_was_deleted_and_not_made_anew_is_told(
    provider: SMSFactorStandIn, settings: Settings, api: SMSFactor
) -> None:
    await api.create_webhook("balance", f"{ADDRESS}/smsfactor/balance", "an-older-secret")
    for _ in KINDS[:-1]:
        provider.fail("POST /webhook", "refuse:-99")
    provider.fail("POST /webhook", "refuse:-7")
    lines = await mended(settings)
    assert lines[-1].startswith("✗ Webhook balance: deleted, then it failed: SMSFactor declined with status -7")
    assert lines[-1].endswith("→ run this again")


@pytest.mark.parametrize("command", [review, repair])
async def test_a_refused_token_is_one_line(provider: SMSFactorStandIn, settings: Settings, command: Any) -> None:
    provider.token = "another"  # the stand-in keeps its own; ours is what settings say
    wrong = settings_for(SlackStandIn(), provider, slack_api_url="http://127.0.0.1:9/api/", public_url=ADDRESS)
    [finding] = [one async for one in command(wrong, QUICK)]
    assert finding.line == ("✗ SMSFactor: it refuses the token → create a token at SMSFactor, and set SMSFACTOR_TOKEN")


async def test_without_a_public_address_there_is_nothing_to_compare_with(provider: SMSFactorStandIn) -> None:
    settings = settings_for(SlackStandIn(), provider, slack_api_url="http://127.0.0.1:9/api/")
    [finding] = await seen(settings)
    assert not finding.ok
    assert "PUBLIC_URL is missing" in finding.line
