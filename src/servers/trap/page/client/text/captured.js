// @ts-check
// Captured text on the page: always text nodes, with invisible characters made visible.

import { html } from "../../../../../program/page/client/html.js";
import { visibleBytes, visiblePieces } from "./visible_text.js";

/** @import { TextPiece } from "../page_types.ts" */
/** @import { VNode } from "preact" */

/**
 * A text of one line.
 *
 * @param {{ text: string }} props
 * @returns {VNode}
 */
export function Captured({ text }) {
  return html`<bdi class="captured">${piecesOf(visiblePieces(text))}</bdi>`;
}

/**
 * A text that keeps its line feeds and tabs.
 *
 * @param {{ text: string }} props
 * @returns {VNode}
 */
export function CapturedLines({ text }) {
  return html`<pre class="captured lines">${piecesOf(visiblePieces(text, "many lines"))}</pre>`;
}

/**
 * Bytes of a line.
 *
 * @param {{ bytes: Uint8Array<ArrayBuffer> }} props
 * @returns {VNode}
 */
export function CapturedBytes({ bytes }) {
  return html`<bdi class="captured">${piecesOf(visibleBytes(bytes))}</bdi>`;
}

/**
 * @param {readonly TextPiece[]} pieces
 * @returns {(string | VNode)[]}
 */
function piecesOf(pieces) {
  return pieces.map(({ text, isEscape }) => isEscape ? html`<span class="escape">${text}</span>` : text);
}
