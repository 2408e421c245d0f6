// The few line drawings of this side of the page. They say nothing to a screen reader: the words beside them do.

import { h } from "../dom.js";

const PATHS = {
  clock: ["M12 7v5l3.5 2", "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z"],
  moon: ["M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"],
  sun: [
    "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8z",
    "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  ],
  again: ["M4 12a8 8 0 1 0 2.6-5.9", "M4 4v4.5h4.5"],
  coins: [
    "M12 5.5c4.4 0 7.5 1.3 7.5 3s-3.1 3-7.5 3-7.5-1.3-7.5-3 3.1-3 7.5-3z",
    "M4.5 8.5v7c0 1.7 3.1 3 7.5 3s7.5-1.3 7.5-3v-7",
  ],
  guide: ["M5 4.5h9a3 3 0 0 1 3 3v12h-9a3 3 0 0 1-3-3z", "M9 9h4M9 12.5h4"],
  phone: ["M8 3h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z", "M11 18h2"],
  send: ["M4 12l16-7.5-5 15-3.5-5.5z", "M11.5 14l8.5-9.5"],
  warn: ["M12 4l9 16H3z", "M12 10v4.5M12 17v.5"],
  tick: ["M5 12.5l4.5 4.5L19 7.5"],
};

/** One of them, in the colour of the text around it. */
export function icon(name) {
  const lines = PATHS[name].map((d) => h("path", { d }));
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, lines);
}
