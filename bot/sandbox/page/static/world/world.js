// The world around Slack: the phones that are texted, and the provider's side. Two panels, one shown at a time.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { arrows } from "./arrows.js";
import { several } from "./figures.js";
import { heldCampaigns } from "./moderation.js";
import { addButton, phones } from "./phones.js";
import { provider } from "./provider.js";
import { unread } from "./phonebook.js";

/** Phones and provider, as one section. Both panels stand in the document, so that what is half typed stays. */
export function world() {
  const shown = screen.panel === "phones" ? "phones" : "provider";
  const news = unread();
  const held = heldCampaigns().length;
  return h(
    "section",
    { class: "world", "aria-label": "Phones and provider" },
    h(
      "div",
      { class: "world-head" },
      h(
        "div",
        { class: "world-tabs", role: "tablist", "aria-label": "Phones or provider", onkeydown: arrows },
        tab("phones", shown, "Phones", news > 0 && h("span", { class: "badge" }, several(news, "new", "new"))),
        tab("provider", shown, "Provider", held > 0 && h("span", { class: "badge warn" }, `${held} held`)),
      ),
      shown === "phones" && addButton(),
    ),
    h("p", { class: "unseen", role: "status" }, news > 0 && `${several(news, "new SMS", "new SMS")} on other phones`),
    panel("phones", shown, phones()),
    panel("provider", shown, provider()),
  );
}

function tab(name, shown, ...label) {
  const chosen = name === shown;
  return h(
    "button",
    {
      type: "button",
      role: "tab",
      id: `tab-${name}`,
      "aria-selected": String(chosen),
      "aria-controls": `panel-${name}`,
      tabindex: chosen ? "0" : "-1",
      onclick: () => screen.go({ panel: name }),
    },
    label,
  );
}

function panel(name, shown, ...content) {
  return h(
    "div",
    {
      class: `panel panel-${name}`,
      key: name,
      id: `panel-${name}`,
      role: "tabpanel",
      "aria-labelledby": `tab-${name}`,
      hidden: name !== shown,
    },
    content,
  );
}
