// The provider's rules that a rehearsal wants to change: flood limits, and how soon receipts come.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { figure } from "./fields.js";
import { room } from "./room.js";

const FIELDS = [
  ["flood_per_hour", { label: "SMS to one number", unit: "an hour", least: 1 }],
  ["flood_same_text_per_hour", { label: "The same text to one number", unit: "an hour", least: 1 }],
  ["receipt_after", { label: "A receipt comes after", unit: "seconds", empty: "never" }],
  ["moderation_after", { label: "Moderation decides after", unit: "seconds", empty: "when told" }],
];

/** The room, from the part `provider`. */
export function rules({ rules: stand }) {
  const flood = `${stand.flood_per_hour} an hour, ${stand.flood_same_text_per_hour} the same`;
  return room(
    { name: "rules", title: "Limits and receipts", hint: flood, open: false },
    FIELDS.map(([name, field]) =>
      figure({ id: name, value: stand[name], save: (number) => provider("rules", { [name]: number }), ...field }),
    ),
    h(
      "p",
      { class: "soft small" },
      "These are SMSFactor's own limits. The desk counts by its settings, and asks SMSFactor before each send.",
    ),
  );
}
