"""Limits of a modal and of an App Home (Slack docs, reference/views)."""

from typing import Any

from bot.sandbox.slack.limits.blocks import check_blocks
from bot.sandbox.slack.limits.elements import plain
from bot.sandbox.slack.limits.rules import Findings, Rule, anything, by_type, flag, shape, string

_both: dict[str, Rule] = {
    "blocks": anything,
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_MODAL = shape(
    {"title": plain(24), "blocks": anything},
    {
        **_both,
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
_HOME = shape({"blocks": anything}, _both)
_VIEW = by_type({"modal": _MODAL, "home": _HOME})
_ONLY_MODAL = by_type({"modal": _MODAL})
_ONLY_HOME = by_type({"home": _HOME})


def check_view(view: Any, kind: str | None = None) -> list[str]:
    """What is wrong with a view, as Slack words it; `kind` is "modal", "home" or None for either."""
    findings = Findings()
    {"modal": _ONLY_MODAL, "home": _ONLY_HOME, None: _VIEW}[kind](view, "/view", findings)
    if findings.messages:
        return findings.messages
    check_blocks(view["blocks"], view["type"], findings, "/view/blocks")
    if findings.messages:
        return findings.messages
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        findings.add("/view", "missing required field: submit (a modal with an input block needs it)")
    return findings.messages
