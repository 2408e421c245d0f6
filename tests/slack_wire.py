"""Requests to the bot's door for Slack, made by hand and signed as Slack signs them."""

import json
import time
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession

from bot.sandbox.slack.courier import sign
from tests.conftest import ALICE, Town

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Wire:
    """Requests to /slack/events as anybody on the internet can make them."""

    def __init__(self, session: ClientSession, town: Town) -> None:
        self._session = session
        self._url = f"{town.url}/slack/events"
        self._secret = town.slack.signing_secret

    async def post(self, body: bytes, kind: str = FORM, *, at: float | None = None, **headers: str) -> tuple[int, str]:
        """Signed, unless ``headers`` say otherwise; status and body."""
        stamp = str(int(time.time() if at is None else at))
        said = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self._secret, stamp, body),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        async with self._session.post(self._url, data=BytesIO(body), headers=said) as answer:
            return answer.status, await answer.text()

    async def tell(self, payload: Any) -> tuple[int, str]:
        """A signed JSON body."""
        return await self.post(json.dumps(payload).encode(), JSON)

    async def act(self, payload: Any) -> tuple[int, str]:
        """A signed form with a payload."""
        return await self.post(urlencode({"payload": json.dumps(payload)}).encode())


def command(text: str = "help", **more: str) -> dict[str, str]:
    """The fields of a slash command of Alice's."""
    return {"command": "/sms", "text": text, "user_id": ALICE, "channel_id": "C0SMS", "trigger_id": "1.2.3", **more}


def event(kind: str, **fields: Any) -> dict[str, Any]:
    """The body of an event."""
    return {"type": "event_callback", "team_id": "T0DESK", "event_id": f"Ev{kind}", "event": {"type": kind, **fields}}


COMMAND = urlencode(command()).encode()
