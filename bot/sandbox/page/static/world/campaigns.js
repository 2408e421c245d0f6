// Campaigns as the provider knows them: their true state, who was left out and why, what became of the messages.

import { h } from "../dom.js";
import { live } from "../live.js";
import { count, several } from "./figures.js";
import { latest, readable, room } from "./room.js";
import { moment } from "./times.js";

const SHOWN = 5;
const STATES = {
  moderation: ["warn", "Held"],
  scheduled: ["info", "Scheduled"],
  sent: ["good", "Sent"],
  denied: ["bad", "Refused"],
  cancelled: ["plain", "Cancelled"],
};
const LEFT_OUT = {
  blacklisted: "opted out",
  duplicated: "twice in the list",
  npai: "unassigned",
  invalid: "not a number",
  not_allowed: "country not allowed",
  flood: "flood limit",
  country_limit: "country's monthly limit",
};
const STATUSES = {
  delivered: "delivered",
  sent: "on its way",
  waiting: "waiting",
  moderation: "held",
  denied: "refused",
  undelivered: "not delivered",
  not_sent: "not sent",
};

/** The room; the campaigns themselves are parts of their own. */
export function campaigns({ campaign_count: total }) {
  const all = live.all("campaign/").sort((one, other) => Number(other.ticket) - Number(one.ticket));
  return room(
    { name: "campaigns", title: "Campaigns", hint: count(total ?? all.length) },
    all.length ? latest(all, SHOWN, campaign) : h("p", { class: "soft" }, "Nothing was sent yet."),
  );
}

function campaign({ ticket, state, text, sender, cost, date, counts, messages, stops, clicks }) {
  const [kind, name] = STATES[state] ?? ["plain", state];
  const came = [
    ...figures(messages, STATUSES),
    stops > 0 && several(stops, "STOP", "STOPs"),
    clicks > 0 && several(clicks, "click"),
  ];
  const left = figures(counts, LEFT_OUT);
  const about = [sender, several(counts.total ?? 0, "number"), several(cost, "credit"), `ticket ${ticket}`];
  return h(
    "li",
    { class: "entry", key: ticket },
    h(
      "p",
      { class: "entry-head" },
      h("span", { class: `mark ${kind}` }, name),
      h("span", { class: "entry-when" }, moment(date)),
    ),
    h("p", { class: "entry-text" }, readable(text)),
    h("p", { class: "entry-fine" }, about.filter(Boolean).join(" · ")),
    came.some(Boolean) && h("p", { class: "entry-fine" }, came.filter(Boolean).join(", ")),
    left.length > 0 && h("p", { class: "entry-fine" }, `Left out: ${left.join(", ")}`),
  );
}

function figures(counted, names) {
  return Object.entries(names)
    .filter(([key]) => counted?.[key] > 0)
    .map(([key, name]) => `${count(counted[key])} ${name}`);
}
