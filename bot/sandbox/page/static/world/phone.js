// One phone: who it is, what stands on its screen, and what its owner can do.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { screen } from "../screen.js";
import { bubbles } from "./bubbles.js";
import { national, several } from "./figures.js";
import { icon } from "./icons.js";
import { stay } from "./phonebook.js";
import { moment } from "./times.js";

const STATES = {
  on: "on",
  off: "switched off: SMS expire",
  unassigned: "unassigned: nobody has this number",
  silent: "on, but reports nothing",
  failing: "out of reach: SMS fail",
};

/** The phone, drawn as one. */
export function phone(part) {
  const { number, state, texts, replies } = part;
  return h(
    "article",
    { class: "phone", key: `phone ${number}`, "aria-label": `Phone ${national(number)}`, "data-state": state },
    h(
      "header",
      { class: "phone-head" },
      h("h2", null, national(number)),
      h("p", { class: "phone-state" }, STATES[state] ?? state, part.flood.hour > 0 && ` · ${floodWords(part.flood)}`),
    ),
    marks(part),
    h(
      "div",
      { class: "phone-screen", role: "log", "aria-label": "SMS", tabindex: "0" },
      h("ol", { class: "bubbles" }, bubbles(part), texts.length + replies.length === 0 && blank()),
    ),
    composer(part),
    actions(part),
  );
}

function blank() {
  return h("li", { class: "bubble-day", key: "blank" }, "Nothing received yet");
}

// What applies to the number

function marks(part) {
  const lines = [
    part.blacklisted && ["bad", `Opted out${optedOutAt(part)}: SMSFactor leaves this number out.`],
    part.npai && ["warn", "On the list of unassigned numbers (NPAI): left out."],
    part.missed > 0 && ["warn", `${several(part.missed, "SMS", "SMS")} missed.`],
    part.flood.free_at && ["warn", `Flood limit reached: free again ${moment(part.flood.free_at)}.`],
  ].filter(Boolean);
  return h(
    "ul",
    { class: "phone-marks", "aria-label": "About this number", hidden: lines.length === 0 },
    lines.map(([kind, words]) => h("li", { class: kind }, words)),
  );
}

function optedOutAt({ replies }) {
  const stop = replies.findLast((reply) => reply.stop);
  return stop ? ` at ${moment(stop.at)}` : "";
}

function floodWords({ hour, limit }) {
  return `${hour} of ${several(limit, "SMS", "SMS")} this hour`;
}

// What its owner can do

function composer(part) {
  const place = `phone/${part.number}`;
  const away = part.state === "off" || part.state === "unassigned";
  return h(
    "form",
    { class: "phone-composer", onsubmit: (event) => answer(event, part, place) },
    h("input", {
      name: "text",
      autocomplete: "off",
      "aria-label": `Answer as ${national(part.number)}`,
      placeholder: away ? "This phone cannot answer now" : "Answer …",
      value: screen.drafts.get(place) ?? "",
      disabled: away,
      onfocus: () => stay(part),
      oninput: (event) => screen.drafts.set(place, event.target.value),
    }),
    h("button", { class: "primary", "aria-label": "Send the answer", disabled: away }, icon("send")),
  );
}

async function answer(event, { number }, place) {
  event.preventDefault();
  const field = event.currentTarget.elements.text;
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  screen.drafts.delete(place);
  if (await provider("reply", { number, text })) return;
  if (!field.value) field.value = text; // not said: theirs to try again
  screen.drafts.set(place, field.value);
}

function actions(part) {
  const off = part.state === "off";
  const unassigned = part.state === "unassigned";
  return h(
    "div",
    { class: "phone-actions", role: "group", "aria-label": "What else its owner can do" },
    action("Say STOP", () => stop(part), { disabled: part.blacklisted || off || unassigned }),
    action(off ? "Switch on" : "Switch off", () => power(part, off ? "on" : "off"), { disabled: unassigned }),
    action(unassigned ? "Assign" : "Unassign", () => power(part, unassigned ? "on" : "unassigned"), {
      title: unassigned ? "Somebody gets this number" : "As if the number had been given up: SMS to it fail",
    }),
  );
}

function action(label, onclick, props) {
  return h("button", { type: "button", class: "small", onclick, ...props }, label);
}

async function stop(part) {
  stay(part);
  if (await provider("stop", { number: part.number, text: "STOP" })) {
    screen.tell(`${national(part.number)} has opted out.`);
  }
}

function power(part, state) {
  stay(part);
  return provider("power", { number: part.number, state });
}
