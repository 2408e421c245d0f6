"""A small HTTP side under /_/ by which a page or a script acts as a person and sees what is there."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.hands import Where
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.world import Json

Act = Callable[[Person, Json], Awaitable[Any]]


def _where(body: Json, person: Person) -> Where:
    """What is acted on: {"channel", "ts"}, an ephemeral message's ts, {"home": true}, or the form on top."""
    if "ts" in body:
        mine = next((one for one in person.ephemerals if one["ts"] == body["ts"]), None)
        return mine or (body["channel"], body["ts"])
    place = person.home if body.get("home") else person.view
    if place is None:
        raise NotOnScreenError("there is no view open")
    return place


async def _command(person: Person, body: Json) -> Result:
    return await person.command(body["command"], body.get("text", ""), body.get("channel", "C0SMS"))


async def _click(person: Person, body: Json) -> Result:
    more = {"block_id": body.get("block_id"), "confirm": body.get("confirm", True)}
    return await person.click(_where(body, person), body["action_id"], body.get("value"), **more)


async def _options(person: Person, body: Json) -> list[Json]:
    return await person.options(body["name"], body.get("query", ""), _where(body, person))


async def _message_shortcut(person: Person, body: Json) -> Result:
    return await person.message_shortcut(body["callback_id"], (body["channel"], body["ts"]))


async def _write(person: Person, body: Json) -> Json:
    broadcast = body.get("broadcast", False)
    return await person.write(body["channel"], body["text"], body.get("thread_ts"), broadcast=broadcast)


async def _upload(person: Person, body: Json) -> Json:
    content = base64.b64decode(body["content"], validate=True)
    return await person.upload(str(body["name"]), str(body["mimetype"]), content)


ACTS: dict[str, Act] = {
    "command": _command,
    "fill": lambda person, body: person.fill(body["values"], _where(body, person)),
    "submit": lambda person, body: person.submit(body.get("values")),
    "close": lambda person, body: person.close(everything=body.get("everything", False)),
    "click": _click,
    "options": _options,
    "shortcut": lambda person, body: person.shortcut(body["callback_id"]),
    "message_shortcut": _message_shortcut,
    "write": _write,
    "edit": lambda person, body: person.edit(body["channel"], body["ts"], body["text"]),
    "delete": lambda person, body: person.delete(body["channel"], body["ts"]),
    "dismiss": lambda person, body: person.dismiss(body["ts"]),
    "read": lambda person, body: person.read(body["channel"], body.get("thread_ts")),
    "home": lambda person, _body: person.open_home(),
    "upload": _upload,
    "invite": lambda person, body: person.invite(body["channel"], body["user"]),
    "join": lambda person, body: person.join(body["channel"]),
    "leave": lambda person, body: person.leave(body["channel"]),
    "remove": lambda person, body: person.remove(body["channel"], body["user"]),
    "create_channel": lambda person, body: person.create_channel(body["name"], private=body.get("private", False)),
    "archive": lambda person, body: person.archive(body["channel"]),
}


class Control:
    """GET /_/state; POST /_/people/<user id>/<act> with a JSON object."""

    def __init__(self, person: Callable[[str], Person], snapshot: Callable[[], Json]) -> None:
        self._person = person
        self._snapshot = snapshot

    def routes(self) -> list[web.RouteDef]:
        """The routes of this side."""
        return [web.get("/_/state", self.state), web.post("/_/people/{user}/{act}", self.act)]

    async def state(self, _request: web.Request) -> web.Response:
        """All that can be seen, as JSON."""
        return web.json_response(self._snapshot())

    async def act(self, request: web.Request) -> web.Response:
        """Do one thing as a person: 200 with the outcome, 404 for nobody or no act, 409 if not on screen."""
        if request.content_type != "application/json":  # a foreign page cannot send this type without asking first
            return _failure(415, "send a JSON object as application/json")
        try:
            body = json.loads(await request.text())
        except ValueError:
            return _failure(400, "this is not JSON")
        if not isinstance(body, dict):
            return _failure(400, "send a JSON object")
        try:
            person = self._person(request.match_info["user"])
            act = ACTS[request.match_info["act"]]
        except KeyError as missing:
            return _failure(404, f"there is no {missing.args[0]}")
        try:
            outcome = await act(person, body)
        except NotOnScreenError as error:
            return _failure(409, str(error))
        except (KeyError, TypeError, ValueError) as error:
            return _failure(400, f"missing or wrong: {error}")
        return web.json_response({"ok": True, "result": _as_json(outcome), "view": person.view})


def _as_json(outcome: Any) -> Any:
    if not isinstance(outcome, Result):
        return outcome
    names = ("status", "elapsed", "problem", "answer", "errors", "action")
    return {name: getattr(outcome, name) for name in names}


def _failure(status: int, words: str) -> web.Response:
    return web.json_response({"ok": False, "error": words}, status=status)
