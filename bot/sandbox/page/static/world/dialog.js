// A small dialog over the page: Escape closes it, and the focus goes back to where it was.

import { h } from "../dom.js";

/**
 * dialog({title, closed}, …children): open as soon as it is drawn. `closed()` is called when it has been closed, by
 * Escape or by a form with method="dialog" in it, and is to see to it that it is not drawn again.
 */
export function dialog({ title, closed }, ...children) {
  return h(
    "dialog",
    { class: "small-dialog", "aria-label": title, created: (node) => node.showModal(), onclose: closed },
    h("h2", null, title),
    children,
  );
}
