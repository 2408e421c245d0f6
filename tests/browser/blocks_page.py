"""A page that holds nothing but blocks: the real modules of the sandbox's page, and a record of what is done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Page

from tests.browser.every_block import Json

STATIC = Path(__file__).resolve().parents[2] / "bot" / "sandbox" / "page" / "static"
POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data:"
PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Blocks</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="static/theme.css">
    <link rel="stylesheet" href="static/page.css">
    <link rel="stylesheet" href="static/blocks/blocks.css">
    <link rel="stylesheet" href="bench.css">
    <script type="module" src="bench.js"></script>
  </head>
  <body><main id="bench"></main></body>
</html>
"""
STYLE = "#bench { background: var(--paper); margin: 0 auto; max-width: 640px; padding: 16px; }"
BENCH = """
import { h, render } from "./static/dom.js";
import { begin, screen } from "./static/screen.js";
import { blocks } from "./static/blocks/blocks.js";
import { moment } from "./static/blocks/dates.js";
import { mrkdwn } from "./static/blocks/mrkdwn.js";

const users = [
  { id: "U0ALICE", name: "alice", real_name: "Alice Martin", tz: "Europe/Paris" },
  { id: "U0BRUNO", name: "bruno", real_name: "Bruno Petit", tz: "Europe/Paris" },
];
const channels = [
  { id: "C0SMS", name: "sms", kind: "public", members: [] },
  { id: "C0DESK", name: "desk", kind: "private", members: [] },
  { id: "C0OLD", name: "old", kind: "public", members: [], is_archived: true },
];
const contacts = ["anna", "annabel", "boris"].map((value) => ({ text: { type: "plain_text", text: value }, value }));
const acts = [];
let release = () => {};

const context = {
  kind: "modal",
  place: "bench",
  me: users[0],
  now: new Date(1795345200 * 1000),
  zone: "Europe/Paris",
  values: {},
  errors: {},
  user: (id) => users.find((user) => user.id === id),
  channel: (id) => channels.find((channel) => channel.id === id),
  users: () => users,
  channels: () => channels,
  click: (...what) => record("click", ...what),
  fill: (...what) => record("fill", ...what),
  options: async (...what) => {
    acts.push(["options", ...what]);
    if (what[1] === bench.late) await new Promise((done) => (release = done));
    return contacts.filter((option) => option.value.startsWith(what[1]));
  },
  upload: async (file) => ({ id: `F0${file.name}`, name: file.name, size: file.size }),
  visitUser: (...what) => record("user", ...what),
  visitChannel: (...what) => record("channel", ...what),
};
let list = [];

function record(...what) {
  acts.push(what);
  return bench.slow ? new Promise((done) => (release = done)) : Promise.resolve();
}

const root = document.getElementById("bench");
begin(() => {
  document.documentElement.dataset.theme = screen.theme;
  render(root, blocks(list, context));
});

window.bench = {
  acts,
  slow: false,
  late: "", // what is searched for and found late: after release()
  release: () => release(),
  show(blocks, changes = {}) {
    list = blocks;
    Object.assign(context, changes);
    screen.menu = "";
    screen.changed();
  },
  said(text, options = {}) {
    const box = document.createElement("div");
    render(box, h("div", null, mrkdwn(text, { ...context, ...options }, options)));
    return box.firstChild;
  },
  moment: (ts, zone) => moment(ts, { ...context, zone }),
};
document.body.dataset.ready = "yes";
"""


FILES = {"": (PAGE, "text/html"), "bench.js": (BENCH, "text/javascript"), "bench.css": (STYLE, "text/css")}


@asynccontextmanager
async def serve_blocks() -> AsyncIterator[str]:
    """Serve the page on loopback; gives its address. ``window.bench`` shows blocks and records acts."""
    app = web.Application()
    app.add_routes([web.static("/static", STATIC), web.get("/{name:.*}", _file)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def _file(request: web.Request) -> web.Response:
    text, kind = FILES[request.match_info["name"]]
    return web.Response(text=text, content_type=kind, headers={"Content-Security-Policy": POLICY})


async def show(bench: Page, *blocks: Json, **context: Any) -> None:
    """Show these blocks; `context`: what differs from the usual one."""
    await bench.evaluate("([blocks, context]) => bench.show(blocks, context)", [list(blocks), context])


async def until_acts(bench: Page, *expected: list[Any]) -> None:
    """Wait until so many things were done as are expected, and compare."""
    await bench.wait_for_function("many => bench.acts.length >= many", arg=len(expected))
    assert await bench.evaluate("bench.acts") == list(expected)
