"""Door in: /slack/events and Socket Mode. A payload becomes a call to a room's listener, rights asked first."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from copy import copy
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.access import Right
from bot.doors import Answer, Caller, Closing, Command, Doors, Press, Shortcut, Submission
from bot.errors import Refused
from bot.services import Services
from bot.settings import unseen
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.forms import notice, values
from bot.slack.markup import escape, plain
from bot.slack.typed import typed
from bot.store import HalfDoneError, StoreAway
from bot.telling import tell

EVENT_KEPT = 2 * 86_400  # seconds; Slack's delayed events come for a day (Slack docs, events-api)
PATIENCE, LAST_WORDS = 2.3, 0.5  # seconds; together less than the 3 that Slack waits for an ack
ANYTHING = re.compile(".*", re.DOTALL)
AWAY = (
    "The desk's memory (Redis) cannot be reached, so this may not have been done, and nothing was sent by it. Try again"
    " in a minute."
)
HALF_DONE = (
    "The desk's memory (Redis) failed just when this was taken in, so it may still be sent. Look for its card first (an"
    " answer's is in its thread). The same form never sends twice."
)
IF_SENDING = (
    " If you were sending, look for its card first (an answer's is in its thread): with a card it is on its way, and"
    " the same form never sends twice."
)
LATE = "This took too long, so it may or may not have been done." + IF_SENDING
APOLOGY = "Something went wrong on our side (ask your admin about `{id}`)." + IF_SENDING

log = structlog.get_logger(__name__)


class NobodyYetError(Exception):
    """Slack does not say whose token ours is; the text is its error code. What came in shall come again."""


class Listeners:
    """One Bolt listener per kind of payload, which matches all of it, in front of the rooms' own tables."""

    def __init__(self, services: Services, doors: Doors) -> None:
        self._services = services
        self._doors = doors

    def bolt(self) -> AsyncApp:
        """The Bolt app. Acks leave when the listener returns: nothing runs untracked after them."""

        async def authorize() -> AuthorizeResult:  # Bolt would fill in the ``self`` of a method, with nothing
            return await self._ourselves()

        line = copy(self._services.slack)
        line.token = None  # ``authorize`` hands it over, and Bolt warns at each start of a second one
        with unseen("SLACK_"):  # Bolt would take the token there for a second one as well
            app = AsyncApp(
                name="sms-desk",  # else Bolt looks through every module for it, which takes a third of a second
                client=line,
                authorize=authorize,
                process_before_response=True,
                raise_error_for_unhandled_request=True,  # to ``failed``, which acknowledges it; else Bolt answers 404
                request_verification_enabled=False,  # slack_door has checked the raw bytes; sockets carry no signature
                ignoring_self_events_enabled=False,  # it would keep from us that somebody deleted a message of ours
            )
        app.command(ANYTHING)(self.command)
        app.action(ANYTHING)(self.press)
        app.view(ANYTHING)(self.submission)
        app.view_closed(ANYTHING)(self.closing)
        app.shortcut(ANYTHING)(self.shortcut)
        app.options(ANYTHING)(self.options)
        app.event(ANYTHING)(self.event)
        app.error(self.failed)
        return app

    async def _ourselves(self) -> AuthorizeResult:
        """Who we are. Bolt's own way answers 200 while Slack does not say so, and the event at hand would be lost."""
        try:
            home = await self._services.access.home()
        except SlackApiError as error:
            raise NobodyYetError(classify(error).code) from None
        token = self._services.slack.token
        return AuthorizeResult(
            enterprise_id=None, team_id=home.team, bot_token=token, bot_id=home.bot, bot_user_id=home.user
        )

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """``/sms <word> …``; an empty word is ``send``, an unknown one ``help``."""
        word, *words = plain(body.get("text") or "").split(maxsplit=1) or ["send"]
        name = word.lower()
        door = self._doors.commands.get(name) or self._doors.commands["help"]
        call = Command(_caller(body), name, words[0].strip() if words else "")
        answer, trouble = await self._try(call.caller, door.right, lambda: door.listener(self._services, call))
        if trouble:
            answer = {"text": escape(trouble.text)}
        await ack(**(answer or {}))

    async def press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A click or a choice; ids that no room has (a button that only opens a link) are acknowledged."""
        action = (body.get("actions") or [{}])[0]  # what is left of the old dialogs has none
        action_id = str(action.get("action_id") or "")
        listener, right = self._doors.presses.get(action_id, (None, Right.MEMBER))
        if listener:
            at = float(action.get("action_ts") or 0)
            press = Press(_caller(body), action_id, _value(action), body.get("view"), body.get("message"), at)
            _, trouble = await self._try(press.caller, right, lambda: listener(self._services, press))
            if trouble:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LAST_WORDS):
                        await tell(self._services, press, escape(trouble.text))
        await ack()

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form: its listener's answer (errors, another view, or nothing: close) goes back with the ack."""
        view = body["view"]
        listener, right = self._doors.submissions.get(str(view.get("callback_id") or ""), (None, Right.MEMBER))
        answer: Answer = None
        if listener:
            call = Submission(_caller(body), values(view), view.get("private_metadata") or "", view)
            answer, trouble = await self._try(call.caller, right, lambda: listener(self._services, call))
            if trouble:
                answer = _refusal(view, trouble)
        await ack(**(answer or {}))

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A global shortcut, or one on a message."""
        listener, right = self._doors.shortcuts.get(str(body.get("callback_id") or ""), (None, Right.MEMBER))
        if listener:
            call = Shortcut(_caller(body), _words(body.get("message") or {}))
            _, trouble = await self._try(call.caller, right, lambda: listener(self._services, call))
            if trouble:
                await self._show(call.caller, trouble.text)
        await ack()

    async def options(self, ack: AsyncAck) -> None:
        """No room offers choices from outside yet."""
        await ack(options=[])

    async def closing(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form that was closed sends nothing; whatever its room does about it, the person is gone from it."""
        view = body["view"]
        if listener := self._doors.closings.get(str(view.get("callback_id") or "")):
            call = Closing(_caller(body), view.get("private_metadata") or "")
            await self._try(call.caller, Right.MEMBER, lambda: _answered(listener(self._services, call)))
        await ack()

    async def event(self, ack: AsyncAck, body: dict[str, Any], event: dict[str, Any]) -> None:
        """An event of Slack: once per event id, however often Slack repeats it. All are acknowledged."""
        listener = self._doors.events.get(str(event.get("type") or ""))
        if listener:
            mark = f"event:{body.get('event_id')}"
            if not await self._services.store.notes.told(mark):
                await listener(self._services, event)
                await self._services.store.notes.tell_once(mark, EVENT_KEPT)  # after its effect: a fault leaves it open
        await ack()

    async def failed(self, error: Exception) -> BoltResponse:
        """A kind of payload that no listener is for is acknowledged; after a fault of ours Slack shall try again."""
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        _trouble(error)
        return BoltResponse(status=503, body="")

    async def _try(
        self, caller: Caller, right: Right, act: Callable[[], Awaitable[Answer]]
    ) -> tuple[Answer, Refused | None]:
        """Ask for the right, then act; whatever goes wrong becomes words for the person."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._services.access.check(caller.user, right)
                return await act(), None
        except Exception as error:  # noqa: BLE001 - an entry door: nobody above could tell the person
            return None, _trouble(error)

    async def _show(self, caller: Caller, text: str) -> None:
        """In a form of its own: the desk may not be in the channel of a shortcut."""
        try:
            async with asyncio.timeout(LAST_WORDS):
                await self._services.slack.views_open(trigger_id=caller.trigger_id, view=notice(escape(text)))
        except CALL_ERRORS as error:
            log.warning("notice_failed", code=classify(error).code)


async def _answered(nothing: Awaitable[None]) -> Answer:
    await nothing
    return None


def _trouble(error: Exception) -> Refused:
    """What to tell the person; an unexpected error is logged under an id that they can name."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, HalfDoneError):
        log.error("store_half_done", error=type(error.__cause__).__name__)
        return Refused(HALF_DONE)
    if isinstance(error, StoreAway):
        log.error("store_away", error=type(error).__name__)
        return Refused(AWAY)
    if isinstance(error, TimeoutError):
        log.error("listener_late")
        return Refused(LATE)
    incident = secrets.token_hex(3)
    if isinstance(error, SlackApiError):  # it quotes Slack's answer, so only its code is logged
        log.error("slack_call_failed", incident=incident, code=classify(error).code)
    else:
        log.error("listener_failed", incident=incident, exc_info=error)
    return Refused(APOLOGY.format(id=incident))


def _refusal(view: Mapping[str, Any], trouble: Refused) -> Answer:
    """Under the field that can mend it, if the form has it; else over the form, so that nothing typed is lost."""
    inputs = {block.get("block_id") for block in view.get("blocks", ()) if block.get("type") == "input"}
    if trouble.field in inputs:
        return {"response_action": "errors", "errors": {trouble.field: trouble.text}}
    return {"response_action": "push" if inputs else "update", "view": notice(escape(trouble.text))}


def _caller(body: Mapping[str, Any]) -> Caller:
    user = body.get("user_id") or (body.get("user") or {}).get("id") or ""
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
    return Caller(str(user), channel, str(body.get("trigger_id") or ""))


def _words(message: Mapping[str, Any]) -> str:
    """What a message says; where it has more than words, such as mentions or blocks of an app, by its text."""
    read = typed(message)
    return plain(str(message.get("text") or "")) if read.odd else read.text


def _value(action: Mapping[str, Any]) -> str:
    chosen = action.get("selected_option") or {}
    return str(action.get("value") or chosen.get("value") or action.get("selected_conversation") or "")
