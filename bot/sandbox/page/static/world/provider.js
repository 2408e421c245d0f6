// The provider's side: what its staff and the account's owner see and do.

import { h } from "../dom.js";
import { live } from "../live.js";
import { account } from "./account.js";
import { campaigns } from "./campaigns.js";
import { lists } from "./lists.js";
import { moderation } from "./moderation.js";
import { outage } from "./outage.js";
import { rules } from "./rules.js";
import { webhooks } from "./webhooks.js";

/** All rooms, one below the other. */
export function provider() {
  const part = live.get("provider");
  if (!part) return h("p", { class: "soft" }, "The provider is not there yet.");
  return [account(part), moderation(part), campaigns(part), outage(part), rules(part), lists(part), webhooks()];
}
