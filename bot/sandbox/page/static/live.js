// What the sandbox shows, kept up to date over one WebSocket: parts by key, such as "message/C0SMS/1766…".

const kinds = new Map(); // first word of a key -> Map of whole key -> value
let onChange = () => {};
let waited = 0;

export const live = {
  connected: false,

  /** The part with this key, e.g. get("user/U0ALICE"); undefined if there is none. */
  get(key) {
    return kinds.get(key.split("/", 1)[0])?.get(key);
  },

  /** All parts whose key begins so, in the order in which they came: all("message/C0SMS/"). */
  all(start) {
    const parts = [...(kinds.get(start.split("/", 1)[0]) ?? [])];
    return parts.filter(([key]) => key.startsWith(start)).map(([, value]) => value);
  },
};

/** Connects, and calls `changed()` after every piece of news; connects again when the line breaks. */
export function follow(changed) {
  onChange = changed;
  connect();
}

function connect() {
  const address = new URL("live", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.onopen = () => {
    kinds.clear(); // the first message holds everything
    live.connected = true;
    waited = 0;
  };
  socket.onmessage = (message) => {
    take(JSON.parse(message.data));
    onChange();
  };
  socket.onclose = () => {
    live.connected = false;
    onChange();
    waited = Math.min(2000, waited * 2 + 100);
    setTimeout(connect, waited);
  };
}

function take({ set, gone }) {
  for (const [key, value] of Object.entries(set)) {
    const kind = key.split("/", 1)[0];
    if (!kinds.has(kind)) kinds.set(kind, new Map());
    kinds.get(kind).set(key, value);
  }
  for (const key of gone) kinds.get(key.split("/", 1)[0])?.delete(key);
}
