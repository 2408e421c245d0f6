// The sandbox's clock: what time it is for the bot and everybody else here, and how to let time pass.

import { sandbox } from "../acts.js";
import { menu } from "../blocks/menu.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { icon } from "./icons.js";
import { present, span, wall, weekday } from "./times.js";

const MINUTE = 60_000;
const JUMPS = [
  ["Jump ahead an hour", "+ 1 h", { seconds: 3600 }],
  ["Jump ahead a day", "+ 1 day", { seconds: 86_400 }],
  ["Go on to Sunday evening", "21:00", { to: "sunday-evening" }],
  ["Go on to Monday morning", "9:00", { to: "monday-morning" }],
];

let ticking = 0;

/** A button with day and time, and its menu. */
export function clock() {
  const now = wall(present());
  const moved = span(live.get("clock")?.ahead ?? 0);
  const ahead = moved.length > 0 ? `, ahead by ${moved.join(" ")}` : "";
  const spoken = `Clock: ${weekday(now)}, ${now.slice(11)} in Paris${ahead}`;
  return h(
    "div",
    { class: "clock", key: "clock", created: tick },
    menu({
      id: "clock",
      label: spoken,
      button: [
        icon("clock"),
        h("span", { class: "clock-day" }, weekday(now)),
        h("span", { class: "clock-hour" }, now.slice(11)),
        moved.length > 0 && h("span", { class: "clock-moved" }, `+${moved[0]}`),
      ],
      items: JUMPS.map(([label, detail, jump]) => ({ label, detail, onclick: () => sandbox("jump", jump) })),
    }),
  );
}

function tick() {
  clearTimeout(ticking);
  ticking = setTimeout(tick, MINUTE - (present() % MINUTE));
  screen.changed();
}
