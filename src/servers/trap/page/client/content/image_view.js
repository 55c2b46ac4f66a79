// @ts-check
/// <reference lib="dom" />
// Content that is a picture.

import { html } from "../../../../../program/page/client/html.js";

/** @import { VNode } from "preact" */

/**
 * The picture, from a data URL: nothing is loaded from a server.
 *
 * @param {{ content: Uint8Array<ArrayBuffer>, contentType: string }} props
 * @returns {VNode}
 */
export function ImageView({ content, contentType }) {
  const [mediaType] = contentType.toLowerCase().split(";", 1);
  const pieces = [];
  for (let at = 0; at < content.length; at += 0x8000) {
    pieces.push(String.fromCharCode(...content.subarray(at, at + 0x8000)));
  }
  return html`
    <div tabindex="0" class="scroll picture">
      <img src="data:${mediaType};base64,${btoa(pieces.join(""))}" alt="The content as a picture" />
    </div>
  `;
}
