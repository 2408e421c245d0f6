"""What comes back by a response_url or in the answer to a command, and where it appears."""

from bot.sandbox.slack import events, messages
from bot.sandbox.slack.content import content_of
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.response_urls import ResponseUrl
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Channel, Json

_KNOWN = {
    "text": str,
    "blocks": (list, str),
    "attachments": (list, str),
    "response_type": str,
    "replace_original": bool,
    "delete_original": bool,
    "thread_ts": str,
    "metadata": dict,
    "mrkdwn": bool,
    "unfurl_links": bool,
    "unfurl_media": bool,
}


def check_answer(body: object) -> Json:
    """The fields of a response body, or SlackError("invalid_payload") if Slack would not take it."""
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    known: Json = {key: value for key, value in body.items() if value is not None}
    for key, value in known.items():
        if key not in _KNOWN or not isinstance(value, _KNOWN[key]):  # type: ignore[arg-type]
            raise SlackError("invalid_payload", f"[ERROR] {key} is not known or not of its type")
    if known.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_payload", "[ERROR] response_type must be ephemeral or in_channel")
    return known


def answer(slack: Workspace, way: ResponseUrl, body: Json, *, via: str) -> Json | None:
    """Let a response appear: ephemeral unless it says in_channel; may replace or delete what was clicked."""
    known = check_answer(body)
    channel = slack.world.channels[way.channel_id]
    if known.get("delete_original"):
        _delete_original(slack, channel, way)
        return None
    content = content_of(known)
    if known.get("replace_original") and way.message_ts:
        return _replace_original(slack, channel, way, content)
    thread_ts = known.get("thread_ts")
    if known.get("response_type") != "in_channel":
        return slack.whisper(way.user_id, channel, content, via=via, thread_ts=thread_ts)
    message = messages.post(slack.world, channel, slack.bot, thread_ts=thread_ts, **content)
    slack.announce(channel, events.message_posted(slack.world, channel, message))
    slack.changes.ring()
    return message


def _whispered(slack: Workspace, way: ResponseUrl) -> Json | None:
    mine = slack.ephemerals.get(way.user_id, [])
    return next((message for message in mine if message["ts"] == way.message_ts), None)


def _delete_original(slack: Workspace, channel: Channel, way: ResponseUrl) -> None:
    if whispered := _whispered(slack, way):
        slack.ephemerals[way.user_id].remove(whispered)
    elif message := messages.find(channel, way.message_ts or ""):
        before = dict(message)
        tombstone = messages.delete(channel, message)
        slack.announce(channel, events.message_deleted(slack.world, channel, before, tombstone))
    slack.changes.ring()


def _replace_original(slack: Workspace, channel: Channel, way: ResponseUrl, content: Json) -> Json | None:
    content = {"blocks": None, **content}
    if whispered := _whispered(slack, way):
        whispered.pop("blocks", None)
        blocks = messages.with_ids(slack.world, content.pop("blocks") or [])
        whispered |= content | ({"blocks": blocks} if blocks else {})
        slack.changes.ring()
        return whispered
    if way.is_ephemeral:  # dismissed meanwhile, of which Slack's servers know nothing
        return None
    message = messages.find(channel, way.message_ts or "")
    if message is None:
        raise SlackError("message_not_found")
    before = messages.edit(slack.world, message, slack.bot, content)
    slack.announce(channel, events.message_changed(slack.world, channel, message, before))
    slack.changes.ring()
    return message
