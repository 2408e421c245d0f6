// Tables: plain ones, and those of data, which have pages and can be sorted. They scroll sideways inside themselves.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { richText } from "./rich_text.js";
import { warning } from "./warning.js";

const PAGE = 5; // Slack docs, blocks/data-table-block: page_size if the block does not say
const NUMBERS = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 20 });
const turned = new Map(); // key of a data table -> {page, column, down}: what this reader made of it

const CELLS = {
  __proto__: null,
  raw_text: ({ text }) => text,
  raw_number: ({ value, text }) => text ?? NUMBERS.format(value),
  rich_text: ({ elements }, context) => richText(elements, context),
};

/** A table; its first row holds the titles. */
export function table({ rows, column_settings: settings = [] }, context) {
  const cell = (tag) => (one, column) => h(tag, cellProps(tag, settings[column] ?? {}), inside(one, context));
  const [titles, ...rest] = rows;
  return scrolling("Table", h("table", null,
    h("thead", null, h("tr", null, titles.map(cell("th")))),
    h("tbody", null, rest.map((row) => h("tr", null, row.map(cell("td")))))));
}

/** A table of data: a caption, pages, and titles that sort. */
export function dataTable(block, context) {
  const { caption, rows, page_size: size = PAGE, row_header_column_index: header = 0 } = block;
  const key = `${context.place}/${block.block_id ?? caption}`;
  const view = turned.get(key) ?? { page: 0 };
  const turn = (change) => {
    turned.set(key, { ...view, ...change });
    screen.changed();
  };
  const [titles, ...rest] = rows;
  const ordered = sorted(rest, view);
  const pages = Math.ceil(ordered.length / size);
  const page = Math.min(view.page, pages - 1);
  const numeric = titles.map((_title, column) => rest.every((row) => row[column]?.type === "raw_number"));
  const shown = ordered.slice(page * size, (page + 1) * size);
  const cell = (one, column) => {
    const props = { "data-align": numeric[column] ? "right" : null, scope: column === header && "row" };
    return h(column === header ? "th" : "td", props, inside(one, context));
  };
  return h("div", { class: "data-table" },
    scrolling(caption, h("table", null,
      h("caption", null, caption),
      h("thead", null, h("tr", null, titles.map((title, column) => sortable(title, column, numeric, view, turn)))),
      h("tbody", null, shown.map((row) => h("tr", null, row.map(cell)))))),
    pages > 1 && pager(page, pages, ordered.length, turn));
}

function scrolling(label, inside) {
  return h("div", { class: "table", role: "region", "aria-label": label, tabindex: "0" }, inside);
}

function cellProps(tag, { align = "left", is_wrapped: wrapped = false }) {
  return { scope: tag === "th" && "col", "data-align": align, "data-wrapped": wrapped };
}

function inside(cell, context) {
  return CELLS[cell.type]?.(cell, context) ?? warning("cell", cell.type);
}

function sortable(title, column, numeric, { column: by, down }, turn) {
  const isBy = by === column;
  const order = isBy && (down ? "descending" : "ascending");
  const arrow = h("span", { class: "sort", "aria-hidden": "true" }, isBy ? (down ? " ↓" : " ↑") : "");
  const onclick = () => turn({ column, down: isBy && !down, page: 0 });
  const props = { scope: "col", "aria-sort": order, "data-align": numeric[column] ? "right" : null };
  return h("th", props, h("button", { type: "button", class: "quiet", onclick }, CELLS[title.type]?.(title), arrow));
}

function sorted(rows, { column, down }) {
  if (column === undefined) return rows;
  const compare = (one, other) => {
    const [a, b] = [one[column], other[column]];
    if (a.type === "raw_number" && b.type === "raw_number") return a.value - b.value;
    return words(a).localeCompare(words(b), "en", { numeric: true });
  };
  return rows.toSorted((one, other) => (down ? -1 : 1) * compare(one, other));
}

function words(cell) {
  return cell.text ?? String(cell.value ?? cell.elements?.map(words).join(" ") ?? "");
}

function pager(page, pages, rows, turn) {
  const step = (label, to, off) => {
    const onclick = () => !off && turn({ page: to });
    return h("button", { type: "button", class: "quiet", "aria-disabled": off && "true", onclick }, label);
  };
  return h("div", { class: "pager" },
    step("Previous", page - 1, page === 0),
    h("span", { role: "status" }, `Page ${page + 1} of ${pages}, ${rows} rows`),
    step("Next", page + 1, page === pages - 1));
}
