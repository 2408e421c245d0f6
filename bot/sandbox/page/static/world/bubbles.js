// What was said on a phone: SMS received, with their short links, and what its owner answered.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { screen } from "../screen.js";
import { several } from "./figures.js";
import { stay } from "./phonebook.js";
import { day, hour } from "./times.js";

/**
 * Everything said on a phone, in order: its `texts` and `replies`, the latter with `mine: true`.
 * Times are whole seconds; within one, what was received comes first, for people answer what they got.
 */
export function conversation(phone) {
  const said = [...phone.texts, ...phone.replies.map((reply) => ({ ...reply, mine: true }))];
  return said.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** The bubbles, with the days between them. */
export function bubbles(phone) {
  let before = "";
  return conversation(phone).map((said, index) => {
    const today = day(said.at);
    const begins = today !== before;
    before = today;
    return [
      begins && h("li", { class: "bubble-day", key: `day ${today}` }, today),
      said.mine ? answered(said, index) : received(said, phone),
    ];
  });
}

function received(text, phone) {
  const clicks = text.links.reduce((sum, link) => sum + link.clicks, 0);
  const fine = [hour(text.at), several(text.segments, "segment"), clicks > 0 && several(clicks, "click")];
  return h(
    "li",
    { class: "bubble", key: `${text.at} ${text.message_id}` },
    h("p", { class: "bubble-from" }, text.sender || "Short number"),
    h("p", { class: "bubble-words" }, words(text, phone)),
    h("p", { class: "bubble-fine" }, fine.filter(Boolean).join(" · ")),
  );
}

function answered(reply, index) {
  return h(
    "li",
    { class: "bubble mine", key: `${reply.at} ${index}` },
    h("p", { class: "unseen" }, "You answered:"),
    h("p", { class: "bubble-words" }, reply.text),
    h("p", { class: "bubble-fine" }, reply.stop ? `${hour(reply.at)} · opted out` : hour(reply.at)),
  );
}

function words({ text, links, message_id: message, stop_mention: mention }, phone) {
  const parts = [];
  let rest = mention && text.endsWith(mention) ? text.slice(0, -mention.length) : text;
  const end = text.slice(rest.length);
  links.forEach((link, index) => {
    const at = rest.indexOf(link.url);
    if (at < 0) return;
    parts.push(rest.slice(0, at), shortLink(link, () => open(phone, message, link, index)));
    rest = rest.slice(at + link.url.length);
  });
  return [parts, rest, end && h("span", { class: "bubble-stop", title: "Added by the provider" }, end)];
}

function shortLink(link, onclick) {
  return h("button", { type: "button", class: "short-link", title: `Leads to ${link.target}`, onclick }, link.url);
}

/** A click as the provider sees it. Nothing is opened: the address may be anybody's. */
async function open(phone, message, link, index) {
  stay(phone);
  const done = await provider("click", { message_id: message, link_index: index });
  if (done) screen.tell(`Clicked. On a real phone, ${link.target} would open now.`);
}
