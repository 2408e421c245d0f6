// The block data_visualization: a drawing with a title and a legend, and the same numbers as a table.

import { h } from "../dom.js";
import { axes, COLOURS, percent, shown } from "./figures.js";
import { pie } from "./pie.js";
import { plot } from "./plot.js";
import { warning } from "./warning.js";

const DRAWN = { __proto__: null, line: plot, bar: plot, area: plot, pie };

/** A chart, described. */
export function chart({ title, chart: what }) {
  const draw = DRAWN[what.type];
  if (!draw) return warning("chart", what.type);
  const names = what.type === "pie" ? what.segments.map((one) => one.label) : what.series.map((one) => one.name);
  return h("figure", { class: "chart" },
    h("figcaption", null, title),
    draw(what, `${title}: a ${what.type} chart. Its numbers are in the table below.`),
    (what.type === "pie" || names.length > 1) && legend(names, what.type),
    h("details", null, h("summary", null, "The numbers"),
      h("div", { class: "table", role: "region", "aria-label": `${title}: the numbers`, tabindex: "0" },
        numbers(title, what))));
}

function legend(names, type) {
  const sign = (colour) =>
    type === "line"
      ? h("line", { class: `stroke ${colour}`, x1: 0, y1: 6, x2: 20, y2: 6 })
      : h("rect", { class: `fill ${colour}`, x: 4, y: 0, width: 12, height: 12, rx: 2 });
  return h("ul", { class: "legend" }, names.map((name, at) =>
    h("li", null, h("svg", { viewBox: "0 0 20 12", "aria-hidden": "true" }, sign(COLOURS[at])), name)));
}

function numbers(title, what) {
  const caption = h("caption", { class: "unseen" }, title);
  if (what.type === "pie") {
    const all = what.segments.reduce((sum, one) => sum + one.value, 0);
    return h("table", null, caption, head(["Part", "Value", "Share"]),
      h("tbody", null, what.segments.map((one) => line(one.label, [shown(one.value), percent(one.value / all)]))));
  }
  const { categories, x_label: across } = axes(what);
  const value = (series, label) => series.data.find((point) => point.label === label)?.value;
  return h("table", null, caption, head([across || "Category", ...what.series.map((one) => one.name)]),
    h("tbody", null, categories.map((label) => {
      const values = what.series.map((one) => value(one, label));
      return line(label, values.map((one) => (one === undefined ? "–" : shown(one))));
    })));
}

function head(titles) {
  return h("thead", null, h("tr", null, titles.map((title, at) =>
    h("th", { scope: "col", "data-align": at ? "right" : "left" }, title))));
}

function line(label, values) {
  const cells = values.map((value) => h("td", { "data-align": "right" }, value));
  return h("tr", null, h("th", { scope: "row" }, label), cells);
}
