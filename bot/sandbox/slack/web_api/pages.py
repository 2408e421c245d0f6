"""Cursors: one page of a long list at a time."""

import base64
from collections.abc import Sequence
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.world import Json

LIMIT_MAX = 1000


def page(items: Sequence[Any], args: Json, default: int = 100) -> tuple[list[Any], Json]:
    """The page that `cursor` and `limit` ask for, and the `response_metadata` that leads to the next one."""
    limit = args.get("limit") or default
    if not 1 <= limit <= LIMIT_MAX:
        raise SlackError("invalid_limit")
    start = 0
    if cursor := args.get("cursor"):
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": following}
