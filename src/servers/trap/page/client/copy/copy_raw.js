// @ts-check
// The bytes of a request for the clipboard, which takes only text.

import { latin1Of, utf8Of } from "../text/bytes.js";
import { countText } from "../text/sizes_and_times.js";

/** @import { CopyText, FetchedBytes } from "../page_types.ts" */

/**
 * The bytes as text, or in base64 if they are not text.
 *
 * @param {FetchedBytes} raw
 * @returns {CopyText}
 */
export function copyRaw({ bytes, totalBytes }) {
  const cut = bytes.length < totalBytes
    ? [`Only the first ${countText(bytes.length)} of ${countText(totalBytes)} bytes: download the rest.`]
    : [];
  const text = utf8Of(bytes);
  // Clipboards end a text at NUL.
  if (text !== undefined && !text.includes("\0")) return { text, notes: cut };
  return {
    text: btoa(latin1Of(bytes)),
    notes: ["The bytes are no text, so this is base64: base64 -d gives them back.", ...cut],
  };
}
