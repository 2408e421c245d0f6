"""A small Bolt app that notes what it gets, and the form and card that it shows."""

from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def plain(text):
    return {"type": "plain_text", "text": text}


def option(value):
    return {"text": plain(value.capitalize()), "value": value}


def row(block_id, element, **more):
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


SECOND = {"type": "modal", "title": plain("Second"), "blocks": [{"type": "divider"}]}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Form"),
    "submit": plain("Send"),
    "private_metadata": "secret",
    "notify_on_close": True,
    "blocks": [
        row("number", {"type": "plain_text_input", "action_id": "n", "max_length": 10}),
        row("kind", {"type": "static_select", "options": [option("now"), option("later")]}, optional=True),
        row("list", {"type": "external_select", "action_id": "lists", "min_query_length": 1}, optional=True),
        row("day", {"type": "datepicker", "initial_date": "2026-01-31"}),
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "preview", "text": plain("Preview"), "value": "1"}],
        },
    ],
}
CONFIRM = {"title": plain("?"), "text": plain("?"), "confirm": plain("Yes"), "deny": plain("No")}
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "A card"}},
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "pick", "text": plain("One"), "value": "1"}],
    },
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "pick", "text": plain("Two"), "value": "2", "confirm": CONFIRM},
            {"type": "overflow", "action_id": "menu", "options": [option("hide"), option("show")]},
        ],
    },
]


def build(slack, session, seen):
    """A Bolt app that notes what it gets; tests add what it should answer to `seen`."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
    app = AsyncApp(token=None, client=client, signing_secret=slack.signing_secret)

    @app.command("/sms")
    async def command(ack, command, client):
        seen["command"] = command
        if command["text"] == "form":
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)
            await ack()
        elif command["text"] == "silent":
            await ack()
        elif command["text"] == "all":
            await ack(text="for all", response_type="in_channel")
        elif command["text"] == "bad":
            await ack(text="x", response_type="telepathy")
        else:
            await ack(f"you said {command['text']}")

    @app.view("form")
    async def submitted(ack, body):
        seen["submission"] = body
        await ack(**seen.get("answer", {}))

    @app.view_closed("form")
    async def closed(ack, body):
        seen["closed"] = body
        await ack()

    @app.action("pick")
    async def pick(ack, body):
        seen["click"] = body
        await ack()

    @app.action("menu")
    async def menu(ack, body):
        seen["menu"] = body
        await ack()

    @app.action("preview")
    async def preview(ack, body, client):
        seen["preview"] = body
        await ack()
        view = {**FORM, "blocks": [*FORM["blocks"], {"type": "divider"}]}
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    @app.options("lists")
    async def options(ack, payload):
        seen["query"] = payload["value"]
        await ack(options=seen.get("options", [option("clients"), option("staff")]))

    @app.shortcut("send")
    async def shortcut(ack, shortcut, client):
        seen["shortcut"] = shortcut
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.event("message")
    async def message(event):
        seen.setdefault("messages", []).append(event)

    @app.event("app_home_opened")
    async def home(event, client):
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Home")}, *CARD]}
        await client.views_publish(user_id=event["user"], view=view)

    return app


@asynccontextmanager
async def serving(handler):
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()
