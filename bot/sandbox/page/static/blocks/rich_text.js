// Rich text: sections, nested lists, quotes, code, and the leaves in them (Slack docs, blocks/rich-text-block).

import { h } from "../dom.js";
import { date } from "./dates.js";
import { emojiNamed } from "./emoji.js";
import { link } from "./links.js";
import { broadcast, channelMention, groupMention, userMention } from "./mentions.js";
import { warning } from "./warning.js";

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark" };
const BULLETS = 3; // shapes of bullets: they take turns by depth, as numbers, letters and Roman numbers do

const PARTS = {
  __proto__: null,
  rich_text_section: ({ elements }, context) => h("div", { class: "rich-section" }, leaves(elements, context)),
  rich_text_quote: ({ elements }, context) => h("blockquote", null, leaves(elements, context)),
  rich_text_preformatted: ({ elements, language }, context) =>
    h("pre", { class: "code", "data-language": language }, leaves(elements, context)),
};

const LEAVES = {
  __proto__: null,
  text: ({ text }) => lines(text),
  link: ({ url, text }) => link(url, text || url),
  user: ({ user_id: id }, context) => userMention(id, context),
  usergroup: ({ usergroup_id: id }) => groupMention(id),
  channel: ({ channel_id: id }, context) => channelMention(id, context),
  team: ({ team_id: id }) => groupMention(id),
  broadcast: ({ range }) => broadcast(range),
  emoji: (leaf) => emoji(leaf),
  color: ({ value }) => colour(value),
  date: ({ timestamp, format, url, fallback }, context) => date(timestamp, format, context, { url, fallback }),
};

/** The parts of a rich text block. Lists that follow each other with a greater indent stand inside the one before. */
export function richText(elements, context) {
  const parts = [];
  for (let at = 0; at < elements.length; at++) {
    const part = elements[at];
    if (part.type === "rich_text_list") {
      let end = at + 1;
      while (elements[end]?.type === "rich_text_list" && depth(elements[end]) > depth(part)) end++;
      parts.push(list(part, elements.slice(at + 1, end), context));
      at = end - 1;
    } else {
      parts.push(PARTS[part.type]?.(part, context) ?? warning("text", part.type));
    }
  }
  return parts;
}

/** Rich text as plain text, for a field to type it in; undefined for none. */
export function textOfRich(block) {
  const inside = ({ elements = [], text, url }) => text ?? url ?? elements.map(inside).join("");
  return block?.elements.map(inside).join("\n");
}

function list(part, deeper, context) {
  const ordered = part.style === "ordered";
  const items = part.elements.map((item) => h("li", null, leaves(item.elements, context)));
  if (deeper.length) items.at(-1).children.push(...richText(deeper, context));
  const start = ordered && part.offset ? part.offset + 1 : null;
  const props = { class: "rich-list", start, "data-depth": depth(part) % BULLETS, "data-border": part.border === 1 };
  return h(ordered ? "ol" : "ul", props, items);
}

function leaves(elements, context) {
  return elements.map((leaf) => {
    const draw = LEAVES[leaf.type];
    return draw ? styled(draw(leaf, context), leaf.style) : warning("text", leaf.type);
  });
}

function styled(inside, style = {}) {
  return Object.entries(STYLES).reduce((parts, [name, tag]) => (style[name] ? h(tag, null, parts) : parts), inside);
}

function emoji({ name, skin_tone: tone, unicode }) {
  const drawn = unicode && String.fromCodePoint(...unicode.split("-").map((code) => Number.parseInt(code, 16)));
  return drawn || emojiNamed(tone > 1 ? `${name}::skin-tone-${tone}` : name) || `:${name}:`;
}

/** A colour with its code. SVG takes colours as attributes: the page allows no styles in its elements. */
function colour(value) {
  const code = value.startsWith("#") ? value : `#${value}`;
  const dot = h("circle", { cx: 6, cy: 6, r: 5, fill: code });
  return h("span", { class: "colour" }, h("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, dot), code);
}

function depth(part) {
  return part.indent ?? 0;
}

function lines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line]));
}
