// Dates as a reader sees them: in their own zone, by a 24-hour clock, in words near today.

import { plain } from "./escapes.js";
import { link } from "./links.js";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const NEAR = new Map([
  [-1, "yesterday"],
  [0, "today"],
  [1, "tomorrow"],
]);
const LAST = 8.64e12; // seconds since 1970 that a Date can hold
const clocks = new Map(); // zone -> its formatter; making one is slow

// Slack docs, block-elements/date-element, "Date format strings".
const TOKENS = {
  __proto__: null,
  date_num: (at) => `${at.year}-${two(at.month)}-${two(at.day)}`,
  date_slash: (at) => `${two(at.day)}/${two(at.month)}/${at.year}`,
  date_long: (at) => `${at.weekday}, ${MONTHS[at.month - 1]} ${ordinal(at.day)}, ${at.year}`,
  date_long_full: (at) => `${MONTHS[at.month - 1]} ${at.day}, ${at.year}`,
  date_long_pretty: (at, context) => near(at, context) ?? TOKENS.date_long(at),
  date: (at) => `${MONTHS[at.month - 1]} ${at.day}`,
  date_pretty: (at, context) => near(at, context) ?? TOKENS.date(at),
  date_short: (at) => `${MONTHS[at.month - 1].slice(0, 3)} ${at.day}, ${at.year}`,
  date_short_pretty: (at, context) => near(at, context) ?? TOKENS.date_short(at),
  day_divider_pretty: (at, context) => near(at, context) ?? divider(at, context),
  time: (at) => `${two(at.hour)}:${two(at.minute)}`,
  time_secs: (at) => `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`,
  ago: (at, context) => ago(at.seconds, context.now.getTime() / 1000),
};

/**
 * A moment by the clock of a zone: {seconds, year, month (1-12), day, weekday, hour, minute, second}.
 * `seconds` are since 1970; a message's ts will do. Throws RangeError for what is no moment or no zone.
 */
export function wallClock(seconds, zone) {
  if (!clocks.has(zone)) {
    const fields = ["year", "month", "day", "hour", "minute", "second"];
    const style = Object.fromEntries(fields.map((field) => [field, "numeric"]));
    clocks.set(zone, new Intl.DateTimeFormat("en-GB", { ...style, weekday: "long", hourCycle: "h23", timeZone: zone }));
  }
  const at = { seconds: Number(seconds) };
  for (const { type, value } of clocks.get(zone).formatToParts(at.seconds * 1000)) {
    if (type !== "literal") at[type] = type === "weekday" ? value : Number(value);
  }
  return at;
}

/** Seconds since 1970 of "2026-01-31T14:30" by the clock of a zone. */
export function secondsOf(written, zone) {
  const asUtc = Date.parse(`${written}Z`) / 1000;
  let guess = asUtc;
  for (let round = 0; round < 2; round++) guess += asUtc - secondsShown(wallClock(guess, zone));
  return guess;
}

/** A moment as a datetime-local input wants it: "2026-01-31T14:30". */
export function written(seconds, zone) {
  const at = wallClock(seconds, zone);
  return `${TOKENS.date_num(at)}T${TOKENS.time(at)}`;
}

/** When something was said: "14:32", "Yesterday at 14:32", "November 3 at 14:32", with the year if it was another. */
export function moment(ts, context) {
  const at = wallClock(ts, context.zone);
  const time = TOKENS.time(at);
  const word = near(at, context);
  if (word === "today") return time;
  const year = wallClock(context.now.getTime() / 1000, context.zone).year;
  const day = word ? upper(word) : TOKENS[at.year === year ? "date" : "date_long_full"](at);
  return `${day} at ${time}`;
}

/** A moment in full, for titles: "Sunday, November 22nd, 2026 at 14:32:05". */
export function inFull(ts, context) {
  const at = wallClock(ts, context.zone);
  return `${TOKENS.date_long(at)} at ${TOKENS.time_secs(at)}`;
}

/**
 * Slack's date, described: `format` has tokens such as "{date_short} {time}". What is no moment shows `fallback`.
 * "today" begins with a capital where it `starts` a line.
 */
export function date(seconds, format, context, { url, fallback, starts } = {}) {
  const known = Number.isFinite(Number(seconds)) && Math.abs(seconds) <= LAST;
  if (!known) return link(url, fallback ?? "", { class: "date" });
  const at = wallClock(seconds, context.zone);
  const words = format.replace(/\{([a-z_]+)\}/g, (token, name) => TOKENS[name]?.(at, context) ?? token);
  const title = `${inFull(seconds, context)} (${context.zone})`;
  return link(url, starts && format.startsWith("{") ? upper(words) : words, { class: "date", title });
}

/** The inside of <!date^1766…^{date} at {time}^https://…|fallback>, described. */
export function dateMarkup(inside, context, starts) {
  const bar = inside.indexOf("|");
  const fallback = bar < 0 ? "" : plain(inside.slice(bar + 1));
  const [, seconds, format, url] = (bar < 0 ? inside : inside.slice(0, bar)).split("^");
  return date(seconds, plain(format ?? ""), context, { url: url && plain(url), fallback, starts });
}

function near(at, context) {
  const today = wallClock(context.now.getTime() / 1000, context.zone);
  return NEAR.get(dayNumber(at) - dayNumber(today));
}

function divider(at, context) {
  const sameYear = at.year === wallClock(context.now.getTime() / 1000, context.zone).year;
  return sameYear ? TOKENS.date_long(at).replace(/, \d+$/, "") : TOKENS.date_long(at);
}

function ago(seconds, now) {
  const apart = Math.round(now - seconds);
  const [unit, size] = UNITS.find(([, least]) => Math.abs(apart) >= least) ?? ["second", 1];
  const count = Math.floor(Math.abs(apart) / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return apart < 0 ? `in ${words}` : `${words} ago`;
}

function dayNumber(at) {
  return Date.UTC(at.year, at.month - 1, at.day) / 86_400_000;
}

function secondsShown(at) {
  return Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) / 1000;
}

function ordinal(day) {
  const teens = day > 10 && day < 14;
  return `${day}${(!teens && ["th", "st", "nd", "rd"][day % 10]) || "th"}`;
}

function two(number) {
  return String(number).padStart(2, "0");
}

function upper(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
