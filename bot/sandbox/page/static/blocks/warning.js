// What cannot be drawn is never left out: it is named.

import { h } from "../dom.js";

/** "Unknown block: poll", where it would stand. */
export function warning(what, type) {
  const sign = h("span", { "aria-hidden": "true" }, "⚠\ufe0e ");
  return h("span", { class: "unknown", role: "note" }, sign, `Unknown ${what}: ${type ?? "without a type"}`);
}
