// A field with a list under it: typing narrows the list, arrows move in it, Enter takes, Escape closes it.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { tied } from "./field.js";
import { later } from "./filling.js";
import { float } from "./popups.js";
import { isBusy } from "./working.js";

const PAUSE = 250; // ms after the last key before an app is asked for options

// The one list that is open: what is typed, the line the arrows stand on, what a search found. `turn` tells searches
// apart.
const open = { id: "", query: "", active: 0, found: [], searching: false, turn: 0 };

/**
 * `at`: the field. `options`, `chosen`: [{value, label, detail?, group?}]. `many`: several may be chosen, at most
 * `most`. `search(query)`: a promise of options, asked for from `least` characters on; without it `options` are
 * filtered. `take(options)`: what is chosen from now on.
 */
export function combobox(at, list) {
  const isOpen = screen.menu === at.id && open.id === at.id;
  const offered = isOpen ? offeredNow(list) : [];
  const popup = { class: "options", popover: "manual", created: float };
  return h("div", { class: "combobox", "data-popup": at.id },
    list.many && list.chosen.length > 0 && chips(at, list),
    h("div", { class: "combobox-line" },
      input(at, list, offered, isOpen),
      !list.many && list.chosen.length > 0 && at.block.optional && clear(at, list),
      h("span", { class: "combobox-arrow", "aria-hidden": "true" }, "▾")),
    isOpen && h("div", popup, listbox(at, list, offered), status(list, offered)));
}

function input(at, list, offered, isOpen) {
  const single = list.many ? "" : (list.chosen[0]?.label ?? "");
  const active = isOpen && offered.length > 0;
  return h("input", {
    ...tied(at, list.placeholder),
    type: "text",
    role: "combobox",
    autocomplete: "off",
    autofocus: at.element.focus_on_load,
    value: isOpen ? open.query : single,
    placeholder: (isOpen && single) || list.placeholder,
    "aria-autocomplete": "list",
    "aria-expanded": String(isOpen),
    "aria-controls": active ? `${at.id}-list` : null,
    "aria-activedescendant": active ? optionId(at, open.active) : null,
    "aria-busy": isBusy(at.id) && "true",
    onclick: () => isOpen || show(at, list),
    oninput: ({ target }) => onInput(at, list, target.value),
    onkeydown: (event) => onKey(event, at, list, offered, isOpen),
    onblur: () => isOpen && screen.show(""),
  });
}

function show(at, list, query = "") {
  const chosen = list.options.findIndex((option) => option.value === list.chosen[0]?.value);
  const active = list.many || query ? 0 : Math.max(chosen, 0);
  Object.assign(open, { id: at.id, query, active, found: [], searching: false, turn: open.turn + 1 });
  screen.show(at.id);
  if (list.search) ask(at, list);
}

function onInput(at, list, query) {
  if (screen.menu !== at.id) return show(at, list, query);
  Object.assign(open, { query, active: 0 });
  if (list.search) ask(at, list);
  return screen.changed();
}

function ask(at, list) {
  const turn = ++open.turn;
  const asked = open.query;
  open.searching = asked.length >= list.least;
  if (!open.searching) open.found = [];
  later(`${at.id}?`, asked ? PAUSE : 0, async () => {
    if (asked.length < list.least) return;
    const found = await list.search(asked);
    if (turn !== open.turn) return; // more was typed, or another list was opened
    Object.assign(open, { found, searching: false, active: 0 });
    screen.changed();
  });
}

function onKey(event, at, list, offered, isOpen) {
  const act = KEYS[event.key];
  if (event.isComposing || !act?.({ at, list, offered, isOpen, empty: event.target.value === "" })) return;
  event.preventDefault(); // or Enter would send the form, and Escape close it
  event.stopPropagation();
}

// Each says whether the key meant something here.
const KEYS = {
  ArrowDown: (now) => move(now, 1),
  ArrowUp: (now) => move(now, -1),
  Enter: ({ at, list, offered, isOpen }) => {
    if (!isOpen) show(at, list);
    else if (offered.length) pick(at, list, offered[open.active]);
    return true;
  },
  Escape: ({ isOpen }) => {
    if (isOpen) screen.show("");
    return isOpen;
  },
  Backspace: ({ list, empty }) => {
    const removes = list.many && empty && list.chosen.length > 0;
    if (removes) list.take(list.chosen.slice(0, -1));
    return removes;
  },
};

