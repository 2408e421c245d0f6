// Fields of the provider's side: a figure that counts once it is left, and a line to add something to a list.

import { h } from "../dom.js";
import { screen } from "../screen.js";

/**
 * A labelled figure. Enter, or leaving the field, saves it: `save(number)` gives something true if it was taken;
 * else the old figure comes back. `empty`: what an empty field means, if it may be empty (then `save(null)`).
 */
export function figure({ id, label, unit, value, least = 0, empty, save }) {
  const written = value === null || value === undefined ? "" : String(value);
  return h(
    "div",
    { class: "figure", key: id },
    h("label", { for: id }, label),
    h("input", {
      id,
      type: "number",
      inputmode: "numeric",
      min: least,
      step: 1,
      value: written,
      placeholder: empty ?? "",
      "aria-describedby": unit && `${id}-unit`,
      onchange: (event) => change(event.target, { label, unit, written, least, empty, save }),
    }),
    unit && h("span", { class: "figure-unit", id: `${id}-unit` }, unit),
  );
}

async function change(field, { label, unit, written, least, empty, save }) {
  const nothing = field.value.trim() === "";
  const number = Number(field.value);
  const sound = nothing ? empty !== undefined && field.validity.valid : Number.isInteger(number) && number >= least;
  if (sound && (await save(nothing ? null : number))) {
    screen.tell(`Saved. ${label}: ${nothing ? empty : [number, unit].filter(Boolean).join(" ")}.`);
    return;
  }
  if (!sound) screen.tell(`${label}: a whole number from ${least} on.`);
  field.value = written;
}

/** A field with a button beside it. It is emptied when `take(typed)` gave something true: it was taken. */
export function adder({ id, label, placeholder, button = "Add", type = "text", take }) {
  return h(
    "form",
    { class: "row-form", key: id, onsubmit: (event) => submit(event, take) },
    h("label", { for: id }, label),
    h("input", { id, name: "typed", type, autocomplete: "off", placeholder, required: true }),
    h("button", null, button),
  );
}

async function submit(event, take) {
  event.preventDefault();
  const form = event.currentTarget;
  const typed = form.elements.typed.value.trim();
  if (typed && (await take(typed))) form.reset();
}
