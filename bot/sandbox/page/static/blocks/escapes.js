// The three characters that Slack keeps escaped (Slack docs, "Formatting message text").

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** "a &lt; b &amp;amp; c" → "a < b &amp; c": each once. */
export function plain(markup) {
  return markup.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}
