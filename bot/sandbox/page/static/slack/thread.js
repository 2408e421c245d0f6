// A thread: beside its channel, or over it where there is no room.

import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { composer } from "./composer.js";
import { focusSoon } from "./focus.js";
import { icon } from "./icons.js";
import { log } from "./messages.js";
import { inThread } from "./places.js";
import { markThreadRead } from "./reading.js";

/** The pane of the thread that screen.thread names; nothing if none is open. */
export function thread(channel) {
  if (!channel || !screen.thread) return null;
  const ts = screen.thread;
  const messages = inThread(channel, ts);
  const list = `${screen.me} ${channel.id} ${ts}`;
  markThreadRead(channel, ts);
  const onkeydown = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close(ts);
  };
  const where = channel.kind === "im" ? live.get("app").name : `#${channel.name}`;
  return h("aside", { class: "thread", key: "thread", "aria-label": `Thread in ${where}`, onkeydown },
    h("header", { class: "place-head" },
      h("h2", {}, "Thread"),
      h("span", { class: "soft" }, where),
      h("button", {
        class: "quiet place-close",
        type: "button",
        "aria-label": "Close the thread",
        title: "Close the thread",
        onclick: () => close(ts),
      }, icon("close"))),
    messages.length
      ? log({ name: list, label: "Replies", messages, channel, thread: ts })
      : h("p", { class: "nothing" }, "This thread is gone."),
    messages.length > 0 && composer({ channel, thread: ts, list }));
}

function close(ts) {
  screen.go({ thread: "" });
  focusSoon(`[data-thread="${ts}"]`);
}
