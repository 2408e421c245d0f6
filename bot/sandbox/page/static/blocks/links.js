// Links out of the sandbox: only where a link may lead, in a new tab, and without telling where they came from.

import { h } from "../dom.js";

const SAFE = ["http:", "https:", "mailto:", "tel:"];

/** A link with these words; the words alone where the address is not one that may be opened. */
export function link(url, words, props = {}) {
  if (!isSafe(url)) return h("span", props, words);
  return h("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

/** Whether an address is whole and of a kind that may be opened: http, https, mailto, tel. */
export function isSafe(url) {
  return typeof url === "string" && URL.canParse(url) && SAFE.includes(new URL(url).protocol);
}
