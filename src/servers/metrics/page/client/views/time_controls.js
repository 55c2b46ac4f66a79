// @ts-check
/// <reference lib="dom" />
// The time span that is shown, and how often it is fetched again.

import { html } from "../../../../../program/page/client/html.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */

const RANGES = [
  ["-5min", "5 minutes"],
  ["-15min", "15 minutes"],
  ["-1h", "1 hour"],
  ["-6h", "6 hours"],
  ["-1d", "1 day"],
  ["-7d", "7 days"],
  ["-30d", "30 days"],
  ["-1y", "1 year"],
];
const REFRESHES = [[0, "off"], [1, "1 s"], [5, "5 s"], [10, "10 s"], [60, "1 min"]];

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function TimeControls({ model }) {
  const { from, until, refresh } = model.state;
  const isKnown = until === "now" && RANGES.some(([range]) => range === from);
  const otherRange = until === "now" && from.startsWith("-") ? from.slice(1) : "as zoomed";
  return html`
    <form class="times" onSubmit=${(/** @type {SubmitEvent} */ event) => event.preventDefault()}>
      <label><span class="label">Last</span>
        <select id="range" value=${isKnown ? from : ""}
          onChange=${(/** @type {Event} */ event) => model.go({ from: valueOf(event), until: "now" })}>
          ${!isKnown && html`<option value="" disabled>${otherRange}</option>`}
          ${RANGES.map(([range, label]) => html`<option value=${range}>${label}</option>`)}
        </select>
      </label>
      <label><span class="label">Refresh</span>
        <select id="refresh" value=${String(refresh)}
          onChange=${(/** @type {Event} */ event) => model.go({ refresh: Number(valueOf(event)) })}>
          ${REFRESHES.map(([seconds, label]) => html`<option value=${String(seconds)}>${label}</option>`)}
        </select>
      </label>
    </form>
  `;
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLSelectElement} */ (event.currentTarget).value;
}
