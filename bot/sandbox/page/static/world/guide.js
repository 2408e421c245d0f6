// The guide: a strip under the bar that leads a newcomer through the desk, step by step, by hand or played.

import { sandbox } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { icon } from "./icons.js";

/** The strip; nothing while the guide is closed. */
export function guide() {
  const told = live.get("guide");
  if (!told?.open || !told.steps.length) return null;
  const part = { ...told, at: Math.min(told.at, told.steps.length - 1) };
  const ended = part.done && part.at >= part.steps.length - 1;
  return h(
    "section",
    { class: "guide", "aria-label": "Guide", "data-ended": ended },
    h("div", { class: "guide-said", "aria-live": "polite", "aria-atomic": "true" }, ended ? end(part) : step(part)),
    !ended && h("p", { class: "guide-how", key: "how" }, h("b", null, "By hand: "), part.steps[part.at].how),
    part.trouble && h("p", { class: "guide-trouble", role: "alert", key: "trouble" }, icon("warn"), part.trouble),
    h("div", { class: "guide-foot", key: "foot" }, marks(part), ended ? endButtons() : stepButtons(part)),
    h(
      "button",
      { type: "button", class: "quiet guide-close", key: "close", onclick: act("close") },
      h("span", { class: "unseen" }, "Close the guide"),
      h("span", { "aria-hidden": "true" }, "×"),
    ),
  );
}

function step({ at, steps }) {
  const { title, words, done } = steps[at];
  return [
    h(
      "h2",
      null,
      h("span", { class: "guide-count" }, `Step ${at + 1} of ${steps.length} · `),
      title,
      done && [" ", h("span", { class: "guide-done" }, icon("tick"), "done")],
    ),
    h("p", null, words),
  ];
}

function end({ steps }) {
  return [
    h("h2", null, `That was the tour: all ${steps.length} steps are done`),
    h(
      "p",
      null,
      "All of this is yours to play with: write SMS, answer from a phone, move the clock, break the provider. " +
        "Starting again puts everything back to how it was at first.",
    ),
  ];
}

function marks({ at, steps }) {
  return h(
    "ol",
    { class: "guide-marks", "aria-label": "Steps" },
    steps.map(({ title, done }, index) =>
      h(
        "li",
        { title, "data-done": done, "aria-current": index === at && "step" },
        done ? [icon("tick"), h("span", { class: "unseen" }, `${index + 1}, done`)] : index + 1,
      ),
    ),
  );
}

function stepButtons({ at, steps, playing }) {
  const last = at === steps.length - 1;
  const goOn = steps[at].done && !last;
  return h(
    "div",
    { class: "guide-buttons", key: "step" },
    button("Back", act("back"), { off: at === 0 || playing }),
    button(playing ? "Doing it …" : "Do it for me", play(steps[at]), { off: playing, class: goOn ? null : "primary" }),
    button("Next", act("next"), { off: last || playing, class: goOn ? "primary" : null }),
  );
}

function endButtons() {
  return h(
    "div",
    { class: "guide-buttons", key: "end" },
    button("Back", act("back")),
    button("Start again", act("restart"), { class: "primary" }),
  );
}

/** A button that is off stays where the focus is, unlike one that is disabled. */
function button(label, press, { off = false, class: kind } = {}) {
  const onclick = off ? null : press;
  return h("button", { type: "button", class: kind, "aria-disabled": off && "true", onclick }, label);
}

function act(verb) {
  return () => sandbox("guide", { do: verb });
}

/** Plays the step in hand, seen by the person who does it. */
function play({ who }) {
  return () => {
    screen.go({ me: who, at: "C0SMS" });
    return sandbox("guide", { do: "play" });
  };
}
