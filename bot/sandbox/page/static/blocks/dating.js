// Date, time, and both: the browser's own pickers. Date and time together are read by the clock of the viewer's zone.

import { h } from "../dom.js";
import { secondsOf, written } from "./dates.js";
import { choose, tied, valueOf } from "./field.js";
import { later, now } from "./filling.js";

const PAUSE = 600; // ms: whoever types "2026" passes through the years 2, 20 and 202
const FIRST_YEAR = 1970; // Slack's moments begin there

/** A day: "2026-01-31". */
export function datePicker(at) {
  return picker(at, "date", "Choose a date", valueOf(at), (text) => text);
}

/** A time of day: "14:30". */
export function timePicker(at) {
  const zone = at.element.timezone;
  return [
    picker(at, "time", "Choose a time", valueOf(at), (text) => text),
    zone && h("span", { class: "zone" }, zone),
  ];
}

/** A moment, in seconds since 1970. */
export function dateTimePicker(at) {
  const { zone } = at.context;
  const seconds = valueOf(at);
  const shown = seconds === undefined ? "" : written(seconds, zone);
  return [
    picker(at, "datetime-local", "Choose a date and a time", shown, (text) => secondsOf(text, zone)),
    h("span", { class: "zone" }, zone),
  ];
}

function picker(at, type, words, shown, read) {
  const { id, element } = at;
  const take = async (input) => {
    if (input.value === (shown ?? "")) return;
    const value = input.value === "" ? null : read(input.value);
    if (!(await choose(at, value, value ?? undefined))) input.value = shown ?? "";
  };
  return h("input", {
    ...tied(at, element.placeholder?.text ?? words),
    class: "picker",
    type,
    value: shown ?? "",
    autofocus: element.focus_on_load,
    title: element.placeholder?.text,
    onchange: ({ target }) => {
      const tooEarly = type !== "time" && target.value && Number(target.value.slice(0, 4)) < FIRST_YEAR;
      if (!tooEarly && !target.validity.badInput) later(id, PAUSE, () => take(target));
    },
    onblur: () => now(id),
    onkeydown: (event) => event.key === "Enter" && now(id),
  });
}
