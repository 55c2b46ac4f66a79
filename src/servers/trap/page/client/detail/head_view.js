// @ts-check
// The head as it came: spelling, white space, line ends, and the byte that broke a rule.

import { CapturedBytes } from "../text/captured.js";
import { Pairs } from "./chain_view.js";
import { html } from "../../../../../program/page/client/html.js";

/** @import { VNode } from "preact" */
/** @import { HeadLine } from "../page_types.ts" */
/** @import { OpenRequest } from "./open_request.js" */

// A malformed request may have any number of lines; the view of bytes has all of them.
const MAX_LINES = 2_000;

/**
 * The lines of the head.
 *
 * @param {{ request: OpenRequest }} props
 * @returns {VNode}
 */
export function HeadView({ request }) {
  const { head, record } = request;
  const fault = record?.malformed?.offset ?? -1;
  return html`
    <div class="head-view">
      <ol class="head-lines" aria-label="Head as it came">
        ${head.slice(0, MAX_LINES).map((line, i) => headLine(line, { isFirst: i === 0, fault }))}
      </ol>
      ${head.length > MAX_LINES &&
        html`<p class="note">${MAX_LINES} of ${head.length} lines. Bytes has them all.</p>`}
      ${head.length === 0 && html`<p class="note">Nothing came.</p>`}
      <${Pairs} title="Trailers" pairs=${record?.trailers ?? []} />
    </div>
  `;
}

/**
 * @param {HeadLine} line
 * @param {{ isFirst: boolean, fault: number }} place
 * @returns {VNode}
 */
function headLine(line, { isFirst, fault }) {
  const { bytes, offset, ending } = line;
  const end = offset + bytes.length;
  const colon = isFirst ? -1 : bytes.indexOf(0x3a);
  const name = colon < 0 ? 0 : colon;
  const isFaulty = fault >= offset && fault < end + Math.max(ending.length, 1);
  return html`
    <li class=${isFaulty ? "faulty" : ""}>
      <span class="offset" title="offset of the line">${offset}</span>
      <span class="line">
        <span class="name">${markedBytes(bytes.subarray(0, name), fault - offset)}</span>
        ${markedBytes(bytes.subarray(name), fault - offset - name)}
        <span class="ending ${fault >= end && isFaulty ? "mark" : ""} ${ending === "\n" ? "bare" : ""}">
          ${endingText(ending)}
        </span>
      </span>
    </li>
  `;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} fault index of the byte to mark, perhaps not one of these
 * @returns {VNode[]}
 */
function markedBytes(bytes, fault) {
  if (fault < 0 || fault >= bytes.length) return [html`<${CapturedBytes} bytes=${bytes} />`];
  return [
    html`<${CapturedBytes} bytes=${bytes.subarray(0, fault)} />`,
    html`<mark><${CapturedBytes} bytes=${bytes.subarray(fault, fault + 1)} /></mark>`,
    html`<${CapturedBytes} bytes=${bytes.subarray(fault + 1)} />`,
  ];
}

/**
 * @param {HeadLine["ending"]} ending
 * @returns {string}
 */
function endingText(ending) {
  return { "\r\n": "\\r\\n", "\n": "\\n", "": "…" }[ending];
}
