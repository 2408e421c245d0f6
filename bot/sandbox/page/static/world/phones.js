// The phones: a list of them to switch between, and the one in view.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { arrows } from "./arrows.js";
import { conversation } from "./bubbles.js";
import { digits, national, several } from "./figures.js";
import { icon } from "./icons.js";
import { phone } from "./phone.js";
import { inView, ordered, unread } from "./phonebook.js";
import { moment } from "./times.js";

const HOW = "Write it like 06 12 34 56 78, or with its country: +33 6 12 34 56 78.";
const adding = { open: false, trouble: "" };

/** The list, the phone in view, and a way to add one. */
export function phones() {
  const shown = inView();
  if (!shown) return nobody();
  return [adding.open && addForm(), list(shown), phone(shown)];
}

function nobody() {
  return h(
    "div",
    { class: "nobody", key: "nobody" },
    icon("phone"),
    h("h2", null, "No phone yet"),
    h("p", null, "A phone appears here as soon as the desk texts its number. You can also add one now:"),
    addForm(),
  );
}

function list(shown) {
  const all = ordered();
  if (all.length < 2) return null; // the phone itself says all
  const hidden = (live.get("provider")?.phone_count ?? all.length) - all.length;
  return [
    h(
      "div",
      { class: "phones-list", role: "listbox", "aria-label": "Phones", key: "list", onkeydown: arrows },
      all.map((each) => row(each, each === shown)),
    ),
    hidden > 0 && h("p", { class: "soft small", key: "hidden" }, `${several(hidden, "older phone")} not shown.`),
  ];
}

function row(part, chosen) {
  const last = conversation(part).at(-1);
  const news = unread(part);
  return h(
    "button",
    {
      type: "button",
      class: "phones-row",
      role: "option",
      key: part.number,
      "aria-selected": String(chosen),
      tabindex: chosen ? "0" : "-1",
      onclick: () => screen.go({ phone: part.number }),
    },
    h("span", { class: "phones-number" }, national(part.number)),
    h("span", { class: "phones-last" }, lastLine(part, last)),
    h("span", { class: "phones-when" }, last && moment(last.at)),
    news > 0 && h("span", { class: "badge" }, news, h("span", { class: "unseen" }, " new")),
  );
}

function lastLine({ missed }, last) {
  if (!last) return missed ? `${several(missed, "SMS", "SMS")} missed` : "Nothing received yet";
  return last.mine ? `You: ${last.text}` : last.text;
}

// Adding one

/** The button that opens the form; nothing while the form stands there anyway. */
export function addButton() {
  if (!inView()) return null;
  return h(
    "button",
    {
      type: "button",
      class: "quiet small",
      "aria-expanded": String(adding.open),
      onclick: () => turn({ open: !adding.open, trouble: "" }),
    },
    "+ Add a phone",
  );
}

function addForm() {
  return h(
    "form",
    { class: "row-form", key: "add", onsubmit: add, novalidate: true, created: adding.open ? focusFirst : null },
    h("label", { for: "new-phone" }, "Number"),
    h("input", {
      id: "new-phone",
      name: "number",
      type: "tel",
      autocomplete: "off",
      placeholder: "06 12 34 56 78",
      "aria-invalid": adding.trouble ? "true" : null,
      "aria-describedby": "new-phone-trouble",
    }),
    h("button", null, "Add"),
    h("p", { id: "new-phone-trouble", class: "trouble", role: "alert" }, adding.trouble),
  );
}

function focusFirst(form) {
  form.elements.number.focus();
}

async function add(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const number = digits(form.elements.number.value);
  if (!number) {
    turn({ trouble: `This is not a phone number. ${HOW}` });
    form.elements.number.focus();
    return;
  }
  turn({ trouble: "" });
  const added = await provider("phone", { number });
  if (!added) return; // the provider's words stand in the notice
  form.reset();
  turn({ open: false });
  screen.go({ phone: added.number ?? number });
}

function turn(changes) {
  Object.assign(adding, changes);
  screen.changed();
}
