"""Fields of forms in which people, channels and times are picked. Limits and texts as in ``forms``."""

from collections.abc import Sequence
from datetime import datetime, time

from bot.slack.blocks import Block, present
from bot.slack.forms import as_placeholder, labelled


def user_select(
    label: str, block_id: str, *, initial: str | None = None, placeholder: str | None = None, hint: str | None = None
) -> Block:
    """A menu of the people in the workspace."""
    element = present(type="users_select", initial_user=initial, placeholder=as_placeholder(placeholder))
    return labelled(label, block_id, None, element, hint=hint, optional=False, dispatch=False)


def channel_select(
    label: str,
    block_id: str,
    *,
    initial: str | None = None,
    placeholder: str | None = None,
    hint: str | None = None,
    optional: bool = False,
) -> Block:
    """A menu of the channels that the person can see, private ones too."""
    element = present(
        type="conversations_select",
        initial_conversation=initial,
        filter={"include": ["public", "private"], "exclude_bot_users": True},
        placeholder=as_placeholder(placeholder),
    )
    return labelled(label, block_id, None, element, hint=hint, optional=optional, dispatch=False)


def channels_select(
    label: str, block_id: str, *, initial: Sequence[str] = (), hint: str | None = None, optional: bool = True
) -> Block:
    """The same, for any number of channels."""
    element = present(
        type="multi_conversations_select",
        initial_conversations=list(initial) or None,
        filter={"include": ["public", "private"], "exclude_bot_users": True},
    )
    return labelled(label, block_id, None, element, hint=hint, optional=optional, dispatch=False)


def time_input(label: str, block_id: str, *, initial: time, hint: str | None = None) -> Block:
    """A time of the day."""
    element = present(type="timepicker", initial_time=f"{initial:%H:%M}")
    return labelled(label, block_id, None, element, hint=hint, optional=False, dispatch=False)


def datetime_input(
    label: str,
    block_id: str,
    action_id: str | None = None,
    *,
    initial: datetime | None = None,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A day and a time, in the person's time zone. Raises ValueError for an ``initial`` without one."""
    if initial is not None and initial.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    element = present(type="datetimepicker", initial_date_time=None if initial is None else int(initial.timestamp()))
    return labelled(label, block_id, action_id, element, hint=hint, optional=optional, dispatch=dispatch)
