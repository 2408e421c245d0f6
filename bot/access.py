"""Who may do what: one question, asked at every command, click, submission and shortcut."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Refused
from bot.settings import Settings
from bot.slack.api import CALL_ERRORS, classify
from bot.store.people import People, Person

PAGE, PAGES = 1_000, 10  # people that Slack tells at a time (users.list, conversations.members); how often it is asked
CALLED = 5  # admins that are called at a time


class Right(Enum):
    """What an act asks for."""

    MEMBER = "member"  # a full member of this workspace
    ADMIN = "admin"  # a workspace admin, or one of ADMINS


class Home(NamedTuple):
    """The workspace of our token, with its own address, and our user and bot id in it (Slack docs, auth.test)."""

    team: str
    address: str
    user: str
    bot: str


class Access:
    """Answers from what Slack says of a person, kept for minutes. Guests, strangers and bots may do nothing."""

    def __init__(self, settings: Settings, slack: AsyncWebClient, people: People) -> None:
        self._settings = settings
        self._slack = slack
        self._people = people
        self._home: Home | None = None

    async def check(self, user: str, right: Right = Right.MEMBER) -> Person:
        """The person, if they have the right. Raises ``Refused`` otherwise, also when Slack cannot be asked."""
        try:
            person = await self.person(user)
            home = (await self.home()).team
        except CALL_ERRORS:
            raise Refused("Slack did not say who you are, so nothing was done. Try again in a moment.") from None
        if not person.full_member or person.team != home:
            raise Refused("Only full members of this workspace can use the SMS desk. Nothing was sent.")
        if right is Right.ADMIN and not (person.admin or user in self._settings.admins):
            raise Refused(
                "Only admins can do this: those of the workspace, and those in the setting ADMINS. Nothing was changed."
            )
        return person

    async def person(self, user: str) -> Person:
        """What Slack says of a person (Slack docs, users.info). Raises one of ``CALL_ERRORS``."""
        known = await self._people.get(user)
        if known:
            return known
        about = (await self._slack.users_info(user=user))["user"]
        outside = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_app_user")
        person = Person(
            id=user,
            team=about.get("team_id") or "",
            full_member=not any(about.get(word) for word in outside),
            admin=_is_admin(about),
            timezone=about.get("tz") or "",
        )
        await self._people.put(person)
        return person

    async def admins(self, channel: str) -> list[str]:
        """Whom to call there when something must be mended: those of ADMINS, or else workspace admins; ``CALLED`` at
        most, and first those who are in the channel. Raises one of ``CALL_ERRORS``.
        """
        admins = list(self._settings.admins) or await self._workspace_admins()
        inside = await self.inside(channel)
        return sorted(admins, key=lambda user: user not in inside)[:CALLED]

    async def inside(self, channel: str) -> set[str]:
        """The people of a channel; nobody, if it is lost or too large. Raises one of ``CALL_ERRORS``."""
        try:
            members, is_all = await self._members(self._slack.conversations_members, channel=channel)
        except CALL_ERRORS as error:
            if classify(error).kind != "channel":
                raise
            return set()
        return set(members) if is_all else set()

    async def _workspace_admins(self) -> list[str]:
        members, _ = await self._members(self._slack.users_list)
        return [one["id"] for one in members if _is_admin(one) and not one.get("deleted")]

    async def _members(self, ask: Callable[..., Awaitable[Any]], **about: str) -> tuple[list[Any], bool]:
        """Whom Slack names page by page, and whether those are all."""
        found, cursor = list[Any](), None
        for _ in range(PAGES):
            page = await ask(limit=PAGE, cursor=cursor, **about)
            found += page.get("members") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found, True
        return found, False

    async def address(self) -> str:
        """The workspace's own address, under which its messages are found; "" if Slack does not say."""
        try:
            return (await self.home()).address
        except CALL_ERRORS:
            return ""

    async def desk(self) -> str:
        """The user id of the desk itself. Raises one of ``CALL_ERRORS``."""
        return (await self.home()).user

    async def home(self) -> Home:
        """What our token stands for; it cannot change while we run. Raises one of ``CALL_ERRORS``."""
        if self._home is None:
            about = await self._slack.auth_test()
            names = ("team_id", "url", "user_id", "bot_id")
            self._home = Home(*(str(about.get(name) or "") for name in names))
        return self._home


def _is_admin(about: Mapping[str, Any]) -> bool:
    """What Slack says of somebody: admins, and owners above them."""
    return bool(about.get("is_admin") or about.get("is_owner"))
