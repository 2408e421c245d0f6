// What people do: each act is one request; what comes of it is seen over the WebSocket.

import { screen } from "./screen.js";

/**
 * Does something as a person of the workspace: act("click", {channel, ts, action_id}).
 * The answer's `result`, or null after a failure, which is told to the person.
 */
export async function person(act, body = {}) {
  const answer = await post(`act/people/${screen.me}/${act}`, body);
  return answer?.result ?? null;
}

/** Does something on the provider's side: provider("reply", {number, text}). The answer, or null after a failure. */
export function provider(verb, body = {}) {
  return post(`act/provider/${verb}`, body);
}

/** Does something to the sandbox itself: sandbox("jump", {seconds: 3600}). The answer, or null after a failure. */
export function sandbox(verb, body = {}) {
  return post(`act/sandbox/${verb}`, body);
}

async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    screen.tell(answer.error ?? `This did not work (HTTP ${response.status}).`);
  } catch (error) {
    screen.tell(`The sandbox does not answer (${error.message}). Is it still running?`);
  }
  return null;
}
