// Arrow keys among things of which one is chosen: tabs, and the list of phones.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** For `onkeydown` of the element around them: the next one takes the focus and is chosen; Home and End too. */
export function arrows(event) {
  const all = [...event.currentTarget.querySelectorAll("[role=tab], [role=option]")];
  const at = all.indexOf(event.target);
  if (at < 0) return;
  let next = at + (STEPS[event.key] ?? 0);
  if (event.key === "Home") next = 0;
  if (event.key === "End") next = all.length - 1;
  const chosen = all[(next + all.length) % all.length];
  if (chosen === event.target) return;
  event.preventDefault();
  chosen.focus();
  chosen.click();
}
