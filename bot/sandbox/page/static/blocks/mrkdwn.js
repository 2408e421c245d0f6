// Slack's markup, described: emphasis, code, quotes, links, mentions, dates, emoji, by Slack's rules for each.

import { h } from "../dom.js";
import { dateMarkup } from "./dates.js";
import { emojiIn, emojiNamed } from "./emoji.js";
import { plain as unescaped } from "./escapes.js";
import { link } from "./links.js";
import { broadcast, channelMention, groupMention, userMention } from "./mentions.js";

const FENCE = /```\n?([\s\S]+?)```/g;
const QUOTE = /^(?:&gt;|>) ?/;
const QUOTE_REST = /^(?:&gt;|>){3} ?/;
// Everything that may be more than a letter: code, <…>, :emoji:, a bare address, the marks of emphasis.
const SPECIAL = /`([^`\n]+)`|<([^<>\n]+)>|:([\w+'-]+(?:::skin-tone-[2-6])?):|(https?:\/\/[^\s<>|]+)|([*_~])/g;
const EMPHASIS = { "*": "strong", _: "em", "~": "s" };
const LETTER = /[\p{L}\p{N}]/u;
const TRAILING = /(?:[.,;:!?)\]'"*_~]|&[lg]t;|&amp;$)+$/; // what ends a sentence and no address

/**
 * Text with Slack's markup (Slack docs, "Formatting message text"). With `verbatim`, bare addresses stay words
 * (Slack docs, "Text object").
 */
export function mrkdwn(text, context, { verbatim = false } = {}) {
  const style = { context, verbatim };
  const parts = [];
  let end = 0;
  for (const fence of text.matchAll(FENCE)) {
    parts.push(paragraphs(text.slice(end, fence.index).replace(/\n$/, ""), style));
    parts.push(h("pre", { class: "code" }, readable(fence[1], context)));
    end = fence.index + fence[0].length;
  }
  parts.push(paragraphs(end ? text.slice(end).replace(/^\n/, "") : text, style));
  return parts;
}

/** Text without markup; only :emoji: become characters, unless `emoji` is false. */
export function plain(text, { emoji = true } = {}) {
  return lines(emoji ? emojiIn(text) : text);
}

/** A text object of either type. */
export function textOf(object, context) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, context, object) : plain(object.text, object);
}

function paragraphs(text, style) {
  const parts = [];
  let usual = [];
  let quoted = [];
  const finish = () => {
    if (usual.length) parts.push(inline(usual.join("\n"), style, true));
    if (quoted.length) parts.push(h("blockquote", null, inline(quoted.join("\n"), style, true)));
    usual = [];
    quoted = [];
  };
  const rows = text === "" ? [] : text.split("\n");
  for (const [at, row] of rows.entries()) {
    const mark = QUOTE_REST.exec(row) ?? QUOTE.exec(row);
    if (mark ? usual.length : quoted.length) finish();
    if (QUOTE_REST.test(row)) {
      quoted = [row.slice(mark[0].length), ...rows.slice(at + 1)];
      break;
    }
    (mark ? quoted : usual).push(mark ? row.slice(mark[0].length) : row);
  }
  finish();
  return parts;
}

function inline(text, style, starts = false) {
  const parts = [];
  let end = 0; // of what is described already
  const special = new RegExp(SPECIAL);
  for (let found = special.exec(text); found; found = special.exec(text)) {
    const { part, length } = meaning(found, text, style, starts) ?? {};
    if (part === undefined) {
      special.lastIndex = found.index + (found[3] ? found[0].length - 1 : 1); // the last colon may begin an emoji
      continue;
    }
    parts.push(lines(unescaped(text.slice(end, found.index))), part);
    end = found.index + length;
    special.lastIndex = end;
  }
  parts.push(lines(unescaped(text.slice(end))));
  return parts;
}

/** What one find means: {part, length}; undefined if it is only letters. */
function meaning(found, text, style, starts) {
  const [whole, code, angle, emoji, address, mark] = found;
  if (mark) return emphasis(found.index, mark, text, style);
  if (code !== undefined) return { part: h("code", null, readable(code, style.context)), length: whole.length };
  if (angle !== undefined) {
    const beginsLine = starts && (found.index === 0 || text[found.index - 1] === "\n");
    return { part: reference(angle, style.context, beginsLine), length: whole.length };
  }
  if (emoji !== undefined) {
    const character = emojiNamed(emoji);
    return character && { part: character, length: whole.length };
  }
  if (style.verbatim) return undefined;
  const bare = address.replace(TRAILING, "");
  return { part: link(unescaped(bare), unescaped(bare)), length: bare.length };
}

function emphasis(at, mark, text, style) {
  const before = text[at - 1] ?? " ";
  const first = text[at + 1] ?? " ";
  if (LETTER.test(before) || before === mark || first === mark || /\s/.test(first)) return undefined;
  const end = closing(at + 1, mark, text);
  if (end < 0) return undefined;
  return { part: h(EMPHASIS[mark], null, inline(text.slice(at + 1, end), style)), length: end + 1 - at };
}

/** Where the emphasis ends: in the same line, after no space, before no letter, and not inside code or <…>. */
function closing(from, mark, text) {
  const stops = new RegExp(`\`[^\`\\n]+\`|<[^<>\\n]+>|\\n|\\${mark}`, "g");
  stops.lastIndex = from;
  for (let stop = stops.exec(text); stop; stop = stops.exec(text)) {
    if (stop[0] === "\n") return -1;
    if (stop[0] !== mark) continue;
    const after = text[stop.index + 1] ?? " ";
    if (!/\s/.test(text[stop.index - 1]) && !LETTER.test(after) && after !== mark) return stop.index;
  }
  return -1;
}

/** The inside of <…>: a mention, a date, a link. */
function reference(inside, context, starts) {
  if (inside.startsWith("!date^")) return dateMarkup(inside, context, starts);
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescaped(inside.slice(bar + 1));
  const [kind, id] = [target[0], target.slice(1)];
  if (kind === "@") return userMention(id, context, label);
  if (kind === "#") return channelMention(id, context, label);
  if (kind !== "!") return link(unescaped(target), label ? emojiIn(label) : unescaped(shownAddress(target)));
  if (id.startsWith("subteam^")) return groupMention(id.slice("subteam^".length), label);
  return broadcast(id, label);
}

function shownAddress(target) {
  return target.replace(/^(?:mailto|tel):/, "");
}

/** Code is read letter by letter; only <…> becomes what it says, as Slack shows it. */
function readable(code, context) {
  const words = code.replace(/<([^<>\n]+)>/g, (_whole, inside) => {
    const bar = inside.indexOf("|");
    if (bar >= 0) return inside.slice(bar + 1);
    if (inside.startsWith("@")) return `@${context.user(inside.slice(1))?.real_name ?? inside.slice(1)}`;
    if (inside.startsWith("#")) return `#${context.channel(inside.slice(1))?.name ?? inside.slice(1)}`;
    return inside.startsWith("!") ? `@${inside.slice(1)}` : shownAddress(inside);
  });
  return unescaped(words);
}

/** New lines as <br>, also where spaces are drawn together. */
function lines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])).filter((part) => part !== "");
}
