"""A Slack on loopback: strict, stateful, over real HTTP and WebSockets, for tests and for the demo."""

import asyncio
import math
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.sandbox.slack import events, messages, reading, render
from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.control import Control
from bot.sandbox.slack.courier import Courier, Delivery
from bot.sandbox.slack.faults import Faults, How
from bot.sandbox.slack.http_api import Call, HttpApi
from bot.sandbox.slack.manifest import AppManifest
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.snapshot import snapshot
from bot.sandbox.slack.socket_mode import Sockets
from bot.sandbox.slack.workspace import Refused, Workspace, shown
from bot.sandbox.slack.world import Channel, Json, World, default_world

T = TypeVar("T")

BOT_TOKEN = "xoxb-stand-in"
SIGNING_SECRET = "stand-in-signing-secret"
RESPONSE_URL_SECONDS = 30 * 60  # Slack docs, interactivity/handling-user-interaction
TRIGGER_SECONDS = 3.0  # Slack docs, interactivity: a trigger_id expires after 3 seconds
ANSWER_SECONDS = 3.0  # Slack docs: acknowledge within 3 seconds


class SlackStandIn:
    """A workspace to run the app against. Use as an async context manager.

    `manifest`: what the app declares; people can then use nothing else of it. `scopes`: what the app was
    granted, by default those of the manifest, without one all. `subscriptions`: its bot events, e.g.
    {"message.channels"}, likewise. `echo`: whether the app hears of its own messages, as with the real Slack.
    The `_seconds` are lifetimes; `redeliver_after`: seconds that a Socket Mode envelope waits to be
    acknowledged.
    """

    def __init__(
        self,
        manifest: AppManifest | None = None,
        *,
        bot_token: str = BOT_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        app_token: str | None = None,
        team_id: str = "T0DESK",
        port: int = 0,
        scopes: set[str] | None = None,
        subscriptions: set[str] | None = None,
        echo: bool = True,
        trigger_seconds: float = TRIGGER_SECONDS,
        response_url_seconds: float = RESPONSE_URL_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        redeliver_after: float = 5.0,
    ) -> None:
        self.bot_token = bot_token
        self.signing_secret = signing_secret
        self.app_token = app_token
        self.world: World = default_world(team_id)
        self.changes = Changes()
        self._echo = echo
        self._port = port
        if manifest is not None:
            self.world.users[self.world.bot_user_id].real_name = manifest.name
            scopes = set(manifest.scopes) if scopes is None else scopes
            subscriptions = set(manifest.events) if subscriptions is None else subscriptions
        self.workspace = Workspace(
            self.world,
            self.changes,
            Modals(self.world, trigger_seconds),
            ResponseUrls(response_url_seconds),
            announce=self._announce,
            scopes=scopes,
            subscriptions=subscriptions,
            manifest=manifest,
        )
        self._faults = Faults()
        self.sockets = Sockets(self.workspace, redeliver_after)
        self._courier = Courier(self.workspace, self.sockets, signing_secret, answer_seconds)
        self._api = HttpApi(self.workspace, self._faults, bot_token=bot_token, app_token=app_token)
        self.control = Control(self.person, self.snapshot)
        self._people: dict[str, Person] = {}
        self._echoes: set[asyncio.Task[Delivery | None]] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes([*self._api.routes(), web.get("/link/", self.sockets.serve)])
        app.add_routes(self.control.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.workspace.base_url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._faults.end()
        for task in self._echoes:
            task.cancel()
        await asyncio.gather(*self._echoes, return_exceptions=True)
        await self.sockets.close()
        await self._courier.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """This server's address, without a slash at the end."""
        return self.workspace.base_url

    @property
    def api_url(self) -> str:
        """The base address of the Web API, as SLACK_API_URL wants it."""
        return f"{self.base_url}/api/"

    def connect(self, events_url: str) -> None:
        """Say where the app's /slack/events is; an open Socket Mode connection comes before it."""
        self._courier.events_url = events_url

    @property
    def calls(self) -> list[Call]:
        """Every Web API call as (method, args), in order, failed ones too."""
        return self._api.calls

    def called(self, method: str) -> list[Json]:
        """The arguments of every call of one method."""
        return [call.args for call in self.calls if call.method == method]

    @property
    def requests(self) -> list[Delivery]:
        """What was sent to the app: commands, interactions and events, with the answer."""
        return self._courier.requests

    @property
    def refused(self) -> list[Refused]:
        """What the app sent and this Slack did not take; empty for an app that makes no mistakes."""
        return self.workspace.refused

    async def until(self, predicate: Callable[[], T], timeout: float = 20.0) -> T:
        """Wait until `predicate()` is true; asked at every change. TimeoutError says what happened last."""
        try:
            return await self.changes.until(predicate, timeout)
        except TimeoutError:
            last = ", ".join(call.method for call in self.calls[-8:])
            raise TimeoutError(f"not seen within {timeout} s; last calls: {last or 'none'}") from None

    def messages(self, channel: str) -> list[Json]:
        """What the channel shows, oldest first."""
        place = self.world.channels[channel]
        return [shown(message, place) for message in messages.roots(place)]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """A message and its replies, oldest first."""
        place = self.world.channels[channel]
        return [shown(message, place) for message in messages.thread(place, ts)]

    def show(self, thing: Json) -> str:
        """A message or a view as a person would read it, with the names of this workspace."""
        return render.show(thing, {user.id: user.name for user in self.world.users.values()})

    def snapshot(self) -> Json:
        """All that can be seen, as JSON; see `snapshot.snapshot`. Look at it, do not change it."""
        return snapshot(self.workspace)

    def jump(self, seconds: float) -> None:
        """Set the clock of this workspace ahead; ValueError for back. Signatures and triggers keep to real time."""
        if not 0 <= seconds < math.inf:
            raise ValueError("the clock jumps ahead by a number of seconds, never back")
        self.world.ahead += seconds
        self.changes.ring()

    def person(self, user_id: str) -> Person:
        """Somebody who acts through the app's real interfaces."""
        if user_id not in self._people:
            self._people[user_id] = Person(self.workspace, self._courier, self.world.users[user_id])
        return self._people[user_id]

    async def change_user(self, user_id: str, **traits: Any) -> None:
        """Change fields of a user, e.g. `is_admin=True`, and send user_change."""
        user = self.world.users[user_id]
        for name, value in traits.items():
            if not hasattr(user, name):
                raise AttributeError(name)
            setattr(user, name, value)
        await self.event(events.user_change(self.world, user))

    async def join(self, channel: str, user_id: str, inviter: str | None = None) -> None:
        """Bring a person, or the app, into a channel and send member_joined_channel."""
        place, user = self.world.channels[channel], self.world.users[user_id]
        reading.come_in(self.world, place, user_id)
        self.changes.ring()
        if self.world.bot_user_id in place.members:
            await self.event(events.member_joined(self.world, place, user, inviter))

    async def change_group(self, group_id: str, users: Iterable[str]) -> None:
        """Set who is in a user group and send subteam_members_changed."""
        group = self.world.groups[group_id]
        now = list(users)
        added = [user for user in now if user not in group.users]
        removed = [user for user in group.users if user not in now]
        group.users = now
        await self.event(events.group_members_changed(self.world, group_id, added, removed))

    async def event(self, event: Json) -> Delivery | None:
        """Send any event to the app; None if it is not subscribed or there is no app."""
        return await self._courier.tell(events.envelope(self.world, event))

    async def verify_url(self) -> Delivery:
        """Send the url_verification handshake."""
        payload = {
            "type": "url_verification",
            "token": "stand-in",
            "challenge": self.world.new_id("challenge-"),
        }
        return await self._courier.send("url_verification", payload)

    async def deliver_again(self, delivery: Delivery) -> Delivery:
        """Repeat a request of `requests` byte for byte with a fresh signature, as Slack may."""
        return await self._courier.again(delivery)

    @property
    def pace(self) -> bool:
        """Whether chat.postMessage is held to one message a second and channel."""
        return self.workspace.pace

    @pace.setter
    def pace(self, strict: bool) -> None:
        self.workspace.pace = strict

    def fail(self, method: str, how: How, times: int = 1, *, retry_after: int = 1) -> None:
        """Let the next `times` calls of a method, "response_url", "upload" or "*" fail; see `Faults.plan`."""
        self._faults.plan(method, how, times, retry_after)

    def heal(self) -> None:
        """No call fails any more."""
        self._faults.heal()

    def let_go(self) -> None:
        """Do and answer the calls that were told to be late."""
        self._faults.let_go()

    async def refresh_sockets(self) -> None:
        """Ask Socket Mode clients to reconnect."""
        await self.sockets.refresh()

    async def drop_sockets(self) -> None:
        """Close the sockets without warning."""
        await self.sockets.drop()

    def _announce(self, channel: Channel | None, event: Json) -> None:
        """Tell the app, behind the current call, of what it did itself."""
        if not self._echo or (channel is not None and self.world.bot_user_id not in channel.members):
            return
        shared = channel is not None and channel.is_ext_shared
        envelope = events.envelope(self.world, event, is_ext_shared=shared)
        task = asyncio.create_task(self._courier.tell(envelope))
        self._echoes.add(task)
        task.add_done_callback(self._echoes.discard)
