// Changing and deleting one's own messages.

import { person } from "../acts.js";
import { h } from "../dom.js";
import { screen } from "../screen.js";
import { sure } from "./asking.js";
import { focusSoon } from "./focus.js";
import { asTyped } from "./plainly.js";

let edited = null; // {who, channel, ts, text} of the one message that is being changed

/** Puts a message's text into a box, as it was typed. */
export function beginEdit(channel, message) {
  edited = { who: screen.me, channel: channel.id, ts: message.ts, text: asTyped(message.text) };
  screen.changed();
  focusSoon(".message-edit textarea");
}

/** Whether this message is being changed here. */
export function isEdited(channel, message) {
  return edited?.ts === message.ts && edited.channel === channel.id && edited.who === screen.me;
}

/** The box: Enter saves, Escape gives up. */
export function editor(channel, message) {
  const onkeydown = (event) => {
    if (event.key === "Escape") end(event, message);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save(event, channel, message);
  };
  const oninput = (event) => {
    edited.text = event.target.value;
    screen.changed();
  };
  return h("div", { class: "message-edit", key: "edit" },
    h("textarea", { "aria-label": "Text of your message", rows: "2", value: edited.text, oninput, onkeydown }),
    h("div", { class: "message-edit-foot" },
      h("button", { type: "button", onclick: (event) => end(event, message) }, "Cancel"),
      h("button", { class: "primary", type: "button", onclick: (event) => save(event, channel, message) }, "Save")));
}

/** Asks, and deletes. */
export async function askToDelete(channel, message) {
  const text = "Nobody will see it any more. What was sent as an SMS stays sent.";
  const agreed = await sure({ title: "Delete this message?", text, confirm: "Delete", deny: "Keep it" });
  if (agreed) await person("delete", { channel: channel.id, ts: message.ts });
}

async function save(event, channel, message) {
  const { text } = edited;
  end(event, message);
  if (text.trim() && text !== asTyped(message.text)) {
    await person("edit", { channel: channel.id, ts: message.ts, text });
  }
}

function end(event, message) {
  event.preventDefault();
  event.stopPropagation();
  edited = null;
  screen.changed();
  focusSoon(`.message[data-ts="${message.ts}"]`);
}
