// The page as a whole: a bar at the top, the guide, Slack at the left, and the world around it at the right.

import { h } from "./dom.js";
import { live } from "./live.js";
import { screen } from "./screen.js";
import { slack } from "./slack/slack.js";
import { bar } from "./world/bar.js";
import { guide } from "./world/guide.js";
import { world } from "./world/world.js";

/** Everything, as a description for `render`. */
export function page() {
  return [
    bar(),
    guide(),
    h("main", { class: "sides", "data-side": screen.side }, slack(), world()),
    h("p", { class: "notice", role: "status", "data-shown": screen.notice !== "" }, screen.notice),
    !live.connected && h("p", { class: "cut", role: "alert" }, "The line to the sandbox is cut. Connecting again …"),
  ];
}
