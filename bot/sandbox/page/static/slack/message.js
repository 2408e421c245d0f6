// One message: who, when, what, and the small bar of what can be done with it.

import { person } from "../acts.js";
import { blocks } from "../blocks/blocks.js";
import { inFull, moment } from "../blocks/dates.js";
import { menu } from "../blocks/menu.js";
import { mrkdwn } from "../blocks/mrkdwn.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { messageContext, told } from "./context.js";
import { askToDelete, beginEdit, editor, isEdited } from "./editing.js";
import { focusSoon } from "./focus.js";
import { icon } from "./icons.js";
import { avatar, isSlackbot, me, userOf } from "./people.js";
import { hasNews } from "./places.js";
import { firstLine } from "./plainly.js";
import { timeOf } from "./times.js";

const NOTES = ["channel_join", "channel_leave", "channel_archive"]; // what Slack writes in a person's name

/**
 * One message as an item of a list. `thread`: the ts of the thread that the list is, "" in a channel.
 * `follows`: the same author goes on. `isLast`: the one that Tab reaches; arrow keys reach the others.
 */
export function message(one, { channel, thread, follows, isLast }) {
  const author = userOf(one.user);
  const isGone = one.subtype === "tombstone";
  const context = messageContext({ channel: channel.id, ts: one.ts }, thread);
  const kinds = ["message", one.is_ephemeral && "whisper", follows && "follows", NOTES.includes(one.subtype) && "note"];
  const style = kinds.filter(Boolean).join(" ");
  return h("li", { class: style, key: one.ts, tabindex: isLast ? "0" : "-1", "data-ts": one.ts },
    one.is_ephemeral && whisperHead(one),
    h("div", { class: "message-side" }, !isGone && (follows ? time(one, context) : avatar(author))),
    h("div", { class: "message-main" },
      !isGone && (follows ? h("span", { class: "unseen" }, author.real_name) : head(one, author, context)),
      broadcastMark(one, thread, channel),
      isEdited(channel, one) ? editor(channel, one) : body(one, context),
      !thread && one.reply_count > 0 && replies(one, channel, context)),
    !one.is_ephemeral && !isEdited(channel, one) && !isGone && bar(one, channel, thread));
}

/** Opens a thread beside the channel, and goes to where one writes in it. */
export function openThread(channel, ts) {
  screen.go({ at: channel.kind === "im" ? "messages" : channel.id, thread: ts });
  focusSoon(".thread textarea");
}

function head(one, author, context) {
  return h("div", { class: "message-head", key: "head" },
    h("strong", {}, one.username ?? author.real_name),
    author.is_bot && !isSlackbot(author) && h("span", { class: "app-mark" }, "APP"),
    author.is_restricted && h("span", { class: "app-mark" }, "GUEST"),
    author.is_stranger && h("span", { class: "app-mark" }, "FROM ANOTHER TEAM"),
    time(one, context));
}

function time(one, context) {
  const iso = new Date(Number(one.ts) * 1000).toISOString();
  return h("time", { datetime: iso, title: inFull(one.ts, context) }, timeOf(one.ts, context.zone));
}

function whisperHead(one) {
  const onclick = () => person("dismiss", { ts: one.ts });
  return h("div", { class: "whisper-head" },
    icon("eye"), h("span", {}, "Only visible to you"),
    h("button", { class: "link", type: "button", onclick }, "Dismiss"));
}

function broadcastMark(one, thread, channel) {
  if (one.subtype !== "thread_broadcast") return null;
  if (thread) return h("p", { class: "broadcast" }, `Also sent to #${channel.name}`);
  const onclick = () => openThread(channel, one.thread_ts);
  return h("p", { class: "broadcast" }, "replied to a thread: ",
    h("button", { class: "link", type: "button", onclick }, firstLine(one.root, "the first message")));
}

function body(one, context) {
  if (one.subtype === "tombstone") return h("p", { class: "tombstone" }, "This message was deleted.");
  const edited = one.edited && !userOf(one.user).is_bot;
  const built = one.bot_id && one.blocks?.length; // the blocks of what people type say the same as its text
  return h("div", { class: "message-body", key: "body" },
    built
      ? blocks(one.blocks, context)
      : one.text && h("div", { class: "message-text" }, mrkdwn(one.text, context)),
    (one.attachments ?? []).map(({ blocks: inside, text, fallback }) => h("div", { class: "attachment" },
      inside ? blocks(inside, context) : mrkdwn(text ?? fallback ?? "", context))),
    (one.files ?? []).map((file) => h("p", { class: "file" }, `File: ${file.title ?? file.name} (${file.size} bytes)`)),
    (one.reactions ?? []).map((reaction) => h("span", { class: "reaction" },
      mrkdwn(`:${reaction.name}:`, context), ` ${reaction.count}`)),
    edited && h("span", { class: "edited", title: inFull(one.edited.ts, context) }, "(edited)"));
}

function replies(one, channel, context) {
  const words = one.reply_count === 1 ? "1 reply" : `${one.reply_count} replies`;
  const isNew = hasNews(channel, one.ts);
  return h("button", {
    class: isNew ? "replies news" : "replies",
    type: "button",
    "data-thread": one.ts,
    onclick: () => openThread(channel, one.ts),
  },
  (one.reply_users ?? []).slice(0, 4).map((id) => avatar(userOf(id))),
  h("span", { class: "replies-count" }, isNew ? `${words}, some new` : words),
  h("span", { class: "soft" }, `last ${moment(one.latest_reply, context)}`));
}

function bar(one, channel, thread) {
  const id = `more-${thread ? "thread" : "channel"}-${one.ts}`;
  const isOpen = screen.menu === id;
  const items = choices(one, channel);
  return h("div", { class: "message-bar", "data-open": isOpen },
    !thread && h("button", {
      class: "quiet",
      type: "button",
      title: "Reply in thread",
      "aria-label": "Reply in thread",
      onclick: () => openThread(channel, one.thread_ts ?? one.ts),
    }, icon("reply")),
    items.length > 0 && menu({ id, label: "More about this message", items, button: icon("more") }));
}

function choices(one, channel) {
  const app = live.get("app");
  const shortcuts = app.shortcuts.filter((shortcut) => shortcut.kind === "message");
  const run = async ({ callback_id }) => told(
    await person("message_shortcut", { callback_id, channel: channel.id, ts: one.ts }));
  const own = one.user === screen.me;
  return [
    ...shortcuts.map((shortcut) => ({ label: shortcut.name, detail: app.name, onclick: () => run(shortcut) })),
    own && { label: "Edit", onclick: () => beginEdit(channel, one) },
    (own || me().is_admin) && { label: "Delete", danger: true, onclick: () => askToDelete(channel, one) },
  ].filter(Boolean);
}
