// The Slack side: the list at the left, the place that is looked at, its thread, and forms over all of it.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { channelPlace } from "./channel.js";
import { appPlace, leaveHome } from "./home.js";
import { forms, isFormOpen } from "./modal.js";
import { me } from "./people.js";
import { APP_TABS, channelInSight } from "./places.js";
import { leave } from "./reading.js";
import { drawerButton, sidebar } from "./sidebar.js";
import { thread } from "./thread.js";

/** All of Slack, as one description. */
export function slack() {
  const someone = me();
  const channel = someone && channelInSight();
  const pane = thread(channel);
  return h("section", { class: "slack", "aria-label": "Slack" },
    h("div", { class: "rooms", inert: isFormOpen(), "data-thread": pane !== null },
      sidebar(),
      someone ? place(channel) : nowhere("There is nobody with this id here. Choose who you are."),
      pane),
    someone && forms());
}

function place(channel) {
  const isApp = APP_TABS.includes(screen.at);
  if (!isApp) leaveHome();
  if (!channel) leave();
  if (isApp) return appPlace();
  return channel ? channelPlace(channel) : nowhere(`${me().real_name} cannot see this channel.`);
}

function nowhere(words) {
  return h("div", { class: "place", key: "nowhere" },
    h("header", { class: "place-head" }, drawerButton()),
    h("p", { class: "nothing" }, words));
}
