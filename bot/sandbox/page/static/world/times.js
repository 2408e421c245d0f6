// Times of the sandbox, in Paris. An ISO string of the stand-ins carries Paris's offset, so it is the wall clock there.

import { live } from "../live.js";

const WALL = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris", dateStyle: "short", timeStyle: "short" });
const DAY = { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" };
const LATELY = new Intl.DateTimeFormat("en-GB", DAY);
const LONG_AGO = new Intl.DateTimeFormat("en-GB", { ...DAY, weekday: undefined, year: "numeric" });
const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
];

/** The sandbox's present, in milliseconds since 1970. */
export function present() {
  return Date.now() + (live.get("clock")?.ahead ?? 0) * 1000;
}

/** "2026-11-22T14:32:05+01:00" → "14:32". */
export function hour(iso) {
  return iso.slice(11, 16);
}

/** "Today", "Yesterday", "Sun 22 Nov", or "22 Nov 2025" when it was in another year. */
export function day(iso) {
  const date = iso.slice(0, 10);
  const today = wall(present()).slice(0, 10);
  if (date === today) return "Today";
  if (date === shifted(today, -1)) return "Yesterday";
  if (date === shifted(today, 1)) return "Tomorrow";
  return (date.slice(0, 4) === today.slice(0, 4) ? LATELY : LONG_AGO).format(new Date(date)).replace(",", "");
}

/** "14:32" today, else with its day: "Sun 22 Nov, 14:32". */
export function moment(iso) {
  const when = day(iso);
  return when === "Today" ? hour(iso) : `${when}, ${hour(iso)}`;
}

/** Milliseconds since 1970 as Paris's wall clock: "2026-11-22 14:32". */
export function wall(at) {
  return WALL.format(at);
}

/** "2026-11-22 14:32" → "Sun 22 Nov". */
export function weekday(written) {
  return LATELY.format(new Date(written.slice(0, 10))).replace(",", "");
}

/** 97200 → ["1 d", "3 h"], largest unit first, without those that are nought; empty below half a minute. */
export function span(seconds) {
  let rest = Math.round(seconds / 60) * 60;
  const words = [];
  for (const [size, unit] of UNITS) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole) words.push(`${whole} ${unit}`);
  }
  return words;
}

function shifted(date, days) {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}
