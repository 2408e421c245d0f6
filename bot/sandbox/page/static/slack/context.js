// What blocks need to know and may do, for each place where they stand: a message, a form, the home.

import { person } from "../acts.js";
import { live } from "../live.js";
import { screen } from "../screen.js";
import { me, role, userOf } from "./people.js";
import { myChannels, sees } from "./places.js";
import { now } from "./times.js";

const FAILED = {
  operation_timeout: "The app did not answer in time.",
  dispatch_failed: "The app did not take this. What it did is not known.",
};

let last = Promise.resolve();

/** The context of a message's blocks and text; the same message may stand in a channel and in its thread. */
export function messageContext({ channel, ts }, thread = "") {
  const values = live.get(`chosen/${screen.me}`)?.[ts];
  return context("message", `${thread && "thread-"}${channel}-${ts}`, { channel, ts }, values);
}

/** The context of a form: what is filled in, and what stands under its fields. */
export function formContext(view, errors = {}) {
  return context("modal", view.id, {}, view.state.values, errors);
}

/** The context of the App Home. */
export function homeContext(view) {
  return context("home", "home", { home: true }, view.state.values);
}

/** Does one thing to a form after all that was done to it before: what was typed first arrives first. */
export function inTurn(act) {
  last = last.then(act);
  return last;
}

/** Tells the person in words if the app did not answer well; gives the result back. */
export function told(result) {
  if (result?.problem) screen.tell(FAILED[result.problem] ?? result.problem);
  return result;
}

/** Goes to a channel, if I may see it. */
export function visitChannel(id) {
  const channel = live.get(`channel/${id}`);
  if (channel && sees(me(), channel)) screen.go({ at: id, thread: "" });
  else screen.tell("You cannot see this channel.");
}

/** `place`: unique on the page, for the ids of fields. `where`: what an act is done to, in the sandbox's words. */
function context(kind, place, where, values = {}, errors = {}) {
  return {
    kind,
    place,
    errors,
    me: me(),
    now: now(),
    zone: me().tz,
    values,
    user: userOf,
    channel: (id) => live.get(`channel/${id}`),
    users: () => live.all("user/"),
    channels: myChannels,
    click: (action_id, value) => act(kind, "click", { ...where, action_id, value, confirm: true }).then(told),
    fill: (block_id, value) => act(kind, "fill", { ...where, values: { [block_id]: value } }),
    options: async (name, query) => (await person("options", { ...where, name, query })) ?? [],
    upload,
    visitUser,
    visitChannel,
  };
}

function act(kind, name, body) {
  return kind === "message" ? person(name, body) : inTurn(() => person(name, body));
}

async function upload(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return person("upload", { name: file.name, mimetype: file.type, content: btoa(letters) });
}

function visitUser(id) {
  const user = userOf(id);
  if (user.is_bot && id === live.get("app").bot_user) screen.go({ at: "about", thread: "" });
  else screen.tell(`${user.real_name} · ${role(user)}${user.tz ? ` · ${user.tz}` : ""}`);
}
