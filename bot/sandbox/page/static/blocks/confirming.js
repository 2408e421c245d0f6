// The question that is asked before a click counts.

import { h, render } from "../dom.js";
import { plain, textOf } from "./mrkdwn.js";

/** Asks with a confirm object; true if the person agrees. Escape is no, and the safe button has the focus. */
export function confirmed({ title, text, confirm, deny, style }, context) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.setAttribute("aria-describedby", "confirm-text");
  const button = (value, words, more) => h("button", { value, ...more }, plain(words.text, words));
  render(
    dialog,
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "confirm-title" }, plain(title.text, title)),
      h("div", { id: "confirm-text" }, textOf(text, context)),
      h(
        "div",
        { class: "confirm-foot" },
        button("no", deny, { autofocus: true }),
        button("yes", confirm, { class: style === "danger" ? "danger" : "primary" }),
      ),
    ),
  );
  document.body.append(dialog);
  return new Promise((decide) => {
    dialog.onclose = () => {
      dialog.remove();
      decide(dialog.returnValue === "yes");
    };
    dialog.showModal();
  });
}
