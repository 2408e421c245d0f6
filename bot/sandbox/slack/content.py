"""What a message may hold, wherever it comes from: Web API, response_url or the answer to a command."""

import json
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.limits import Findings, check_blocks, total_text
from bot.sandbox.slack.limits.blocks import TEXT_MAX
from bot.sandbox.slack.world import Json

TEXT_CUT = 40_000  # Slack docs, chat.postMessage: "messages containing more than 40,000 characters are truncated"
UPDATE_MAX = 4_000  # Slack docs, chat.update: error msg_too_long
MARKDOWN_MAX = 12_000  # Slack docs, chat.postMessage: markdown_text
ATTACHMENTS_MAX = 100


def content_of(body: Json, *, updating: bool = False) -> Json:
    """The checked text, blocks, attachments and metadata of a message; only fields that `body` has.

    Raises SlackError with no_text, msg_too_long, invalid_blocks, invalid_blocks_format, msg_blocks_too_long,
    markdown_text_conflict, too_many_attachments, invalid_metadata_format.
    """
    content: Json = {}
    if body.get("markdown_text"):
        if body.get("text") or body.get("blocks"):
            raise SlackError("markdown_text_conflict")
        if len(body["markdown_text"]) > MARKDOWN_MAX:
            raise SlackError("msg_too_long")
        content["text"] = body["markdown_text"]
    if "text" in body:
        if updating and len(body["text"]) > UPDATE_MAX:
            raise SlackError("msg_too_long")
        content["text"] = body["text"][:TEXT_CUT]
    if "blocks" in body:
        content["blocks"] = _blocks(body["blocks"])
    if "attachments" in body:
        content["attachments"] = _attachments(body["attachments"])
    if "metadata" in body:
        content["metadata"] = _metadata(body["metadata"])
    if not updating and not any(content.get(key) for key in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    return content


def parsed(value: Any, code: str) -> Any:
    """JSON that may have come as a string; SlackError(code) if it is not JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(code) from None


def _blocks(value: Any) -> list[Json]:
    blocks = parsed(value, "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if not blocks:
        return []
    findings = Findings()
    check_blocks(blocks, "message", findings)
    if findings.messages:
        raise SlackError("invalid_blocks", *findings.messages)
    if total_text(blocks) > TEXT_MAX:
        raise SlackError("msg_blocks_too_long")
    return blocks


def _attachments(value: Any) -> list[Json]:
    attachments = parsed(value, "invalid_attachments")
    if not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS_MAX:
        raise SlackError("too_many_attachments")
    return attachments


def _metadata(value: Any) -> Json:
    metadata = parsed(value, "invalid_metadata_format")
    if metadata == {}:
        return {}
    good = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str) and metadata["event_type"]
    if not good or not isinstance(metadata.get("event_payload"), dict) or len(metadata) != 2:
        raise SlackError("invalid_metadata_format")
    checked: Json = metadata
    return checked
