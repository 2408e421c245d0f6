// Asks before something that cannot be taken back.

import { confirmed } from "../blocks/confirming.js";
import { messageContext } from "./context.js";

/** True if the person agrees: sure({title, text, confirm, deny}), all in plain words. */
export function sure({ title, text, confirm, deny }) {
  const plain = (words) => ({ type: "plain_text", text: words });
  const question = { title: plain(title), text: plain(text), confirm: plain(confirm), deny: plain(deny) };
  return confirmed({ ...question, style: "danger" }, messageContext({}));
}
