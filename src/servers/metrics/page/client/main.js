// @ts-check
/// <reference lib="dom" />
// Starts the page.

import { App } from "./app_view.js";
import { createMetricsApi } from "./metrics_api.js";
import { Model } from "./model.js";
import { html, render } from "../../../../program/page/client/html.js";
import { restoreTheme } from "../../../../program/page/client/theme.js";

// A browser gives up when something other than events comes back, from a proxy for example.
const REOPEN_MS = 2_000;

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
let isDrawing = false;

/** Draws once for all changes of one turn. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => {
    isDrawing = false;
    render(html`<${App} model=${model} />`, root);
  });
}

/** Listens to the server until the page is closed: one status a second. */
function openFeed() {
  const events = new EventSource("/api/events");
  events.addEventListener("open", () => model.show({ feed: "live" }));
  events.addEventListener("status", ({ data }) => model.receive(JSON.parse(data)));
  events.addEventListener("error", () => {
    model.show({ feed: "lost" });
    if (events.readyState === EventSource.CLOSED) setTimeout(openFeed, REOPEN_MS);
  });
}

const model = new Model(createMetricsApi((path, options) => fetch(path, options)), draw);

restoreTheme();
root.replaceChildren();
addEventListener("popstate", () => model.followAddress());
openFeed();
model.followAddress();
