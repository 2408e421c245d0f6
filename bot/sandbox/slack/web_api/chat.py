"""chat.* and reactions.add: posting, changing and pointing at messages."""

from bot.sandbox.slack import events, messages
from bot.sandbox.slack.content import content_of
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.web_api.method import Kind, Method
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Channel, Json

_CONTENT: dict[str, Kind] = {
    "channel": "text",
    "text": "text",
    "markdown_text": "text",
    "blocks": "json",
    "attachments": "json",
    "metadata": "json",
    "link_names": "flag",
    "parse": "text",
    "as_user": "flag",
}
_LOOKS: dict[str, Kind] = {"username": "text", "icon_url": "text", "icon_emoji": "text"}


def post_message(slack: Workspace, args: Json) -> Json:
    """chat.postMessage: into a channel, a thread or, given a user id, a direct message."""
    channel = slack.writable(args["channel"])
    if channel.kind == "im" and slack.manifest is not None and not slack.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    content = content_of(args)
    slack.keep_pace(channel)
    root = messages.find(channel, args.get("thread_ts", ""))
    if root is not None and not messages.is_root(root):
        raise SlackError("cannot_reply_to_message")
    if root is None and args.get("reply_broadcast"):
        args = {**args, "reply_broadcast": False}
    message = messages.post(
        slack.world,
        channel,
        slack.bot,
        thread_ts=args.get("thread_ts"),
        broadcast=args.get("reply_broadcast", False),
        username=args.get("username"),
        **content,
    )
    slack.announce(channel, events.message_posted(slack.world, channel, message))
    return {"channel": channel.id, "ts": message["ts"], "message": messages.visible(message, metadata=True)}


def _own(slack: Workspace, args: Json, refusal: str) -> tuple[Channel, Json]:
    channel = slack.world.channel(args["channel"])
    message = messages.find(channel, args["ts"])
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message["user"] != slack.bot.id:
        raise SlackError(refusal)
    return channel, message


def update(slack: Workspace, args: Json) -> Json:
    """chat.update: only the app's own messages. Fields that are not given stay as they were, blocks too."""
    channel, message = _own(slack, args, "cant_update_message")
    changed = content_of(args, updating=True)
    if not changed.keys() & {"text", "blocks", "attachments", "metadata"}:
        raise SlackError("no_text")
    for key in ("blocks", "attachments", "metadata"):
        if changed.get(key, True) in ([], {}):
            changed[key] = None
    if not any({**message, **changed}.get(key) for key in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    before = messages.edit(slack.world, message, slack.bot, changed)
    slack.announce(channel, events.message_changed(slack.world, channel, message, before))
    visible = messages.visible(message, metadata=True)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": visible}


def delete(slack: Workspace, args: Json) -> Json:
    """chat.delete: only the app's own messages."""
    channel, message = _own(slack, args, "cant_delete_message")
    before = dict(message)
    tombstone = messages.delete(channel, message)
    slack.announce(channel, events.message_deleted(slack.world, channel, before, tombstone))
    return {"channel": channel.id, "ts": before["ts"]}


def post_ephemeral(slack: Workspace, args: Json) -> Json:
    """chat.postEphemeral: one person sees it, if they and the app are in the channel."""
    channel = slack.world.channel(args["channel"])
    if channel.is_archived:
        raise SlackError("is_archived")
    if slack.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    if args["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    content = content_of({key: value for key, value in args.items() if key != "metadata"})
    via = "chat.postEphemeral"
    message = slack.whisper(args["user"], channel, content, via=via, thread_ts=args.get("thread_ts"))
    return {"message_ts": message["ts"]}


def get_permalink(slack: Workspace, args: Json) -> Json:
    """chat.getPermalink."""
    channel = slack.world.channel(args["channel"])
    message = messages.find(channel, args["message_ts"])
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{slack.world.team_domain}.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if message.get("parent_user_id"):
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(slack: Workspace, args: Json) -> Json:
    """reactions.add: one emoji of the app under a message."""
    channel = slack.writable(args["channel"])
    message = messages.find(channel, args["timestamp"])
    if message is None:
        raise SlackError("message_not_found")
    before: list[Json] = message.get("reactions", [])
    users: list[str] = next((one["users"] for one in before if one["name"] == args["name"]), [])
    if slack.bot.id in users:
        raise SlackError("already_reacted")
    mine = {"name": args["name"], "users": [*users, slack.bot.id], "count": len(users) + 1}
    others = [one for one in before if one["name"] != args["name"]]
    message["reactions"] = [*others, mine]  # replaced, not changed: a snapshot shares it
    return {}


METHODS = {
    "chat.postMessage": Method(
        post_message,
        {
            **_CONTENT,
            **_LOOKS,
            "thread_ts": "text",
            "reply_broadcast": "flag",
            "mrkdwn": "flag",
            "unfurl_links": "flag",
            "unfurl_media": "flag",
        },
        ("channel",),
        "chat:write",
    ),
    "chat.update": Method(
        update,
        {**_CONTENT, "ts": "text", "reply_broadcast": "flag", "file_ids": "json"},
        ("channel", "ts"),
        "chat:write",
    ),
    "chat.delete": Method(
        delete, {"channel": "text", "ts": "text", "as_user": "flag"}, ("channel", "ts"), "chat:write"
    ),
    "chat.postEphemeral": Method(
        post_ephemeral,
        {**_CONTENT, **_LOOKS, "user": "text", "thread_ts": "text"},
        ("channel", "user"),
        "chat:write",
    ),
    "chat.getPermalink": Method(get_permalink, {"channel": "text", "message_ts": "text"}, ("channel", "message_ts")),
    "reactions.add": Method(
        add_reaction,
        {"channel": "text", "name": "text", "timestamp": "text"},
        ("channel", "name", "timestamp"),
        "reactions:write",
    ),
}
