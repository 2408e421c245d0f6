// Which phones there are, which one is in view, and which SMS this browser has not looked at yet.

import { live } from "../live.js";
import { screen } from "../screen.js";

const seen = new Map(); // number -> the id of the newest SMS when the phone was last in view
const wide = matchMedia("(min-width: 901px)");
let begun = false;

/** All phones, the one on which something was said last first. */
export function ordered() {
  return live
    .all("phone/")
    .reverse()
    .sort((one, other) => lastSaid(other) - lastSaid(one));
}

/** The phone in view: the chosen one, else the newest; undefined if there is none. */
export function inView() {
  return live.get(`phone/${screen.phone}`) ?? ordered()[0];
}

/** How many SMS on this phone, or on all phones, are new. What was there when the page opened is not. */
export function unread(phone) {
  look();
  if (!phone) return live.all("phone/").reduce((sum, each) => sum + newOn(each), 0);
  return newOn(phone);
}

/** Keeps the phone in view there, whatever happens on others. */
export function stay(phone) {
  if (screen.phone !== phone.number) screen.go({ phone: phone.number });
}

function look() {
  if (!begun) for (const phone of live.all("phone/")) seen.set(phone.number, newest(phone));
  begun = true;
  const phone = inView();
  const visible = screen.panel === "phones" && (wide.matches || screen.side === "world") && !document.hidden;
  if (phone && visible) seen.set(phone.number, newest(phone));
}

function newOn(phone) {
  const at = phone.texts.findIndex((text) => text.message_id === seen.get(phone.number));
  return phone.texts.length - 1 - at;
}

function newest(phone) {
  return phone.texts.at(-1)?.message_id;
}

function lastSaid(phone) {
  const times = [phone.texts.at(-1), phone.replies.at(-1)].map((said) => (said ? Date.parse(said.at) : 0));
  return Math.max(...times);
}
