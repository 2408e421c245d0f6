// The app's own place: Home, its messages to me, and what it is.

import { person } from "../acts.js";
import { blocks } from "../blocks/blocks.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { conversation } from "./channel.js";
import { homeContext } from "./context.js";
import { focusSoon } from "./focus.js";
import { avatar, userOf } from "./people.js";
import { directMessage } from "./places.js";
import { drawerButton } from "./sidebar.js";

const NAMES = { home: "Home", messages: "Messages", about: "About" };
const WHERE = { global: " · under the box of a channel", message: " · on a message" };
let openedBy = ""; // who has Home open, so that the app is told once for each visit

/** The tabs of the app, and what stands under the one that screen.at names. */
export function appPlace() {
  const app = live.get("app");
  const tabs = Object.keys(NAMES).filter((tab) => app[`${tab}_tab`] !== false || tab === screen.at);
  tellThatHomeIsOpen();
  return h("div", { class: "place app-place", key: "app" },
    h("header", { class: "place-head" },
      drawerButton(), h("h2", { class: "place-name" }, avatar(userOf(app.bot_user)), app.name)),
    h("div", { class: "tabs", role: "tablist", "aria-label": app.name, onkeydown: (event) => turn(event, tabs) },
      tabs.map((tab) => h("button", {
        key: tab,
        type: "button",
        role: "tab",
        id: `tab-${tab}`,
        "aria-selected": String(tab === screen.at),
        "aria-controls": "app-panel",
        tabindex: tab === screen.at ? "0" : "-1",
        onclick: () => screen.go({ at: tab, thread: "" }),
      }, NAMES[tab]))),
    h("div", { class: "app-panel", id: "app-panel", role: "tabpanel", "aria-labelledby": `tab-${screen.at}` },
      { home, messages, about }[screen.at]()));
}

/** Another place is looked at: the next visit of Home is a new one. */
export function leaveHome() {
  openedBy = "";
}

function tellThatHomeIsOpen() {
  if (screen.at !== "home") return leaveHome();
  if (openedBy === screen.me || !live.get("app").home_tab) return;
  openedBy = screen.me;
  person("home");
}

function turn(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  screen.go({ at: tabs.at((tabs.indexOf(screen.at) + step) % tabs.length), thread: "" });
  focusSoon(`#tab-${screen.at}`);
}

function home() {
  const view = live.get(`home/${screen.me}`);
  if (!view) return h("p", { class: "nothing" }, `${live.get("app").name} has not put anything here yet.`);
  return h("div", { class: "home-view", key: view.id, tabindex: "0" }, blocks(view.blocks, homeContext(view)));
}

function messages() {
  const direct = directMessage();
  if (direct) return conversation(direct);
  return h("p", { class: "nothing" }, `${live.get("app").name} has not written to you yet.`);
}

function about() {
  const app = live.get("app");
  return h("div", { class: "about", tabindex: "0" },
    app.description && h("p", {}, app.description),
    h("h3", {}, "Commands"),
    h("dl", {}, app.commands.map(({ command, usage_hint, description }) => [
      h("dt", {}, h("code", {}, `${command} ${usage_hint ?? ""}`)),
      h("dd", {}, description),
    ])),
    h("h3", {}, "Shortcuts"),
    h("dl", {}, app.shortcuts.map(({ name, kind, description }) => [
      h("dt", {}, name, h("span", { class: "soft" }, WHERE[kind])),
      h("dd", {}, description),
    ])));
}
