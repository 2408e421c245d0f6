// What one person sees of the workspace: channels, messages, what is new, what only this person sees.

import { live } from "../live.js";
import { screen } from "../screen.js";
import { me } from "./people.js";

/** The tabs of the app: values of screen.at that are no channel. */
export const APP_TABS = ["home", "messages", "about"];

/** Whether somebody may look into a channel. Guests see only where they are. */
export function sees(user, channel) {
  if (channel.members.includes(user.id)) return true;
  return channel.kind === "public" && !user.is_restricted;
}

/** The channels in my sidebar, by name; direct messages stand with the app. */
export function myChannels() {
  return live.all("channel/")
    .filter((channel) => channel.kind !== "im" && sees(me(), channel))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** My direct message with the app; undefined until one of us wrote. */
export function directMessage() {
  return live.all("channel/").find((channel) => channel.kind === "im" && channel.members.includes(screen.me));
}

/** The channel that is looked at; undefined for a tab of the app, and for what I cannot see. */
export function channelInSight() {
  if (screen.at === "messages") return directMessage();
  const channel = live.get(`channel/${screen.at}`);
  return channel && sees(me(), channel) ? channel : undefined;
}

/** What stands in the channel itself, oldest first, with what only I see of it. */
export function inChannel(channel) {
  return inOrder([
    ...live.all(`message/${channel.id}/`).filter(isRoot),
    ...whispers(channel).filter((message) => !message.thread_ts),
  ]);
}

/** A message and its replies, oldest first, with what only I see of it. */
export function inThread(channel, ts) {
  return inOrder([
    ...live.all(`message/${channel.id}/`).filter((message) => message.ts === ts || message.thread_ts === ts),
    ...whispers(channel).filter((message) => message.thread_ts === ts),
  ]);
}

/** How many messages of a channel I have not seen. */
export function unread(channel) {
  return channel.unread?.[screen.me] ?? 0;
}

/** The threads with news for me: [{channel, ts, root}]. */
export function threadsWithNews() {
  return myChannels().flatMap((channel) =>
    (channel.unread_threads?.[screen.me] ?? []).map((ts) => ({
      channel,
      ts,
      root: live.get(`message/${channel.id}/${ts}`),
    })));
}

/** Whether a thread has news for me. */
export function hasNews(channel, ts) {
  return (channel.unread_threads?.[screen.me] ?? []).includes(ts);
}

function isRoot(message) {
  return !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}

function whispers(channel) {
  return live.all(`ephemeral/${screen.me}/`).filter((message) => message.channel === channel.id);
}

function inOrder(messages) {
  return messages.sort((one, other) => (one.ts < other.ts ? -1 : 1)); // all ts are of one length
}
