// A room of the provider's side: a heading that opens and closes it, with a word on what is in it.

import { h } from "../dom.js";

/**
 * room({name, title, hint, open}, …children). `hint` stands at the right of the heading, also while it is closed.
 * `open`: whether it is open at first; after that, the person decides.
 */
export function room({ name, title, hint, open = true }, ...children) {
  return h(
    "details",
    { class: "room", key: name, open },
    h("summary", null, h("h2", null, title), hint && h("span", { class: "room-hint" }, hint)),
    h("div", { class: "room-body" }, children),
  );
}

/** The first `shown` of a list, and the others behind "12 older". */
export function latest(items, shown, draw) {
  const older = items.slice(shown);
  return [
    h("ol", { class: "entries", key: "latest" }, items.slice(0, shown).map(draw)),
    older.length > 0 &&
      h(
        "details",
        { class: "older", key: "older" },
        h("summary", null, `${older.length} older`),
        h("ol", { class: "entries" }, older.map(draw)),
      ),
  ];
}

/** The text of a campaign, with words where the provider will put each person's own short link. */
export function readable(text) {
  return text.replaceAll("<-short->", "[short link]");
}
