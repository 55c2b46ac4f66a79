// @ts-check
/// <reference lib="dom" />
// Starts the page.

import { App } from "./app_view.js";
import { Typing } from "./filter_bar.js";
import { html, render } from "./html.js";
import { listenToKeys } from "./keyboard.js";
import { PageModel } from "./page_model.js";
import { openRequestFeed } from "./request_feed.js";
import { changeTheme, restoreTheme } from "./theme.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const typing = new Typing();
let isDrawing = false;

/** Draws once for all changes of one turn. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => {
    isDrawing = false;
    render(html`<${App} model=${model} typing=${typing} changeTheme=${changeTheme} />`, root);
  });
}

const model = new PageModel(draw);
let wasLost = false;

restoreTheme();
root.replaceChildren();
draw();
listenToKeys(model);
addEventListener("popstate", () => model.followAddress());
openRequestFeed({
  onRequests: (records) => model.receive(records),
  onRemoved: (removed) => model.forget(removed),
  onState: (feed) => {
    // Whatever was missed is in a list that is fetched anew: perhaps it is another server that answers now.
    if (feed === "live" && wasLost) model.list.reload();
    wasLost = feed === "lost";
    model.show({ feed });
  },
});
model.list.reload();
model.followAddress();
