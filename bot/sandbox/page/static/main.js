// Start here: draws the whole page whenever the sandbox or the person's own screen changed.

import { render } from "./dom.js";
import { follow, live } from "./live.js";
import { page } from "./page.js";
import { begin, screen } from "./screen.js";

const root = document.getElementById("page");

begin(() => {
  document.documentElement.dataset.theme = screen.theme;
  if (live.get("app")) render(root, page());
});
follow(() => screen.changed());
