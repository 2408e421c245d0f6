// The elements of blocks: a table of what draws which, and the buttons.

import { h } from "../dom.js";
import { select } from "./choosing.js";
import { confirmed } from "./confirming.js";
import { datePicker, dateTimePicker, timePicker } from "./dating.js";
import { choose, field, idOf } from "./field.js";
import { isSafe } from "./links.js";
import { menu } from "./menu.js";
import { plain, textOf } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { checkboxes, radioButtons } from "./ticking.js";
import { typed } from "./typing.js";
import { fileInput } from "./uploading.js";
import { warning } from "./warning.js";
import { isBusy, working } from "./working.js";

const SELECTS = ["static", "external", "users", "conversations", "channels"];

// Each: (block, element, context) → description.
const SHOWN = {
  __proto__: null,
  plain_text: (_block, element, context) => h("span", null, textOf(element, context)),
  mrkdwn: (_block, element, context) => h("span", null, textOf(element, context)),
  image: (_block, element) => picture(element, { class: "small-picture" }),
  button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  workflow_button: workflowButton,
  overflow,
};

// Each: (field) → description.
const FILLED = {
  __proto__: null,
  plain_text_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  number_input: typed,
  rich_text_input: typed,
  radio_buttons: radioButtons,
  checkboxes,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  file_input: fileInput,
  ...Object.fromEntries(SELECTS.flatMap((kind) => [[`${kind}_select`, select], [`multi_${kind}_select`, select]])),
};

/** Draws any element of a block; `tie` as in `field`. One of a type that is not known is drawn as a warning. */
export function element(block, one, context, tie) {
  if (one.type in SHOWN) return SHOWN[one.type](block, one, context);
  if (one.type in FILLED) return FILLED[one.type](field(block, one, context, tie));
  return warning("element", one.type);
}

/** Whether an element is a group of fields, which no <label> can name. */
export function isGroup({ type }) {
  return ["radio_buttons", "checkboxes", "file_input"].includes(type);
}

function button(block, one, context) {
  const key = `${idOf(block, one, context)}=${one.value ?? ""}`;
  const props = { class: one.style ?? null, "aria-label": one.accessibility_label, ...pressed(key, one, context) };
  const words = plain(one.text.text, one.text);
  if (!isSafe(one.url)) return h("button", { type: "button", ...props }, words);
  const target = { href: one.url, target: "_blank", rel: "noopener noreferrer" };
  return h("a", { ...props, class: `button ${one.style ?? ""}`.trim(), ...target }, words);
}

function iconButton(block, one, context) {
  const only = one.visible_to_user_ids;
  if (only && !only.includes(context.me?.id)) return null;
  const key = `${idOf(block, one, context)}=${one.value ?? ""}`;
  const sign = one.icon === "trash" ? "🗑" : warning("icon", one.icon);
  const props = { type: "button", class: "quiet", title: one.text.text, ...pressed(key, one, context) };
  return h("button", { ...props, "aria-label": one.accessibility_label ?? one.text.text }, sign);
}

function feedback(block, one, context) {
  const [good, bad] = [one.positive_button, one.negative_button].map((side, at) => {
    const key = `${idOf(block, one, context)}=${side.value}`;
    const sign = h("span", { "aria-hidden": "true" }, at === 0 ? "👍 " : "👎 ");
    const act = pressed(key, { action_id: one.action_id, value: side.value }, context);
    const props = { type: "button", class: "quiet", "aria-label": side.accessibility_label, ...act };
    return h("button", props, sign, plain(side.text.text, side.text));
  });
  return h("span", { class: "feedback", role: "group", "aria-label": "Feedback" }, good, bad);
}

function workflowButton(_block, one) {
  const title = "It starts a workflow. There are none in the sandbox.";
  return h("button", { type: "button", class: one.style ?? null, title }, plain(one.text.text, one.text));
}

function overflow(block, one, context) {
  const at = field(block, one, context);
  const items = one.options.map((option) => ({
    label: plain(option.text.text, option.text),
    detail: option.description && plain(option.description.text, option.description),
    url: option.url,
    onclick: () => choose(at, option.value),
  }));
  return menu({ id: at.id, label: "More actions", items, busy: isBusy(at.id) });
}

/** What a press does: it asks if it must, tells the app, and shows that it works until that is done. */
function pressed(key, { action_id: action, value, confirm }, context) {
  const busy = isBusy(key);
  return {
    "aria-busy": busy && "true",
    "aria-disabled": busy && "true", // and not `disabled`, which would take the focus away
    onclick: async () => {
      if (isBusy(key) || (confirm && !(await confirmed(confirm, context)))) return;
      await working(key, () => context.click(action, value));
    },
  };
}
