"""What the page shows, as small parts by key, and the news of them for everybody who looks."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.guide import Guide
from bot.sandbox.slack.changes import Changes
from bot.sandbox.town import Town

LATEST = 400  # messages of a channel that are shown
CALM = 0.02  # seconds between two looks: many changes in one go are one piece of news
REST = 3.0  # times what a look took: in a busy town, the page comes after the bot

Parts = dict[str, str]
"""Key → its value as JSON, such as ``message/C0SMS/1766….000100``."""


@dataclass
class Live:
    """The parts as they are now. ``changes`` rings when any of them has changed."""

    parts: Parts = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)

    async def follow(self, town: Town, guide: Guide) -> None:
        """Keep up with a town and its guide, until cancelled."""
        news = asyncio.Event()
        news.set()
        async with asyncio.TaskGroup() as tasks:
            for bell in (town.slack.changes, town.provider.changes, town.changes, guide.changes):
                tasks.create_task(_hear(bell, news))
            while True:
                await news.wait()
                news.clear()
                began = time.perf_counter()
                guide.look()
                parts = {key: json.dumps(value, ensure_ascii=False) for key, value in _parts(town, guide)}
                if parts != self.parts:
                    self.parts = parts
                    self.changes.ring()
                await asyncio.sleep(max(CALM, REST * (time.perf_counter() - began)))

    async def news(self) -> AsyncIterator[str]:
        """First everything, then what has changed: JSON objects with ``set`` (key → value) and ``gone`` (keys)."""
        seen: Parts = {}
        heard = -1
        while True:
            heard = await self.changes.after(heard)
            now = self.parts
            yield _difference(seen, now)
            seen = now


async def _hear(bell: Any, news: asyncio.Event) -> None:
    count = -1
    while True:
        count = await bell.after(count)
        news.set()


def _difference(before: Parts, now: Parts) -> str:
    changed = ",".join(f"{json.dumps(key)}:{value}" for key, value in now.items() if before.get(key) != value)
    gone = json.dumps([key for key in before if key not in now])
    return f'{{"set":{{{changed}}},"gone":{gone}}}'


def _parts(town: Town, guide: Guide) -> Iterable[tuple[str, object]]:
    yield "bot", {"state": town.run, "words": town.words}
    yield "clock", {"now": town.now().isoformat(timespec="seconds"), "ahead": town.ahead}
    yield "guide", guide.view()
    yield from _slack(town.slack.snapshot())
    yield from _provider(town.provider.control.snapshot())


def _slack(seen: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    yield "app", {**seen["app"], "words": _words(seen["app"])}
    for user, traits in seen["people"].items():
        yield f"user/{user}", traits
    for channel, about in seen["channels"].items():
        yield f"channel/{channel}", {"id": channel} | {name: about[name] for name in about if name != "messages"}
        for message in about["messages"][-LATEST:]:
            yield f"message/{channel}/{message['ts']}", message
    for user, whispers in seen["ephemerals"].items():
        for message in whispers:
            yield f"ephemeral/{user}/{message['ts']}", message
    for user, stack in seen["views"].items():
        ids = [view["id"] for view in stack]
        errors = {view: seen["form_errors"][view] for view in ids if view in seen["form_errors"]}
        problems = {view: seen["form_problems"][view] for view in ids if view in seen["form_problems"]}
        yield f"views/{user}", {"stack": stack, "errors": errors, "problems": problems}
    for user, chosen in seen["chosen"].items():
        yield f"chosen/{user}", chosen
    for user, home in seen["homes"].items():
        yield f"home/{user}", home


def _words(app: Mapping[str, Any]) -> list[str]:
    """What may follow /sms, as its usage hint says: ``[send | balance | …]``."""
    hints = [command["usage_hint"] for command in app["commands"]]
    return [word.strip() for hint in hints for word in hint.strip("[]").split("|") if word.strip()]


def _provider(seen: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    named = {"phones": ("phone", "number"), "campaigns": ("campaign", "ticket")}
    named |= {"webhooks": ("webhook", "webhook_id"), "deliveries": ("delivery", "id")}
    yield "provider", {name: value for name, value in seen.items() if name not in (*named, "changes", "now")}
    for name, (kind, key) in named.items():
        for each in seen[name]:
            yield f"{kind}/{each[key]}", each
