"""The Web API methods that this Slack knows, by name."""

from bot.sandbox.slack.web_api import chat, conversations, files, people, views
from bot.sandbox.slack.web_api.method import Method, raw_arguments
from bot.sandbox.slack.world import SCOPE_PLACE

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}


def every_scope() -> set[str]:
    """What an app may be granted here: the scope of each method, and that of slash commands."""
    named = {method.scope for method in METHODS.values() if method.scope and method.token == "bot"}
    return {"commands"} | {scope.format(place=place) for scope in named for place in SCOPE_PLACE.values()}


__all__ = ["METHODS", "Method", "every_scope", "raw_arguments"]
