"""The response_url of commands and clicks: where it leads, how often and how long it may be used."""

import secrets
import time
from dataclasses import dataclass

from bot.sandbox.slack.errors import SlackError

USES = 5  # Slack docs, interactivity/handling-user-interaction: five times within 30 minutes


@dataclass
class ResponseUrl:
    """A way back to the place where a person acted. `message_ts`: the message that was clicked, if any."""

    path: str
    user_id: str
    channel_id: str
    message_ts: str | None
    is_ephemeral: bool
    expires: float
    uses_left: int = USES


class ResponseUrls:
    """path -> where it leads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._by_path: dict[str, ResponseUrl] = {}

    def new(
        self, user_id: str, channel_id: str, *, message_ts: str | None = None, is_ephemeral: bool = False
    ) -> ResponseUrl:
        """A fresh address, as a path on this server."""
        path = f"/response/{user_id}/{secrets.token_urlsafe(18)}"
        expires = time.monotonic() + self._seconds
        self._by_path[path] = ResponseUrl(path, user_id, channel_id, message_ts, is_ephemeral, expires)
        return self._by_path[path]

    def use(self, path: str) -> ResponseUrl:
        """Use an address once; SlackError with invalid_url, expired_url or used_url."""
        found = self._by_path.get(path)
        if found is None:
            raise SlackError("invalid_url")
        if time.monotonic() >= found.expires:
            raise SlackError("expired_url")
        if not found.uses_left:
            raise SlackError("used_url")
        found.uses_left -= 1
        return found
