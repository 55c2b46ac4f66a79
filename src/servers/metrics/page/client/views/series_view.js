// @ts-check
/// <reference lib="dom" />
// The list of series: the biggest, the newest, and those without a put for longest.

import { durationText, timeText, wholeNumber } from "../numbers.js";
import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */
/** @import { SeriesOrder } from "../page_types.ts" */

/** @type {readonly (readonly [SeriesOrder, string])[]} */
const ORDERS = [["biggest", "Biggest"], ["newest", "Newest"], ["stale", "Stale"]];

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function SeriesView({ model }) {
  const { order, search } = model.state;
  const now = model.status?.now ?? Date.now() / 1_000;
  return html`
    <div class="tools padded">
      ${ORDERS.map(([name, label]) =>
        html`<button type="button" aria-pressed=${String(order === name)} onClick=${() =>
          model.go({ order: name })}>${label}</button>`
      )}
      <label><span class="offscreen">Names that match</span>
        <input id="series-search" type="search" placeholder="glob, such as servers.*" value=${search}
          onChange=${(/** @type {Event} */ event) =>
            model.go({ search: /** @type {HTMLInputElement} */ (event.currentTarget).value.trim() })} />
      </label>
    </div>
    <div class="scroll padded" tabindex="0" role="group" aria-label="Series">
      ${model.series.length === 0
        ? html`<p class="note">${model.isLoading ? "Looking …" : "No series match."}</p>`
        : html`
          <table class="grid">
            <thead>
              <tr>
                <th scope="col">Series</th>
                <th scope="col" class="number">Samples</th>
                <th scope="col" class="wide-only">First</th>
                <th scope="col">Last</th>
                <th scope="col"><span class="offscreen">Actions</span></th>
              </tr>
            </thead>
            <tbody>${model.series.map((row) =>
              html`<${Row} key=${row.key} model=${model} row=${row} now=${now} />`
            )}</tbody>
          </table>
        `}
    </div>
  `;
}

/**
 * @param {{ model: Model, row: import("../page_types.ts").SeriesRow, now: number }} props
 * @returns {VNode}
 */
function Row({ model, row: { key, samples, first, last }, now }) {
  return html`
    <tr>
      <th scope="row">
        <button type="button" class="series-name" onClick=${() => model.addTarget(key)}>${key}</button>
      </th>
      <td class="number">${wholeNumber(samples)}</td>
      <td class="wide-only">${timeText(first)}</td>
      <td title=${timeText(last)}>${last <= now ? `${durationText(now - last)} ago` : timeText(last)}</td>
      <td>
        <button type="button" class="icon-button danger" aria-label="Delete ${key}"
          onClick=${() =>
            model.show({ dialog: { kind: "delete", name: key } })}><${Icon} name="bin" /></button>
      </td>
    </tr>
  `;
}
