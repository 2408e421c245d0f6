// The markdown block: headings, lists, code, quotes, tables and lines between, as Slack reads standard Markdown.

import { h } from "../dom.js";
import { markdownLine } from "./markdown_line.js";

const FENCE = /^\s*(```+|~~~+)\s*(\S*)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^\s*>\s?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const FIRST_HEADING = 3; // h1 and h2 are the page's
const LAST_HEADING = 6;

/** Markdown, described. */
export function markdown(text, context) {
  return parts(text.replace(/\r\n?/g, "\n").split("\n"), context);
}

function parts(rows, context) {
  const found = [];
  let at = 0;
  while (at < rows.length) {
    const read = [fence, heading, rule, quote, table, list, paragraph];
    const { part, next } = read.reduce((done, one) => done ?? one(rows, at, context), undefined);
    if (part) found.push(part);
    at = next;
  }
  return found;
}

function fence(rows, at) {
  const open = FENCE.exec(rows[at]);
  if (!open) return undefined;
  const end = rows.findIndex((row, index) => index > at && row.trim().startsWith(open[1]));
  const last = end < 0 ? rows.length : end;
  const props = { class: "code", "data-language": open[2] || null };
  return { part: h("pre", props, rows.slice(at + 1, last).join("\n")), next: last + 1 };
}

function heading(rows, at, context) {
  const found = HEADING.exec(rows[at]);
  if (!found) return undefined;
  const level = Math.min(found[1].length + FIRST_HEADING - 1, LAST_HEADING);
  return { part: h(`h${level}`, null, markdownLine(found[2], context)), next: at + 1 };
}

function rule(rows, at) {
  return RULE.test(rows[at]) ? { part: h("hr"), next: at + 1 } : undefined;
}

function quote(rows, at, context) {
  const next = endOf(rows, at, (row) => QUOTE.test(row));
  if (next === at) return undefined;
  const inside = rows.slice(at, next).map((row) => row.replace(QUOTE, ""));
  return { part: h("blockquote", null, parts(inside, context)), next };
}

function table(rows, at, context) {
  if (!rows[at].includes("|") || !TABLE_LINE.test(rows[at + 1] ?? "") || !rows[at + 1].includes("-")) return undefined;
  const next = endOf(rows, at + 2, (row) => row.includes("|"));
  const sides = cells(rows[at + 1]).map(sideOf);
  const line = (tag, row) =>
    h("tr", null, cells(row).map((cell, column) =>
      h(tag, { scope: tag === "th" && "col", "data-align": sides[column], "data-wrapped": true },
        markdownLine(cell, context))));
  const body = rows.slice(at + 2, next).map((row) => line("td", row));
  const inside = h("table", null, h("thead", null, line("th", rows[at])), h("tbody", null, body));
  return { part: h("div", { class: "table", role: "region", "aria-label": "Table", tabindex: "0" }, inside), next };
}

function list(rows, at, context) {
  const first = ITEM.exec(rows[at]);
  if (!first) return undefined;
  const indent = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let next = at;
  while (next < rows.length) {
    const item = ITEM.exec(rows[next]);
    if (!item || item[1].length > indent + 1 || item[1].length < indent || /\d/.test(item[2]) !== ordered) break;
    const end = endOf(rows, next + 1, (row) => indentOf(row) > indent + 1 && row.trim() !== "");
    const deeper = undented(rows.slice(next + 1, end));
    const box = item[3] && h("span", { role: "img", "aria-label": item[3] === " " ? "to do" : "done" },
      item[3] === " " ? "☐ " : "☑ ");
    items.push(h("li", null, box, markdownLine(item[4], context), parts(deeper, context)));
    next = rows[end]?.trim() === "" && ITEM.test(rows[end + 1] ?? "") ? end + 1 : end;
  }
  const start = ordered && Number.parseInt(first[2], 10) !== 1 ? Number.parseInt(first[2], 10) : null;
  return { part: h(ordered ? "ol" : "ul", { start }, items), next };
}

function paragraph(rows, at, context) {
  if (rows[at].trim() === "") return { next: at + 1 };
  const begins = (row, index) =>
    row.trim() === "" ||
    [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(row)) ||
    (row.includes("|") && TABLE_LINE.test(rows[index + 1] ?? ""));
  const next = endOf(rows, at + 1, (row, index) => !begins(row, index));
  const lines = rows.slice(at, next).flatMap((row, index) => [index > 0 && h("br"), markdownLine(row.trim(), context)]);
  return { part: h("p", null, lines), next };
}

function endOf(rows, from, belongs) {
  const end = rows.findIndex((row, index) => index >= from && !belongs(row, index));
  return end < 0 ? Math.max(rows.length, from) : end;
}

function cells(row) {
  return row.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

function sideOf(cell) {
  if (!cell.endsWith(":")) return "left";
  return cell.startsWith(":") ? "center" : "right";
}

function indentOf(row) {
  return row.length - row.trimStart().length;
}

function undented(rows) {
  const least = Math.min(...rows.map(indentOf));
  return rows.map((row) => row.slice(least));
}
