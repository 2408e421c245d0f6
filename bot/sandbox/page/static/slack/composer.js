// Where one writes: a box that grows, what may be meant, and the app's shortcuts.

import { person } from "../acts.js";
import { menu } from "../blocks/menu.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { icon } from "./icons.js";
import { me } from "./people.js";
import { toBottom } from "./scrolling.js";
import { lateHere, runShortcut, send, workingWords } from "./sending.js";
import { enterTakes, suggestions } from "./suggesting.js";

const ROWS = 8;
const boxes = new Map(); // where -> {node, caret, chosen, moved, closed} of each box that was drawn
const broadcasts = new Set(); // threads whose next reply goes to the channel too

/** The box of a channel, or of a thread in it; or why one cannot write here. `list`: the log above it. */
export function composer({ channel, thread = "", list }) {
  if (channel.is_archived) return h("p", { class: "no-composer" }, "This channel is archived: it can be read only.");
  if (!channel.members.includes(screen.me)) return joining(channel);
  const where = `${screen.me} ${channel.id} ${thread}`;
  const box = boxes.get(where) ?? { node: null, caret: 0, chosen: 0, moved: false, closed: false };
  boxes.set(where, box);
  const place = { where, box, channel, thread, list };
  const text = screen.drafts.get(where) ?? "";
  const offer = offered(box, text, thread);
  return h("div", { class: "composer", key: `composer ${where}` },
    offer && offerList(place, offer),
    h("div", { class: "composer-box", key: "box" },
      field(place, text, offer),
      h("div", { class: "composer-foot" },
        !thread && shortcuts(channel),
        thread ? broadcast(channel, thread) : h("span", { class: "composer-hint" }, hint()),
        h("button", {
          class: "primary composer-send",
          type: "button",
          "aria-label": "Send",
          title: "Send",
          disabled: !text.trim(),
          onclick: () => sendIt(place),
        }, icon("send")))),
    h("div", { class: "composer-late", key: "late", role: "status" },
      !thread && lateHere(channel).map((what) => h("p", {}, workingWords(what)))));
}

function hint() {
  const app = live.get("app");
  if (me().is_restricted) return `You are a guest: you may write here, but ${app.name} may refuse you.`;
  const command = app.commands[0];
  return command ? `Type ${command.command} to use ${app.name}` : "";
}

function joining(channel) {
  return h("div", { class: "no-composer" },
    h("p", {}, `You are looking into #${channel.name}. To write or use the app here, join it.`),
    h("button", {
      class: "primary",
      type: "button",
      onclick: () => person("join", { channel: channel.id }),
    }, "Join the channel"));
}

function shortcuts(channel) {
  const app = live.get("app");
  const items = app.shortcuts
    .filter((shortcut) => shortcut.kind === "global")
    .map((shortcut) => ({
      label: shortcut.name,
      detail: shortcut.description,
      onclick: () => runShortcut(channel, shortcut),
    }));
  return items.length > 0 && menu({ id: "shortcuts", label: "Shortcuts", items, button: icon("bolt") });
}

function broadcast(channel, thread) {
  const onchange = (event) => {
    if (event.target.checked) broadcasts.add(thread);
    else broadcasts.delete(thread);
    screen.changed();
  };
  return h("label", { class: "composer-hint" },
    h("input", { type: "checkbox", checked: broadcasts.has(thread), onchange }),
    channel.kind === "im" ? " Also send to the conversation" : ` Also send to #${channel.name}`);
}

function field(place, text, offer) {
  const { box, channel, thread, where } = place;
  const name = channel.kind === "im" ? live.get("app").name : `#${channel.name}`;
  const words = thread ? "Reply in the thread" : `Message ${name}`;
  return h("textarea", {
    rows: String(Math.min(ROWS, text.split("\n").length)),
    placeholder: words,
    "aria-label": words,
    "aria-autocomplete": "list",
    "aria-controls": offer ? "offers" : null,
    "aria-activedescendant": offer ? `offer-${box.chosen}` : null,
    value: text,
    created: (node) => {
      box.node = node;
      box.caret = text.length;
    },
    oninput: (event) => {
      screen.drafts.set(where, event.target.value);
      Object.assign(box, { caret: event.target.selectionStart, chosen: 0, moved: false, closed: false });
      screen.changed();
    },
    onselect: () => followCaret(box),
    onkeyup: () => followCaret(box),
    onclick: () => followCaret(box),
    onfocus: () => screen.changed(),
    onblur: () => screen.changed(),
    onkeydown: (event) => keydown(event, place, offer),
  });
}

function followCaret(box) {
  if (box.node.selectionStart === box.caret) return;
  Object.assign(box, { caret: box.node.selectionStart, chosen: 0, moved: false });
  screen.changed();
}

function offered(box, text, thread) {
  if (box.closed || !text || document.activeElement !== box.node) return null;
  const offer = suggestions(text, Math.min(box.caret, text.length), { commands: !thread });
  const isTyped = offer?.items.length === 1 && offer.items[0].insert === offer.typed;
  return isTyped && offer.kind !== "command" ? null : offer;
}

function offerList(place, offer) {
  const { box } = place;
  return h("div", { class: "offers", key: "offers" },
    h("ul", { id: "offers", role: "listbox", "aria-label": "What you may mean" },
      offer.items.map((item, index) => h("li", {
        key: item.insert,
        id: `offer-${index}`,
        role: "option",
        "aria-selected": String(index === box.chosen),
        onmousedown: (event) => {
          event.preventDefault(); // the box keeps the focus
          take(place, offer, item);
        },
      }, h("span", {}, item.label), item.detail && h("span", { class: "soft" }, item.detail)))),
    h("p", { class: "unseen", role: "status" }, `${offer.items.length} suggestions, Tab takes one`));
}

function keydown(event, place, offer) {
  if (event.isComposing) return;
  if (offer && choosing(event, place, offer)) {
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list and not the thread as well
    screen.changed();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    sendIt(place);
  }
}

/** Whether the key meant the list of what may be meant. */
function choosing(event, place, offer) {
  const { box } = place;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    box.chosen = (box.chosen + step + offer.items.length) % offer.items.length;
    box.moved = true;
    return true;
  }
  if (event.key === "Escape") {
    box.closed = true;
    return true;
  }
  const takes = event.key === "Tab" || (event.key === "Enter" && enterTakes(offer, box.moved));
  if (!takes || event.shiftKey) return false;
  take(place, offer, offer.items[box.chosen]);
  return true;
}

function take({ box, where }, offer, item) {
  const text = screen.drafts.get(where) ?? "";
  const rest = text.slice(offer.end);
  const inserted = `${item.insert} `;
  const caret = offer.start + inserted.length;
  screen.drafts.set(where, text.slice(0, offer.start) + inserted + rest.replace(/^ /, ""));
  Object.assign(box, { caret, chosen: 0, moved: false });
  screen.changed();
  queueMicrotask(() => box.node.setSelectionRange(caret, caret));
}

async function sendIt({ where, channel, thread, list }) {
  const text = screen.drafts.get(where) ?? "";
  if (!text.trim()) return;
  screen.drafts.delete(where);
  toBottom(list);
  screen.changed();
  const sent = await send(text, { channel, thread, broadcast: broadcasts.has(thread) });
  if (sent) broadcasts.delete(thread);
  else if (!screen.drafts.get(where)) screen.drafts.set(where, text); // nothing was typed meanwhile
  screen.changed();
}
