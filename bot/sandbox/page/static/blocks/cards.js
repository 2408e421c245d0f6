// Blocks that look like cards: card, carousel, video, task card, plan.

import { h } from "../dom.js";
import { element } from "./elements.js";
import { link } from "./links.js";
import { plain, textOf } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { richText } from "./rich_text.js";

const STATES = {
  pending: ["○", "Pending"],
  in_progress: ["◐", "In progress"],
  complete: ["✔\ufe0e", "Done"],
  error: ["✖\ufe0e", "Failed"],
};

/** A card: a picture, a title with an icon, words, buttons. */
export function card(block, context) {
  const { hero_image: hero, icon, title, subtitle, body, actions = [] } = block;
  const named = title || subtitle || icon;
  const item = (one, index) =>
    h("div", { class: "item", key: one.action_id ?? index }, element(block, one, context));
  return h("div", { class: "card" },
    hero && picture(hero, { class: "hero" }),
    named && h("div", { class: "card-head" },
      icon && picture(icon, { class: "icon-picture" }),
      h("div", null,
        title && h("div", { class: "card-title" }, textOf(title, context)),
        subtitle && h("div", { class: "card-subtitle" }, textOf(subtitle, context)))),
    body && h("div", { class: "words" }, textOf(body, context)),
    actions.length > 0 && h("div", { class: "actions" }, actions.map(item)));
}

/** Cards side by side; they scroll sideways inside themselves, by keyboard as well. */
export function carousel({ elements }, context) {
  const props = { class: "carousel", role: "region", "aria-label": "Cards, side by side", tabindex: "0" };
  return h("div", props, elements.map((one, index) => h("div", { key: one.block_id ?? index }, card(one, context))));
}

/** A video: where it is and what it is. The sandbox plays none. */
export function video(block) {
  const { title, description, author_name: author, provider_name: provider } = block;
  return h("div", { class: "card" },
    picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, { class: "hero" }),
    h("div", { class: "card-title" }, link(block.title_url ?? block.video_url, plain(title.text, title))),
    h("div", { class: "card-subtitle" }, ["Video", provider, author].filter(Boolean).join(" · ")),
    description && h("div", { class: "words" }, plain(description.text, description)));
}

/** One task of an agent, with what came of it. */
export function taskCard(block, context) {
  const { title, status = "pending", details, output, sources = [] } = block;
  const [sign, words] = STATES[status] ?? ["?", status];
  return h("div", { class: "task", "data-status": status },
    h("div", { class: "card-head" },
      h("span", { class: "task-sign", title: words },
        h("span", { "aria-hidden": "true" }, sign), h("span", { class: "unseen" }, `${words}: `)),
      h("div", { class: "card-title" }, title)),
    details && h("div", { class: "rich" }, richText(details.elements, context)),
    output && h("div", { class: "rich output" }, richText(output.elements, context)),
    sources.length > 0 && h("ul", { class: "sources", "aria-label": "Sources" },
      sources.map(({ url, text }) => h("li", null, link(url, text)))));
}

/** Tasks under a title. */
export function plan({ title, tasks = [] }, context) {
  const words = typeof title === "string" ? title : plain(title.text, title);
  const items = tasks.map((task) => h("li", { key: task.task_id }, taskCard(task, context)));
  return h("div", { class: "plan" }, h("div", { class: "card-title" }, words), h("ol", null, items));
}
