// @ts-check
// Text for a POSIX shell. Captured text must arrive in the command unchanged, and never run.

import { bytesOfLatin1, utf8Of } from "../text/bytes.js";
import { visiblePieces } from "../text/visible_text.js";

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * A word that the shell turns into exactly these bytes.
 *
 * Text that can be pasted is in single quotes. All other text, for example controls, which a terminal would
 * act upon, is written by printf. Then NUL and line feeds at the end are lost, as in every argument.
 *
 * @param {string} latin1 the bytes, one character each
 * @returns {string}
 */
export function shellWord(latin1) {
  if (PLAIN_WORD.test(latin1)) return latin1;
  const text = pasteableText(latin1);
  return text === undefined ? `"$(${printfCommand(latin1)})"` : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A command that writes exactly these bytes, NUL too.
 *
 * @param {string} latin1 the bytes, one character each
 * @returns {string}
 */
export function printfCommand(latin1) {
  let format = "";
  for (let i = 0; i < latin1.length; i++) format += printfPiece(latin1.charCodeAt(i), i === 0);
  return `printf '${format}'`;
}

/**
 * The text of bytes that pass through a terminal and single quotes unharmed: UTF-8 with only visible
 * characters and line feeds.
 *
 * @param {string} latin1 the bytes, one character each
 * @returns {string | undefined}
 */
export function pasteableText(latin1) {
  const text = utf8Of(bytesOfLatin1(latin1));
  if (text === undefined || text.includes("\t") || text.includes("\r")) return undefined;
  return visiblePieces(text, "many lines").some(({ isEscape }) => isEscape) ? undefined : text;
}

/**
 * A byte in the format of printf, POSIX.1 "File Format Notation". A first "-" would be an option.
 *
 * @param {number} code
 * @param {boolean} isFirst
 * @returns {string}
 */
function printfPiece(code, isFirst) {
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  const character = String.fromCharCode(code);
  if (character === "%") return "%%";
  if (character === "\\") return "\\\\";
  const isShown = code >= 0x20 && code < 0x7f && character !== "'" && !(isFirst && character === "-");
  return isShown ? character : `\\${code.toString(8).padStart(3, "0")}`;
}
