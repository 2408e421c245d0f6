// Describes the page as plain objects, and changes the document until it matches: all the rendering engine there is.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected"]); // what a person changes after it was drawn

/**
 * Describes one element.
 *
 * `props`: attributes; `on…` functions as handlers; `key` tells siblings apart; `created(node)` is called once, when
 * the node stands in the document. true and false (or null) set an attribute and take it away.
 * `children`: descriptions, strings, numbers, arrays of them; null, undefined and booleans stand for nothing.
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, key: props?.key, children: flat(children) };
}

/** Makes the children of `container` what is described; every node that can stay stays, with focus and scrolling. */
export function render(container, ...children) {
  const born = [];
  const described = flat(children);
  if (!drawnIn.has(container)) container.replaceChildren(); // what the document itself put there
  arrange(container, drawnIn.get(container) ?? [], described, born);
  drawnIn.set(container, described);
  for (const call of born) call();
}

const drawnIn = new WeakMap(); // container -> what was described last

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && typeof child !== "boolean")
    .map((child) => (typeof child === "object" ? child : { text: String(child) }));
}

function arrange(parent, before, after, born) {
  const keyed = new Map();
  const others = [];
  for (const old of before) {
    if (old.key === undefined) others.push(old);
    else keyed.set(old.key, old);
  }
  const stays = new Set();
  for (const next of after) {
    const old = next.key === undefined ? takeAlike(others, next) : keyed.get(next.key);
    if (old && old.tag === next.tag && !stays.has(old)) {
      stays.add(old);
      update(old, next, born);
    } else {
      create(next, parent, born);
    }
  }
  for (const old of before) {
    if (!stays.has(old)) old.node.remove();
  }
  let at = parent.firstChild;
  for (const { node } of after) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

function takeAlike(others, next) {
  const at = others.findIndex((old) => old.tag === next.tag);
  return at < 0 ? undefined : others.splice(at, 1)[0];
}

function create(next, parent, born) {
  if (next.tag === undefined) {
    next.node = document.createTextNode(next.text);
    return;
  }
  const inSvg = next.tag === "svg" || (parent.namespaceURI === SVG && parent.tagName !== "foreignObject");
  next.node = inSvg ? document.createElementNS(SVG, next.tag) : document.createElement(next.tag);
  arrange(next.node, [], next.children, born); // before the attributes: the value of a select needs its options
  for (const [name, value] of Object.entries(next.props)) set(next.node, name, undefined, value);
  if (next.props.created) born.push(() => next.props.created(next.node));
}

function update(old, next, born) {
  next.node = old.node;
  if (next.tag === undefined) {
    if (old.text !== next.text) next.node.data = next.text;
    return;
  }
  arrange(next.node, old.children, next.children, born);
  for (const name of Object.keys(old.props)) {
    if (!(name in next.props)) set(next.node, name, old.props[name], null);
  }
  for (const [name, value] of Object.entries(next.props)) set(next.node, name, old.props[name], value);
}

function set(node, name, before, value) {
  if (before === value || name === "key" || name === "created") return;
  if (name.startsWith("on")) {
    node[name.toLowerCase()] = value ?? null;
  } else if (PROPERTIES.has(name)) {
    // A person who has typed on keeps what they typed: news of an older state must not take it away.
    const typedOn = node === document.activeElement && before !== undefined && node[name] !== (before ?? "");
    if (!typedOn) node[name] = value ?? "";
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}
