"""The two ways in which this Slack says no: an error code to the app, "not on your screen" to a person."""

from typing import Any


class SlackError(Exception):
    """An answer `{"ok": false, "error": code}` of the Web API, with whatever goes with it."""

    def __init__(self, code: str, *messages: str, **extra: Any) -> None:
        super().__init__(f"{code}: {'; '.join(messages)}" if messages else code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def as_json(self) -> dict[str, Any]:
        """The body that Slack would send with HTTP status 200."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class NotOnScreenError(Exception):
    """The person tried something that their screen does not offer: a button, an option, a form."""
