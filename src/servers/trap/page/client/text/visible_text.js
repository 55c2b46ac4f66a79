// @ts-check
// Makes invisible characters, and those that reorder their neighbours, visible: controls, bidirectional marks,
// odd spaces.

import { utf8Of } from "./bytes.js";

/** @import { TextPiece } from "../page_types.ts" */

// Controls, format characters (bidirectional marks among them), line separators, halves of surrogate pairs,
// private use; spaces other than the usual one; fillers that are letters to Unicode, but empty to the eye.
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u00a0\u115f\u1160\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]+/gu;

/**
 * Splits a text into visible pieces, and escapes for the rest: `\x1b`, `\u{202e}`, `\n`.
 *
 * @param {string} text
 * @param {"one line" | "many lines"} form many lines keep their line feeds and tabs
 * @returns {TextPiece[]}
 */
export function visiblePieces(text, form = "one line") {
  /** @type {TextPiece[]} */
  const pieces = [];
  let from = 0;
  for (const { index, 0: run } of text.matchAll(HIDDEN)) {
    const shown = form === "many lines" ? run.replaceAll("\r\n", "\n") : run;
    join(pieces, text.slice(from, index), false);
    for (const character of shown) {
      const isKept = form === "many lines" && (character === "\n" || character === "\t");
      join(pieces, isKept ? character : escapeOf(character.codePointAt(0) ?? 0), !isKept);
    }
    from = index + run.length;
  }
  join(pieces, text.slice(from), false);
  return pieces;
}

/**
 * Splits bytes in the same way: as UTF-8 if they are UTF-8; otherwise with escapes for bytes beyond ASCII.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {TextPiece[]}
 */
export function visibleBytes(bytes) {
  const text = utf8Of(bytes);
  if (text !== undefined) return visiblePieces(text);
  /** @type {TextPiece[]} */
  const pieces = [];
  for (const byte of bytes) {
    const isShown = byte >= 0x20 && byte < 0x7f;
    join(pieces, isShown ? String.fromCharCode(byte) : escapeOf(byte), !isShown);
  }
  return pieces;
}

/**
 * The text with its escapes, for places that take only plain text.
 *
 * @param {string} text
 * @returns {string}
 */
export function visibleText(text) {
  return visiblePieces(text).map((piece) => piece.text).join("");
}

/**
 * Adds a text to the last piece if that is of the same kind; otherwise as a new piece.
 *
 * @param {TextPiece[]} pieces
 * @param {string} text
 * @param {boolean} isEscape
 */
function join(pieces, text, isEscape) {
  const last = pieces.at(-1);
  if (text === "") return;
  if (last?.isEscape === isEscape) pieces[pieces.length - 1] = { text: last.text + text, isEscape };
  else pieces.push({ text, isEscape });
}

/**
 * @param {number} code
 * @returns {string}
 */
function escapeOf(code) {
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  const digits = code.toString(16).padStart(2, "0");
  return code < 0x100 ? `\\x${digits}` : `\\u{${digits}}`;
}
