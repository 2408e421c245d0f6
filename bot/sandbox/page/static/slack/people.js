// Who is who: names, roles, pictures made of initials, and the switch between the people one can be.

import { h } from "../dom.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { focusSoon } from "./focus.js";

const COLOURS = 6;
const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot", is_bot: true };

/** The person or bot with this id; somebody unknown is called by the id. */
export function userOf(id) {
  return live.get(`user/${id}`) ?? (isSlackbot({ id }) ? SLACKBOT : { id, name: id, real_name: id });
}

/** Whether it is Slack itself that speaks. */
export function isSlackbot(user) {
  return user.id === SLACKBOT.id;
}

/** Who looks at the page; undefined if the address names nobody. */
export function me() {
  return live.get(`user/${screen.me}`);
}

/** Everybody whom one can be: no bots, nobody from elsewhere. */
export function cast() {
  return live.all("user/").filter((user) => !user.is_bot && !user.is_stranger);
}

/** "admin", "member", "guest", "app" or "from another team". */
export function role(user) {
  if (user.is_bot) return "app";
  if (user.is_stranger) return "from another team";
  if (user.is_restricted) return "guest";
  return user.is_admin ? "admin" : "member";
}

/** A square with initials, always in the same colour for the same person. */
export function avatar(user) {
  const words = user.real_name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => [...word][0].toUpperCase()).join("");
  const number = live.all("user/").findIndex((one) => one.id === user.id) + 1;
  const shape = user.is_bot ? "avatar app" : "avatar";
  return h("span", { class: `${shape} colour-${number % COLOURS}`, "aria-hidden": "true" }, letters);
}

/** Whom am I? One of a row of people; arrow keys move, as in every group of radio buttons. */
export function peopleSwitch() {
  const people = cast();
  const at = people.findIndex((user) => user.id === screen.me);
  const onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    become(people[(at + step + people.length) % people.length]);
  };
  const self = people[at];
  return h("div", { class: "who" },
    h("div", { class: "who-row", role: "radiogroup", "aria-label": "Who you are", onkeydown },
      people.map((user, index) => choice(user, index === at, index === Math.max(at, 0)))),
    self
      ? h("p", { class: "who-name" },
        h("span", { class: "unseen" }, "You are "), h("strong", {}, self.real_name), ` · ${role(self)}`)
      : h("p", { class: "who-name" }, "Choose who you are."));
}

function choice(user, isSelf, isReached) {
  const hasForm = !isSelf && live.get(`views/${user.id}`)?.stack.length > 0;
  const words = `${user.real_name}, ${role(user)}${hasForm ? ", has a form open" : ""}`;
  return h("button", {
    key: user.id,
    type: "button",
    role: "radio",
    "aria-checked": String(isSelf),
    "aria-label": words,
    title: words,
    tabindex: isReached ? "0" : "-1",
    onclick: () => become(user),
  }, avatar(user), hasForm && h("span", { class: "has-form" }));
}

function become(user) {
  screen.go({ me: user.id });
  focusSoon('.who [aria-checked="true"]');
}
