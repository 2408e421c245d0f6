// What this browser alone knows: who I am, what I look at. All that a link should carry stands in the address.

const FIRST = { me: "U0ALICE", at: "C0SMS", thread: "", panel: "phones", phone: "", side: "slack", theme: "" };

let redraw = () => {};
let asked = false;
let pressed = false;
let telling = 0;

export const screen = {
  ...FIRST,
  notice: "", // words that stand for some seconds at the bottom of the page
  menu: "", // the id of the one menu that is open
  drafts: new Map(), // where -> what is typed there and not sent

  /** Looks elsewhere: go({at: "C0SMS", thread: ""}). The address follows, and Back comes back. */
  go(changes) {
    Object.assign(this, changes);
    const stands = Object.keys(FIRST).filter((name) => this[name] !== FIRST[name]);
    const words = new URLSearchParams(stands.map((name) => [name, this[name]])).toString();
    if (words !== location.hash.slice(1)) history.pushState(null, "", `#${words}`);
    this.changed();
  },

  /** Opens a menu by its id, or closes the one that is open: show(""). */
  show(menu) {
    this.menu = menu;
    this.changed();
  },

  /** Tells the person something for some seconds; screen readers say it. */
  tell(words) {
    this.notice = words;
    clearTimeout(telling);
    telling = setTimeout(() => this.tell(""), 8000);
    this.changed();
  },

  /** Has the page drawn again, once, before the next frame. */
  changed() {
    if (asked) return;
    asked = true;
    queueMicrotask(draw);
  },
};

/** Reads the address now and whenever it changes; `drawPage()` draws the whole page. */
export function begin(drawPage) {
  redraw = drawPage;
  window.addEventListener("popstate", read);
  window.addEventListener("hashchange", read);
  window.addEventListener("pointerdown", () => { pressed = true; }, true);
  window.addEventListener("click", release); // as the last, after all that it does
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => setTimeout(release), true);
  window.addEventListener("blur", release); // of the window alone: those of its elements do not bubble
  read();
}

function read() {
  Object.assign(screen, FIRST, Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
  screen.changed();
}

// A button that moves away under the finger is not clicked: while something is pressed, news waits for its click.
function draw() {
  if (pressed) return;
  asked = false;
  redraw();
}

function release() {
  pressed = false;
  if (asked) draw();
}
