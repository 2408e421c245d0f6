// Start here: Slack's blocks, described for `render`. A table says which function draws which type.

import { h } from "../dom.js";
import { chart } from "./chart.js";
import { element, isGroup } from "./elements.js";
import { idOf } from "./field.js";
import { markdown } from "./markdown.js";
import { plain, textOf } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { richText } from "./rich_text.js";
import { card, carousel, plan, taskCard, video } from "./cards.js";
import { dataTable, table } from "./table.js";
import { warning } from "./warning.js";

// \ufe0e: as a letter, in the colour of the text, and not as an emoji
const LEVELS = {
  default: ["ℹ\ufe0e", "Note"],
  info: ["ℹ\ufe0e", "Note"],
  warning: ["⚠\ufe0e", "Warning"],
  error: ["✖\ufe0e", "Error"],
  success: ["✔\ufe0e", "Success"],
};
const HEADING = 3; // h1 and h2 are the page's

// Each: (block, context) → description.
const BLOCKS = {
  __proto__: null,
  actions: (block, context) => row(block, context, "actions"),
  context_actions: (block, context) => row(block, context, "actions context-actions"),
  alert,
  card,
  carousel,
  container,
  context: (block, context) => row(block, context, "context"),
  data_table: dataTable,
  data_visualization: chart,
  divider: () => h("hr"),
  file,
  header: ({ text, level = 1 }) => h(`h${HEADING + level - 1}`, { class: "header" }, plain(text.text, text)),
  image,
  input,
  markdown: ({ text }, context) => h("div", { class: "markdown" }, markdown(text, context)),
  plan,
  rich_text: ({ elements }, context) => h("div", { class: "rich" }, richText(elements, context)),
  section,
  table,
  task_card: taskCard,
  video,
};

/**
 * Blocks of a message, a form or a home, described for `render`. A block that is not known is drawn as a warning.
 *
 * `context`: {kind: "message"|"modal"|"home", place (unique on the page, the same at each drawing), me: user,
 * now: Date, zone, values (view.state.values), errors (block_id → words), user(id), channel(id), users(), channels(),
 * click(action_id, value), fill(block_id, value), options(action_id, query), upload(File), visitUser(id),
 * visitChannel(id)}; the acts give promises.
 */
export function blocks(list, context) {
  return h("div", { class: "blocks", "data-kind": context.kind }, drawn(list, context));
}

function drawn(list, context) {
  return list.map((block, index) => {
    const draw = BLOCKS[block.type];
    const props = { class: "block", key: block.block_id ?? `at-${index}`, "data-type": block.type };
    return h("div", props, draw ? draw(block, context) : warning("block", block.type));
  });
}

function section({ text, fields = [], accessory, ...block }, context) {
  return h("div", { class: "section" },
    h("div", { class: "section-text" },
      text && h("div", { class: "words" }, textOf(text, context)),
      fields.length > 0 && h("div", { class: "section-fields" },
        fields.map((field) => h("div", { class: "words" }, textOf(field, context))))),
    accessory && h("div", { class: "accessory", key: keyOf(accessory) }, element(block, accessory, context)));
}

function row(block, context, style) {
  const item = (one, index) => h("div", { class: "item", key: keyOf(one, index) }, element(block, one, context));
  return h("div", { class: style }, block.elements.map(item));
}

function input(block, context) {
  const { element: one, label, hint, optional } = block;
  const id = idOf(block, one, context);
  const error = context.errors?.[block.block_id];
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const words = [plain(label.text, label), optional && h("span", { class: "optional" }, " (optional)")];
  const tie = { labelId: `${id}-label`, describedBy, invalid: Boolean(error) };
  return h("div", { class: "input", "data-invalid": Boolean(error), key: keyOf(one) },
    isGroup(one)
      ? h("div", { class: "label", id: tie.labelId }, words)
      : h("label", { class: "label", id: tie.labelId, for: id }, words),
    element(block, one, context, tie),
    error && h("p", { class: "error", id: `${id}-error` }, h("span", { "aria-hidden": "true" }, "✖\ufe0e "), error),
    hint && h("p", { class: "hint", id: `${id}-hint` }, plain(hint.text, hint)));
}

function image(block) {
  const { title } = block;
  return h("figure", null, title && h("figcaption", null, plain(title.text, title)), picture(block));
}

function file({ external_id: id }) {
  return h("div", { class: "file" }, h("span", { "aria-hidden": "true" }, "📄 "), "File ", h("code", null, id));
}

function alert({ text, level = "default" }, context) {
  const [sign, name] = LEVELS[level] ?? LEVELS.default;
  return h("div", { class: "alert", role: "note", "data-level": level },
    h("span", { class: "alert-sign", "aria-hidden": "true" }, sign),
    h("div", { class: "words" }, h("span", { class: "unseen" }, `${name}: `), textOf(text, context)));
}

function container(block, context) {
  const { title, rich_text_title: rich, subtitle, icon, width = "standard" } = block;
  const head = [
    icon && picture(icon, { class: "icon-picture" }),
    h("span", { class: "container-title" }, title ? plain(title.text, title) : richText(rich.elements, context)),
    subtitle && h("span", { class: "container-subtitle" }, textOf(subtitle, context)),
  ];
  const props = { class: "container", "data-width": width, "data-divider": block.has_header_divider };
  const inside = h("div", { class: "container-inside" }, drawn(block.child_blocks, context));
  if (!block.is_collapsible) return h("div", props, h("div", { class: "container-head" }, head), inside);
  const open = !block.default_collapsed;
  return h("details", { ...props, open }, h("summary", { class: "container-head" }, head), inside);
}

function keyOf(one, index = 0) {
  return `${one.type}/${one.action_id ?? index}/${one.value ?? ""}`;
}
