// What is under way: a button that was pressed shows it until its answer is there.

import { screen } from "../screen.js";

const busy = new Map(); // key -> how many times

/** Whether something with this key is under way. */
export function isBusy(key) {
  return busy.has(key);
}

/** Does something; until its promise ends, isBusy(key). */
export async function working(key, doing) {
  busy.set(key, (busy.get(key) ?? 0) + 1);
  screen.changed();
  try {
    return await doing();
  } finally {
    const rest = busy.get(key) - 1;
    if (rest) busy.set(key, rest);
    else busy.delete(key);
    screen.changed();
  }
}
