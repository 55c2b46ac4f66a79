// @ts-check
// Multipart content (RFC 2046 §5.1, RFC 7578), taken apart for reading.

import { bytesOfLatin1, latin1Of, readableText } from "../text/bytes.js";

/** @import { Multipart, MultipartPart, Pair } from "../page_types.ts" */

/**
 * Splits content into its parts. Malformed content is read as far as possible.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} contentType with the boundary
 * @returns {Multipart}
 */
export function multipartParts(bytes, contentType) {
  const boundary = parameterOf(contentType, "boundary");
  if (boundary === undefined || boundary === "") {
    return { parts: [], problem: "Content-Type names no boundary." };
  }
  // One character a byte; a delimiter is at the beginning of a line.
  const text = "\r\n" + latin1Of(bytes);
  const delimiter = `\r\n--${boundary}`;
  const pieces = text.split(delimiter);
  if (pieces.length === 1) return { parts: [], problem: `No line begins with the boundary "--${boundary}".` };
  /** @type {MultipartPart[]} */
  const parts = [];
  let isClosed = false;
  for (const piece of pieces.slice(1)) {
    isClosed = piece.startsWith("--");
    if (isClosed) break;
    parts.push(partOf(piece.replace(/^[ \t]*\r?\n/, "")));
  }
  return { parts, problem: isClosed ? "" : "The closing boundary is missing." };
}

/**
 * The value of a parameter of a field, without its quotes (RFC 9110 §5.6.6).
 *
 * @param {string} value
 * @param {string} name
 * @returns {string | undefined}
 */
export function parameterOf(value, name) {
  const parameter = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, "i").exec(
    value,
  );
  return parameter?.[1]?.replace(/\\(.)/g, "$1") ?? parameter?.[2];
}

/**
 * @param {string} piece head and content of a part, one character a byte
 * @returns {MultipartPart}
 */
function partOf(piece) {
  const hasFields = !/^\r?\n/.test(piece);
  const end = hasFields ? /\r?\n\r?\n/.exec(piece) : /^\r?\n/.exec(piece);
  const head = end === null ? piece : piece.slice(0, end.index);
  const content = end === null ? "" : piece.slice(end.index + end[0].length);
  const headers = head.split(/\r?\n/).filter((line) => line !== "").map(fieldOf);
  const disposition = valueOf(headers, "content-disposition") ?? "";
  const fileName = parameterOf(disposition, "filename");
  const name = parameterOf(disposition, "name");
  return {
    headers,
    name: name === undefined ? undefined : readableText(name),
    fileName: fileName === undefined ? undefined : readableText(fileName),
    contentType: valueOf(headers, "content-type") ?? "",
    bytes: bytesOfLatin1(content),
  };
}

/**
 * @param {string} line
 * @returns {Pair}
 */
function fieldOf(line) {
  const colon = line.indexOf(":");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/**
 * @param {readonly Pair[]} headers
 * @param {string} name in small letters
 * @returns {string | undefined}
 */
function valueOf(headers, name) {
  return headers.find((field) => field[0].toLowerCase() === name)?.[1];
}
