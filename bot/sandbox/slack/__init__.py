"""A Slack of our own for tests and the demo: Web API, signed deliveries, Socket Mode, people who use it."""

from bot.sandbox.slack.courier import Delivery
from bot.sandbox.slack.errors import NotOnScreenError, SlackError
from bot.sandbox.slack.manifest import AppManifest, read_manifest
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.render import show, text_of
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.server import SlackStandIn
from bot.sandbox.slack.workspace import Refused

__all__ = [
    "AppManifest",
    "Delivery",
    "NotOnScreenError",
    "Person",
    "Refused",
    "Result",
    "SlackError",
    "SlackStandIn",
    "read_manifest",
    "show",
    "text_of",
]
