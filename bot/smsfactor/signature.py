"""Did SMSFactor post this? Checks the header X-SMSFactor-Signature against our secret.

The docs say only that requests are "signed with that secret in the header" (SMSFactor docs, webhook/create),
not how. The one public verifier compares the header with the secret itself: mode `plain`. Mode `hmac` takes a
keyed hash of the raw body, `auto` takes either; whoever matches in `auto` knows the secret too, so it is no
weaker than `plain`.
"""

import base64
import hmac
from typing import Literal

Mode = Literal["plain", "hmac", "auto"]

_ALGORITHMS = ("sha256", "sha1", "sha512")

# The length of a digest in text tells algorithm and encoding apart, and is no secret.
_BY_LENGTH: dict[int, tuple[str, Literal["hex", "base64"]]] = {
    64: ("sha256", "hex"),
    40: ("sha1", "hex"),
    128: ("sha512", "hex"),
    44: ("sha256", "base64"),
    28: ("sha1", "base64"),
    88: ("sha512", "base64"),
}


def verify(mode: Mode, secret: str, header: str | None, body: bytes) -> str | None:
    """The name of the variant that matched ("plain", "hmac-sha256-hex", …), or None: refuse the request.

    `body` is the raw body, as it was received. Every comparison takes the same time wherever it fails.
    """
    if not secret or not header or not header.isascii():
        return None
    if mode != "hmac" and hmac.compare_digest(header.encode(), secret.encode()):
        return "plain"
    return None if mode == "plain" else _verify_hmac(secret.encode(), header, body)


def _verify_hmac(key: bytes, header: str, body: bytes) -> str | None:
    prefix, separator, digest = header.partition("=")
    named = prefix.lower() if separator and prefix.lower() in _ALGORITHMS else None
    if named is None:
        digest = header
    algorithm, encoding = _BY_LENGTH.get(len(digest), (None, None))
    if algorithm is None or named not in (None, algorithm):
        return None
    expected = hmac.digest(key, body, algorithm)
    if encoding == "hex":
        matches = hmac.compare_digest(digest.lower().encode(), expected.hex().encode())
    else:
        matches = hmac.compare_digest(digest.encode(), base64.b64encode(expected))
    return f"hmac-{algorithm}-{encoding}" if matches else None
