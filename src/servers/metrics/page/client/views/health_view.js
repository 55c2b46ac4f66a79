// @ts-check
// The server's report about itself, once a second.

import { durationText, shortNumber, wholeNumber } from "../numbers.js";
import { sizeText } from "../../../../../program/page/client/sizes.js";
import { html } from "../../../../../program/page/client/html.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */
/** @import { Figure, ServerStatus } from "../page_types.ts" */

const RATE_SECONDS = 5;

// From here on nobody reads the last digits, and the number outgrows its box.
const MANY = 10_000_000;

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function HealthView({ model }) {
  const { status, statuses } = model;
  if (status === undefined) return html`<p class="note padded">Waiting for the server …</p>`;
  return html`
    <div class="scroll padded" tabindex="0" role="group" aria-label="Health">
      <p class="note">millrace ${status.version}, up for ${durationText(status.now - status.startedAt)}</p>
      <dl class="figures">
        ${status.figures.map((figure) =>
          html`
            <div>
              <dt>${figure.label}</dt>
              <dd>${valueText(figure)}</dd>
              ${figure.isCounter &&
                html`<dd class="note">${shortNumber(rateOf(statuses, figure.name))} a second</dd>`}
            </div>
          `
        )}
      </dl>
    </div>
  `;
}

/** @param {Figure} figure */
function valueText({ unit, value }) {
  if (unit === "bytes") return sizeText(value);
  if (unit === "seconds") return durationText(value);
  return value < MANY ? wholeNumber(value) : shortNumber(value);
}

/**
 * How fast a figure has grown lately.
 *
 * @param {readonly ServerStatus[]} statuses
 * @param {string} name
 * @returns {number | undefined}
 */
export function rateOf(statuses, name) {
  const newest = statuses[statuses.length - 1];
  const oldest = statuses[Math.max(0, statuses.length - 1 - RATE_SECONDS)];
  if (newest === undefined || oldest === undefined || newest.now <= oldest.now) return undefined;
  const valueIn = (/** @type {ServerStatus} */ { figures }) =>
    figures.find((figure) => figure.name === name)?.value;
  const [before, after] = [valueIn(oldest), valueIn(newest)];
  return before === undefined || after === undefined
    ? undefined
    : (after - before) / (newest.now - oldest.now);
}
