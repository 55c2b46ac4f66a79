// @ts-check
/// <reference lib="dom" />
// Starts the page.

import { App } from "./app_view.js";
import { Typing } from "./list/filter_bar.js";
import { html, render } from "../../../../program/page/client/html.js";
import { listenToKeys } from "./keyboard.js";
import { PageModel } from "./page_model.js";
import { openRequestFeed } from "./request_feed.js";
import { visibleText } from "./text/visible_text.js";
import { changeTheme, restoreTheme } from "../../../../program/page/client/theme.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const AGE_PERIOD_MS = 5_000;
const typing = new Typing((typed) => void model.list.narrow(typed));
let isDrawing = false;

/** Draws once for all changes of one turn. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => {
    isDrawing = false;
    document.title = titleOf(model);
    render(html`<${App} model=${model} typing=${typing} changeTheme=${changeTheme} />`, root);
  });
}

/**
 * Shows how many requests came while the page was out of sight.
 *
 * @param {PageModel} model
 * @returns {string}
 */
function titleOf({ unseenCount, bin }) {
  const place = bin === "" ? "millrace trap" : `${visibleText(bin)} · millrace trap`;
  return unseenCount > 0 ? `(${unseenCount}) ${place}` : place;
}

const model = new PageModel(draw);

// Requests age while nothing else changes.
setInterval(draw, AGE_PERIOD_MS);
restoreTheme();
root.replaceChildren();
draw();
listenToKeys(model);
document.addEventListener("visibilitychange", () => document.hidden || model.markSeen());
addEventListener("popstate", () => model.followAddress());
openRequestFeed({
  onRequests: (records) => model.receive(records),
  onRemoved: (removed) => model.forget(removed),
  onStatus: (status) => model.show({ status }),
  onState: (feed) => {
    // The list that is fetched now has the requests from before the feed began; after a loss it may be
    // another server's. Without a feed there is at least the list.
    if (feed === "live" || model.feed === "connecting") model.list.reload();
    if (feed === "live") model.askStatus();
    model.show({ feed });
  },
});
model.followAddress();
