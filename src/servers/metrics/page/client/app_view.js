// @ts-check
/// <reference lib="dom" />
// The whole page: header, names, and the chosen view.

import { BoardsView, SaveDialog } from "./views/boards_view.js";
import { Confirmation } from "../../../../program/page/client/modal.js";
import { changeTheme } from "../../../../program/page/client/theme.js";
import { HealthView } from "./views/health_view.js";
import { html } from "../../../../program/page/client/html.js";
import { Icon } from "../../../../program/page/client/icons.js";
import { NamesView } from "./views/names_view.js";
import { PlotView } from "./views/plot_view.js";
import { SeriesView } from "./views/series_view.js";
import { TableView } from "./views/table_view.js";
import { TimeControls } from "./views/time_controls.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "./model.js" */
/** @import { View } from "./page_types.ts" */

/** @type {readonly (readonly [view: View, label: string])[]} */
const VIEWS = [
  ["plot", "Plot"],
  ["table", "Table"],
  ["series", "Series"],
  ["boards", "Boards"],
  ["health", "Health"],
];
const FEED_WORDS = { connecting: "connecting", live: "live", lost: "reconnecting" };

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function App({ model }) {
  return html`
    <${Header} model=${model} />
    <main>
      <section class="side" aria-label="Names">
        <${NamesView} model=${model} />
      </section>
      <section class="detail" aria-label="View">
        <nav class="views" aria-label="Views">
          ${VIEWS.map(([view, label]) =>
            html`
              <button type="button" aria-pressed=${String(model.state.view === view)}
                onClick=${() => model.go({ view })}>${label}</button>
            `
          )}
        </nav>
        ${model.status?.isReadOnly && html`
          <p class="message bad" role="alert">The store is read-only: puts are refused.</p>
        `}
        ${model.problem !== "" && html`<p class="message bad" role="alert">${model.problem}</p>`}
        ${drawView(model)}
      </section>
    </main>
    ${drawDialog(model)}
  `;
}

/**
 * @param {Model} model
 * @returns {VNode}
 */
function drawView(model) {
  switch (model.state.view) {
    case "table":
      return html`<${TableView} model=${model} />`;
    case "series":
      return html`<${SeriesView} model=${model} />`;
    case "boards":
      return html`<${BoardsView} model=${model} />`;
    case "health":
      return html`<${HealthView} model=${model} />`;
    default:
      return html`<${PlotView} model=${model} />`;
  }
}

/**
 * @param {Model} model
 * @returns {VNode | undefined}
 */
function drawDialog(model) {
  const { dialog } = model;
  const close = () => model.show({ dialog: undefined });
  if (dialog?.kind === "save") return html`<${SaveDialog} model=${model} close=${close} />`;
  if (dialog?.kind !== "delete") return undefined;
  return html`
    <${Confirmation} title="Delete these samples?" action="Delete" close=${close}
      done=${() => model.remove(dialog.name)}>
      All samples of <code>${dialog.name}</code> are gone for good.
    <//>
  `;
}

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
function Header({ model }) {
  return html`
    <header class="bar">
      <h1><${Icon} name="wheel" /> millrace <span>metrics</span></h1>
      <p class="feed ${model.feed}" role="status"><span class="dot"></span> ${FEED_WORDS[model.feed]}</p>
      <${TimeControls} model=${model} />
      <div class="bar-buttons">
        <button type="button" class="icon-button" aria-label="Light or dark" title="Light or dark"
          onClick=${changeTheme}><${Icon} name="theme" /></button>
      </div>
    </header>
  `;
}
