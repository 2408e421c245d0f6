"""A person's hands: who acts, the wires to the app, and the message or view that is acted on."""

from dataclasses import dataclass, field

from bot.sandbox.slack import messages
from bot.sandbox.slack.courier import Courier
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.forms import Values, elements, keep_state
from bot.sandbox.slack.workspace import Workspace, shown
from bot.sandbox.slack.world import Channel, Json, User

Where = Json | tuple[str, str]


@dataclass
class Hands:
    """One person and the wires to the app.

    `offered`: (view id or message ts, block_id, action_id) -> what an external menu showed last.
    """

    slack: Workspace
    courier: Courier
    user: User
    offered: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)

    def top(self) -> Json:
        """The view on top of the person's stack."""
        stack = self.slack.modals.stacks.get(self.user.id)
        if not stack:
            raise NotOnScreenError(f"{self.user.name} has no form open")
        return stack[-1]

    def place(self, where: Where) -> Json:
        """The message or view that is meant: a dict as it was seen, or (channel, ts) as it is now."""
        if isinstance(where, tuple):
            channel = self.channel(where[0])
            message = messages.find(channel, where[1])
            if message is None:
                raise NotOnScreenError("this message is gone")
            return shown(message, channel)
        if "hash" in where:  # a view: what counts is the one that is open, with what is filled in
            open_views = [*self.slack.modals.stacks.get(self.user.id, [])]
            home = self.slack.modals.homes.get(self.user.id)
            current = next((one for one in [*open_views, home] if one and one["id"] == where["id"]), None)
            if current is None:
                raise NotOnScreenError("this view is closed")
            return current
        if not where.get("is_ephemeral"):
            self.channel(where["channel"])
        return where

    def channel(self, channel_id: str) -> Channel:
        """A channel that this person is in."""
        channel = self.slack.world.channels.get(channel_id)
        if channel is None or self.user.id not in channel.members:
            raise NotOnScreenError(f"{self.user.name} is not in this channel")
        return channel

    def values(self, place: Json) -> Values:
        """What is filled in there: of a view, or of a message as it stands on this person's screen."""
        if "hash" in place:
            values: Values = place["state"]["values"]
            return values
        return keep_state(place.get("blocks", []), self.slack.chosen.get((self.user.id, place["ts"]), {}))

    def put(self, place: Json, block: Json, element: Json, state: Json) -> None:
        """Let an input of a view or message hold this; what was complained of under it goes."""
        values = self.values(place)
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
        if "hash" in place:
            self.slack.modals.forget(place["id"], block["block_id"])
        else:
            self.slack.chosen[self.user.id, place["ts"]] = values
        self.slack.changes.ring()


def named(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """Block and element by action_id or block_id."""
    for block, element in elements(blocks):
        if name in (element.get("action_id"), block.get("block_id")):
            return block, element
    known = ", ".join(f"{block['block_id']}/{element['action_id']}" for block, element in elements(blocks))
    raise NotOnScreenError(f"there is no {name!r} here (there are: {known or 'none'})")
