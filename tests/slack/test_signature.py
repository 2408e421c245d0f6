"""Only Slack's own requests are let in."""

import hashlib
import hmac

import pytest

from bot.slack.signature import verify

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_763_817_600.5
STAMP = "1763817600"
BODY = "command=/sms&text=caf\u00e9".encode()


def signed(body: bytes = BODY, stamp: str = STAMP, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def test_the_example_of_slacks_documentation_is_accepted() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    assert verify(
        SECRET,
        timestamp="1531420618",
        signature="v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        body=body,
        now=1_531_420_618,
    )


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_a_signature_of_the_last_five_minutes_is_accepted(age: int) -> None:
    assert verify(SECRET, timestamp=STAMP, signature=signed(), body=BODY, now=int(STAMP) + age)


@pytest.mark.parametrize("age", [-301, 300.5, 86_400])
def test_a_stale_or_future_signature_is_refused(age: float) -> None:
    assert not verify(SECRET, timestamp=STAMP, signature=signed(), body=BODY, now=int(STAMP) + age)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "v0=",
        signed()[3:],
        signed().upper(),
        signed(body=BODY + b" "),
        signed(secret="other"),
        "v0=é",
        "\udcff",
    ],
)
def test_any_other_signature_is_refused(signature: str | None) -> None:
    assert not verify(SECRET, timestamp=STAMP, signature=signature, body=BODY, now=NOW)


@pytest.mark.parametrize(
    "stamp", [None, "", "now", "17638176e0", "-1763817600", "１７６３８１７６００", "²", "9" * 5_000, " 1"]
)
def test_a_rubbish_timestamp_is_refused_even_if_it_was_signed(stamp: str | None) -> None:
    signature = signed(stamp=stamp) if stamp else signed()
    assert not verify(SECRET, timestamp=stamp, signature=signature, body=BODY, now=NOW)
