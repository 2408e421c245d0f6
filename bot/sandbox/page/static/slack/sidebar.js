// The list at the left: who I am, channels, threads with news, the app. On a narrow screen it is a drawer.

import { person } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { focusSoon } from "./focus.js";
import { icon } from "./icons.js";
import { avatar, me, peopleSwitch, userOf } from "./people.js";
import { APP_TABS, directMessage, myChannels, threadsWithNews, unread } from "./places.js";
import { firstLine } from "./plainly.js";

const drawer = { open: false };
const adding = { open: false, name: "", isPrivate: false };

/** The button that opens the list on a narrow screen. */
export function drawerButton() {
  const news = me() ? myChannels().some((channel) => unread(channel) > 0) : false;
  return h("button", {
    class: "quiet drawer-button",
    type: "button",
    "aria-label": news ? "Channels and people, some with news" : "Channels and people",
    "aria-expanded": String(drawer.open),
    onclick: openDrawer,
  }, icon("list"), news && h("span", { class: "dot" }));
}

/** The whole list. */
export function sidebar() {
  const onkeydown = (event) => {
    if (event.key === "Escape" && drawer.open) closeDrawer();
  };
  return [
    h("nav", { class: "rail", key: "rail", "data-open": drawer.open, "aria-label": "Channels and people", onkeydown },
      h("div", { class: "rail-head" },
        h("h2", {}, "Sandbox team"),
        h("button", {
          class: "quiet drawer-close",
          type: "button",
          "aria-label": "Close the list",
          onclick: closeDrawer,
        }, icon("close"))),
      peopleSwitch(),
      me() && places()),
    drawer.open && h("div", { class: "drawer-shade", key: "shade", onclick: closeDrawer }),
  ];
}

function places() {
  const channels = myChannels();
  const archived = channels.filter((channel) => channel.is_archived);
  return h("div", { class: "rail-lists" },
    threads(),
    group("Channels", [
      ...channels.filter((channel) => !channel.is_archived).map(channelItem),
      !me().is_restricted && h("li", { key: "add" }, addChannel()),
    ]),
    archived.length > 0 && group("Archived", archived.map(channelItem)),
    group("Apps", [h("li", { key: "app" }, appItem())]));
}

function group(title, items) {
  return h("section", { class: "rail-group", key: title }, h("h3", {}, title), h("ul", {}, items));
}

function item({ at, thread = "", isHere, news, bold = news > 0, words, mark, said }) {
  return h("button", {
    class: bold ? "rail-item news" : "rail-item",
    type: "button",
    "aria-current": isHere ? "page" : null,
    onclick: () => visit({ at, thread }),
  },
  mark, h("span", { class: "rail-words" }, words),
  news > 0 && h("span", { class: "rail-count" }, String(news), h("span", { class: "unseen" }, said)));
}

function channelItem(channel) {
  const isPrivate = channel.kind === "private";
  const outside = channel.members.includes(screen.me) ? "" : "outside";
  return h("li", { key: channel.id, class: outside }, item({
    at: channel.id,
    isHere: screen.at === channel.id,
    news: unread(channel),
    words: [channel.name, isPrivate && h("span", { class: "unseen" }, " (private)")],
    mark: icon(isPrivate ? "private" : "public"),
    said: " unread",
  }));
}

function threads() {
  const news = threadsWithNews();
  return news.length > 0 && group("Threads with news", news.map(({ channel, ts, root }) => {
    return h("li", { key: ts }, item({
      at: channel.id,
      thread: ts,
      isHere: screen.thread === ts,
      news: 0,
      bold: true,
      words: [root && `${userOf(root.user).real_name}: `, firstLine(root, "a message")],
      mark: icon("reply"),
    }));
  }));
}

function appItem() {
  const app = live.get("app");
  const direct = directMessage();
  const first = app.home_tab ? "home" : app.messages_tab ? "messages" : "about";
  const news = direct ? unread(direct) : 0;
  return item({
    at: news ? "messages" : first,
    isHere: APP_TABS.includes(screen.at),
    news,
    words: app.name,
    mark: avatar(userOf(app.bot_user)),
    said: " unread",
  });
}

function addChannel() {
  if (!adding.open) {
    return h("button", { class: "rail-item", type: "button", onclick: () => toggleAdding(true) },
      icon("plus"), h("span", { class: "rail-words" }, "Add a channel"));
  }
  const onsubmit = (event) => {
    event.preventDefault();
    create();
  };
  const onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggleAdding(false);
  };
  const oninput = (event) => {
    adding.name = event.target.value.toLowerCase().replace(/\s+/g, "-");
    screen.changed();
  };
  const onchange = (event) => {
    adding.isPrivate = event.target.checked;
  };
  return h("form", { class: "rail-form", onsubmit, onkeydown },
    h("label", {}, "Name of the channel",
      h("input", { id: "channel-name", maxlength: "80", autocomplete: "off", value: adding.name, oninput })),
    h("label", { class: "rail-check" },
      h("input", { type: "checkbox", checked: adding.isPrivate, onchange }), " Private"),
    h("div", {},
      h("button", { type: "submit", disabled: !adding.name }, "Add"),
      h("button", { type: "button", onclick: () => toggleAdding(false) }, "Cancel")));
}

function toggleAdding(open) {
  Object.assign(adding, { open, name: "", isPrivate: false });
  screen.changed();
  focusSoon(open ? "#channel-name" : ".rail-group .rail-item:has(.icon-plus)");
}

async function create() {
  const channel = await person("create_channel", { name: adding.name, private: adding.isPrivate });
  if (!channel) return;
  toggleAdding(false);
  visit({ at: channel.id, thread: "" });
}

function visit(place) {
  const narrow = drawer.open;
  drawer.open = false;
  screen.go(place);
  if (narrow) focusSoon(".drawer-button");
}

function openDrawer() {
  drawer.open = true;
  screen.changed();
  focusSoon('.rail [aria-current="page"]');
}

function closeDrawer() {
  drawer.open = false;
  screen.changed();
  focusSoon(".drawer-button");
}
