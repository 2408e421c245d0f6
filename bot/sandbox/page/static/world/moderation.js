// Moderation: what the provider's staff hold back to look at, and let go or refuse.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { adder } from "./fields.js";
import { several } from "./figures.js";
import { readable, room } from "./room.js";
import { moment } from "./times.js";

/** The campaigns that wait for somebody at the provider. */
export function heldCampaigns() {
  return live.all("campaign/").filter((campaign) => campaign.state === "moderation");
}

/** The room, from the part `provider`: who waits, and what makes a send wait. */
export function moderation({ holds, rules }) {
  const held = heldCampaigns();
  return room(
    { name: "moderation", title: "Moderation", hint: held.length ? `${held.length} held` : "nothing held" },
    h("ol", { class: "entries", hidden: held.length === 0, "aria-label": "Held campaigns" }, held.map(waiting)),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", onclick: holdNext }, "Hold the next send"),
      h("span", { class: "small", role: "status" }, holds.length > 0 && `The next ${nextSends(holds.length)} held.`),
    ),
    words(rules),
  );
}

function holdNext() {
  return provider("hold", { verdict: "release", times: 1 });
}

function nextSends(number) {
  return number === 1 ? "send is" : `${number} sends are`;
}

function waiting(campaign) {
  const { ticket, text, sender, cost, created, message_count: people } = campaign;
  const end = (verb, label, kind) =>
    h("button", { type: "button", class: kind, onclick: () => provider(verb, { ticket }) }, label, of(text));
  return h(
    "li",
    { class: "entry held", key: ticket },
    h("p", { class: "entry-text" }, readable(text)),
    h(
      "p",
      { class: "entry-fine" },
      [sender, several(people, "SMS", "SMS"), several(cost, "credit"), moment(created)].filter(Boolean).join(" · "),
    ),
    h("div", { class: "buttons" }, end("release", "Release", "primary"), end("refuse", "Refuse", "danger")),
  );
}

function of(text) {
  return h("span", { class: "unseen" }, `: ${text}`);
}

// Words that have a text held

function words({ moderation_words: all, moderation_after: after }) {
  return h(
    "div",
    { class: "held-words", key: "words" },
    h("h3", null, "Words that are held"),
    h(
      "ul",
      { class: "word-chips" },
      Object.keys(all).map((word) => chip(word, all)),
    ),
    adder({
      id: "held-word",
      label: "Another word",
      take: (word) => provider("rules", { moderation_words: { ...all, [word]: "release" } }),
    }),
    after !== null && h("p", { class: "soft small" }, `Decided after ${after} s, if nobody was quicker.`),
  );
}

function chip(word, all) {
  const { [word]: verdict, ...others } = all;
  return h(
    "li",
    { class: "word-chip", key: word },
    word,
    verdict === "refuse" && h("span", { class: "soft" }, " (refused)"),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-label": `Hold “${word}” no longer`,
        onclick: () => provider("rules", { moderation_words: others }),
      },
      "×",
    ),
  );
}
