// The bar at the top: what this is, its clock, how provider and bot are, and what applies to the page as a whole.

import { sandbox } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { clock } from "./clock.js";
import { dialog } from "./dialog.js";
import { count } from "./figures.js";
import { icon } from "./icons.js";
import { OUTAGES } from "./outage.js";
import { unread } from "./phonebook.js";

const night = matchMedia("(prefers-color-scheme: dark)");
const asked = { dialog: "" }; // "reset" or "log" while that one is open

/** The bar, with the switch between the two sides that a narrow screen needs. */
export function bar() {
  return h(
    "header",
    { class: "bar" },
    h("h1", { class: "bar-name" }, "SMS desk", h("span", { class: "bar-kind" }, " · sandbox")),
    clock(),
    credits(),
    outage(),
    bot(),
    h("div", { class: "bar-buttons", key: "buttons" }, guideButton(), themeButton(), resetButton()),
    sides(),
    asked.dialog === "reset" && resetDialog(),
    asked.dialog === "log" && logDialog(),
  );
}

// What can be seen at a glance

function credits() {
  const account = live.get("provider");
  if (!account) return null;
  const low = account.credits < account.alert_trigger;
  return h(
    "button",
    { type: "button", class: "quiet bar-credits", key: "credits", "data-low": low, onclick: showProvider },
    icon("coins"),
    count(account.credits),
    h("span", { class: "bar-unit" }, account.credits === 1 ? " credit" : " credits"),
    low && h("span", { class: "bar-low" }, " low"),
  );
}

function outage() {
  const how = live.get("provider")?.outage?.how ?? "off";
  return h(
    "span",
    { class: "bar-state", role: "status", key: "outage" },
    how !== "off" &&
      h(
        "button",
        { type: "button", class: "mark warn", onclick: showProvider },
        icon("warn"),
        h("span", { class: "bar-outage" }, " Outage: "),
        OUTAGES[how]?.label ?? how,
      ),
  );
}

function bot() {
  const { state } = live.get("bot") ?? {};
  return h(
    "span",
    { class: "bar-state", role: "status", key: "bot" },
    state === "starting" && h("span", { class: "mark info" }, "The bot is starting …"),
    state === "running" && h("span", { class: "bar-running" }, "Bot running"),
    state === "ended" &&
      h("button", { type: "button", class: "mark bad", onclick: () => ask("log") }, "The bot has ended: why?"),
  );
}

function showProvider() {
  screen.go({ side: "world", panel: "provider" });
}

// Buttons

function guideButton() {
  const open = live.get("guide")?.open ?? false;
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-expanded": String(open),
      onclick: () => sandbox("guide", { do: open ? "close" : "open" }),
    },
    icon("guide"),
    h("span", { class: "bar-word" }, "Guide"),
  );
}

function themeButton() {
  const dark = screen.theme ? screen.theme === "dark" : night.matches;
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-pressed": String(dark),
      title: dark ? "Light colours" : "Dark colours",
      onclick: () => screen.go({ theme: dark ? "light" : "dark" }),
    },
    icon(dark ? "sun" : "moon"),
    h("span", { class: "unseen" }, "Dark colours"),
  );
}

function resetButton() {
  return h(
    "button",
    { type: "button", class: "quiet", "aria-haspopup": "dialog", onclick: () => ask("reset") },
    icon("again"),
    h("span", { class: "bar-word" }, "Reset"),
  );
}

function sides() {
  const news = unread();
  const form = screen.side !== "slack" && live.get(`views/${screen.me}`)?.stack.length > 0;
  return h(
    "div",
    { class: "bar-sides", role: "group", "aria-label": "What to look at", key: "sides" },
    side("slack", "Slack", form && h("span", { class: "badge" }, "form open")),
    side(
      "world",
      "Phones & provider",
      news > 0 && h("span", { class: "badge" }, count(news), h("span", { class: "unseen" }, " new")),
    ),
  );
}

function side(name, ...label) {
  const pressed = String(screen.side === name);
  return h("button", { type: "button", "aria-pressed": pressed, onclick: () => screen.go({ side: name }) }, label);
}

// Dialogs

function ask(name) {
  asked.dialog = name;
  screen.changed();
}

function resetDialog() {
  return dialog(
    { title: "Start all over?", closed: () => ask("") },
    h(
      "p",
      null,
      "Messages, phones, campaigns, the clock and all settings of this sandbox go back to how they were, " +
        "for everybody who looks at it.",
    ),
    h(
      "form",
      { method: "dialog", class: "small-dialog-foot" },
      h("button", { autofocus: true }, "Keep everything"),
      h("button", { class: "danger", onclick: reset }, "Reset"),
    ),
  );
}

async function reset() {
  screen.tell("Starting all over …");
  if (!(await sandbox("reset"))) return;
  screen.drafts.clear();
  screen.go({ thread: "", phone: "" });
  screen.tell("Everything is as it was at first.");
}

function logDialog() {
  return dialog(
    { title: "The bot has ended", closed: () => ask("") },
    h("pre", { class: "bot-log", tabindex: "0" }, live.get("bot")?.words || "It left no words."),
    h("form", { method: "dialog", class: "small-dialog-foot" }, h("button", { autofocus: true }, "Close")),
  );
}
