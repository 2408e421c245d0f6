"""manifest.yml, held against Slack's own schema and against what the bot does."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.block_kit import event_scopes, read

MANIFEST = Path(__file__).resolve().parents[1] / "manifest.yml"
EVENTS_PATH = "/slack/events"


@pytest.fixture
def manifest() -> dict[str, Any]:
    """As Slack would read it."""
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return loaded


def problems(manifest: object) -> list[str]:
    """What Slack's schema says against a manifest."""
    schema = read("manifest/manifest.schema.2.0.0.json")
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(manifest)]


def test_the_manifest_is_valid(manifest: dict[str, Any]) -> None:
    assert problems(manifest) == []


def test_the_schema_would_refuse_a_slip(manifest: dict[str, Any]) -> None:
    manifest["settings"]["socket_mode"] = True
    manifest["features"]["shortcuts"][0]["name"] = "x" * 25
    assert len(problems(manifest)) == 2


def test_every_event_comes_with_a_scope_that_is_asked_for(manifest: dict[str, Any]) -> None:
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        assert event_scopes()[event] & scopes or event == "app_home_opened", event  # it needs none


def test_every_address_is_the_one_that_the_bot_answers_at(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    addresses = [
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    ]
    assert set(addresses) == {f"https://YOUR-HOST{EVENTS_PATH}"}
    assert MANIFEST.read_text("utf-8").count("https://YOUR-HOST") == len(addresses) == 4


def test_nothing_is_switched_on_that_the_bot_does_not_serve(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    assert settings["interactivity"]["is_enabled"] is True
    for off in ("socket_mode_enabled", "token_rotation_enabled", "org_deploy_enabled"):
        assert settings[off] is False
    home = manifest["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, False)
    assert "user" not in manifest["oauth_config"]["scopes"]
    assert "user_events" not in settings["event_subscriptions"]
