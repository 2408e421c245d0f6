"""Slack's check of blocks and views: known types, required fields, lengths, counts, uniqueness."""

from bot.sandbox.slack.limits.blocks import check_blocks, total_text
from bot.sandbox.slack.limits.elements import OPTIONS_ANSWER
from bot.sandbox.slack.limits.rules import Findings
from bot.sandbox.slack.limits.views import check_view

__all__ = ["OPTIONS_ANSWER", "Findings", "check_blocks", "check_view", "total_text"]
