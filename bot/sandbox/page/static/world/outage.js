// The outage switch: how the provider's API fails, and what the desk makes of it.

import { provider } from "../acts.js";
import { h } from "../dom.js";
import { figure } from "./fields.js";
import { room } from "./room.js";

/** How → what it is called, and what it does to the desk. */
export const OUTAGES = {
  off: { label: "Working", words: "Every request is answered." },
  errors: { label: "Errors", words: "HTTP 500. The desk tries some times, then says that nothing was sent." },
  refused: {
    label: "Refuses",
    words: "HTTP 503, come back later. The desk waits as told, tries again, then says that nothing was sent.",
  },
  silence: {
    label: "Silent",
    words: "No answer at all. The desk gives up after a while, and says that nothing was sent.",
  },
  lost: {
    label: "Answers lost",
    words: "Requests are carried out, but no answer comes. What is unclear is looked up, and never sent twice.",
  },
  delays: { label: "Slow", words: "Everything is done, late. Forms open all the same; a price may be missing." },
  down: { label: "Down", words: "Connections break off. The desk tries again, then says that nothing was sent." },
};

/** The room, from the part `provider`. */
export function outage({ outage: { how, seconds } }) {
  return room(
    { name: "outage", title: "Outage", hint: OUTAGES[how]?.label, open: false },
    h(
      "fieldset",
      { class: "choices" },
      h("legend", null, "SMSFactor's API is …"),
      Object.keys(OUTAGES).map((each) => choice(each, each === how)),
    ),
    how === "delays" &&
      figure({
        id: "delay",
        label: "Late by",
        unit: "seconds",
        least: 1,
        value: seconds,
        save: (number) => provider("outage", { how, seconds: number }),
      }),
  );
}

function choice(how, chosen) {
  const { label, words } = OUTAGES[how];
  const id = `outage-${how}`;
  return h(
    "div",
    { class: "choice", key: how },
    h("input", {
      type: "radio",
      name: "outage",
      id,
      checked: chosen,
      "aria-describedby": `${id}-words`,
      onchange: () => provider("outage", { how }),
    }),
    h("label", { for: id }, label),
    h("p", { id: `${id}-words` }, words),
  );
}
