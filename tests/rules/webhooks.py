"""The provider's side of a webhook, without a provider: any payload to the bot's door, signed."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession

from tests.conftest import CHANNEL, NUMBER, SECRET, Town


def reply(text: str, number: str = NUMBER, message_id: str | None = None, **more: Any) -> dict[str, Any]:
    """An MO as SMSFactor words it; the text makes it one of a kind."""
    return {"from": number, "message": text, "last_message_id": message_id, "date": "2026-03-02T09:30:00", **more}


def receipt(message_id: str | None, status: int = 3, number: str = NUMBER, **more: Any) -> dict[str, Any]:
    """A DLR."""
    return {"destination": number, "status": status, "message_id": message_id, "date": "2026-03-02T09:00:09", **more}


async def post(town: Town, kind: str, payload: Mapping[str, Any], session: ClientSession | None = None) -> int:
    """Post it to the bot; the answer's status."""
    if session is None:
        async with ClientSession() as one:
            return await post(town, kind, payload, one)
    headers = {"X-SMSFactor-Signature": SECRET, "Content-Type": "application/json"}
    async with session.post(f"{town.url}/smsfactor/{kind}", data=json.dumps(payload), headers=headers) as answer:
        return answer.status


def shown(town: Town) -> list[dict[str, Any]]:
    """All that the team's channel shows, threads too, oldest first; to be looked at, not to be changed."""
    return town.slack.world.channels[CHANNEL].messages


def key_of(message: Mapping[str, Any]) -> str:
    """What the desk calls one of its messages; "" for anybody else's."""
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))


def saying(town: Town, words: str) -> list[dict[str, Any]]:
    """The messages, in the channel or its threads, whose text or blocks have ``words``.

    The cards of conversations are none of them: they repeat the last SMS, which stands in the thread.
    """
    return [
        message
        for message in shown(town)
        if (words in message["text"] or words in str(message.get("blocks")))
        and not key_of(message).startswith("conversation:")
    ]


async def says(town: Town, words: str, times: int = 1, timeout: float = 20.0) -> list[dict[str, Any]]:
    """Wait until so many messages say ``words``."""
    return await town.slack.until(lambda: len(found := saying(town, words)) >= times and found, timeout)
