// Who is in a channel, and who is not yet: people come in and leave here, and so does the app.

import { person } from "../acts.js";
import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { focusSoon } from "./focus.js";
import { icon } from "./icons.js";
import { avatar, me, role, userOf } from "./people.js";

/** The button that counts the members, and the list that it opens. */
export function members(channel) {
  const isOpen = screen.menu === "members";
  const count = channel.members.length;
  const onkeydown = (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    screen.show("");
    focusSoon("#members-button");
  };
  return h("div", { class: "members", "data-popup": "members", onkeydown },
    h("button", {
      class: "quiet",
      id: "members-button",
      type: "button",
      "aria-expanded": String(isOpen),
      "aria-controls": isOpen ? "members" : null,
      "aria-label": `${count} ${count === 1 ? "member" : "members"}`,
      title: "Members",
      onclick: () => screen.show(isOpen ? "" : "members"),
    }, icon("people"), ` ${count}`),
    isOpen && list(channel));
}

function list(channel) {
  const inside = channel.members.map(userOf);
  const outside = live.all("user/").filter((user) => !channel.members.includes(user.id));
  const mayChange = channel.members.includes(screen.me) && !channel.is_archived && !me().is_restricted;
  return h("div", { class: "members-list", id: "members", role: "group", "aria-label": `Members of #${channel.name}` },
    h("h3", {}, "In this channel"),
    h("ul", {}, inside.map((user) => row(user, mayChange && leaving(channel, user)))),
    outside.length > 0 && [
      h("h3", {}, "Not in it"),
      h("ul", {}, outside.map((user) => row(user, mayChange && change("invite", "Add", channel, user)))),
    ]);
}

function row(user, button) {
  return h("li", { key: user.id },
    avatar(user),
    h("span", { class: "members-name" }, user.real_name, h("span", { class: "soft small" }, role(user))),
    button);
}

/** I may leave; from a public channel admins remove people, and everybody an app (as the stand-in has it). */
function leaving(channel, user) {
  if (user.id === screen.me) return change("leave", "Leave", channel, user);
  const may = channel.kind === "private" || user.is_bot || me().is_admin;
  return may && change("remove", "Remove", channel, user);
}

function change(act, words, channel, user) {
  return h("button", {
    type: "button",
    "aria-label": act === "leave" ? "Leave the channel" : `${words} ${user.real_name}`,
    onclick: () => person(act, { channel: channel.id, user: user.id }),
  }, words);
}
