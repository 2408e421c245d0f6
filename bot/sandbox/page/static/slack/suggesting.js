// What may be meant by the beginning of a word: commands and their words, people, channels.

import { live } from "../live.js";
import { role } from "./people.js";
import { myChannels } from "./places.js";

const MOST = 8;

/**
 * What could stand where the caret is: {start, end, typed, kind, items: [{insert, label, detail}]}, or null.
 * `start` and `end` are the piece of `text` that an item replaces, `typed` is what stands there.
 */
export function suggestions(text, caret, { commands = true } = {}) {
  const before = text.slice(0, caret);
  const command = commands && /^\/\S*$/.exec(before);
  if (command) return found(0, caret, before, "command", commandItems(before));
  const word = commands && /^(\/\S+) +(\S*)$/.exec(before);
  if (word) return found(caret - word[2].length, caret, word[2], "word", wordItems(word[1], word[2]));
  const name = /(?:^|[\s(])([@#])([\p{L}\p{N}._-]*)$/u.exec(before);
  if (!name) return null;
  const items = name[1] === "@" ? peopleItems(name[2].toLowerCase()) : channelItems(name[2].toLowerCase());
  return found(caret - name[2].length - 1, caret, name[1] + name[2], "name", items);
}

/** Whether Enter takes what is offered, rather than sends what is typed. */
export function enterTakes(offer, moved) {
  const isWhole = offer.items.some((item) => item.insert === offer.typed);
  return moved || (offer.typed !== "" && !isWhole);
}

function found(start, end, typed, kind, items) {
  return items.length ? { start, end, typed, kind, items: items.slice(0, MOST) } : null;
}

function commandItems(typed) {
  return live.get("app").commands
    .filter(({ command }) => command.startsWith(typed.toLowerCase()))
    .map(({ command, description, usage_hint }) => ({
      insert: command,
      label: `${command} ${usage_hint ?? ""}`.trim(),
      detail: description,
    }));
}

function wordItems(command, typed) {
  const app = live.get("app");
  if (command !== app.commands[0]?.command) return []; // the words are those of the first command
  return app.words
    .filter((word) => word.startsWith(typed.toLowerCase()))
    .map((word) => ({ insert: word, label: `${command} ${word}`, detail: "" }));
}

function peopleItems(typed) {
  return live.all("user/")
    .filter((user) => `${user.name} ${user.real_name}`.toLowerCase().split(" ").some((part) => part.startsWith(typed)))
    .map((user) => ({ insert: `@${user.name}`, label: user.real_name, detail: `@${user.name} · ${role(user)}` }));
}

function channelItems(typed) {
  return myChannels()
    .filter((channel) => channel.name.startsWith(typed))
    .map((channel) => ({ insert: `#${channel.name}`, label: `#${channel.name}`, detail: "" }));
}
