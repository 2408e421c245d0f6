// A channel, or the direct message with the app: its head, what was said, and the box to write in.

import { person } from "../acts.js";
import { menu } from "../blocks/menu.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { sure } from "./asking.js";
import { composer } from "./composer.js";
import { icon } from "./icons.js";
import { members } from "./members.js";
import { log } from "./messages.js";
import { me } from "./people.js";
import { inChannel } from "./places.js";
import { markRead, newSince } from "./reading.js";
import { drawerButton } from "./sidebar.js";

/** A channel that I can see. */
export function channelPlace(channel) {
  return h("div", { class: "place", key: channel.id }, head(channel), conversation(channel));
}

/** What was said in a channel, and the box below. */
export function conversation(channel) {
  const messages = inChannel(channel);
  const list = `${screen.me} ${channel.id}`;
  const newest = messages.at(-1)?.ts;
  const line = newSince(channel);
  markRead(channel, newest);
  return [
    log({ name: list, label: "Messages", messages, channel, newSince: line, before: beginning(channel) }),
    composer({ channel, list }),
  ];
}

function head(channel) {
  const kind = channel.kind === "private" ? "private" : "public";
  return h("header", { class: "place-head" },
    drawerButton(),
    h("h2", { class: "place-name" },
      icon(kind), kind === "private" && h("span", { class: "unseen" }, "private "), channel.name),
    channel.is_archived && h("span", { class: "app-mark" }, "ARCHIVED"),
    channel.is_ext_shared && h("span", { class: "app-mark", title: "People of another team are in it" }, "SHARED"),
    h("div", { class: "place-tools" },
      members(channel),
      !channel.is_archived && (me().is_admin || channel.creator === screen.me) && menu({
        id: "channel-more",
        label: `More about #${channel.name}`,
        items: [{ label: "Archive this channel", danger: true, onclick: () => archive(channel) }],
        button: icon("more"),
      })));
}

async function archive(channel) {
  const text = "Nobody, the app included, can write in it any more. Reset brings it back.";
  if (await sure({ title: `Archive #${channel.name}?`, text, confirm: "Archive", deny: "Leave it open" })) {
    await person("archive", { channel: channel.id });
  }
}

function beginning(channel) {
  const app = live.get("app");
  if (channel.kind === "im") return h("p", { class: "beginning" }, `Here ${app.name} writes to you alone.`);
  const isIn = channel.members.includes(app.bot_user);
  return h("div", { class: "beginning" },
    h("h3", {}, `#${channel.name}`),
    h("p", {}, "This is where the channel begins. ", isIn
      ? `${app.name} is in it: type ${app.commands[0]?.command ?? "/"} below.`
      : `${app.name} is not in it. Its members can add it.`));
}
