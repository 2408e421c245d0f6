// Moves the focus to what is about to be drawn.

/** Focuses the first match once the page was drawn again: drawing is queued before this, so it is done before. */
export function focusSoon(selector) {
  queueMicrotask(() => document.querySelector(selector)?.focus());
}

/** Whether the focus is on the Slack side or nowhere, so that moving it takes nobody away from a phone or the guide. */
export function focusIsFree() {
  const focused = document.activeElement;
  return !focused || focused === document.body || focused.closest(".slack") !== null;
}
