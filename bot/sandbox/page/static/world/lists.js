// The provider's two lists of numbers that it leaves out: who opted out, and numbers that nobody has.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { screen } from "../screen.js";
import { adder } from "./fields.js";
import { count, digits, national, several } from "./figures.js";
import { latest, room } from "./room.js";
import { moment } from "./times.js";

const SHOWN = 5;

/** The room, from the part `provider`. */
export function lists({ blacklist, npai, blacklist_count: optedOut, npai_count: dead }) {
  const total = (optedOut ?? blacklist.length) + (dead ?? npai.length);
  return room(
    { name: "lists", title: "Numbers left out", hint: several(total, "number"), open: false },
    shelf("blacklist", "Opted out (blacklist)", blacklist, optedOut),
    shelf("npai", "Unassigned (NPAI)", npai, dead),
    h("p", { class: "soft small" }, "Changed here, as in SMSFactor's own pages, nothing is told to the desk."),
  );
}

function shelf(name, title, entries, total) {
  return h(
    "section",
    { class: "shelf", key: name, "aria-label": title },
    h("h3", null, title, h("span", { class: "soft" }, ` ${count(total ?? entries.length)}`)),
    entries.length > 0 && latest(entries, SHOWN, (entry) => row(name, entry)),
    adder({
      id: `add-${name}`,
      label: "Number",
      placeholder: "06 12 34 56 78",
      type: "tel",
      take: (typed) => put(name, typed),
    }),
  );
}

function row(name, { number, at }) {
  return h(
    "li",
    { class: "entry line", key: number },
    h("span", { class: "number" }, national(number)),
    h("span", { class: "soft small" }, moment(at)),
    h(
      "button",
      { type: "button", class: "small", onclick: () => provider(`un${name}`, { number }) },
      "Remove",
      h("span", { class: "unseen" }, ` ${national(number)}`),
    ),
  );
}

function put(name, typed) {
  const number = digits(typed);
  if (number) return provider(name, { number });
  screen.tell(`“${typed}” is not a phone number.`);
  return null;
}
