"""A person in front of Slack: types commands, fills forms, clicks and writes, and sees what comes back."""

import copy
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack import (
    choosing,
    clicking,
    commands,
    events,
    membership,
    messages,
    payloads,
    reading,
    speaking,
    submitting,
)
from bot.sandbox.slack.courier import Courier
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.files import BYTES_MAX, File
from bot.sandbox.slack.hands import Hands, Where
from bot.sandbox.slack.manifest import Kind
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Json, User


class Person:
    """One user of the workspace. Every act goes to the app through its real interface.

    Raises NotOnScreenError for what Slack would not offer to this person.
    """

    def __init__(self, slack: Workspace, courier: Courier, user: User) -> None:
        self._slack = slack
        self._courier = courier
        self._hands = Hands(slack, courier, user)
        self.user = user

    @property
    def id(self) -> str:
        """The user id."""
        return self.user.id

    @property
    def view(self) -> Json | None:
        """The form on top of this person's screen, with what is filled in; None if none is open."""
        stack = self._slack.modals.stacks.get(self.user.id)
        return copy.deepcopy(stack[-1]) if stack else None

    @property
    def views(self) -> list[Json]:
        """All open forms of this person, the one on top last."""
        return copy.deepcopy(self._slack.modals.stacks.get(self.user.id, []))

    @property
    def home(self) -> Json | None:
        """The App Home of this person, if the app published one."""
        return copy.deepcopy(self._slack.modals.homes.get(self.user.id))

    @property
    def ephemerals(self) -> list[Json]:
        """What only this person sees, oldest first; `via` says how it came."""
        return copy.deepcopy(self._slack.ephemerals.get(self.user.id, []))

    async def command(self, name: str, text: str = "", channel: str = "C0SMS") -> Result:
        """Type a slash command in a channel. The text is escaped as the manifest says, without one fully."""
        return await commands.run(self._hands, name, text, channel)

    async def fill(self, values: Mapping[str, Any], where: Where | None = None) -> None:
        """Fill inputs by block_id, without submitting: of the form on top, or of a message or the App Home."""
        place = self._hands.top() if where is None else self._hands.place(where)
        await submitting.fill(self._hands, place, values)

    async def submit(self, values: Mapping[str, Any] | None = None, view: Json | None = None) -> Result:
        """Fill inputs by block_id and submit. What is not named stays. Values: see `forms.state_of`.

        `view`: submit this copy, taken earlier from `person.view`, as a second click or an old screen would.
        """
        return await submitting.submit(self._hands, values or {}, view)

    async def close(self, *, everything: bool = False) -> Result:
        """Close the form on top, or all that are stacked."""
        return await submitting.close(self._hands, everything=everything)

    async def click(
        self, where: Where, action_id: str, value: Any = None, *, block_id: str | None = None, confirm: bool = True
    ) -> Result:
        """Click a button, choose or enter something, in a message (dict or (channel, ts)), a view or the App Home.

        A message dict is clicked as it was when it was taken, like on a screen that has not caught up. Values:
        see `forms.state_of`; of an input it must be one that tells the app (dispatch_action).
        """
        return await clicking.click(self._hands, where, action_id, value, block_id=block_id, confirm=confirm)

    async def options(self, name: str, query: str, where: Where | None = None) -> list[Json]:
        """What a menu shows for `query`, by its action_id or block_id; groups laid flat."""
        place = self._hands.top() if where is None else self._hands.place(where)
        return await choosing.options(self._hands, place, name, query)

    async def shortcut(self, callback_id: str) -> Result:
        """Run a global shortcut."""
        self._must_be_declared("global", callback_id)
        trigger = self._slack.modals.new_trigger(self.user.id)
        payload = payloads.shortcut(self._slack, self.user, callback_id, trigger)
        delivery = await self._courier.send("shortcut", payload)
        return Result.of(delivery, trigger, self._slack.modals)

    async def message_shortcut(self, callback_id: str, message: Where) -> Result:
        """Run a message shortcut on a message."""
        self._must_be_declared("message", callback_id)
        place = self._hands.place(message)
        channel = place["channel"]
        trigger = self._slack.modals.new_trigger(self.user.id, channel_id=channel)
        way = self._slack.response_urls.new(self.user.id, channel)
        url = self._slack.base_url + way.path
        payload = payloads.message_shortcut(self._slack, self.user, callback_id, place, trigger, url)
        delivery = await self._courier.send("message_action", payload)
        return Result.of(delivery, trigger, self._slack.modals)

    async def write(self, channel: str, text: str, thread_ts: str | None = None, *, broadcast: bool = False) -> Json:
        """Write a message and return it, once the app has answered its event."""
        return await speaking.write(self._hands, channel, text, thread_ts, broadcast=broadcast)

    async def edit(self, channel: str, ts: str, text: str) -> Json:
        """Edit one's own message."""
        return await speaking.edit(self._hands, channel, ts, text)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete one's own message; an admin may delete any, the app's too."""
        await speaking.delete(self._hands, channel, ts)

    async def dismiss(self, ts: str) -> None:
        """Take an ephemeral message off one's screen."""
        speaking.dismiss(self._slack, self.user.id, ts)

    async def read(self, channel: str, thread_ts: str | None = None) -> None:
        """Have seen all that stands in a channel, or in a thread, until now."""
        place = self._hands.channel(channel)
        if thread_ts is not None and messages.find(place, thread_ts) is None:
            raise NotOnScreenError("this thread is gone")
        if reading.mark(place, self.user.id, thread_ts):
            self._slack.changes.ring()

    async def upload(self, name: str, mimetype: str, content: bytes) -> Json:
        """Upload a file for a file_input and return its file object."""
        if not name or not 1 <= len(content) <= BYTES_MAX:
            raise NotOnScreenError(f"a file has a name and 1 to {BYTES_MAX} bytes")
        world = self._slack.world
        file = File(world.new_id("F"), name, len(content), self.user.id, mimetype, int(world.now()), content)
        self._slack.files[file.id] = file
        return file.as_json(world, self._slack.base_url)

    async def invite(self, channel: str, user: str) -> None:
        """Bring a person or the app into a channel that one is in."""
        await membership.invite(self._hands, channel, user)

    async def join(self, channel: str) -> None:
        """Come into a public channel."""
        await membership.join(self._hands, channel)

    async def leave(self, channel: str) -> None:
        """Leave a channel."""
        await membership.leave(self._hands, channel)

    async def remove(self, channel: str, user: str) -> None:
        """Remove a person or the app from a channel that one is in."""
        await membership.remove(self._hands, channel, user)

    async def create_channel(self, name: str, *, private: bool = False) -> Json:
        """Make a channel and be in it: {"id", "name"}."""
        return await membership.create(self._hands, name, private=private)

    async def archive(self, channel: str) -> None:
        """Archive a channel."""
        await membership.archive(self._hands, channel)

    async def open_home(self) -> Result:
        """Open the Home tab of the app."""
        if self._slack.manifest is not None and not self._slack.manifest.home_tab:
            raise NotOnScreenError("this app has no Home tab")
        world = self._slack.world
        channel = world.direct_message(self.user.id)
        event = events.home_opened(world, self.user, channel, self._slack.modals.homes.get(self.user.id))
        delivery = await self._courier.tell(events.envelope(world, event))
        return Result.of(delivery) if delivery else Result()

    def _must_be_declared(self, kind: Kind, callback_id: str) -> None:
        app = self._slack.manifest
        if app is not None and app.shortcut(kind, callback_id) is None:
            raise NotOnScreenError(f"{callback_id} is not a {kind} shortcut of this app.")