function move({ at, list, offered, isOpen }, step) {
  if (!isOpen) show(at, list);
  else if (offered.length) open.active = (open.active + step + offered.length) % offered.length;
  screen.changed();
  const id = optionId(at, open.active);
  queueMicrotask(() => document.getElementById(id)?.scrollIntoView({ block: "nearest" })); // after it is drawn
  return true;
}

function pick(at, list, option) {
  if (!list.many) {
    screen.show("");
    if (option.value !== list.chosen[0]?.value) list.take([option]);
    return;
  }
  open.query = "";
  const others = list.chosen.filter((one) => one.value !== option.value);
  if (others.length < list.chosen.length) list.take(others);
  else if (list.chosen.length < list.most) list.take([...list.chosen, option]);
  screen.changed();
}

function offeredNow(list) {
  if (list.search) return open.found;
  const wanted = folded(open.query.trim());
  return list.options.filter((option) => folded(`${option.label} ${option.detail ?? ""}`).includes(wanted));
}

function listbox(at, list, offered) {
  if (!offered.length) return null;
  const chosen = new Set(list.chosen.map((option) => option.value));
  const line = (option, index) => optionLine(at, list, option, index, chosen.has(option.value));
  const groups = Map.groupBy(offered.map((option, index) => ({ option, index })), ({ option }) => option.group);
  const parts = [...groups].map(([label, entries], number) => {
    const lines = entries.map(({ option, index }) => line(option, index));
    if (!label) return lines;
    const id = `${at.id}-group-${number}`;
    const name = h("div", { class: "options-group", id, role: "presentation" }, label);
    return h("div", { key: label, role: "group", "aria-labelledby": id }, name, lines);
  });
  const names = { "aria-label": "Options", "aria-multiselectable": list.many && "true" };
  return h("div", { class: "options-list", id: `${at.id}-list`, role: "listbox", ...names }, parts);
}

function optionLine(at, list, option, index, isChosen) {
  const barred = list.many && !isChosen && list.chosen.length >= list.most;
  const props = {
    key: option.value,
    id: optionId(at, index),
    class: "option",
    role: "option",
    "aria-selected": String(isChosen),
    "aria-disabled": barred && "true",
    "data-active": index === open.active,
    onpointerdown: (event) => event.preventDefault(), // the focus stays in the field
    onclick: () => pick(at, list, option),
  };
  const tick = h("span", { class: "option-tick", "aria-hidden": "true" }, isChosen ? "✓" : "");
  return h("div", props, tick, h("span", null, option.label), option.detail && h("small", null, option.detail));
}

function status(list, offered) {
  let words = "";
  if (open.searching) words = "Searching …";
  else if (list.search && open.query.length < list.least) words = `Type at least ${list.least} characters to search.`;
  else if (list.many && list.chosen.length >= list.most) words = `No more than ${list.most} can be chosen.`;
  else if (!offered.length) words = "Nothing matches.";
  return h("p", { class: "options-status", role: "status" }, words);
}

function chips(at, list) {
  return h("ul", { class: "chips", "aria-label": "Chosen" }, list.chosen.map((option) => {
    const remove = () => {
      list.take(list.chosen.filter((one) => one.value !== option.value));
      document.getElementById(at.id)?.focus();
    };
    const props = { type: "button", class: "quiet", "aria-label": `Remove ${option.label}`, onclick: remove };
    return h("li", { key: option.value }, option.label, h("button", props, "×"));
  }));
}

function clear(at, list) {
  const onclick = () => {
    list.take([]);
    document.getElementById(at.id)?.focus();
  };
  return h("button", { type: "button", class: "quiet", "aria-label": "Clear", title: "Clear", onclick }, "×");
}

function optionId(at, index) {
  return `${at.id}-option-${index}`;
}

function folded(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
