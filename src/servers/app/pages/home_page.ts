import { html } from "../../../backend/pages/html.ts";
import type { RouteHandler } from "../../../backend/routes.ts";
import type { AppPages } from "./app_pages.ts";

const OUTCOME = {
  title: "Start",
  content: html`
    <h1>An interactive HTTP server</h1>
    <p>Each button sends one plain request; no script is involved. Press one, then look into the logs.</p>
  `,
};

/** Makes the handler of the start page: the state of the client, and a control for every other request. */
export function createHomeHandler(pages: AppPages): RouteHandler {
  return pages.always(OUTCOME);
}
