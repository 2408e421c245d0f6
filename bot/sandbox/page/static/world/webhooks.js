// Webhooks: where the provider tells the desk what happened, how that went, and telling it again.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { count } from "./figures.js";
import { latest, room } from "./room.js";
import { hour } from "./times.js";

const SHOWN = 5;
const KINDS = {
  MO: "Replies (MO)",
  STOP: "Opt-outs (STOP)",
  DLR: "Receipts (DLR)",
  CLICKER: "Clicks (CLICKER)",
  BALANCE_ALERT: "Low balance",
};
const CODES = {
  200: "taken",
  400: "refused: not readable",
  401: "refused: signature",
  404: "refused: no such address",
  413: "refused: too long",
  500: "failed",
  503: "not taken: could not be stored",
};

/** The room. A delivery that failed is not repeated by the provider: a person has to send it again. */
export function webhooks() {
  const hooks = live.all("webhook/");
  const deliveries = live.all("delivery/").sort((one, other) => Number(other.id) - Number(one.id));
  const failed = hooks.reduce((sum, hook) => sum + hook.failed, 0);
  const hint = failed ? `${count(failed)} failed` : count(hooks.length);
  return room(
    { name: "webhooks", title: "Webhooks", hint, open: false },
    hooks.length
      ? h("ul", { class: "entries" }, hooks.map(webhook))
      : h("p", { class: "soft" }, "None is registered: the desk hears nothing."),
    h("h3", null, "Latest deliveries"),
    deliveries.length ? latest(deliveries, SHOWN, delivery) : h("p", { class: "soft" }, "None yet."),
  );
}

function webhook({ webhook_id: id, type, url, status, last, delivered, failed }) {
  return h(
    "li",
    { class: "entry", key: id },
    h(
      "p",
      { class: "entry-head" },
      h("b", null, KINDS[type] ?? type),
      status === "paused" && h("span", { class: "mark warn" }, "paused"),
      last ? outcome(last) : h("span", { class: "entry-when" }, "not used yet"),
    ),
    h("p", { class: "entry-fine", title: url }, `${path(url)} · ${count(delivered)} taken, ${count(failed)} failed`),
  );
}

function delivery(each) {
  const { id, kind, at } = each;
  return h(
    "li",
    { class: "entry line", key: id },
    h("span", null, h("b", null, kind), ` ${hour(at)}`),
    outcome(each),
    h(
      "button",
      { type: "button", class: "small", onclick: () => provider("redeliver", { id }) },
      "Send again",
      h("span", { class: "unseen" }, `: ${KINDS[kind] ?? kind}, ${hour(at)}`),
    ),
  );
}

function outcome({ http_status: code, error }) {
  if (code === null) return h("span", { class: "mark bad" }, `no answer (${error})`);
  const good = code >= 200 && code < 300;
  const words = CODES[code] ?? (good ? "taken" : "refused");
  return h("span", { class: `mark ${good ? "good" : "bad"}` }, `${code} ${words}`);
}

function path(url) {
  return URL.canParse(url) ? new URL(url).pathname : url;
}
