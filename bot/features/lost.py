"""Lost channels: an admin is told once that the desk cannot post somewhere, and when it can again."""

from collections.abc import Mapping

from bot.conversation import route
from bot.doors import Doors
from bot.services import Services
from bot.slack.api import CALL_ERRORS, classify
from bot.slack.markup import mention
from bot.store.lost import LostChannel
from bot.store.posts import Post, Urgency
from bot.store.team import DAY

WHY: Mapping[str, str] = {  # Slack docs, chat.postMessage
    "is_archived": "it is archived",
    "is_inactive": "it is archived",  # what chat.update calls it
    "not_in_channel": "the desk is not in it (`/invite` it)",
    "channel_not_found": "it was deleted, or is private and the desk is not in it",
}
UNSEEN = 7 * DAY  # a loss that Slack does not show otherwise is over when no post has failed for so long


def register(doors: Doors) -> None:
    """Two checks."""
    doors.every(doors.tempo.sweep, "lost_channels", tell)
    doors.every(doors.tempo.channels, "found_channels", look)


async def tell(services: Services) -> None:
    """Name the admins where the team wants its alerts. If Slack does not say who they are, the next check asks again.

    A worker that dies in between repeats the post of the same key.
    """
    for lost in await services.store.lost.all():
        if lost.told:
            continue
        channel = route(services, await services.store.team.settings(), "alerts")
        whom = "".join(f" {mention(user)}" for user in await services.access.admins(channel))
        why = WHY.get(lost.code, f"Slack says {lost.code}")
        text = (
            f":warning: The desk cannot post in <#{lost.id}>: {why}. What belongs there is shown in"
            f" <#{services.settings.slack_channel}> from now on; nothing is lost. An admin can mend it, or choose"
            f" another channel in `/sms settings`.{whom}"
        )
        await services.poster.put(channel, Post(f"lost:{lost.id}:{lost.since}", Urgency.NOTICE, text=text))
        await services.store.lost.told(lost)


async def look(services: Services) -> None:
    """Ask Slack for the lost ones: who has mended a channel sees that it is."""
    for lost in await services.store.lost.all():
        if not lost.told:
            continue
        if lost.code not in WHY:
            if services.wall.seconds() - lost.last > UNSEEN:
                await services.store.lost.found(lost)
        elif await _is_open(services, lost):
            channel = route(services, await services.store.team.settings(), "alerts")
            text = f":white_check_mark: The desk can post in <#{lost.id}> again. What begins from now on opens there."
            await services.poster.put(channel, Post(f"found:{lost.id}:{lost.since}", Urgency.NOTICE, text=text))
            await services.store.lost.found(lost)


async def _is_open(services: Services, lost: LostChannel) -> bool:
    """Whether the desk is in it, and it is not archived. Raises one of ``CALL_ERRORS`` if Slack cannot say."""
    try:
        about = (await services.slack.conversations_info(channel=lost.id))["channel"]
    except CALL_ERRORS as error:
        if classify(error).kind != "channel":
            raise
        return False
    return bool(about.get("is_member")) and not about.get("is_archived")
