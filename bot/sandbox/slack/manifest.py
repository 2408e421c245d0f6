"""The app's manifest, as far as a person notices it: which commands, shortcuts and tabs there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Kind = Literal["global", "message"]


@dataclass(frozen=True)
class Command:
    """A slash command. `should_escape`: names and addresses reach the app as <@U123|name> and <https://…>."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A shortcut: a global one, or one in the menu of every message."""

    name: str
    kind: Kind
    callback_id: str
    description: str = ""


@dataclass(frozen=True)
class AppManifest:
    """What an app declares. `events` are its bot events, e.g. "message.channels"."""

    name: str
    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    home_tab: bool = False
    messages_tab: bool = False
    messages_tab_read_only: bool = False

    def command(self, name: str) -> Command | None:
        """The declared command of this name."""
        return next((one for one in self.commands if one.command == name), None)

    def shortcut(self, kind: Kind, callback_id: str) -> Shortcut | None:
        """The declared shortcut of this kind and callback id."""
        return next((one for one in self.shortcuts if (one.kind, one.callback_id) == (kind, callback_id)), None)


def read_manifest(path: Path) -> AppManifest:
    """Read a manifest in YAML or JSON (Slack docs, reference/app-manifest).

    Raises OSError if the file cannot be read and ValueError if it is not a manifest.
    """
    try:
        return _manifest(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is not YAML: {error}") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no app manifest: {error!r}") from error


def _manifest(body: Mapping[str, Any]) -> AppManifest:
    features = body.get("features") or {}
    home = features.get("app_home") or {}
    settings = body.get("settings") or {}
    return AppManifest(
        name=body["display_information"]["name"],
        scopes=frozenset(_under(body, "oauth_config", "scopes").get("bot") or ()),
        events=frozenset(_under(settings, "event_subscriptions").get("bot_events") or ()),
        commands=tuple(_command(one) for one in features.get("slash_commands") or ()),
        shortcuts=tuple(_shortcut(one) for one in features.get("shortcuts") or ()),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", False),
        messages_tab_read_only=home.get("messages_tab_read_only_enabled", False),
    )


def _under(body: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        body = body.get(name) or {}
    return body


def _command(one: Mapping[str, Any]) -> Command:
    return Command(
        one["command"], one.get("description", ""), one.get("usage_hint", ""), one.get("should_escape", False)
    )


def _shortcut(one: Mapping[str, Any]) -> Shortcut:
    return Shortcut(one["name"], one["type"], one["callback_id"], one.get("description", ""))
