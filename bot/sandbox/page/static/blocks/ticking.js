// Radio buttons and checkboxes.

import { h } from "../dom.js";
import { choose, tied, valueOf } from "./field.js";
import { textOf } from "./mrkdwn.js";
import { isBusy } from "./working.js";

/** One of several. */
export function radioButtons(at) {
  const chosen = valueOf(at)?.value;
  return group(at, "radiogroup", "radio", [chosen], (options) => choose(at, options[0].value, options[0]));
}

/** Any of several. */
export function checkboxes(at) {
  const chosen = (valueOf(at) ?? []).map((option) => option.value);
  const take = (options) => choose(at, options.map((option) => option.value), options);
  return group(at, "group", "checkbox", chosen, take);
}

function group(at, role, type, chosen, take) {
  const { id, element, labelId } = at;
  const onchange = async (event) => {
    const inputs = [...event.currentTarget.querySelectorAll("input")];
    const ticked = element.options.filter((_option, index) => inputs[index].checked);
    if (await take(ticked)) return;
    for (const [index, input] of inputs.entries()) input.checked = chosen.includes(element.options[index].value);
  };
  const names = { ...tied(at, type === "radio" ? "One of these" : "Any of these"), "aria-labelledby": labelId };
  if (role === "group") names["aria-required"] = names["aria-invalid"] = null; // only fields may have them
  return h(
    "div",
    { ...names, class: "ticks", role, "aria-busy": isBusy(id) && "true", onchange },
    element.options.map((option, index) => tick(at, type, option, index, chosen)),
  );
}

function tick({ id, element, context }, type, option, index, chosen) {
  const props = {
    type,
    name: id,
    checked: chosen.includes(option.value),
    autofocus: element.focus_on_load && index === 0,
    "aria-describedby": option.description ? `${id}-${index}-more` : null,
  };
  return h(
    "div",
    { class: "tick", key: option.value },
    h("label", null, h("input", props), h("span", null, textOf(option.text, context))),
    option.description &&
      h("div", { class: "tick-more", id: `${id}-${index}-more` }, textOf(option.description, context)),
  );
}
