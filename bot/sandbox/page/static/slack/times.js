// The sandbox's clock, and where one day ends and the next begins.

import { written } from "../blocks/dates.js";
import { live } from "../live.js";

/** The sandbox's now: the clock of this machine, and what was jumped ahead. */
export function now() {
  return new Date(Date.now() + (live.get("clock")?.ahead ?? 0) * 1000);
}

/** "14:32", by the clock of a zone. `ts` as messages have it: "1766….000100", seconds. */
export function timeOf(ts, zone) {
  return written(ts, zone).slice(11);
}

/** "2026-11-22", by the calendar of a zone: tells days apart. */
export function dayOf(ts, zone) {
  return written(ts, zone).slice(0, 10);
}
