// Keeps lists of messages at their bottom while a person is there, and counts what came below while they are not.

import { screen } from "../screen.js";

const NEAR = 24; // pixels from the bottom that still count as being there
const lists = new Map(); // name -> {node, atBottom, seen, size}

/** For `created` of the element that scrolls: from now on it stays at the bottom until the person scrolls up. */
export function keepAtBottom(name) {
  return (node) => {
    const list = { node, atBottom: true, seen: "", size: "" };
    lists.set(name, list);
    const sizeNow = () => `${node.scrollHeight} ${node.clientHeight}`;
    const settle = () => {
      if (list.atBottom) node.scrollTop = node.scrollHeight;
      list.size = sizeNow();
    };
    const watch = new ResizeObserver(settle);
    watch.observe(node);
    for (const child of node.children) watch.observe(child);
    node.addEventListener("scroll", () => {
      if (list.size !== sizeNow()) return settle(); // what moved was the text, and not the person
      const before = list.atBottom;
      list.atBottom = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
      if (list.atBottom !== before) screen.changed();
    });
    settle();
  };
}

/** How many of these messages (oldest first) came while the person was further up. */
export function countBelow(name, messages) {
  const list = lists.get(name);
  if (!list?.node.isConnected || list.atBottom) {
    if (list) list.seen = messages.at(-1)?.ts ?? "";
    return 0;
  }
  return messages.filter((message) => message.ts > list.seen).length;
}

/** Whether the person is further up than the newest message. */
export function isFurtherUp(name) {
  const list = lists.get(name);
  return Boolean(list?.node.isConnected && !list.atBottom);
}

/** Goes to the newest message. */
export function toBottom(name) {
  const list = lists.get(name);
  if (!list) return;
  list.atBottom = true;
  list.node.scrollTop = list.node.scrollHeight;
}
