"""The Web API methods that this Slack knows, by name."""

from bot.sandbox.slack.web_api import chat, conversations, files, people, views
from bot.sandbox.slack.web_api.method import Method, raw_arguments

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Method", "raw_arguments"]
