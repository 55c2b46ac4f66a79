// @ts-check
// The plotted points as numbers, newest first.

import { html } from "../../../../../program/page/client/html.js";
import { timeText, wholeNumber } from "../numbers.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */

const MAX_ROWS = 500;

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function TableView({ model }) {
  const [times = [], ...rows] = model.digest.rows;
  if (times.length === 0) {
    return html`<p class="note padded">There is nothing to show: plot something first.</p>`;
  }
  const places = times.map((_, place) => place).reverse().slice(0, MAX_ROWS);
  return html`
    <div class="scroll padded" tabindex="0" role="group" aria-label="Points">
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Time</th>
            ${model.plotted.map(({ target }) => html`<th scope="col" class="number">${target}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${places.map((place) =>
            html`
              <tr>
                <th scope="row" class="time">${timeText(Number(times[place]))}</th>
                ${rows.map((values) => html`<td class="number">${wholeNumber(values[place])}</td>`)}
              </tr>
            `
          )}
        </tbody>
      </table>
      ${times.length > MAX_ROWS &&
        html`<p class="note">The newest ${MAX_ROWS} of ${times.length} rows; CSV has all.</p>`}
    </div>
  `;
}
