// Forms: the stack of views that the app opened for me, over the Slack side only, so that phones stay in reach.

import { person } from "../acts.js";
import { blocks } from "../blocks/blocks.js";
import { settle } from "../blocks/filling.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { formContext, inTurn } from "./context.js";
import { focusIsFree } from "./focus.js";
import { icon } from "./icons.js";

const FIELDS = ".form-body :is(input, textarea, select, button):not([tabindex='-1'], :disabled)";
const ONE_LINE = ["text", "email", "url", "number", "tel", "search"];
const busy = new Set(); // ids of the views that were submitted and not yet answered
const openers = new Map(); // id of a view -> what had the focus before it opened
let refused = ""; // id of the view whose first error gets the focus

/** Whether a form is open for me. */
export function isFormOpen() {
  return stack().length > 0;
}

/** My open forms, the one on top last; lower ones are seen behind it. */
export function forms() {
  const views = stack();
  const part = live.get(`views/${screen.me}`);
  keepFocus(views);
  const isTop = (view) => view === views.at(-1);
  return views.map((view, depth) => form(view, {
    below: views[depth - 1],
    above: views.length - 1 - depth,
    errors: (isTop(view) && part.errors?.[view.id]) || {},
    problem: part.problems?.[view.id],
  }));
}

function stack() {
  return live.get(`views/${screen.me}`)?.stack ?? [];
}

function form(view, { below, above, errors, problem }) {
  const title = `form-title-${view.id}`;
  return h("div", { class: "form-layer", key: view.id, inert: above > 0, "data-above": above || null },
    h("dialog", {
      class: "form",
      open: true,
      "aria-labelledby": title,
      "data-view": view.id,
      tabindex: "-1",
      onkeydown: (event) => keydown(event, view),
    },
    h("header", { class: "form-head" },
      below && h("button", {
        class: "quiet",
        type: "button",
        "aria-label": `Back to ${below.title.text}`,
        title: `Back to ${below.title.text}`,
        onclick: () => close(view),
      }, icon("back")),
      h("h2", { id: title }, view.title.text),
      h("button", {
        class: "quiet form-close",
        type: "button",
        "aria-label": below ? "Close all forms" : "Close the form",
        title: below ? "Close all" : "Close",
        onclick: () => close(view, { everything: true }),
      }, icon("close"))),
    h("div", { class: "form-body" },
      problem && h("p", { class: "form-problem", role: "alert" }, problem),
      blocks(view.blocks, formContext(view, errors))),
    h("footer", { class: "form-foot" },
      h("button", { type: "button", onclick: () => close(view) }, closeWords(view)),
      view.submit && h("button", {
        class: "primary",
        type: "button",
        disabled: busy.has(view.id),
        "aria-busy": busy.has(view.id) ? "true" : null,
        onclick: () => submit(view),
      }, view.submit.text))));
}

function closeWords(view) {
  return view.close?.text ?? (view.submit ? "Cancel" : "Close");
}

function keydown(event, view) {
  if (event.defaultPrevented || event.isComposing) return;
  const { target } = event;
  if (event.key === "Escape") {
    event.preventDefault();
    close(view);
  } else if (event.key === "Enter" && view.submit) {
    const oneLine = target.tagName === "INPUT" && ONE_LINE.includes(target.type);
    if (!oneLine && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    submit(view);
  }
}

async function submit(view) {
  if (busy.has(view.id)) return;
  busy.add(view.id);
  screen.changed();
  await settle(); // what was typed a moment ago goes first
  const result = await inTurn(() => person("submit", {}));
  busy.delete(view.id);
  if (result?.action === "errors") refused = view.id;
  screen.changed();
}

function close(view, body = {}) {
  busy.delete(view.id);
  return inTurn(() => person("close", body));
}

/** Focus goes into a form that opens, to the first error of one that was refused, and back when one closes. */
function keepFocus(views) {
  const opened = views.filter((view) => !openers.has(view.id));
  for (const view of opened) openers.set(view.id, document.activeElement);
  const ids = new Set(views.map((view) => view.id));
  const closed = [...openers].filter(([id]) => !ids.has(id));
  for (const [id] of closed) openers.delete(id);
  const top = views.at(-1);
  const free = focusIsFree();
  queueMicrotask(() => { // when it is drawn
    const dialog = top && document.querySelector(`dialog[data-view="${top.id}"]`);
    if (closed.length && free) giveBack(closed[0][1], dialog);
    else if (opened.includes(top) && free) firstOf(dialog).focus();
    const wrong = refused === top?.id ? dialog?.querySelector('[aria-invalid="true"]') : null;
    if (!wrong) return;
    refused = "";
    wrong.focus();
  });
}

function firstOf(dialog) {
  return dialog.querySelector("[autofocus]") ?? dialog.querySelector(FIELDS) ?? dialog;
}

function giveBack(opener, dialog) {
  if (opener?.isConnected && opener !== document.body && !opener.closest("[inert]")) opener.focus();
  else (dialog ?? document.querySelector(".composer textarea"))?.focus();
}
