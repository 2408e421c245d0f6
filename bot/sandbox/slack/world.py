"""The workspace before anything is said in it: who is there, which channels exist, who is in them."""

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.slack.errors import SlackError

Json = dict[str, Any]
Kind = Literal["public", "private", "im"]

CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im"}
SCOPE_PLACE = {"public": "channels", "private": "groups", "im": "im"}


@dataclass
class User:
    """A person or a bot. A user whose `team_id` is not the workspace's is a stranger by Slack Connect."""

    id: str
    name: str
    real_name: str
    team_id: str
    tz: str = "Europe/Paris"
    tz_label: str = "Central European Time"
    tz_offset: int = 3600
    locale: str = "fr-FR"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False
    bot_id: str | None = None

    def as_json(self, *, include_locale: bool = False) -> Json:
        """The user object of users.info (Slack docs, objects/user-object)."""
        body: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz_label,
            "tz_offset": self.tz_offset,
            "profile": {"real_name": self.real_name, "display_name": self.name, "team": self.team_id},
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1700000000,
        }
        if self.is_stranger:
            body["is_stranger"] = True
        if self.bot_id:
            body["profile"]["bot_id"] = self.bot_id
        if include_locale:
            body["locale"] = self.locale
        return body


@dataclass
class Channel:
    """A conversation. `members` keeps the order in which people joined.

    `joined`: user id -> ts of coming in, only of those who came later. `last_read`: user id -> ts.
    `threads_read`: (user id, ts of the root) -> ts.
    """

    id: str
    name: str
    kind: Kind = "public"
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_ext_shared: bool = False
    messages: list[Json] = field(default_factory=list)
    creator: str = ""
    created: int = 1700000000
    joined: dict[str, str] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)
    threads_read: dict[tuple[str, str], str] = field(default_factory=dict)

    def as_json(self, bot_user_id: str, team_id: str) -> Json:
        """The channel object of conversations.info (Slack docs, objects/conversation-object)."""
        if self.kind == "im":
            partner = next((member for member in self.members if member != bot_user_id), bot_user_id)
            return {
                "id": self.id,
                "is_im": True,
                "user": partner,
                "created": self.created,
                "is_archived": False,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind == "private",
            "is_archived": self.is_archived,
            "is_general": False,
            "is_member": bot_user_id in self.members,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "created": self.created,
            "creator": self.creator,
            "context_team_id": team_id,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass
class Group:
    """A user group such as @sales."""

    id: str
    handle: str
    users: list[str]
    disabled: bool = False


class World:
    """People, channels and user groups, by id."""

    def __init__(self, team_id: str) -> None:
        self.team_id = team_id
        self.team_domain = "sms-desk"
        self.app_id = "A0SMSDESK"
        self.bot_id = "B0SMSDESK"
        self.bot_user_id = "U0SMSDESK"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self.ahead = 0.0
        """Seconds by which the dates that are made up here are ahead of real time."""

    def now(self) -> float:
        """What time it is in this workspace, in seconds since 1970; signatures and triggers keep to real time."""
        return time.time() + self.ahead

    def new_id(self, prefix: str) -> str:
        """An id that was not given before, e.g. "V0000001"."""
        return f"{prefix}{next(self._numbers):07d}"

    def new_ts(self) -> str:
        """A message timestamp, later than every earlier one: seconds, a dot, six digits."""
        now = time.time_ns() // 1000 + int(self.ahead * 1_000_000)
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_user(self, user_id: str, name: str, real_name: str = "", **traits: Any) -> User:
        """Add a person; `traits` are fields of `User`, e.g. `is_admin=True`."""
        traits.setdefault("team_id", self.team_id)
        self.users[user_id] = User(user_id, name, real_name or name.capitalize(), **traits)
        return self.users[user_id]

    def add_channel(self, channel_id: str, name: str, members: Iterable[str] = (), **traits: Any) -> Channel:
        """Add a channel; `traits` are fields of `Channel`, e.g. `kind="private"`."""
        self.channels[channel_id] = Channel(channel_id, name, members=list(members), **traits)
        return self.channels[channel_id]

    def add_group(self, group_id: str, handle: str, users: Iterable[str]) -> Group:
        """Add a user group."""
        self.groups[group_id] = Group(group_id, handle, list(users))
        return self.groups[group_id]

    def user(self, user_id: str) -> User:
        """The user, or SlackError("user_not_found")."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def channel(self, channel_id: str) -> Channel:
        """The channel as the app sees it, or SlackError("channel_not_found").

        A private channel without the app does not exist for it. "#name" is understood, and a user id means
        the direct message.
        """
        if channel_id in self.users:
            return self.direct_message(channel_id)
        by_name = channel_id.removeprefix("#")
        for channel in self.channels.values():
            if channel_id == channel.id or (channel.kind == "public" and by_name == channel.name):
                if channel.kind != "public" and self.bot_user_id not in channel.members:
                    break
                return channel
        raise SlackError("channel_not_found")

    def direct_message(self, user_id: str) -> Channel:
        """The direct message between the app and this user; made if it is not there yet."""
        self.user(user_id)
        for channel in self.channels.values():
            if channel.kind == "im" and user_id in channel.members:
                return channel
        return self.add_channel(self.new_id("D"), "directmessage", [self.bot_user_id, user_id], kind="im")

    def open_to(self, user: User, channel: Channel) -> bool:
        """Whether a person finds this channel: their own ones, and public ones unless they are a guest."""
        return user.id in channel.members or (channel.kind == "public" and not user.is_restricted)

    def profile_of_bot(self, user: User) -> Json:
        """The `bot_profile` of a message that a bot wrote."""
        app_id = self.app_id if user.id == self.bot_user_id else f"A{user.id[1:]}"
        return {
            "id": user.bot_id,
            "deleted": False,
            "name": user.real_name,
            "app_id": app_id,
            "team_id": user.team_id,
        }


def default_world(team_id: str) -> World:
    """Three members, a guest, a stranger, another bot, our bot; #sms with our bot in it, #random without."""
    world = World(team_id)
    world.add_user(world.bot_user_id, "sms_desk", "SMS desk", is_bot=True, bot_id=world.bot_id)
    world.add_user("U0ALICE", "alice", "Alice Martin", is_admin=True)
    world.add_user("U0BRUNO", "bruno", "Bruno Petit")
    world.add_user("U0CHLOE", "chloe", "Chloé Durand", locale="en-GB", tz="Europe/London", tz_offset=0)
    world.add_user("U0GUEST", "guest", "Gaston Invité", is_restricted=True, is_ultra_restricted=True)
    world.add_user("U0STRANGER", "stranger", "Sam Stranger", team_id="T0OTHER", is_stranger=True)
    world.add_user("U0ROBOT", "robot", "Another bot", is_bot=True, bot_id="B0ROBOT")
    people = ["U0ALICE", "U0BRUNO", "U0CHLOE", "U0GUEST", "U0STRANGER", "U0ROBOT"]
    world.add_channel("C0SMS", "sms", [world.bot_user_id, *people], is_ext_shared=True)
    world.add_channel("C0RANDOM", "random", people)
    return world
