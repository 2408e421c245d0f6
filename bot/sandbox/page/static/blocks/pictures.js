// Pictures. The page loads none from elsewhere: where one would stand, its description and a way to open it do.

import { h } from "../dom.js";
import { link } from "./links.js";

/** An image object of Slack; `props` go to the picture or to what stands for it. */
export function picture({ image_url: url, slack_file: file, alt_text: words }, props = {}) {
  const address = url ?? file?.url;
  if (isOurs(address)) return h("img", { ...props, src: address, alt: words });
  const sign = h("span", { class: "picture-sign", "aria-hidden": "true" }, "▨");
  const name = address ? link(address, words, { class: "picture-name" }) : h("span", { class: "picture-name" }, words);
  return h("span", { ...props, class: `picture ${props.class ?? ""}`.trim(), title: words }, sign, name);
}

function isOurs(address) {
  if (!address || !URL.canParse(address)) return false;
  const { protocol, origin } = new URL(address);
  return (protocol === "data:" && address.startsWith("data:image/")) || origin === location.origin;
}
