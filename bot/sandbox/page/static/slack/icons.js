// Small drawings in one stroke, for buttons that have a name besides.

import { h } from "../dom.js";

const STROKES = {
  public: "M6 2.5 4.5 13.5M11.5 2.5 10 13.5M2.8 5.7h11M2.2 10.3h11",
  private: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  reply: "M2.5 3.5h11V11H7l-3 2.5V11H2.5z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  bolt: "M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z",
  send: "M2.5 13.5 14 8 2.5 2.5 4 8zM4 8h5",
  close: "M4 4l8 8M12 4l-8 8",
  back: "M9.5 3.5 5 8l4.5 4.5",
  people: "M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM2 13c.3-2.5 2-3.8 4-3.8s3.7 1.3 4 3.8" +
    "M10.5 3.1a2.3 2.3 0 0 1 0 4.3M11.5 9.4c1.5.4 2.4 1.7 2.6 3.6",
  list: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  plus: "M8 3v10M3 8h10",
  down: "M8 3v10M4 9l4 4 4-4",
  eye: "M1.8 8C3.4 5.2 5.5 3.8 8 3.8s4.6 1.4 6.2 4.2c-1.6 2.8-3.7 4.2-6.2 4.2S3.4 10.8 1.8 8z" +
    "M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
};

/** A drawing by its name, as large as the letters beside it. Screen readers pass it over. */
export function icon(name) {
  const drawing = h("path", { d: STROKES[name] });
  return h("svg", { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, drawing);
}
