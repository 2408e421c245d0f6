"""What the one who clicked is told, and nobody else: where they clicked, or in a form where the desk cannot write."""

import structlog

from bot.doors import Press
from bot.services import Services
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.forms import notice

log = structlog.get_logger(__name__)


async def tell(services: Services, press: Press, markup: str) -> None:
    """Not kept: if Slack takes it neither way, that is only logged.

    A form hides the channel, the Home has none, and the answer to a command also stands where the desk is no member.
    """
    caller, view = press.caller, press.view
    if caller.channel and not view:
        failure = await services.poster.whisper(caller.channel, caller.user, markup, press.thread)
        if failure is None:
            return
    in_form = view is not None and view.get("type") == "modal"  # upon the App Home nothing can be pushed
    show = services.slack.views_push if in_form else services.slack.views_open
    try:
        await show(trigger_id=caller.trigger_id, view=notice(markup))
    except CALL_ERRORS as error:
        log.warning("notice_failed", code=classify(error).code)
