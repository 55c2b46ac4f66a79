// @ts-check
// Bytes and their texts.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const CHUNK = 0x8000;

/**
 * One character a byte, so that offsets in the text are offsets in the bytes.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function latin1Of(bytes) {
  let text = "";
  // String.fromCharCode takes its arguments from the stack, which is limited.
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/**
 * The bytes of a text that has one character a byte.
 *
 * @param {string} text
 * @returns {Bytes}
 */
export function bytesOfLatin1(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The text of bytes in UTF-8, with its byte order mark.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {string | undefined} undefined when the bytes are malformed
 */
export function utf8Of(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The text of bytes that were read as latin1 but are UTF-8; the text unchanged if they are not.
 *
 * @param {string} latin1
 * @returns {string}
 */
export function readableText(latin1) {
  return /[\u0080-\u00ff]/.test(latin1) ? utf8Of(bytesOfLatin1(latin1)) ?? latin1 : latin1;
}

/**
 * The text of bytes in the charset that a Content-Type names, UTF-8 by default. Malformed bytes become
 * U+FFFD.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} contentType
 * @returns {string}
 */
export function textOfContent(bytes, contentType) {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/**
 * Whether the bytes are text and not an image, an archive or the like: UTF-8 with almost no controls.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {boolean}
 */
export function looksLikeText(bytes) {
  const beginning = bytes.subarray(0, 4096);
  // The cut may go through a character.
  const text = utf8Of(beginning) ?? new TextDecoder().decode(beginning).replace(/\ufffd$/, "");
  // deno-lint-ignore no-control-regex
  return !/[\ufffd\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
}
