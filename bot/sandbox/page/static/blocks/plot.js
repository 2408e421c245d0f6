// Lines, bars and areas over categories, with two axes.

import { h } from "../dom.js";
import { axes, COLOURS, shown } from "./figures.js";

const WIDE = 380; // units of the drawing; it grows and shrinks with the page
const HIGH = 220;
const TOP = 12;
const BELOW = 26; // for the names of the categories
const LABEL = 18; // for the name of an axis
const LETTER = 6.6; // width of a letter, about
const TICKS = 4;

/** The drawing; `label` is what a screen reader says of it. */
export function plot(chart, label) {
  const { categories, x_label: across, y_label: up } = axes(chart);
  const ticks = ticksOf(chart.series.flatMap((one) => one.data.map((point) => point.value)));
  const left = Math.max(...ticks.map((tick) => shown(tick).length)) * LETTER + 10 + (up ? LABEL : 0);
  const bottom = HIGH - BELOW - (across ? LABEL : 0);
  const span = (WIDE - left - 8) / categories.length;
  const [low, high] = [ticks[0], ticks.at(-1)];
  const frame = {
    x: (at) => left + span * (at + 0.5),
    y: (value) => round(bottom - ((value - low) / (high - low)) * (bottom - TOP)),
    span,
    categories,
  };
  const marks = { line: lines, area: areas, bar: bars }[chart.type];
  return h("svg", { class: "plot", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label },
    ticks.map((tick) => {
      const y = frame.y(tick);
      return [
        h("line", { class: tick === 0 ? "nought" : "grid", x1: left, x2: WIDE - 8, y1: y, y2: y }),
        h("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, shown(tick)),
      ];
    }),
    categoryNames(frame, bottom),
    across && h("text", { class: "axis", x: (left + WIDE) / 2, y: HIGH - 5, "text-anchor": "middle" }, across),
    up && h("text", {
      class: "axis",
      transform: `translate(12 ${(TOP + bottom) / 2}) rotate(-90)`,
      "text-anchor": "middle",
    }, up),
    marks(chart.series, frame));
}

function categoryNames({ categories, span, x }, bottom) {
  const longest = Math.max(...categories.map((name) => name.length));
  const every = Math.ceil((Math.min(longest, 10) * LETTER + 6) / span); // not all fit beside each other
  const letters = Math.max(3, Math.floor((span * every - 6) / LETTER));
  return categories.map((name, at) => {
    if (at % every) return null;
    const short = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
    const props = { x: round(x(at)), y: bottom + 17, "text-anchor": "middle" };
    return h("text", props, short, short !== name && h("title", null, name));
  });
}

function lines(series, frame) {
  return series.map((one, number) => line(one, number, pointsOf(one, frame)));
}

function line(one, number, points) {
  const dot = ({ x, y, point }) =>
    h("circle", { class: `fill ${COLOURS[number]}`, cx: x, cy: y, r: 3 }, said(one, point));
  return h("g", null, h("path", { class: `stroke ${COLOURS[number]}`, d: path(points) }), points.map(dot));
}

function areas(series, frame) {
  const ground = frame.y(0);
  return series.map((one, number) => {
    const points = pointsOf(one, frame);
    const shape = `${path(points)} L${points.at(-1).x} ${ground} L${points[0].x} ${ground} Z`;
    return h("g", null, h("path", { class: `area ${COLOURS[number]}`, d: shape }), line(one, number, points));
  });
}

function bars(series, frame) {
  const thick = Math.min(36, (frame.span * 0.76) / series.length);
  return series.map((one, number) =>
    pointsOf(one, frame).map(({ x, y, point }) => {
      const ground = frame.y(0);
      return h("rect", {
        class: `fill ${COLOURS[number]}`,
        x: round(x + (number - series.length / 2) * thick),
        y: Math.min(y, ground),
        width: round(thick - 1),
        height: Math.max(Math.abs(y - ground), 0.5),
      }, said(one, point));
    }));
}

function pointsOf({ data }, { categories, x, y }) {
  const placed = data.map((point) => ({ at: categories.indexOf(point.label), point }));
  placed.sort((one, other) => one.at - other.at);
  return placed.map(({ at, point }) => ({ x: round(x(at)), y: y(point.value), point }));
}

function path(points) {
  return points.map(({ x, y }, at) => `${at ? "L" : "M"}${x} ${y}`).join(" ");
}

function said({ name }, { label, value }) {
  return h("title", null, `${name}, ${label}: ${shown(value)}`);
}

/** Round numbers from below the least value to above the greatest; nought is always among them. */
function ticksOf(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const rough = (high - low || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_tick, at) => Number(((first + at) * step).toPrecision(12)));
}

function round(number) {
  return Math.round(number * 10) / 10;
}
