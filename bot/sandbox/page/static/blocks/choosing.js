// Menus to choose from: fixed options, options that the app is asked for, people, conversations, channels.

import { combobox } from "./combobox.js";
import { choose, valueOf } from "./field.js";
import { emojiIn } from "./emoji.js";

const LEAST_QUERY = 3; // Slack docs, external_select: min_query_length if the element does not say

// What there is to choose of each kind: what one and several are called, the options, and how a chosen one reads.
const KINDS = {
  static: {
    words: ["an option", "options"],
    offered: ({ element }) => staticOptions(element),
    known: (_at, option) => entry(option),
  },
  external: { words: ["an option", "options"], offered: () => [], known: (_at, option) => entry(option, option) },
  users: {
    words: ["a person", "people"],
    offered: ({ context }) => context.users().map(person),
    known: ({ context }, id) => person(context.user(id) ?? { id, name: id }),
  },
  conversations: { words: ["a conversation", "conversations"], offered: conversations, known: place },
  channels: {
    words: ["a channel", "channels"],
    offered: ({ context }) => {
      const open = context.channels().filter((one) => one.kind === "public" && !one.is_archived);
      return open.map((one) => conversation(one, context));
    },
    known: place,
  },
};

/** A select of any kind, single or multi. */
export function select(at) {
  const { element, context } = at;
  const [, multi, name] = /^(multi_)?(.+)_select$/.exec(element.type);
  const kind = KINDS[name];
  const value = valueOf(at);
  const chosen = (multi ? (value ?? []) : [value].filter((one) => one !== undefined)).map((one) => kind.known(at, one));
  return combobox(at, {
    options: kind.offered(at),
    chosen,
    many: Boolean(multi),
    most: element.max_selected_items ?? Infinity,
    placeholder: element.placeholder?.text ?? `Choose ${kind.words[multi ? 1 : 0]}`,
    least: element.min_query_length ?? LEAST_QUERY,
    search: name === "external" && (async (query) => (await context.options(element.action_id, query)).map(found)),
    take: (options) => take(at, options, multi),
  });
}

function take(at, options, multi) {
  const sent = options.map((option) => option.sent);
  const shown = options.map((option) => option.raw);
  return multi ? choose(at, sent, shown) : choose(at, sent[0] ?? null, shown[0]);
}

function staticOptions({ options, option_groups: groups = [] }) {
  if (options) return options.map((option) => entry(option));
  return groups.flatMap((group) => group.options.map((option) => ({ ...entry(option), group: group.label.text })));
}

function found(option) {
  return entry(option, option); // the sandbox cannot know it by its value alone: the app alone does
}

/** One line to choose: `sent` goes to the sandbox, `raw` is how view.state has it. */
function entry(option, sent = option.value) {
  const label = emojiIn(option.text.text);
  return { value: option.value, label, detail: option.description?.text, sent, raw: option };
}

function person(user) {
  const label = user.real_name || user.name;
  return { value: user.id, label, detail: user.real_name && `@${user.name}`, sent: user.id, raw: user.id };
}

function conversations({ element, context }) {
  const filter = element.filter ?? {};
  const fits = (one) =>
    !one.is_archived &&
    (filter.include ?? [one.kind]).includes(one.kind) &&
    !(filter.exclude_external_shared_channels && one.is_ext_shared) &&
    !(filter.exclude_bot_users && one.kind === "im" && one.members.some((id) => context.user(id)?.is_bot));
  return context.channels().filter(fits).map((one) => conversation(one, context));
}

function place({ context }, id) {
  return conversation(context.channel(id) ?? { id, name: id }, context);
}

function conversation({ id, kind, name, members = [] }, context) {
  const other = kind === "im" ? context.user(members.find((one) => one !== context.me.id)) : null;
  const label = other ? other.real_name || other.name : `#${name ?? id}`;
  return { value: id, label, detail: kind === "private" ? "private" : null, sent: id, raw: id };
}
