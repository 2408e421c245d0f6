"""The line to Slack's Web API: one session, each call made once, and what a failed call means."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from logging import INFO, getLogger
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT = 10  # seconds for a whole call
RETRY_AFTER_UNSAID = 30.0  # seconds to hold back when Slack says "too fast" but not for how long

Kind: TypeAlias = Literal["rate_limited", "unclear", "not_reached", "blocks", "channel", "auth", "gone", "refused"]

CODES: Mapping[Kind, frozenset[str]] = {
    "rate_limited": frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"}),
    "unclear": frozenset(
        {
            "internal_error",
            "fatal_error",
            "update_failed",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
        }
    ),
    "blocks": frozenset(
        {
            "invalid_blocks",
            "invalid_blocks_format",
            "msg_blocks_too_long",
            "msg_blocks_too_many",
            "block_mismatch",
            "invalid_attachments",
            "attachment_payload_limit_exceeded",
            "view_too_large",
        }
    ),
    "channel": frozenset(
        {
            "channel_not_found",
            "not_in_channel",
            "user_not_in_channel",
            "is_archived",
            "is_inactive",
            "invalid_channel",
            "channel_is_limited_access",
            "method_not_supported_for_channel_type",
            "messages_tab_disabled",
            "posting_to_channel_denied",
            "ekm_access_denied",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
        }
    ),
    "auth": frozenset(
        {
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "missing_scope",
            "not_allowed_token_type",
            "no_permission",
            "app_access_restricted",
            "access_denied",
            "enterprise_is_restricted",
        }
    ),
    "gone": frozenset(
        {
            "message_not_found",
            "thread_not_found",
            "cant_update_message",
            "cant_delete_message",
            "edit_window_closed",
            "not_found",
            "restricted_action_thread_locked",
        }
    ),
}
"""Slack's error codes (Slack docs, each method's page) by what they mean to us; any other is ``refused``."""

CALL_ERRORS: tuple[type[Exception], ...] = (
    SlackClientError,
    aiohttp.ClientError,
    TimeoutError,
    # slack_sdk 3.47 stumbles like this over an answer 200 that is text, JSON but no object, or not UTF-8.
    AttributeError,
    UnicodeDecodeError,
)
"""All that a call can raise. Catch them around the call alone, and ask ``classify`` what happened."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call to Slack failed.

    ``kind``:
        * ``rate_limited``: not done; hold back for ``retry_after`` seconds
        * ``unclear``: it may have been done; look before doing it again
        * ``not_reached``: Slack never saw it; it may be repeated
        * ``blocks``: Slack refused the blocks; the same facts may pass as text
        * ``channel``: the bot cannot write there
        * ``auth``: the token is wrong or may not do this
        * ``gone``: the message or view is no longer there to change
        * ``refused``: any other refusal

    ``code`` is Slack's error code, ``http_<status>`` or the name of the exception: never data. Log this,
    not the exception, which quotes Slack's answer and may hold the token in its headers.
    """

    kind: Kind
    code: str
    retry_after: float | None = None


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """The session that every client of this process shares, closed at the end.

    It carries the time limit itself: slack_sdk ignores ``timeout=`` when it is given a session.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        yield session


def client(session: aiohttp.ClientSession, token: str, base_url: str) -> AsyncWebClient:
    """A Web API client that makes each call once. ``base_url`` ends in ``/api/``.

    No retry handlers: slack_sdk's default one sends a call again after a dropped connection, which posts a
    message twice, and waiting out a rate limit inside a call would hold up every other message; the caller
    decides. A proxy of the environment is used, but not for an address of this machine.
    """
    # slack_sdk writes request bodies, which hold SMS texts, into a log whose own level is DEBUG or unset.
    logger = getLogger(__name__)
    logger.setLevel(INFO)
    web = AsyncWebClient(
        token=token, base_url=base_url, session=session, timeout=TIMEOUT, logger=logger, retry_handlers=[]
    )
    if _is_this_machine(base_url):
        web.proxy = None
    return web


def classify(error: Exception) -> Failure:
    """What a failed call means, from one of ``CALL_ERRORS``.

    When in doubt it is ``unclear``: a look too many costs a call, a repeat too many posts twice.
    """
    if isinstance(error, SlackApiError):
        return _classify_answer(error.response)
    name = type(error).__name__
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return Failure("not_reached", name)
    if isinstance(error, (SlackClientError, aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
        return Failure("refused", name)
    return Failure("unclear", name)


def _classify_answer(answer: Any) -> Failure:
    """``answer`` is slack_sdk's response, or aiohttp's where the body was broken JSON."""
    status = answer.status if isinstance(answer, aiohttp.ClientResponse) else answer.status_code
    data = None if isinstance(answer, aiohttp.ClientResponse) else answer.data
    code = data.get("error") if isinstance(data, dict) else None
    if status == 429 or code in CODES["rate_limited"]:
        return Failure("rate_limited", code or "http_429", _retry_after(answer.headers))
    if status >= 500 or status == 408 or (status == 200 and not code):
        return Failure("unclear", code or f"http_{status}")
    for kind, codes in CODES.items():
        if code in codes:
            return Failure(kind, code)
    return Failure("refused", code or f"http_{status}")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds from the header ``Retry-After``, whole ones (Slack docs, "Rate limits")."""
    said = headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else RETRY_AFTER_UNSAID


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
