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
UNSEEN = 7 * DAY  # a loss is over when no post has failed for so long: nothing belongs there any more


def register(doors: Doors) -> None:
    """Two checks."""
    doors.every(doors.tempo.sweep, "lost_channels", tell)
    doors.every(doors.tempo.channels, "found_channels", look)


async def tell(services: Services) -> None:
    """Name the admins where the team wants its alerts. If Slack does not say who they are, the next check asks again.

    A worker that dies in between repeats the post of the same key. That the alerts cannot be shown themselves is told
    nobody there: it would be read when it is not true any more. `/sms status` says so.
    """
    channel = route(services, await services.store.team.settings(), "alerts")
    for lost in await services.store.lost.all():
        if lost.told or _hides_alerts(services, lost, channel):
            continue
        whom = "".join(f" {mention(user)}" for user in await services.access.admins(channel))
        text = f"{_words(services, lost)}{whom}"
        await services.poster.put(channel, Post(f"lost:{lost.id}:{lost.since}", Urgency.NOTICE, text=text))
        await services.store.lost.told(lost)


async def look(services: Services) -> None:
    """Ask Slack for the lost ones: who has mended a channel sees that it is."""
    channel = route(services, await services.store.team.settings(), "alerts")
    for lost in await services.store.lost.all():
        if not lost.told and not _hides_alerts(services, lost, channel):
            continue  # it is told first
        if services.wall.seconds() - lost.last > UNSEEN:
            await services.store.lost.found(lost)
        elif lost.code in WHY and await _is_open(services, lost):
            if lost.told:
                text = f":white_check_mark: The desk can post in <#{lost.id}> again; what is new opens there."
                await services.poster.put(channel, Post(f"found:{lost.id}:{lost.since}", Urgency.NOTICE, text=text))
            await services.store.lost.found(lost)


def _hides_alerts(services: Services, lost: LostChannel, alerts: str) -> bool:
    """Whether this loss is one that nobody would read of: the alerts have no other channel either."""
    return lost.id == alerts == services.settings.slack_channel


def _words(services: Services, lost: LostChannel) -> str:
    why = WHY.get(lost.code, f"Slack says {lost.code}")
    fallback = services.settings.slack_channel
    if lost.id == fallback:
        what = "What belongs there waits until it is mended; nothing is lost"
        mend = "An admin can mend it; whoever runs the desk can set `SLACK_CHANNEL` to another one"
    else:
        what = f"What belongs there is shown in <#{fallback}> from now on; nothing is lost"
        mend = "An admin can mend it, or choose another channel in `/sms settings`"
    return f":warning: The desk cannot post in <#{lost.id}>: {why}. {what}. {mend}."


async def _is_open(services: Services, lost: LostChannel) -> bool:
    """Whether the desk is in it, and it is not archived. Raises one of ``CALL_ERRORS`` if Slack cannot say."""
    try:
        about = (await services.slack.conversations_info(channel=lost.id))["channel"]
    except CALL_ERRORS as error:
        if classify(error).kind != "channel":
            raise
        return False
    return bool(about.get("is_member")) and not about.get("is_archived")
