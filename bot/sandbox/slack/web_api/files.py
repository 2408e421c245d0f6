"""files.* and apps.connections.open: the methods that hand out an address on this server."""

import secrets

from bot.sandbox.slack import events, messages
from bot.sandbox.slack.content import content_of, parsed
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.files import File
from bot.sandbox.slack.web_api.method import Method
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Json

SNIPPET_MAX = 1_000_000  # bytes; Slack docs, files.getUploadURLExternal: error snippet_too_large


def _upload_url(slack: Workspace, args: Json) -> Json:
    if args["length"] < 1:
        raise SlackError("missing_argument")
    if "snippet_type" in args and args["length"] > SNIPPET_MAX:
        raise SlackError("snippet_too_large")
    now = int(slack.world.now())
    file = File(slack.world.new_id("F"), args["filename"], args["length"], slack.bot.id, created=now)
    slack.files[file.id] = file
    return {"upload_url": f"{slack.base_url}/upload/v1/{file.id}", "file_id": file.id}


def _complete(slack: Workspace, args: Json) -> Json:
    listed = parsed(args["files"], "invalid_arguments")
    if not isinstance(listed, list) or not all(isinstance(one, dict) and "id" in one for one in listed):
        raise SlackError("invalid_arguments", "[ERROR] files must be a list of objects with an id")
    places = [args["channel_id"]] if "channel_id" in args else args.get("channels", [])
    channels = [slack.writable(place) for place in places]
    done = []
    for one in listed:
        file = slack.files.get(one["id"])
        if file is None or file.content is None or file.shared:
            raise SlackError("file_not_found")
        file.shared = True
        file.title = one.get("title", file.name)
        done.append(file.as_json(slack.world, slack.base_url))
    for channel in channels:
        blocks = content_of({"blocks": args["blocks"]}) if "blocks" in args else {}
        text = args.get("initial_comment", "")
        message = messages.post(
            slack.world, channel, slack.bot, text=text, thread_ts=args.get("thread_ts"), files=done, **blocks
        )
        message.setdefault("subtype", "file_share")
        slack.announce(channel, events.message_posted(slack.world, channel, message))
    return {"files": [{"id": one["id"], "title": one["title"]} for one in done]}


def _info(slack: Workspace, args: Json) -> Json:
    file = slack.files.get(args["file"])
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    described = file.as_json(slack.world, slack.base_url)
    return {"file": described, "comments": [], "response_metadata": {"next_cursor": ""}}


def _connections_open(slack: Workspace, _args: Json) -> Json:
    ticket = secrets.token_urlsafe(12)
    slack.socket_tickets.add(ticket)
    address = slack.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={slack.world.app_id}"}


METHODS = {
    "files.getUploadURLExternal": Method(
        _upload_url,
        {"filename": "text", "length": "number", "snippet_type": "text", "alt_txt": "text"},
        ("filename", "length"),
        "files:write",
    ),
    "files.completeUploadExternal": Method(
        _complete,
        {
            "files": "json",
            "channel_id": "text",
            "channels": "words",
            "thread_ts": "text",
            "initial_comment": "text",
            "blocks": "json",
        },
        ("files",),
        "files:write",
    ),
    "files.info": Method(
        _info,
        {"file": "text", "count": "number", "cursor": "text", "limit": "number", "page": "number"},
        ("file",),
        "files:read",
    ),
    "apps.connections.open": Method(_connections_open, {}, token="app"),
}
