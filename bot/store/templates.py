"""Templates: answers that the team has saved, under names of their own."""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Literal

from redis.asyncio import Redis

from bot.store.answers import as_text
from bot.store.script import Script

MOST = 100  # a menu of Slack holds no more
Saved = Literal["done", "same", "changed", "taken", "full", "gone"]
Deleted = Literal["done", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Template:
    """A saved answer. ``owner``: who made it (a Slack user id); ``revision``: how often it was written, from 1 on."""

    id: str
    name: str
    text: str
    owner: str
    revision: int = 0


class Templates:
    """``templates`` → hash of id → revision, hash of the folded name, JSON of ``Template``; ``MOST`` at most.

    They are kept for good. Their owner, or an admin, deletes them.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._save = Script(redis, "template_save")
        self._delete = Script(redis, "template_delete")

    async def all(self) -> list[Template]:
        """Every one, by name."""
        found = [_read(entry) for entry in (await self._redis.hgetall("templates")).values()]
        return sorted(found, key=lambda template: (_folded(template.name), template.id))

    async def get(self, template: str) -> Template | None:
        """The one with an id."""
        entry = await self._redis.hget("templates", template)
        return None if entry is None else _read(entry)

    async def save(self, template: Template) -> Saved:
        """Write it, if it still is as it was read: ``revision`` is the one that was read, 0 for a new one.

        "same": just this was written before. "changed": somebody was quicker. "taken": another one has this name.
        "full": there are ``MOST``. "gone": it was deleted meanwhile. But for "done", nothing was written.
        """
        written = asdict(template) | {"revision": template.revision + 1}
        name = hashlib.sha256(_folded(template.name).encode(errors="surrogatepass")).hexdigest()[:32]
        entry = f"{written['revision']} {name} {json.dumps(written)}"
        word = as_text(await self._save(["templates"], [template.id, template.revision, name, entry, MOST]))
        saved: Saved = word  # type: ignore[assignment]  # the script's words
        return saved

    async def delete(self, template: str, revision: int) -> Deleted:
        """Delete it, if it still is as it was read."""
        word = as_text(await self._delete(["templates"], [template, revision]))
        deleted: Deleted = word  # type: ignore[assignment]  # the script's words
        return deleted


def _folded(name: str) -> str:
    """Names that look the same are the same: capitals, widths and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _read(entry: Any) -> Template:
    return Template(**json.loads(as_text(entry).split(" ", 2)[2]))
