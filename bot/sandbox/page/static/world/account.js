// The account: its credits, topping them up, and the balance below which the provider warns.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { figure } from "./fields.js";
import { count } from "./figures.js";
import { room } from "./room.js";

/** The room, from the part `provider`. */
export function account({ credits, alert_trigger: trigger }) {
  const low = credits < trigger;
  return room(
    { name: "account", title: "Account" },
    h(
      "p",
      { class: "balance", "data-low": low },
      h("strong", null, count(credits)),
      credits === 1 ? " credit" : " credits",
      low && h("span", { class: "mark warn" }, `below ${count(trigger)}`),
    ),
    h(
      "div",
      { class: "buttons" },
      [100, 1000].map((add) =>
        h("button", { type: "button", onclick: () => provider("credits", { add }) }, `+ ${count(add)}`),
      ),
      h("button", { type: "button", onclick: () => provider("balance-alert") }, "Send the alert now"),
    ),
    figure({
      id: "credits",
      label: "Set the credits to",
      value: credits,
      save: (number) => provider("credits", { set: number }),
    }),
    figure({
      id: "trigger",
      label: "Warn the desk below",
      unit: "credits",
      value: trigger,
      save: (number) => provider("trigger", { balance: number }),
    }),
  );
}
