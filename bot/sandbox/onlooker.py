"""Prints what changes in a town while somebody plays in it: messages, forms, phones."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from bot import phone
from bot.sandbox.screen import Panel, Screen
from bot.sandbox.slack import SlackStandIn, text_of
from bot.sandbox.slack.changes import Changes as SlackChanges
from bot.sandbox.slack.markup import Names
from bot.sandbox.slack.world import Json
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.sandbox.smsfactor.changes import Changes as ProviderChanges


class Onlooker:
    """Shows what is new since it last looked."""

    def __init__(self, slack: SlackStandIn, provider: SMSFactorStandIn, screen: Screen) -> None:
        self._slack = slack
        self._provider = provider
        self._screen = screen
        self._drawn: dict[str, str] = {}
        self._ahead = slack.world.ahead
        self._seen = self._everything()

    async def watch(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(self._slack.changes))
            tasks.create_task(self._follow(self._provider.changes))

    async def _follow(self, changes: SlackChanges | ProviderChanges) -> None:
        count = -1  # what happened before this began to run is looked at, too
        while True:
            count = await changes.after(count)
            self.show_news()

    def show_news(self) -> None:
        """Print what has come or changed."""
        if jumped := round(self._slack.world.ahead - self._ahead):
            self._ahead += jumped
            self._screen.say(f"\nThe clock is moved on by {jumped // 60} minutes.", "bold")
        now = self._everything()
        for key, panel in now.items():
            if self._seen.get(key) != panel:
                edited = key in self._seen and key.startswith("message")
                self._screen.show(replace(panel, where=f"{panel.where}, edited") if edited else panel)
        self._seen |= now  # what has gone and comes back as it was is no news

    def _everything(self) -> dict[str, Panel]:
        """What can be seen, by a key that stays the same when its content changes."""
        return dict([*self._messages(), *self._screens(), *self._phones()])

    def _messages(self) -> Iterator[tuple[str, Panel]]:
        slack = self._slack
        for message in slack.world.channels["C0SMS"].messages:
            in_thread = message.get("thread_ts", message["ts"]) != message["ts"]
            where = "#sms, in a thread" if in_thread else "#sms"
            yield f"message {message['ts']}", Panel(where, slack.show(message))

    def _screens(self) -> Iterator[tuple[str, Panel]]:
        slack = self._slack
        names = {user.id: user.name for user in slack.world.users.values()}
        for user in slack.world.users.values():
            person, name = slack.person(user.id), user.real_name.split()[0]
            for message in person.ephemerals:
                yield f"whisper {message['ts']}", Panel(f"only {name} sees this", slack.show(message))
            if person.view and self._is_drawn(person.view):
                yield f"form {person.view['id']}", Panel(f"on {name}'s screen", _form(person.view, names))
        for number, act in enumerate(slack.requests):  # and not what stands on a screen, which may have changed by now
            answer = act.answer if isinstance(act.answer, dict) else {}
            if errors := answer.get("errors"):
                words = "\n".join(f"✖ {field}: {words}" for field, words in errors.items())
                yield f"errors {number}", Panel("under the fields of that form", words)

    def _is_drawn(self, view: Json) -> bool:
        """False while the app, which hears of what is typed in this form, has not drawn it anew for that."""
        hears = any(block.get("dispatch_action") for block in view["blocks"])
        if hears and self._drawn.get(view["id"]) == view["hash"]:
            return False
        self._drawn[view["id"]] = view["hash"]
        return True

    def _phones(self) -> Iterator[tuple[str, Panel]]:
        for each in self._provider.phones:
            number = phone.show(each.number)
            for at, text in enumerate(each.texts):
                yield f"text {each.number} {at}", Panel(f"on the phone {number}", text.text, on_phone=True)
            for at, reply in enumerate(each.replies):
                yield f"reply {each.number} {at}", Panel(f"from the phone {number}", reply.text, on_phone=True)


def _form(view: Json, names: Names) -> str:
    """The form on top of a person's screen."""
    lines = [f"*{view['title']['text']}*", ""]
    lines += [text_of([block], names, view["state"]["values"]) for block in view["blocks"]]
    buttons = [f"[ {view[button]['text']} ]" for button in ("close", "submit") if view.get(button)]
    return "\n".join([*lines, "", "  ".join(buttons)])
