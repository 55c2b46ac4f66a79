// @ts-check
/// <reference lib="dom" />
// Bytes as digits and characters. Only the visible rows are in the document.

import { asciiText, hexRowCount, hexText, offsetText } from "./hex_rows.js";
import { html } from "../../../../../program/page/client/html.js";
import { Windowed } from "../list/windowed.js";

/** @import { VNode } from "preact" */

/**
 * The properties of the table.
 *
 * @typedef {object} HexProps
 * @property {Uint8Array<ArrayBuffer>} bytes
 * @property {string} label
 * @property {number} [headBytes] how many of them belong to the head
 * @property {number} [markedOffset] the byte that broke a rule
 */

/**
 * A table of bytes.
 *
 * @param {HexProps} props
 * @returns {VNode}
 */
export function HexView(props) {
  const width = matchMedia("(max-width: 46rem)").matches ? 8 : 16;
  const { bytes, label, markedOffset } = props;
  const attributes = { class: `windowed hex hex-${width}`, role: "group", "aria-label": label };
  const count = hexRowCount(bytes.length, width);
  const marked = Math.min(markedOffset ?? 0, bytes.length - 1);
  return html`
    <${Windowed} count=${count} rowHeightRem=${1.4} attributes=${attributes}
      reveal=${markedOffset === undefined ? -1 : Math.floor(marked / width)}
      row=${(/** @type {number} */ index) => hexRow(props, index * width, width)} />
  `;
}

/**
 * @param {HexProps} props
 * @param {number} offset
 * @param {number} width
 * @returns {VNode}
 */
function hexRow(props, offset, width) {
  const row = props.bytes.subarray(offset, offset + width);
  const digits = [];
  const characters = [];
  for (let i = 0; i < row.length;) {
    const kind = kindOf(props, offset + i);
    let end = i + 1;
    // The gap in the middle of a row belongs to no run.
    while (end < row.length && end !== width / 2 && kindOf(props, offset + end) === kind) end++;
    const run = [...row.subarray(i, end)];
    digits.push(
      html`<span class=${kind}>${run.map(hexText).join(" ")}</span>`,
      end === width / 2 ? "  " : " ",
    );
    characters.push(html`<span class=${kind}>${run.map(asciiText).join("")}</span>`);
    i = end;
  }
  return html`
    <div class="hex-row" key=${offset}>
      <span class="offset">${offsetText(offset)}</span>
      <span class="digits">${digits}</span>
      <span class="characters">${characters}</span>
    </div>
  `;
}

/**
 * @param {HexProps} props
 * @param {number} offset
 * @returns {"mark" | "head" | "content"}
 */
function kindOf({ headBytes = 0, markedOffset = -1, bytes }, offset) {
  // A fault after the last byte is shown at the last byte.
  if (markedOffset >= 0 && offset === Math.min(markedOffset, bytes.length - 1)) return "mark";
  return offset < headBytes ? "head" : "content";
}
