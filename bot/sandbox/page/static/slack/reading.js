// What was read: tells the sandbox what is looked at, and keeps the line above what was new on arrival.

import { person } from "../acts.js";
import { screen } from "../screen.js";
import { hasNews, inThread, unread } from "./places.js";

const asked = new Map(); // who and where -> the newest ts that was told to be read
let arrival = { where: "", line: "" };

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") arrival = { where: "", line: "" };
  screen.changed();
});

/**
 * The ts above which everything was new when the person came to this channel, "" if nothing was.
 * It stands until they leave, although all is marked as read at once.
 */
export function newSince(channel) {
  const where = `${screen.me} ${channel.id}`;
  if (arrival.where === where) return arrival.line;
  const line = unread(channel) > 0 ? channel.last_read?.[screen.me] ?? "0" : "";
  if (document.visibilityState === "visible") arrival = { where, line };
  return line;
}

/** Nobody looks at a channel now: the next visit is a new one. */
export function leave() {
  arrival = { where: "", line: "" };
}

/** Tells that I have read a channel, once for each piece of news. */
export function markRead(channel, newest) {
  if (unread(channel) > 0) ask({ channel: channel.id }, newest);
}

/** Tells that I have read a thread, once for each piece of news. */
export function markThreadRead(channel, ts) {
  if (hasNews(channel, ts)) ask({ channel: channel.id, thread_ts: ts }, inThread(channel, ts).at(-1)?.ts);
}

function ask(place, newest) {
  const key = `${screen.me} ${place.channel} ${place.thread_ts ?? ""}`;
  queueMicrotask(() => { // whether it is in sight is known when the page is drawn
    if (newest === undefined || asked.get(key) === newest || !isLookedAt()) return;
    asked.set(key, newest);
    person("read", place);
  });
}

function isLookedAt() {
  return document.visibilityState === "visible" && document.querySelector(".slack")?.checkVisibility() === true;
}
