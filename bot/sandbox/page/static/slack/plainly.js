// Slack's markup as plain words: for boxes to type in, and where a link would be in the way.

import { userOf } from "./people.js";

const TOKEN = /<([^<>|]*)(?:\|([^<>]*))?>/g;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** A text as it was typed: names for ids, addresses without brackets, letters for entities. */
export function asTyped(text) {
  const named = text.replace(TOKEN, (_token, target, label) => {
    if (target.startsWith("@")) return `@${userOf(target.slice(1)).name}`;
    if (target.startsWith("#")) return `#${label ?? target.slice(1)}`;
    return target.startsWith("!") ? label ?? `@${target.slice(1)}` : target;
  });
  return named.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** The first line of a message, without marks of emphasis; `otherwise` if it has none. */
export function firstLine(message, otherwise) {
  const [line] = asTyped(message?.text ?? "").split("\n");
  return line.replace(/(?<!\w)[*_~`]|[*_~`](?!\w)/g, "") || otherwise;
}
