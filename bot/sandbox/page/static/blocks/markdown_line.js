// What stands inside a line of Markdown: emphasis, code, links, pictures, and Slack's own mentions and emoji.

import { h } from "../dom.js";
import { emojiNamed } from "./emoji.js";
import { link } from "./links.js";
import { mrkdwn } from "./mrkdwn.js";
import { picture } from "./pictures.js";

// In order: \*, `code`, ![words](address), [words](address), <…>, **bold**, __bold__, ~~struck~~, *italic*, _italic_,
// a bare address, :emoji:. \x60 is the backtick.
const SPECIAL = new RegExp(
  [
    String.raw`\\(?<kept>[\\\x60*_{}[\]()#+\-.!~|>])`,
    String.raw`(?<ticks>\x60+)(?<code>.+?)\k<ticks>`,
    String.raw`!\[(?<alt>[^\]]*)\]\((?<image>[^\s)]+)[^)]*\)`,
    String.raw`\[(?<words>[^\]]+)\]\((?<to>[^\s)]+)[^)]*\)`,
    String.raw`<(?<angle>[^<>\s][^<>]*)>`,
    String.raw`(?<two>\*\*|(?<![\p{L}\p{N}])__)(?=\S)(?<bold>.+?)(?<=\S)\k<two>`,
    String.raw`~~(?=\S)(?<struck>.+?)(?<=\S)~~`,
    String.raw`(?<one>\*|(?<![\p{L}\p{N}])_)(?=[^\s*_])(?<italic>.+?)(?<=[^\s])\k<one>(?![\p{L}\p{N}*])`,
    String.raw`(?<bare>https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"*_~])`,
    String.raw`:(?<emoji>[\w+'-]+):`,
  ].join("|"),
  "gu",
);

/** One line, described. */
export function markdownLine(text, context) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    if (match.index < end) continue;
    found.push(text.slice(end, match.index), meaning(match, context));
    end = match.index + match[0].length;
  }
  found.push(text.slice(end));
  return found.filter((part) => part !== "");
}

function meaning({ 0: whole, groups }, context) {
  const { kept, code, alt, image, words, to, angle, bold, struck, italic, bare, emoji } = groups;
  if (kept) return kept;
  if (code) return h("code", null, code);
  if (image) return picture({ image_url: image, alt_text: alt || "Picture" });
  if (to) return link(to, markdownLine(words, context));
  if (angle) return mrkdwn(whole, context, { verbatim: true });
  if (bold) return h("strong", null, markdownLine(bold, context));
  if (struck) return h("s", null, markdownLine(struck, context));
  if (italic) return h("em", null, markdownLine(italic, context));
  if (bare) return link(bare, bare);
  return emojiNamed(emoji) ?? whole;
}
