"""The App Home: its view, and the menus that stand between its buttons. Limits and texts as in ``blocks``."""

from collections.abc import Sequence

from bot.slack import limits
from bot.slack.blocks import Block, Element, Option, present
from bot.slack.forms import View
from bot.slack.limits import counted, distinct, fitting


def home(blocks: Sequence[Block], *, private_metadata: str = "") -> View:
    """The Home tab of one person."""
    shown = counted(blocks, limits.VIEW_BLOCKS_MAX, "blocks")
    distinct((block["block_id"] for block in shown if "block_id" in block), "block_id")
    if any(block["type"] == "alert" for block in shown):
        raise ValueError("an alert stands in modals only")
    return present(
        type="home",
        blocks=shown,
        private_metadata=fitting(private_metadata or None, limits.PRIVATE_METADATA_MAX, "private_metadata"),
    )


def menu(action_id: str, options: Sequence[Option], *, initial: str) -> Element:
    """A menu in a row of buttons; ``initial`` is the value of the option that is chosen."""
    chosen = next((one for one in options if one["value"] == initial), None)
    if chosen is None:
        raise ValueError(f"no option has the value {initial!r}")
    return present(
        type="static_select",
        action_id=fitting(action_id, limits.ID_MAX, "action_id"),
        options=counted(options, limits.SELECT_OPTIONS_MAX, "options"),
        initial_option=chosen,
    )


def channel_menu(action_id: str, *, initial: str | None, placeholder: str) -> Element:
    """A menu of the channels that the person can see, in a row of buttons."""
    return present(
        type="conversations_select",
        action_id=fitting(action_id, limits.ID_MAX, "action_id"),
        initial_conversation=initial or None,
        filter={"include": ["public", "private"], "exclude_bot_users": True},
        placeholder={"type": "plain_text", "text": fitting(placeholder, limits.PLACEHOLDER_MAX, "placeholder")},
    )
