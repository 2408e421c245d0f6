// A button that opens a menu: arrows move, Escape closes and gives the focus back, one is open at a time.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { link } from "./links.js";
import { float } from "./popups.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/**
 * A menu and its button.
 *
 * `id`: unique on the page. `label`: what the button says to a screen reader; `button`: what stands on it (a
 * description or words), "⋯" if not given. `items`: [{label, onclick, url?, danger?, detail?}]; with `url` the item is
 * a link that opens in a new tab, and `onclick` is called as well. `busy`: the button shows that it works.
 */
export function menu({ id, label, items, button = "⋯", busy = false }) {
  const isOpen = screen.menu === id;
  const props = {
    type: "button",
    class: "menu-button",
    id: `${id}-button`,
    "aria-haspopup": "menu",
    "aria-expanded": String(isOpen),
    "aria-controls": isOpen ? `${id}-menu` : null,
    "aria-label": label,
    "aria-busy": busy && "true",
    "aria-disabled": busy && "true",
    title: typeof button === "string" ? label : null,
    onclick: () => !busy && screen.show(isOpen ? "" : id),
    onkeydown: (event) => {
      if (event.key !== "ArrowDown" || isOpen || busy) return;
      event.preventDefault();
      screen.show(id);
    },
  };
  return h("span", { class: "menu", "data-popup": id }, h("button", props, button), isOpen && opened(id, label, items));
}

function opened(id, label, items) {
  const props = {
    class: "menu-items",
    id: `${id}-menu`,
    role: "menu",
    popover: "manual",
    "aria-label": label,
    created: (node) => {
      float(node);
      node.firstElementChild?.focus();
    },
    onkeydown: (event) => onKey(event, id),
  };
  return h("span", props, items.map((item, index) => entry(item, index, id)));
}

function entry({ label, onclick, url, danger, detail }, index, id) {
  const props = {
    key: index,
    class: danger ? "menu-item danger" : "menu-item",
    role: "menuitem",
    tabindex: "-1",
    onclick: () => {
      close(id);
      onclick?.();
    },
  };
  const words = [label, detail && h("span", { class: "menu-detail" }, detail)];
  return url ? link(url, words, props) : h("button", { ...props, type: "button" }, words);
}

function onKey(event, id) {
  const items = [...event.currentTarget.children];
  const at = items.indexOf(document.activeElement);
  let next;
  if (event.key in STEPS) next = items.at((at + STEPS[event.key]) % items.length);
  else if (event.key === "Home") next = items[0];
  else if (event.key === "End") next = items.at(-1);
  else if (event.key.length === 1 && event.key !== " ") next = beginningWith(event.key, items, at);
  if (next) next.focus();
  if (event.key === "Escape" || event.key === "Tab") close(id);
  if (next || event.key === "Escape") {
    event.preventDefault(); // or Escape would close the form around the menu as well
    event.stopPropagation();
  }
}

function beginningWith(letter, items, at) {
  const inTurn = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return inTurn.find((item) => item.textContent.toLowerCase().startsWith(letter.toLowerCase()));
}

function close(id) {
  document.getElementById(`${id}-button`)?.focus();
  screen.show("");
}
