// What is typed reaches the sandbox a moment after the last key, and at once when the person leaves the field.

const waiting = new Map(); // id of a field -> {timer, send}

/** Calls send() after `pause` milliseconds without another call for this id; only the last one counts. */
export function later(id, pause, send) {
  forget(id);
  waiting.set(id, { send, timer: setTimeout(() => now(id), pause) });
}

/** Calls at once what waits for this id, if anything does; gives what it gives. */
export function now(id) {
  const { send } = waiting.get(id) ?? {};
  forget(id);
  return send?.();
}

/** Drops what waits for this id. */
export function forget(id) {
  clearTimeout(waiting.get(id)?.timer);
  waiting.delete(id);
}

/** Sends all that was typed and not sent, in the order of typing; ends when all of it has arrived. */
export async function settle() {
  await Promise.all([...waiting.keys()].map(now));
}
