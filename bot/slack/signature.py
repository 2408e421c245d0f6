"""Did Slack send this request? The signature of the raw body, checked before anything else reads it."""

import hashlib
import hmac

MAX_AGE = 300  # seconds, either way; Slack docs, "Verifying requests from Slack"
_TIMESTAMP_DIGITS_MAX = 12  # Unix seconds have ten digits until the year 2286


def verify(secret: str, *, timestamp: str | None, signature: str | None, body: bytes, now: float) -> bool:
    """True if ``signature`` is Slack's for this body and moment; rubbish is False, never an error.

    ``timestamp`` and ``signature`` are the headers ``X-Slack-Request-Timestamp`` (Unix seconds) and
    ``X-Slack-Signature`` (``v0=`` and a hex HMAC-SHA256), None if absent; ``body`` is the body as it came
    over the wire; ``now`` is in Unix seconds (Slack docs, "Verifying requests from Slack").
    """
    if timestamp is None or signature is None:
        return False
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS_MAX):
        return False
    if abs(now - int(timestamp)) > MAX_AGE:
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    # As bytes: compare_digest refuses text that is not ASCII, and a header may hold anything.
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
