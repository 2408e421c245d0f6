"""Rights: what we know of a person is forgotten as soon as Slack says that they changed."""

from collections.abc import Mapping
from typing import Any

from bot.doors import Doors
from bot.services import Services


def register(doors: Doors) -> None:
    """The event user_change."""
    doors.event("user_change", forget)


async def forget(services: Services, event: Mapping[str, Any]) -> None:
    """A promoted admin, a new guest, somebody who left: asked again at their next act."""
    await services.store.people.forget(str((event.get("user") or {}).get("id") or ""))
