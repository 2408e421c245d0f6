"""The case beside our Slack door: Bolt on Flask under gunicorn, as its documentation sets it up, with the same answer.

``python -m tests.bench.on_flask <api url> <bot token> <signing secret> <answer as JSON>``. One worker process whose
threads are as many as the connections of the load; gunicorn's worker without threads ends a connection after each
answer.
"""

import json
import sys
from typing import Any

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication
from slack_bolt import Ack, App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from tests.bench.shared import say_serving

THREADS = 64
SETTINGS = {
    "bind": "127.0.0.1:0",
    "workers": 1,
    "worker_class": "gthread",
    "threads": THREADS,
    "keepalive": 60,
    "timeout": 0,  # else a worker that a busy machine held up is replaced, and not measured
    "graceful_timeout": 1,
    "loglevel": "warning",
    "control_socket_disable": True,
    "post_worker_init": lambda worker: say_serving(worker.sockets[0].getsockname()[1]),
}


class Gunicorn(BaseApplication):
    """gunicorn, started by a program instead of its own command."""

    def __init__(self, *words: str) -> None:
        self._words = words
        super().__init__()

    def load_config(self) -> None:
        """What its command line would say."""
        for name, value in SETTINGS.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in the worker."""
        return flask_app(*self._words)


def flask_app(api_url: str, token: str, secret: str, answer: str) -> Flask:
    """Slack's own example (Bolt docs, adapters: Flask), with our command and answer."""
    message = json.loads(answer)
    bolt = App(client=WebClient(token, base_url=api_url), signing_secret=secret)

    @bolt.command("/sms")
    def command(ack: Ack) -> None:
        ack(**message)

    app = Flask(__name__)
    handler = SlackRequestHandler(bolt)

    @app.route("/slack/events", methods=["POST"])
    def slack_events() -> Response:
        return handler.handle(request)

    return app


if __name__ == "__main__":
    Gunicorn(*sys.argv[1:]).run()
