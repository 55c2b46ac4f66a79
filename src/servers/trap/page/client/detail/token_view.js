// @ts-check
// Tokens of a request: header and payload as JSON.

import { JsonBlock } from "../content/json_view.js";
import { Captured } from "../text/captured.js";
import { html } from "../../../../../program/page/client/html.js";
import { TimeStamp } from "../text/time_stamp.js";

/** @import { VNode } from "preact" */
/** @import { JsonWebToken } from "../page_types.ts" */

/**
 * All tokens, one after another.
 *
 * @param {{ tokens: readonly JsonWebToken[] }} props
 * @returns {VNode}
 */
export function Tokens({ tokens }) {
  return html`${tokens.map((token) => html`<${Token} token=${token} />`)}`;
}

/**
 * @param {{ token: JsonWebToken }} props
 * @returns {VNode}
 */
function Token({ token: { place, header, payload, times } }) {
  return html`
    <section class="block token">
      <h3>JWT in <${Captured} text=${place} /> <span class="note">decoded, not verified</span></h3>
      <h4>Header</h4>
      <${JsonBlock} text=${header} />
      <h4>Payload</h4>
      <${JsonBlock} text=${payload} />
      ${times.length > 0 && html`
        <p class="note">
          ${times.map(([name, at], i) => html`${i > 0 && "; "}${name} <${TimeStamp} at=${at} form="full" />`)}
        </p>
      `}
    </section>
  `;
}
