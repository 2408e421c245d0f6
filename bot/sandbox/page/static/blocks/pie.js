// A pie, its segments clockwise from the top, each with its share beside it.

import { h } from "../dom.js";
import { COLOURS, percent, shown } from "./figures.js";

const WIDE = 380; // units of the drawing
const HIGH = 210;
const RADIUS = 84;
const LETTERS = 0.04; // a smaller part has no room for its share

/** The drawing; `label` is what a screen reader says of it. */
export function pie({ segments }, label) {
  const all = segments.reduce((sum, one) => sum + one.value, 0);
  let turned = 0;
  const parts = segments.map(({ label: name, value }, at) => {
    const [from, part] = [turned, value / all];
    turned += part;
    const title = h("title", null, `${name}: ${shown(value)}, ${percent(part)}`);
    return [
      part > 0.9999
        ? h("circle", { class: `fill ${COLOURS[at]}`, cx: WIDE / 2, cy: HIGH / 2, r: RADIUS }, title)
        : h("path", { class: `fill segment ${COLOURS[at]}`, d: segment(from, part) }, title),
      part >= LETTERS && share(from + part / 2, percent(part)),
    ];
  });
  return h("svg", { class: "plot", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label }, parts);
}

function segment(from, part) {
  const [x1, y1] = point(from, RADIUS);
  const [x2, y2] = point(from + part, RADIUS);
  return `M${WIDE / 2} ${HIGH / 2} L${x1} ${y1} A${RADIUS} ${RADIUS} 0 ${part > 0.5 ? 1 : 0} 1 ${x2} ${y2} Z`;
}

function share(middle, words) {
  const [x, y] = point(middle, RADIUS + 18);
  return h("text", { x, y: y + 4, "text-anchor": "middle" }, words);
}

function point(turn, radius) {
  const angle = (turn - 0.25) * 2 * Math.PI;
  const round = (number) => Math.round(number * 100) / 100;
  return [round(WIDE / 2 + radius * Math.cos(angle)), round(HIGH / 2 + radius * Math.sin(angle))];
}
