// @ts-check
// What was sent back for a request.

import { readableText } from "./bytes.js";
import { Captured, CapturedLines } from "./captured.js";
import { html } from "../../../../program/page/client/html.js";
import { countOf } from "./sizes_and_times.js";

/** @import { VNode } from "preact" */
/** @import { TrapRecord } from "./page_types.ts" */

const MAX_SHOWN_LENGTH = 20_000;

/**
 * The response of the trap itself.
 *
 * @param {{ record: TrapRecord }} props
 * @returns {VNode}
 */
export function ResponseView({ record: { answer } }) {
  if (answer === undefined) {
    return html`
      <section class="block">
        <h3>Response</h3>
        <p class="note">Nothing was sent back.</p>
      </section>
    `;
  }
  const { status, headers, body } = answer;
  return html`
    <section class="block">
      <h3>Response <span class="status">${status}</span></h3>
      <ul class="part-head">
        ${headers.map(([name, value]) =>
          html`
            <li><span class="name"><${Captured} text=${name} /></span>: <${Captured} text=${readableText(
              value,
            )} /></li>
          `
        )}
      </ul>
      ${body === ""
        ? html`<p class="note">No content.</p>`
        : html`<${CapturedLines} text=${body.slice(0, MAX_SHOWN_LENGTH)} />`}
      ${body.length > MAX_SHOWN_LENGTH &&
        html`<p class="note">The beginning of ${countOf(body.length, "character")}.</p>`}
    </section>
  `;
}
