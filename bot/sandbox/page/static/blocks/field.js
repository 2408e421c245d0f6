// What every element that a person fills shares: where it stands, what it holds, and how a choice leaves it.

import { screen } from "../screen.js";
import { confirmed } from "./confirming.js";
import { working } from "./working.js";

// element type -> [key of its value in view.state, key of its initial value] (Slack docs, block-elements)
const KEYS = {
  plain_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  checkboxes: ["selected_options", "initial_options"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  file_input: ["files", "initial_files"],
};
const kept = new Map(); // id of a field -> {value, state, running}: what was chosen, until the state knows it

/**
 * A field: {id, block, element, context, inInput, labelId, describedBy, invalid}. `tie`: what an input block knows of
 * its label and errors; elements elsewhere have none.
 */
export function field(block, element, context, tie = {}) {
  return { id: idOf(block, element, context), block, element, context, inInput: block.type === "input", ...tie };
}

/** The id of an element on the page; without spaces, so that ARIA can name it. */
export function idOf(block, element, context) {
  return `${context.place}/${block.block_id ?? ""}/${element.action_id ?? element.type}`.replace(/\s/g, "_");
}

/** What stands in a field, in the words of view.state: a text, an option, ids, seconds …; undefined if nothing. */
export function valueOf({ id, block, element, context }) {
  const state = stateOf(block, element, context);
  const chosen = kept.get(id);
  if (chosen && (chosen.state === state || chosen.running > 0)) return chosen.value;
  kept.delete(id);
  const [key, initial] = KEYS[element.type];
  return (state ? state[key] : element[initial]) ?? undefined;
}

/**
 * The person chooses: asks if the element asks, then tells the sandbox. `value`: what is sent; `shown`: the same in the
 * words of view.state. A promise of false if the person thought better of it.
 */
export async function choose(at, value, shown) {
  const { id, block, element, context } = at;
  if (element.confirm && !(await confirmed(element.confirm, context))) {
    screen.changed();
    return false;
  }
  const chosen = { value: shown, state: stateOf(block, element, context), running: (kept.get(id)?.running ?? 0) + 1 };
  kept.set(id, chosen);
  await working(id, () => tell(at, value));
  chosen.running -= 1;
  return true;
}

/** Tells the sandbox what stands in a field now. The app hears of it unless it waits for the form to be sent. */
export function tell({ block, element, context, inInput }, value) {
  if (inInput && !block.dispatch_action) return context.fill(block.block_id, value);
  return context.click(element.action_id, value);
}

/** The attributes that tie a field to its label, hint and error. `words`: its name where it has no label. */
export function tied({ id, labelId, describedBy, invalid, block, inInput }, words) {
  return {
    id,
    "aria-label": labelId ? null : words,
    "aria-describedby": describedBy,
    "aria-invalid": invalid && "true",
    "aria-required": inInput && !block.optional && "true",
  };
}

function stateOf(block, element, context) {
  return context.values?.[block.block_id]?.[element.action_id];
}
