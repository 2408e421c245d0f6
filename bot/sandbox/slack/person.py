"""A person in front of Slack: types commands, fills forms, clicks and writes, and sees what comes back."""

import copy
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack import clicking, events, payloads, speaking, submitting
from bot.sandbox.slack.answers import answer
from bot.sandbox.slack.courier import Courier
from bot.sandbox.slack.errors import NotOnScreenError, SlackError
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.submitting import Hands
from bot.sandbox.slack.workspace import Refused, Workspace
from bot.sandbox.slack.world import Json, User

Where = Json | tuple[str, str]


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
        """Type a slash command in a channel. The text is escaped as with should_escape: true."""
        place = self._slack.world.channels.get(channel)
        if place is None or self.user.id not in place.members:
            raise NotOnScreenError(f"{self.user.name} is not in this channel")
        trigger = self._slack.modals.new_trigger(self.user.id, channel_id=channel)
        way = self._slack.response_urls.new(self.user.id, channel)
        words = (name, speaking.as_sent(self._slack.world, text, labels=True).strip())
        url = self._slack.base_url + way.path
        payload = payloads.command(self._slack, self.user, place, words, trigger, url)
        delivery = await self._courier.send("command", payload)
        result = Result.of(delivery, trigger, self._slack.modals)
        if delivery.ok and delivery.answer not in ("", None, {}):
            body = {"text": delivery.answer} if isinstance(delivery.answer, str) else delivery.answer
            try:
                result.answer = copy.deepcopy(answer(self._slack, way, body, via="command"))
            except SlackError as error:
                self._slack.refused.append(Refused("command", error.code, tuple(error.messages)))
                result.problem = "dispatch_failed"
        return result

    async def fill(self, values: Mapping[str, Any]) -> None:
        """Fill inputs of the form on top, by block_id, without submitting."""
        await submitting.fill(self._hands, self._hands.top(), values)

    async def submit(self, values: Mapping[str, Any] | None = None, view: Json | None = None) -> Result:
        """Fill inputs by block_id and submit. What is not named stays. Values: see `forms.state_of`.

        `view`: submit this copy, taken earlier from `person.view`, as a second click or an old screen would.
        """
        return await submitting.submit(self._hands, values or {}, view)

    async def close(self, *, everything: bool = False) -> Result:
        """Close the form on top, or all that are stacked."""
        return await submitting.close(self._hands, everything=everything)

    async def click(self, where: Where, action_id: str, value: Any = None, *, confirm: bool = True) -> Result:
        """Click a button or choose in a menu, of a message (dict or (channel, ts)), a view or the App Home.

        A message dict is clicked as it was when it was taken, like on a screen that has not caught up.
        """
        return await clicking.click(self._hands, where, action_id, value, confirm=confirm)

    async def options(self, name: str, query: str, where: Where | None = None) -> list[Json]:
        """What an external menu offers for `query`, by its action_id or block_id; groups laid flat."""
        place = self._hands.top() if where is None else clicking.place_of(self._hands, where)
        return await submitting.ask_options(self._hands, place, name, query)

    async def shortcut(self, callback_id: str) -> Result:
        """Run a global shortcut."""
        trigger = self._slack.modals.new_trigger(self.user.id)
        payload = payloads.shortcut(self._slack, self.user, callback_id, trigger)
        delivery = await self._courier.send("shortcut", payload)
        return Result.of(delivery, trigger, self._slack.modals)

    async def message_shortcut(self, callback_id: str, message: Where) -> Result:
        """Run a message shortcut on a message."""
        place = clicking.place_of(self._hands, message)
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
        """Delete one's own message."""
        await speaking.delete(self._hands, channel, ts)

    async def open_home(self) -> Result:
        """Open the Home tab of the app."""
        world = self._slack.world
        channel = world.direct_message(self.user.id)
        event = events.home_opened(world, self.user, channel, self._slack.modals.homes.get(self.user.id))
        delivery = await self._courier.tell(events.envelope(world, event))
        return Result.of(delivery) if delivery else Result()
