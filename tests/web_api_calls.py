"""Which methods of Slack's Web API the bot calls, read from its code."""

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).resolve().parents[1] / "bot"


def calls_in_the_code() -> Iterator[str]:
    """``x.slack.chat_postMessage`` → ``chat.postMessage``, wherever a Slack client is used in the bot."""
    for path in BOT.rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Attribute(
                    value=ast.Attribute(attr="slack" | "_slack") | ast.Name(id="slack"), attr=attribute
                ) if "_" in attribute.strip("_"):
                    yield attribute.replace("_", ".")
