"""Who posted it: every variant that may match, and nothing else."""

import base64
import hashlib
import hmac

import pytest

from bot.smsfactor.signature import Mode, verify

SECRET = "long-random-secret"
BODY = b'{"from": "33611223344"}'
MODES: tuple[Mode, ...] = ("plain", "hmac", "auto")


def digest(algorithm: str, encoding: str, *, secret: str = SECRET, body: bytes = BODY) -> str:
    raw = hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()
    return raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()


VARIANTS = [(a, e) for a in ("sha256", "sha1", "sha512") for e in ("hex", "base64")]


def test_the_secret_itself_is_the_plain_signature() -> None:
    assert verify("plain", SECRET, SECRET, BODY) == "plain"
    assert verify("auto", SECRET, SECRET, BODY) == "plain"
    assert verify("hmac", SECRET, SECRET, BODY) is None


@pytest.mark.parametrize(("algorithm", "encoding"), VARIANTS)
@pytest.mark.parametrize("prefix", ["", "{}=", "{}=".upper()])
def test_each_keyed_hash_of_the_body_matches_under_its_name(algorithm: str, encoding: str, prefix: str) -> None:
    header = prefix.format(algorithm) + digest(algorithm, encoding)
    for mode in ("hmac", "auto"):
        assert verify(mode, SECRET, header, BODY) == f"hmac-{algorithm}-{encoding}"
    assert verify("plain", SECRET, header, BODY) is None


def test_hex_may_be_upper_case_and_so_may_the_prefix() -> None:
    header = "SHA256=" + digest("sha256", "hex").upper()
    assert verify("hmac", SECRET, header, BODY) == "hmac-sha256-hex"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "long-random-secreT",
        SECRET + " ",
        SECRET[:-1],
        "secrét",
        "\udcff" * 64,
        "sha256=",
        "=" * 44,
        "sha1=" + digest("sha256", "hex"),
        "md5=" + digest("sha256", "hex"),
        digest("sha256", "hex", secret="another"),
        digest("sha256", "base64", body=BODY + b" "),
        "0" * 64,
    ],
)
def test_anything_else_is_refused(mode: Mode, header: str | None) -> None:
    assert verify(mode, SECRET, header, BODY) is None


@pytest.mark.parametrize("mode", MODES)
def test_without_a_secret_everything_is_refused(mode: Mode) -> None:
    assert verify(mode, "", "", BODY) is None
    assert verify(mode, "", digest("sha256", "hex", secret=""), BODY) is None


def test_a_secret_beyond_ascii_matches_no_plain_header_but_may_key_a_hash() -> None:
    secret = "sécret"
    assert verify("auto", secret, secret, BODY) is None
    header = digest("sha256", "hex", secret=secret)
    assert verify("auto", secret, header, BODY) == "hmac-sha256-hex"
