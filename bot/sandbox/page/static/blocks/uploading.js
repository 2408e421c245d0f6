// Files for a form: chosen or dropped, shown with name and size, taken away again.

import { h } from "../dom.js";
import { screen } from "../screen.js";
import { choose, tied, valueOf } from "./field.js";
import { isBusy, working } from "./working.js";

const MOST_FILES = 10; // Slack docs, file_input: max_files if the element does not say
const MOST_BYTES = 10 * 1024 * 1024; // Slack docs, file_input: files of up to 10 MB

/** The place for files: a button, a place to drop on, and the list. */
export function fileInput(at) {
  const { id, element, labelId } = at;
  const files = valueOf(at) ?? [];
  const most = element.max_files ?? MOST_FILES;
  const { "aria-required": _required, "aria-invalid": _invalid, ...names } = tied(at, "Files");
  const full = files.length >= most;
  const zone = {
    ...names,
    "aria-labelledby": labelId,
    class: "files",
    role: "group",
    "aria-busy": isBusy(id) && "true",
    ondragover: (event) => event.preventDefault(),
    ondrop: (event) => {
      event.preventDefault();
      if (!full) take(at, [...event.dataTransfer.files]);
    },
  };
  const input = {
    type: "file",
    class: "unseen",
    multiple: most - files.length > 1,
    accept: element.filetypes?.map((type) => `.${type}`).join(","),
    "aria-invalid": at.invalid && "true",
    "aria-describedby": at.describedBy,
    onchange: ({ target }) => {
      take(at, [...target.files]);
      target.value = "";
    },
  };
  return h(
    "div",
    zone,
    !full && h("label", { class: "files-choose" }, h("input", input), labelWords(most, files.length)),
    isBusy(id) && h("p", { class: "files-busy", role: "status" }, "Uploading …"),
    files.length > 0 && h("ul", null, files.map((file) => row(at, file, files))),
  );
}

function labelWords(most, taken) {
  return most - taken > 1 ? "Choose files, or drop them here" : "Choose a file, or drop it here";
}

function row(at, file, files) {
  const rest = files.filter((one) => one !== file);
  const onclick = () => choose(at, rest, rest);
  return h(
    "li",
    { key: file.id },
    h("span", { class: "file-name" }, file.name),
    h("span", { class: "file-size" }, bytes(file.size)),
    h("button", { type: "button", class: "quiet", "aria-label": `Remove ${file.name}`, title: "Remove", onclick }, "×"),
  );
}

function take(at, chosen) {
  const fitting = chosen.filter((file) => fits(at.element, file));
  const room = (at.element.max_files ?? MOST_FILES) - (valueOf(at) ?? []).length;
  if (fitting.length > room) screen.tell(`There is room for ${room} more ${room === 1 ? "file" : "files"}.`);
  const taken = fitting.slice(0, room);
  if (!taken.length) return;
  working(at.id, async () => {
    const uploaded = await Promise.all(taken.map((file) => at.context.upload(file)));
    const all = [...(valueOf(at) ?? []), ...uploaded.filter(Boolean)];
    return choose(at, all, all);
  });
}

function fits({ filetypes }, file) {
  const ending = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
  if (filetypes && !filetypes.includes(ending)) {
    screen.tell(`${file.name} is not one of: ${filetypes.join(", ")}.`);
    return false;
  }
  if (file.size > MOST_BYTES) {
    screen.tell(`${file.name} is larger than 10 MB.`);
    return false;
  }
  return true;
}

function bytes(size) {
  if (size < 1000) return `${size} bytes`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
