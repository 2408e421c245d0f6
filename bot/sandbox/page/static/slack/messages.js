// A list of messages as a log: by day, and without the name again where the same person goes on.

import { date } from "../blocks/dates.js";
import { h } from "../dom.js";
import { screen } from "../screen.js";
import { messageContext } from "./context.js";
import { icon } from "./icons.js";
import { message } from "./message.js";
import { me } from "./people.js";
import { countBelow, isFurtherUp, keepAtBottom, toBottom } from "./scrolling.js";
import { dayOf } from "./times.js";

const TOGETHER = 5 * 60; // seconds within which one author's messages stand under one name
const AT_ONCE = 60; // messages that are drawn before somebody asks for earlier ones
const asked = new Map(); // name of a list -> how many messages were asked for

/**
 * The scrolling log of a channel or a thread.
 *
 * `name` tells logs apart, `label` is for screen readers, `messages` are oldest first. `newSince`: the ts above which
 * a line says "New". `before`: what stands above the first one. `thread`: the ts of the thread that this is.
 */
export function log({ name, label, messages, channel, newSince = "", before = null, thread = "" }) {
  const most = asked.get(name) ?? AT_ONCE;
  const shown = messages.slice(-most);
  const below = countBelow(name, messages);
  const firstNew = newSince && messages.find((one) => one.ts > newSince && one.user !== screen.me);
  const scrolls = { class: "log-scroll", created: keepAtBottom(name), onkeydown };
  return h("div", { class: "log", key: `log ${name}` },
    h("div", { ...scrolls, role: "log", "aria-label": label, "aria-relevant": "additions" },
      h("div", { class: "log-all" },
        shown.length < messages.length ? earlier(name, most) : before,
        days(shown).map((day) => oneDay(day, { channel, thread, firstNew, last: messages.at(-1) })))),
    isFurtherUp(name) && h("button", { class: "below", type: "button", onclick: () => goDown(name) },
      below ? `${below} new below` : "To the newest", " ", icon("down")));
}

function goDown(name) {
  toBottom(name);
  screen.changed();
}

function earlier(name, most) {
  const onclick = () => {
    asked.set(name, most + AT_ONCE * 2);
    screen.changed();
  };
  return h("button", { class: "earlier", type: "button", onclick }, "Show earlier messages");
}

function days(messages) {
  const all = [];
  for (const one of messages) {
    const day = dayOf(one.ts, me().tz);
    if (all.at(-1)?.day === day) all.at(-1).messages.push(one);
    else all.push({ day, messages: [one] });
  }
  return all;
}

function oneDay({ day, messages }, { channel, thread, firstNew, last }) {
  const context = messageContext({ channel: channel.id, ts: messages[0].ts });
  const name = date(messages[0].ts, "{day_divider_pretty}", context, { starts: true });
  return h("section", { class: "day", key: day },
    h("h3", { class: "day-name" }, name),
    h("ol", {}, messages.map((one, index) => [
      one === firstNew && h("li", { class: "new-line", key: "new" }, h("span", {}, "New")),
      message(one, {
        channel,
        thread,
        follows: one !== firstNew && goesOn(messages[index - 1], one),
        isLast: one === last,
      }),
    ])));
}

function goesOn(before, one) {
  if (!before || before.user !== one.user || before.is_ephemeral !== one.is_ephemeral) return false;
  if (before.subtype || one.subtype || (one.blocks && one.bot_id)) return false; // a card stands for itself
  return Number(one.ts) - Number(before.ts) < TOGETHER;
}

/** Arrow keys go from message to message; Tab goes on into the one that has the focus. */
function onkeydown(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const focused = event.target;
  if (!step || !focused.classList.contains("message")) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll(".message")];
  all[all.indexOf(focused) + step]?.focus();
}
