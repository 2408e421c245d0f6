"""The shape of the code: doors and listeners fit, the manifest says the same, imports point down, files stay small."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from bot import doors as doors_module
from bot.app import open_desk
from bot.doctor import SCOPES
from bot.doors import Doors
from bot.features import FEATURES
from bot.listeners import Listeners
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.smsfactor.events import KINDS, parse
from bot.tempo import Tempo
from tests.conftest import QUICK, settings_for

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "bot").rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 300, 50
KNOWN = set(AsyncArgs.__annotations__) | {"args"}


def module_name(path: Path) -> str:
    """``bot/store/posts.py`` → ``store/posts``."""
    return path.relative_to(ROOT / "bot").with_suffix("").as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@pytest.fixture(scope="module")
def doors() -> Doors:
    """Every room's doors, as the composition root opens them."""
    opened = Doors(Tempo())
    for register in FEATURES:
        register(opened)
    return opened


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """What the Slack app asks for."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return loaded


# Bolt's listeners: a misspelt parameter would silently be None


def misfits(app: AsyncApp) -> set[str]:
    """The parameters of the app's listeners that Bolt would fill with None, or not at all."""
    return {
        name
        for listener in app._async_listeners
        for name, parameter in inspect.signature(listener.ack_function).parameters.items()
        if name not in KNOWN or parameter.kind is not parameter.POSITIONAL_OR_KEYWORD
    }


async def test_every_parameter_of_a_bolt_listener_is_one_that_bolt_knows(redis_url: str) -> None:
    async with (
        SlackStandIn() as slack,
        SMSFactorStandIn(token="token") as provider,
        open_desk(settings_for(slack, provider), redis_url, QUICK) as desk,
    ):
        app = Listeners(desk.services, desk.doors).bolt()
        assert len(app._async_listeners) == 7
        assert misfits(app) == set()
        failed = app._async_listener_runner.listener_error_handler
        assert set(inspect.signature(failed.func).parameters) <= KNOWN | {"error"}


async def test_a_misspelt_or_keyword_only_parameter_is_found() -> None:
    """The test above would see it: this is what it is there for."""
    async with ClientSession() as session:
        app = AsyncApp(client=AsyncWebClient(token="xoxb-1", session=session), signing_secret="secret")

        async def misspelt(ack: AsyncAck, boddy: dict[str, Any]) -> None:
            await ack()

        async def never_filled(ack: AsyncAck, *, body: dict[str, Any]) -> None:
            await ack()

        app.command("/one")(misspelt)
        app.command("/two")(never_filled)
        assert misfits(app) == {"boddy", "body"}


# The rooms' listeners


def alias(name: str) -> tuple[list[Any], Any]:
    """The parameters and the result of a listener type of ``bot.doors``."""
    parameters, awaited = get_args(getattr(doors_module, name))
    return list(parameters), get_args(awaited)[0]


def misfit(listener: Callable[..., Awaitable[Any]], kind: str) -> str:
    """How a listener differs from its type; empty if it does not."""
    parameters, result = alias(kind)
    signature = inspect.signature(listener, eval_str=True)
    found = [parameter.annotation for parameter in signature.parameters.values()]
    if found != parameters:
        return f"{listener} takes {found}, not {parameters}"
    if not inspect.iscoroutinefunction(getattr(listener, "func", listener)):
        return f"{listener} is not a coroutine function"
    allowed = {result, *get_args(result)}  # the whole, or one of a union
    returned = signature.return_annotation
    if returned not in allowed and not (returned is None and type(None) in allowed):
        return f"{listener} returns {returned}, not {result}"
    return ""


def listeners(doors: Doors) -> Iterator[tuple[Callable[..., Awaitable[Any]], str]]:
    """Every listener with the name of its type."""
    for command in doors.commands.values():
        yield command.listener, "CommandListener"
    for table, kind in (
        (doors.presses, "PressListener"),
        (doors.submissions, "SubmissionListener"),
        (doors.shortcuts, "ShortcutListener"),
        (doors.checks, "Check"),
    ):
        for listener, _ in table.values():
            yield listener, kind
    for event in doors.events.values():
        yield event, "EventListener"
    for relay in doors.relays.values():
        yield relay, "RelayListener"
    for card in doors.cards.values():
        yield card, "CardRenderer"


def test_every_listener_of_a_room_fits_its_door(doors: Doors) -> None:
    assert [wrong for listener, kind in listeners(doors) if (wrong := misfit(listener, kind))] == []


def test_a_listener_that_does_not_fit_is_found() -> None:
    async def too_few(services: doors_module.Services) -> None: ...

    async def other_type(services: doors_module.Services, press: doors_module.Submission) -> None: ...

    async def wrong_result(services: doors_module.Services, press: doors_module.Press) -> int:
        return 0

    async def right(services: doors_module.Services, press: doors_module.Press) -> None: ...

    assert all(misfit(wrong, "PressListener") for wrong in (too_few, other_type, wrong_result))
    assert not misfit(right, "PressListener")


