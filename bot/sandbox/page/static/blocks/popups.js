// What menus and lists of options share: they float where there is room, and a press anywhere else closes them.

import { screen } from "../screen.js";

const GAP = 4; // pixels between the popup and what it belongs to, and at least to the edge of the page
const HIGHEST = 300;

document.addEventListener("pointerdown", (event) => {
  if (!screen.menu) return;
  const around = event.target instanceof Element ? event.target.closest("[data-popup]") : null;
  if (around?.dataset.popup !== screen.menu) screen.show("");
});

/**
 * For `created` of an element with popover="manual": it floats over everything, beside its parent, and follows it. No
 * form or list that scrolls cuts it off, and nothing moves away under the mouse when it opens or closes.
 */
export function float(node) {
  node.showPopover();
  const watch = new ResizeObserver(() => follow());
  const follow = () => {
    if (node.isConnected) return place(node);
    watch.disconnect();
    document.removeEventListener("scroll", follow, true);
    return window.removeEventListener("resize", follow);
  };
  watch.observe(node.parentElement);
  document.addEventListener("scroll", follow, true);
  window.addEventListener("resize", follow);
  place(node);
}

function place(node) {
  const anchor = node.parentElement.getBoundingClientRect();
  const { clientWidth: wide, clientHeight: high } = document.documentElement;
  node.style.minWidth = `${anchor.width}px`;
  const { offsetWidth: width, scrollHeight } = node;
  const [below, above] = [high - anchor.bottom - 2 * GAP, anchor.top - 2 * GAP];
  const up = Math.min(scrollHeight, HIGHEST) > below && above > below;
  const left = anchor.left + width > wide - GAP ? anchor.right - width : anchor.left;
  node.style.left = `${Math.max(GAP, Math.min(left, wide - width - GAP))}px`;
  node.style.top = up ? "auto" : `${anchor.bottom + GAP}px`;
  node.style.bottom = up ? `${high - anchor.top + GAP}px` : "auto";
  node.style.maxHeight = `${Math.max(80, Math.min(HIGHEST, up ? above : below))}px`;
}
