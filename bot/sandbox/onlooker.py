"""Prints what changes in the sandbox while somebody plays with it: messages, forms, phones."""

import asyncio
from dataclasses import replace

from bot.sandbox.screen import Panel
from bot.sandbox.stage import CHANNEL, Stage

FOR_EVER = 10 * 365 * 86_400.0  # seconds


class Onlooker:
    """Shows everything once, and again when it changed."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._seen = self._everything()

    async def watch(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_slack())
            tasks.create_task(self._watch_phones())

    async def _watch_slack(self) -> None:
        while True:
            await self._stage.slack.until(self._news, FOR_EVER)
            self._show_news()

    async def _watch_phones(self) -> None:
        while True:
            await self._stage.provider.until(self._news, FOR_EVER)
            self._show_news()

    def _news(self) -> bool:
        return any(self._seen.get(key) != panel for key, panel in self._everything().items())

    def _show_news(self) -> None:
        now = self._everything()
        for key, panel in now.items():
            if self._seen.get(key) != panel:
                edited = key in self._seen and key.startswith("message")
                self._stage.screen.show(replace(panel, where=f"{panel.where}, edited") if edited else panel)
        self._seen = now

    def _everything(self) -> dict[str, Panel]:
        """What can be seen, by a key that stays the same when its content changes."""
        stage = self._stage
        panels: dict[str, Panel] = {}
        for message in stage.slack.world.channels[CHANNEL].messages:
            in_thread = message.get("thread_ts", message["ts"]) != message["ts"]
            panels[f"message {message['ts']}"] = stage.posted(message, "#sms, in a thread" if in_thread else "#sms")
        for user in stage.slack.world.users:
            person = stage.slack.person(user)
            for message in person.ephemerals:
                where = f"only {stage.name(user)} sees this"
                panels[f"whisper {message['ts']}"] = Panel(where, stage.slack.show(message))
            if person.view:
                panels[f"form {person.view['id']}"] = stage.form(user)
        for number, act in enumerate(stage.slack.requests):
            if isinstance(act.answer, dict) and act.answer.get("response_action") == "errors":
                words = "\n".join(f"✖ {field}: {words}" for field, words in act.answer["errors"].items())
                panels[f"errors {number}"] = Panel("under the fields of that form", words)
        for phone in stage.provider.phones:
            for number, text in enumerate(phone.texts):
                panels[f"text {phone.number} {number}"] = stage.phone(phone.number, text.text)
        return panels