def test_every_webhook_has_a_room(doors: Doors) -> None:
    samples = {kind: (ROOT / "tests" / "samples" / f"{kind}.json").read_text("utf-8") for kind in KINDS}
    assert {type(parse(kind, yaml.safe_load(sample))) for kind, sample in samples.items()} == set(doors.relays)


def test_two_rooms_cannot_have_the_same_door() -> None:
    """Registering all rooms has shown that there are no duplicate ids, because a second one raises."""
    for register in FEATURES:
        twice = Doors(Tempo())
        register(twice)
        with pytest.raises(ValueError, match="two rooms want the same door"):
            register(twice)


# The manifest says what the rooms listen to, and the reverse


def test_the_manifest_has_the_one_command_and_its_hint_names_words_that_exist(
    doors: Doors, manifest: dict[str, Any]
) -> None:
    [command] = manifest["features"]["slash_commands"]
    assert command["command"] == "/sms"
    assert command["should_escape"] is True
    hinted = re.findall(r"\w+", command["usage_hint"])
    assert set(hinted) == set(doors.commands)
    assert all(door.usage.split()[0] == word for word, door in doors.commands.items())


def test_the_manifest_has_the_shortcuts_that_a_room_answers_and_no_other(
    doors: Doors, manifest: dict[str, Any]
) -> None:
    shortcuts = {one["callback_id"]: one["type"] for one in manifest["features"]["shortcuts"]}
    assert shortcuts == {"send_sms": "global", "send_as_sms": "message"}
    assert set(shortcuts) == set(doors.shortcuts)


def test_the_manifest_subscribes_to_the_events_that_a_room_hears_and_no_other(
    doors: Doors, manifest: dict[str, Any]
) -> None:
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in subscribed} == set(doors.events)  # message.channels is a message


def test_the_doctor_looks_for_the_scopes_of_the_manifest(manifest: dict[str, Any]) -> None:
    assert list(SCOPES) == manifest["oauth_config"]["scopes"]["bot"]


# Files


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_says_what_it_does_and_is_small_enough_to_read(path: Path) -> None:
    source = path.read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    assert docstring.split("\n")[0].endswith((".", ":", "?")), "the first line of its docstring is a sentence"
    assert source.count("\n") <= MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_function_is_too_long(path: Path) -> None:
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno - f.lineno >= FUNCTION_LINES}
    assert long == {}


def test_nobody_reads_the_environment_but_the_settings() -> None:
    """The sandbox starts the bot as a process of its own, and has to hand an environment down."""
    readers = {
        module_name(path)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.alias) and node.name in ("environ", "environb", "getenv"))
    }
    assert {name for name in readers if not name.startswith("sandbox/")} <= {"settings"}
    settings = tree_of(ROOT / "bot" / "settings.py")
    assert any(isinstance(node, ast.Name) and node.id == "BaseSettings" for node in ast.walk(settings))


def test_the_doors_use_the_server_half_of_aiohttp_only() -> None:
    """Which half of it a module uses is finer than import-linter can see."""
    for name in ("health", "slack_door", "webhooks"):
        imported = [
            alias.name
            for node in ast.walk(tree_of(ROOT / "bot" / f"{name}.py"))
            if isinstance(node, ast.ImportFrom) and node.module == "aiohttp"
            for alias in node.names
        ]
        assert imported == ["web"], name


# Tests


def test_what_only_make_test_faults_runs_stands_where_it_looks() -> None:
    """Elsewhere nobody would ever run it."""
    marked = {path for path in (ROOT / "tests").rglob("test_*.py") if ".mark.faults" in path.read_text("utf-8")}
    assert {path.parent for path in marked - {Path(__file__)}} == {ROOT / "tests" / "rules"}


# Imports


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_imports_point_down() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_an_import_that_points_up_or_aside_is_found(tmp_path: Path) -> None:
    """Every contract can break: one breach of each in a copy."""
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    breaches = {
        "phone.py": "import bot.guards",
        "features/help.py": "import bot.features.send",
        "guards.py": "import redis",
        "outbox.py": "import docket, aiohttp, slack_bolt",
        "services.py": "import bot.sandbox.slack",
        "sandbox/slack/world.py": "import bot.slack.blocks",
    }
    for name, line in breaches.items():
        file = tmp_path / "bot" / name
        file.write_text(f"{file.read_text('utf-8')}\n{line}\n", "utf-8")
    linted = lint_imports(tmp_path)
    contracts = (tmp_path / ".importlinter").read_text("utf-8").count("[importlinter:contract:")
    assert linted.returncode == 1
    assert f"Contracts: 0 kept, {contracts} broken." in linted.stdout, linted.stdout
