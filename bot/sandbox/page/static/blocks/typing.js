// Fields to type in: one line or several, addresses, numbers, rich text; with their limits and what a key sets off.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { tell, tied, valueOf } from "./field.js";
import { forget, later, now } from "./filling.js";
import { textOfRich } from "./rich_text.js";

const FILL_PAUSE = 300; // ms after the last key
const DISPATCH_PAUSE = 250;
const LONGEST = 3000; // Slack docs, plain_text_input: max_length if the element does not say
const NEAR_LIMIT = 50; // characters left from which the counter shows
const KEYBOARDS = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };
const lengths = new Map(); // id -> how long is what is being typed

/** Any input that text is typed into. */
export function typed(at) {
  const { id, element } = at;
  const rich = element.type === "rich_text_input";
  const several = rich || element.multiline;
  const stands = (rich ? textOfRich(valueOf(at)) : valueOf(at)) ?? "";
  const note = rich ? null : limitNote(element, lengths.get(id) ?? count(stands));
  const props = {
    ...tied(note ? { ...at, describedBy: `${at.describedBy ?? ""} ${id}-count`.trim() } : at, "Text"),
    class: "typed",
    value: stands,
    placeholder: element.placeholder?.text,
    autofocus: element.focus_on_load,
    autocomplete: "off",
    oninput: (event) => onInput(at, event.target.value),
    onblur: () => {
      lengths.delete(id);
      now(id);
    },
    onkeydown: (event) => onKey(at, event, several),
  };
  const own = several ? { rows: 4 } : { type: "text", inputmode: KEYBOARDS[element.type] };
  const counter = note && h("p", { class: "count", id: `${id}-count`, "data-over": note.over }, note.words);
  const asksEnter = at.block.dispatch_action && dispatchesOn(at, "on_enter_pressed");
  const enter = asksEnter && h("p", { class: "hint" }, several ? "Ctrl + Enter applies it." : "Enter applies it.");
  return h("div", { class: "typed-in" }, h(several ? "textarea" : "input", { ...props, ...own }), counter, enter);
}

function onInput(at, text) {
  lengths.set(at.id, count(text));
  const dispatches = at.block.dispatch_action;
  if (!dispatches || dispatchesOn(at, "on_character_entered")) {
    later(at.id, dispatches ? DISPATCH_PAUSE : FILL_PAUSE, () => tell(at, text));
  } else {
    later(at.id, FILL_PAUSE, () => at.context.fill(at.block.block_id, text));
  }
  screen.changed();
}

function onKey(at, event, several) {
  if (event.key !== "Enter" || event.isComposing) return;
  if (several && !event.ctrlKey && !event.metaKey) return;
  if (at.block.dispatch_action && dispatchesOn(at, "on_enter_pressed")) {
    event.preventDefault(); // it goes to the app, the form stays
    forget(at.id);
    tell(at, event.target.value);
  } else {
    now(at.id); // the form may be sent by this key: what was typed goes first
  }
}

function dispatchesOn({ element }, what) {
  return (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(what);
}

/** What to say of the length: {words, over}, or null while there is nothing to say. */
function limitNote({ type, min_length: least = 0, max_length: most = LONGEST }, length) {
  if (type !== "plain_text_input") return null;
  const left = most - length;
  if (left < 0) return { words: `${characters(-left)} too many`, over: true };
  if (length > 0 && length < least) return { words: `At least ${characters(least)}, ${least - length} to go` };
  return left <= Math.min(NEAR_LIMIT, most / 2) ? { words: `${characters(left)} left` } : null;
}

function characters(number) {
  return `${number} character${number === 1 ? "" : "s"}`;
}

function count(text) {
  return [...text].length;
}
