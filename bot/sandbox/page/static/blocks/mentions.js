// Mentions of people, channels and groups, in markup and in rich text.

import { h } from "../dom.js";

/** A person; one's own mention is stronger. A click shows who that is. */
export function userMention(id, context, label = "") {
  const user = context.user(id);
  const words = `@${(user && (user.real_name || user.name)) || label || id}`;
  const own = id === context.me?.id;
  return mention(own ? "mention own" : "mention", words, user && context.visitUser && (() => context.visitUser(id)));
}

/** A channel; a click goes there. */
export function channelMention(id, context, label = "") {
  const channel = context.channel(id);
  const words = `#${channel?.name || label || id}`;
  return mention("mention", words, channel && context.visitChannel && (() => context.visitChannel(id)));
}

/** A group of people. */
export function groupMention(id, label = "") {
  return mention("mention", label || `@${id}`);
}

/** @here, @channel, @everyone, and whatever else Slack writes as <!…>. */
export function broadcast(range, label = "") {
  const everybody = ["here", "channel", "everyone"].includes(range);
  return mention(everybody ? "mention own" : "mention", label || `@${range}`);
}

function mention(style, words, onclick) {
  return onclick ? h("button", { type: "button", class: style, onclick }, words) : h("span", { class: style }, words);
}
