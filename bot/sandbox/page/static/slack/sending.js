// Sends what was typed: a line that begins with "/" is a command, everything else a message.

import { person } from "../acts.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { told } from "./context.js";

const PATIENCE = 400; // milliseconds until an answer counts as late
const COMMAND = /^\/(\S*)\s*([\s\S]*)$/;
const working = new Set(); // {channel, who, what, late}: what the app has not answered yet

/** What the app works on for me here, for longer than a moment: ["/sms send", …]. */
export function lateHere(channel) {
  const mine = [...working].filter((one) => one.late && one.channel === channel.id && one.who === screen.me);
  return mine.map((one) => one.what);
}

/** Sends a line. False if nothing was sent, so that what was typed must not be lost. */
export async function send(text, { channel, thread, broadcast }) {
  const command = COMMAND.exec(text.trim());
  if (!command) {
    const body = { channel: channel.id, text: text.trim() };
    return await person("write", thread ? { ...body, thread_ts: thread, broadcast } : body) !== null;
  }
  if (thread) {
    screen.tell(`Slack takes /${command[1]} in the channel only, not in a thread.`);
    return false;
  }
  const body = { command: `/${command[1]}`, text: command[2], channel: channel.id };
  return await waitedFor(channel, text.trim(), person("command", body)) !== null;
}

/** Runs one of the app's global shortcuts. */
export async function runShortcut(channel, { callback_id, name }) {
  told(await waitedFor(channel, name, person("shortcut", { callback_id })));
}

async function waitedFor(channel, what, answer) {
  const one = { channel: channel.id, who: screen.me, what, late: false };
  working.add(one);
  const clock = setTimeout(() => {
    one.late = true;
    screen.changed();
  }, PATIENCE);
  const result = await answer;
  clearTimeout(clock);
  working.delete(one);
  screen.changed();
  return result;
}

/** "SMS desk works on /sms send …" */
export function workingWords(what) {
  return `${live.get("app").name} is working on ${what.split(/\s+/).slice(0, 3).join(" ")} …`;
}
