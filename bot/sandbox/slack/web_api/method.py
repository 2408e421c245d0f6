"""What a Web API method is: which arguments it takes, which scope it asks for, what it does."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import SCOPE_PLACE, Json

Kind = Literal["text", "flag", "number", "json", "words"]


@dataclass(frozen=True)
class Method:
    """`takes`: argument -> kind; `needs`: must be there; `scope`: "{place}" stands for the channel's kind."""

    act: Callable[[Workspace, Json], Json]
    takes: Mapping[str, Kind]
    needs: tuple[str, ...] = ()
    scope: str | None = None
    token: Literal["bot", "app"] = "bot"

    def check_scope(self, slack: Workspace, args: Json) -> None:
        """SlackError("missing_scope") if the app lacks the scope for this call."""
        if any(key in args for key in ("username", "icon_url", "icon_emoji")):
            slack.require_scope("chat:write.customize")
        if self.scope is None:
            return
        if "{place}" not in self.scope:
            slack.require_scope(self.scope)
            return
        channel = slack.world.channels.get(args.get("channel", ""))
        places = [SCOPE_PLACE[channel.kind]] if channel else list(SCOPE_PLACE.values())
        slack.require_scope(*(self.scope.format(place=place) for place in places))

    def read(self, raw: Json) -> Json:
        """The arguments in their types; SlackError("invalid_arguments") for unknown, missing or bad ones."""
        problems: list[str] = []
        args: Json = {}
        for key, value in raw.items():
            kind = "text" if key == "team_id" else self.takes.get(key)
            if kind is None:
                problems.append(f"[ERROR] unknown argument: {key}")
                continue
            try:
                args[key] = _convert(value, kind)
            except ValueError:
                problems.append(f"[ERROR] must be of type {kind} [json-pointer:/{key}]")
        problems += [f"[ERROR] missing required field: {key}" for key in self.needs if key not in raw]
        if problems:
            raise SlackError("invalid_arguments", *problems)
        return args


def _convert(value: Any, kind: Kind) -> Any:
    if kind == "json":
        return value
    if kind == "words":
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(value)
        return [word.strip() for word in words if word.strip()]
    if kind == "flag":
        flags = {"true": True, "1": True, "false": False, "0": False}
        return value if isinstance(value, bool) else _lookup(flags, str(value).lower())
    if kind == "number":
        if isinstance(value, bool):
            raise ValueError(value)
        return int(value)
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - one kind of failure for the caller
    return value


def _lookup(table: Mapping[str, bool], key: str) -> bool:
    if key not in table:
        raise ValueError(key)
    return table[key]


async def raw_arguments(request: web.Request) -> tuple[str | None, Json]:
    """Token and arguments of a call, from header, query, form or JSON body; nulls count as absent."""
    raw: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        raw |= {key: value for key, value in body.items() if value is not None}
    else:
        raw |= dict(await request.post())
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    in_body = raw.pop("token", None)
    return (token if scheme == "Bearer" else in_body), raw
