// @ts-check
// The head of a request as it came: lines with their ends, and where it ends.

/** @import { HeadLine } from "../page_types.ts" */

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits the head off: its lines up to the empty one, which is the last. A head without an empty line is the whole
 * request. Empty lines before the request line belong to the head.
 *
 * @param {Uint8Array<ArrayBuffer>} raw
 * @returns {HeadLine[]}
 */
export function headLines(raw) {
  /** @type {HeadLine[]} */
  const lines = [];
  let hasText = false;
  for (let offset = 0; offset < raw.length;) {
    const line = lineAt(raw, offset);
    lines.push(line);
    offset += line.bytes.length + line.ending.length;
    if (line.bytes.length > 0) hasText = true;
    else if (hasText && line.ending !== "") break;
  }
  return lines;
}

/**
 * The offset of the end of the head, where the content or its framing begins.
 *
 * @param {readonly HeadLine[]} lines the lines of the head
 * @returns {number}
 */
export function headLength(lines) {
  const last = lines.at(-1);
  return last === undefined ? 0 : last.offset + last.bytes.length + last.ending.length;
}

/**
 * @param {Uint8Array<ArrayBuffer>} raw
 * @param {number} offset
 * @returns {HeadLine}
 */
function lineAt(raw, offset) {
  const feed = raw.indexOf(LF, offset);
  if (feed < 0) return { offset, bytes: raw.subarray(offset), ending: "" };
  const hasReturn = feed > offset && raw[feed - 1] === CR;
  return hasReturn
    ? { offset, bytes: raw.subarray(offset, feed - 1), ending: "\r\n" }
    : { offset, bytes: raw.subarray(offset, feed), ending: "\n" };
}
